package iam

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

func (w *world) details(in *iamapi.GetAccountAuthorizationDetailsInput) *iamapi.GetAccountAuthorizationDetailsOutput {
	w.Helper()
	return do(w, iamapi.OpGetAccountAuthorizationDetails, *in)
}

// namesIn lists everything in an answer: "user/bob", "policy/AdministratorAccess".
func namesIn(out *iamapi.GetAccountAuthorizationDetailsOutput) []string {
	names := []string{}
	for _, u := range out.UserDetailList {
		names = append(names, "user/"+*u.UserName)
	}
	for _, g := range out.GroupDetailList {
		names = append(names, "group/"+*g.GroupName)
	}
	for _, r := range out.RoleDetailList {
		names = append(names, "role/"+*r.RoleName)
	}
	for _, p := range out.Policies {
		names = append(names, "policy/"+*p.PolicyName)
	}
	return names
}

const trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// populate makes an account in the manner of the example of "aws iam
// get-account-authorization-details" in the AWS CLI Command Reference.
func (w *world) populate() {
	w.Helper()
	for _, name := range []string{"Dev", "Admins"} {
		do(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: &name})
	}
	do(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("Admins"), PolicyArn: new(awsmanaged.Prefix + "AdministratorAccess")})
	do(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("Dev"), PolicyName: new("policygen"), PolicyDocument: new(allow("ec2:*", "*"))})
	for _, name := range []string{"Bob", "Alice"} {
		do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: &name})
	}
	do(w, iamapi.OpPutUserPolicy, iamapi.PutUserPolicyInput{UserName: new("Bob"), PolicyName: new("p"), PolicyDocument: new(allow("s3:*", "*"))})
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{UserName: new("Alice"), GroupName: new("Dev")})
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{UserName: new("Alice"), GroupName: new("Admins")})

	local := do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("Local"), Path: new("/team/"), Description: new("ours"), PolicyDocument: new(allow("sqs:*", "*"))}).Policy.Arn
	do(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: local, PolicyDocument: new(allow("sns:*", "*"))})
	do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("EC2role"), AssumeRolePolicyDocument: new(trustEC2), PermissionsBoundary: new(awsmanaged.Prefix + "PowerUserAccess")})
	do(w, iamapi.OpAttachRolePolicy, iamapi.AttachRolePolicyInput{RoleName: new("EC2role"), PolicyArn: local})
	do(w, iamapi.OpAttachRolePolicy, iamapi.AttachRolePolicyInput{RoleName: new("EC2role"), PolicyArn: new(awsmanaged.Prefix + "AmazonS3FullAccess")})
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("EC2profile")})
	do(w, iamapi.OpAddRoleToInstanceProfile, iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("EC2profile"), RoleName: new("EC2role")})
}

var everything = []string{
	"user/Alice", "user/Bob", "group/Admins", "group/Dev", "role/EC2role", "policy/Local",
	"policy/AdministratorAccess", "policy/AmazonS3FullAccess", "policy/PowerUserAccess",
}

func TestAuthorizationDetailsFilter(t *testing.T) {
	w := newWorld(t)
	w.populate()
	for _, test := range []struct {
		filter []iamapi.EntityType
		want   []string
	}{
		{nil, everything},
		{[]iamapi.EntityType{"User"}, everything[:2]},
		{[]iamapi.EntityType{"Group"}, everything[2:4]},
		{[]iamapi.EntityType{"Role"}, everything[4:5]},
		{[]iamapi.EntityType{"LocalManagedPolicy"}, everything[5:6]},
		{[]iamapi.EntityType{"AWSManagedPolicy"}, everything[6:]},
		{[]iamapi.EntityType{"AWSManagedPolicy", "Role", "LocalManagedPolicy"}, everything[4:]},
	} {
		out := w.details(&iamapi.GetAccountAuthorizationDetailsInput{Filter: test.filter})
		if got := namesIn(out); !slices.Equal(got, test.want) || *out.IsTruncated || out.Marker != nil {
			t.Errorf("%s: %q, truncated %t; want %q", test.filter, got, *out.IsTruncated, test.want)
		}
	}
	other := as(w, w.stranger, iamapi.OpGetAccountAuthorizationDetails, iamapi.GetAccountAuthorizationDetailsInput{})
	if got := namesIn(other); len(got) != 0 {
		t.Errorf("the other account has %q", got)
	}
}

func TestAuthorizationDetailsContent(t *testing.T) {
	w := newWorld(t)
	w.populate()
	out := w.details(&iamapi.GetAccountAuthorizationDetailsInput{})
	plain := func(encoded *string) string {
		t.Helper()
		if strings.ContainsAny(*encoded, "{}\" +") {
			t.Errorf("document is not encoded: %s", *encoded)
		}
		s, err := url.PathUnescape(*encoded)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	alice, bob := out.UserDetailList[0], out.UserDetailList[1]
	if !slices.Equal(alice.GroupList, []string{"Admins", "Dev"}) || len(bob.GroupList) != 0 {
		t.Errorf("groups %q and %q", alice.GroupList, bob.GroupList)
	}
	if in := bob.UserPolicyList; len(in) != 1 || *in[0].PolicyName != "p" || plain(in[0].PolicyDocument) != allow("s3:*", "*") {
		t.Errorf("Bob's inline policies: %+v", in)
	}
	admins, dev := out.GroupDetailList[0], out.GroupDetailList[1]
	if a := admins.AttachedManagedPolicies; len(a) != 1 || *a[0].PolicyArn != awsmanaged.Prefix+"AdministratorAccess" {
		t.Errorf("attached to Admins: %+v", a)
	}
	if in := dev.GroupPolicyList; len(in) != 1 || plain(in[0].PolicyDocument) != allow("ec2:*", "*") {
		t.Errorf("Dev's inline policies: %+v", in)
	}
	role := out.RoleDetailList[0]
	if plain(role.AssumeRolePolicyDocument) != trustEC2 || len(role.AttachedManagedPolicies) != 2 ||
		*role.PermissionsBoundary.PermissionsBoundaryArn != awsmanaged.Prefix+"PowerUserAccess" {
		t.Errorf("role: %+v", role)
	}
	if p := role.InstanceProfileList; len(p) != 1 || *p[0].InstanceProfileName != "EC2profile" || len(p[0].Roles) != 1 || *p[0].Roles[0].RoleName != "EC2role" {
		t.Errorf("instance profiles: %+v", p)
	}

	local := out.Policies[0]
	if *local.Path != "/team/" || *local.DefaultVersionId != "v1" || *local.AttachmentCount != 1 || local.Description != nil {
		t.Errorf("local policy: %+v", local)
	}
	var versions []string
	for _, v := range local.PolicyVersionList {
		versions = append(versions, fmt.Sprintf("%s %t %s", *v.VersionId, *v.IsDefaultVersion, plain(v.Document)))
	}
	if want := []string{"v2 false " + allow("sns:*", "*"), "v1 true " + allow("sqs:*", "*")}; !slices.Equal(versions, want) {
		t.Errorf("versions %q, want %q", versions, want)
	}
	s3, power := out.Policies[2], out.Policies[3]
	known, _ := awsmanaged.Get(*s3.Arn)
	if v := s3.PolicyVersionList; len(v) != 1 || plain(v[0].Document) != known.Document() || *v[0].VersionId != *s3.DefaultVersionId || *s3.AttachmentCount != 1 {
		t.Errorf("AmazonS3FullAccess: %+v", s3)
	}
	if *power.AttachmentCount != 0 || *power.PermissionsBoundaryUsageCount != 1 {
		t.Errorf("PowerUserAccess is attached %d times, boundary %d times", *power.AttachmentCount, *power.PermissionsBoundaryUsageCount)
	}
}

// A page goes on across the kinds of entities, whatever its size, also when
// what it ended with is gone.
func TestAuthorizationDetailsPaging(t *testing.T) {
	w := newWorld(t)
	w.populate()
	for size := range int32(len(everything) + 1) {
		var got []string
		in := &iamapi.GetAccountAuthorizationDetailsInput{MaxItems: new(size + 1)}
		for {
			out := w.details(in)
			page := namesIn(out)
			got = append(got, page...)
			if !*out.IsTruncated {
				break
			}
			if len(page) != int(size)+1 {
				t.Fatalf("a page of %d has %d", size+1, len(page))
			}
			in.Marker = out.Marker
		}
		if !slices.Equal(got, everything) {
			t.Errorf("pages of %d: %q", size+1, got)
		}
	}

	first := w.details(&iamapi.GetAccountAuthorizationDetailsInput{MaxItems: new(int32(2))})
	do(w, iamapi.OpDeleteUserPolicy, iamapi.DeleteUserPolicyInput{UserName: new("Bob"), PolicyName: new("p")})
	do(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("Bob")})
	w.user("Carol", "")
	rest := w.details(&iamapi.GetAccountAuthorizationDetailsInput{Marker: first.Marker})
	if got, want := namesIn(rest), append([]string{"user/Carol"}, everything[2:]...); !slices.Equal(got, want) {
		t.Errorf("after a change: %q, want %q", got, want)
	}
}

func TestAuthorizationDetailsRefused(t *testing.T) {
	w := newWorld(t)
	refusedAs(w, w.user("nobody", allow("iam:GetUser", "*")), iamapi.OpGetAccountAuthorizationDetails, iamapi.GetAccountAuthorizationDetailsInput{}, "AccessDenied")
	refusedAs(w, w.root, iamapi.OpGetAccountAuthorizationDetails, iamapi.GetAccountAuthorizationDetailsInput{Marker: new("*")}, "ValidationError")
}
