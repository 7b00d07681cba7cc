package iam

import (
	"fmt"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

func TestManagedPolicyVersions(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	arn := w.policy("P", allow("iam:GetUser", "*"))
	if arn != "arn:aws:iam::111122223333:policy/P" {
		t.Fatal(arn)
	}
	do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bob"), PolicyArn: &arn})
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})

	v2 := do(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(deny("iam:*", "*"))}).PolicyVersion
	if *v2.VersionId != "v2" || *v2.IsDefaultVersion {
		t.Errorf("version %+v", v2)
	}
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	do(w, iamapi.OpSetDefaultPolicyVersion, iamapi.SetDefaultPolicyVersionInput{PolicyArn: &arn, VersionId: new("v2")})
	refusedAs(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{}, "with an explicit deny")
	refused(w, iamapi.OpSetDefaultPolicyVersion, iamapi.SetDefaultPolicyVersionInput{PolicyArn: &arn, VersionId: new("v9")},
		"NoSuchEntity: Policy arn:aws:iam::111122223333:policy/P version v9 does not exist or is not attachable.")
	refused(w, iamapi.OpDeletePolicyVersion, iamapi.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: new("v2")},
		"DeleteConflict: Cannot delete the default version of a policy.")

	for range 3 {
		do(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(allow("iam:GetUser", "*")), SetAsDefault: new(true)})
	}
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	refused(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(allow("a:b", "*"))},
		"LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
	do(w, iamapi.OpDeletePolicyVersion, iamapi.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: new("v1")})
	refused(w, iamapi.OpGetPolicyVersion, iamapi.GetPolicyVersionInput{PolicyArn: &arn, VersionId: new("v1")}, "NoSuchEntity")
	// A number is never used again.
	v6 := do(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(allow("a:b", "*"))}).PolicyVersion
	if *v6.VersionId != "v6" {
		t.Errorf("version %s", *v6.VersionId)
	}
	first := do(w, iamapi.OpListPolicyVersions, iamapi.ListPolicyVersionsInput{PolicyArn: &arn, MaxItems: new(int32(2))})
	rest := do(w, iamapi.OpListPolicyVersions, iamapi.ListPolicyVersionsInput{PolicyArn: &arn, Marker: first.Marker})
	var ids []string
	for _, v := range append(first.Versions, rest.Versions...) {
		ids = append(ids, *v.VersionId)
	}
	if got := strings.Join(ids, " "); got != "v6 v5 v4 v3 v2" || *rest.IsTruncated {
		t.Errorf("versions %s", got)
	}
	p := do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: &arn}).Policy
	if *p.DefaultVersionId != "v5" || *p.AttachmentCount != 1 || *p.PermissionsBoundaryUsageCount != 0 || !*p.IsAttachable {
		t.Errorf("policy %+v", p)
	}
	if n := do(w, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap; n["PolicyVersionsInUse"] != 5 || n["Policies"] != 1 {
		t.Errorf("summary %v", n)
	}
}

func TestDocumentsAreEncoded(t *testing.T) {
	w := newWorld(t)
	doc := "{\n \"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"arn:aws:iam::*:user/a+b~c\"}}"
	const want = "%7B%0A%20%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22iam%3A%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3Aiam%3A%3A%2A%3Auser%2Fa%2Bb~c%22%7D%7D"
	arn := w.policy("p", doc)
	if got := *do(w, iamapi.OpGetPolicyVersion, iamapi.GetPolicyVersionInput{PolicyArn: &arn, VersionId: new("v1")}).PolicyVersion.Document; got != want {
		t.Errorf("document %s", got)
	}
	w.user("bob", doc)
	if got := do(w, iamapi.OpGetUserPolicy, iamapi.GetUserPolicyInput{UserName: new("BOB"), PolicyName: new("p")}); *got.PolicyDocument != want || *got.UserName != "bob" {
		t.Errorf("document %s of %s", *got.PolicyDocument, *got.UserName)
	}
}

func TestCreatePolicyRefuses(t *testing.T) {
	w := newWorld(t)
	w.policy("p", allow("a:b", "*"))
	for _, c := range []struct {
		in   iamapi.CreatePolicyInput
		want string
	}{
		{iamapi.CreatePolicyInput{PolicyName: new("P"), PolicyDocument: new(allow("a:b", "*")), Path: new("/x/")}, "EntityAlreadyExists: A policy called P already exists. Duplicate names are not allowed."},
		{iamapi.CreatePolicyInput{PolicyName: new("q"), PolicyDocument: new("{")}, "MalformedPolicyDocument: Syntax errors in policy."},
		{iamapi.CreatePolicyInput{PolicyName: new("q"), PolicyDocument: new(trusting("*"))}, "MalformedPolicyDocument"},
		{iamapi.CreatePolicyInput{PolicyName: new("q"), PolicyDocument: new(allow("a:"+strings.Repeat("b", 6144), "*"))}, "LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
		{iamapi.CreatePolicyInput{PolicyName: new("q"), PolicyDocument: new(allow("a:b", "*")), Path: new("x")}, "ValidationError"},
	} {
		refused(w, iamapi.OpCreatePolicy, c.in, c.want)
	}
	bob := w.user("bob", allow("iam:CreatePolicy", "arn:aws:iam::111122223333:policy/bob/*"))
	as(w, bob, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("q"), Path: new("/bob/"), PolicyDocument: new(allow("a:b", "*"))})
	refusedAs(w, bob, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("r"), PolicyDocument: new(allow("a:b", "*"))}, "AccessDenied")
	// White space does not count.
	do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("s"), PolicyDocument: new(strings.Replace(allow("a:b", "*"), ",", ","+strings.Repeat(" ", 7000), 1))})
}

func TestPolicyOfAnotherAccount(t *testing.T) {
	w := newWorld(t)
	arn := w.policy("p", allow("a:b", "*"))
	in := iamapi.GetPolicyInput{PolicyArn: &arn}
	refusedAs(w, w.stranger, iamapi.OpGetPolicy, in, "because no resource-based policy allows the iam:GetPolicy action")
	refusedAs(w, w.stranger, iamapi.OpDeletePolicy, iamapi.DeletePolicyInput{PolicyArn: &arn}, "AccessDenied")
	refusedAs(w, w.stranger, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(allow("a:b", "*"))}, "AccessDenied")
	refusedAs(w, w.stranger, iamapi.OpSetDefaultPolicyVersion, iamapi.SetDefaultPolicyVersionInput{PolicyArn: &arn, VersionId: new("v1")}, "AccessDenied")
	as(w, w.stranger, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("u")})
	refusedAs(w, w.stranger, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("u"), PolicyArn: &arn},
		"NoSuchEntity: Policy arn:aws:iam::111122223333:policy/p does not exist or is not attachable.")
}

func TestAWSManagedPolicies(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	p := do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new(readOnly)}).Policy
	if *p.PolicyName != "ReadOnlyAccess" || *p.Arn != readOnly {
		t.Errorf("policy %+v", p)
	}
	v := do(w, iamapi.OpGetPolicyVersion, iamapi.GetPolicyVersionInput{PolicyArn: new(readOnly), VersionId: p.DefaultVersionId}).PolicyVersion
	if !strings.HasPrefix(*v.Document, "%7B") || !*v.IsDefaultVersion {
		t.Errorf("version %+v", v)
	}
	do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bob"), PolicyArn: new(readOnly)})
	as(w, bob, iamapi.OpListUsers, iamapi.ListUsersInput{})
	refusedAs(w, bob, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("g")}, "AccessDenied")
	// Nobody changes them, not even root.
	refused(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: new(readOnly), PolicyDocument: new(allow("*", "*"))}, "AccessDenied")
	refused(w, iamapi.OpDeletePolicy, iamapi.DeletePolicyInput{PolicyArn: new(readOnly)}, "AccessDenied")
	refused(w, iamapi.OpTagPolicy, iamapi.TagPolicyInput{PolicyArn: new(readOnly), Tags: tags("a", "b")}, "AccessDenied")
	refused(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new("arn:aws:iam::aws:policy/NoSuch")}, "NoSuchEntity: Policy arn:aws:iam::aws:policy/NoSuch was not found.")
	refused(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bob"), PolicyArn: new("arn:aws:iam::aws:policy/NoSuch")}, "NoSuchEntity")
	refused(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bob"), PolicyArn: new("arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy")}, "PolicyNotAttachable")

	list := do(w, iamapi.OpListPolicies, iamapi.ListPoliciesInput{OnlyAttached: new(true)}).Policies
	if len(list) != 1 || *list[0].AttachmentCount != 1 {
		t.Errorf("attached policies %+v", list)
	}
	if n := *do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new(readOnly)}).Policy.AttachmentCount; n != 1 {
		t.Errorf("attached %d times", n)
	}
	if n := *as(w, w.stranger, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new(readOnly)}).Policy.AttachmentCount; n != 0 {
		t.Errorf("attached %d times in the other account", n)
	}
}

func TestListPolicies(t *testing.T) {
	w := newWorld(t)
	w.policy("zeta", allow("a:b", "*"))
	arn := w.policy("alpha", allow("a:b", "*"))
	do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("beta"), Path: new("/x/"), PolicyDocument: new(allow("a:b", "*"))})
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("u"), PermissionsBoundary: &arn})

	names := func(in iamapi.ListPoliciesInput) string {
		t.Helper()
		var names []string
		for {
			out := do(w, iamapi.OpListPolicies, in)
			for _, p := range out.Policies {
				names = append(names, *p.PolicyName)
			}
			if !*out.IsTruncated {
				return strings.Join(names, " ")
			}
			in.Marker = out.Marker
		}
	}
	for _, c := range []struct {
		in   iamapi.ListPoliciesInput
		want string
	}{
		{iamapi.ListPoliciesInput{Scope: iamapi.PolicyScopeTypeLocal, MaxItems: new(int32(2))}, "alpha beta zeta"},
		{iamapi.ListPoliciesInput{Scope: iamapi.PolicyScopeTypeLocal, PathPrefix: new("/x/")}, "beta"},
		{iamapi.ListPoliciesInput{PolicyUsageFilter: iamapi.PolicyUsageTypePermissionsBoundary}, "alpha"},
		{iamapi.ListPoliciesInput{PolicyUsageFilter: iamapi.PolicyUsageTypePermissionsPolicy}, ""},
		{iamapi.ListPoliciesInput{OnlyAttached: new(true)}, ""},
	} {
		if got := names(c.in); got != c.want {
			t.Errorf("%+v lists %q", c.in, got)
		}
	}
	aws := strings.Fields(names(iamapi.ListPoliciesInput{Scope: iamapi.PolicyScopeTypeAws, MaxItems: new(int32(1000))}))
	all := strings.Fields(names(iamapi.ListPoliciesInput{MaxItems: new(int32(7))}))
	if len(all) != len(aws)+3 || all[0] != "alpha" || all[3] != aws[0] {
		t.Errorf("%d policies of AWS, %d in all", len(aws), len(all))
	}
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpListPolicies, iamapi.ListPoliciesInput{PathPrefix: new("/x/")}, "iam:ListPolicies on resource: policy path /x/ because")
}

func TestDeletePolicy(t *testing.T) {
	w := newWorld(t)
	arn := w.policy("p", allow("a:b", "*"))
	in := iamapi.DeletePolicyInput{PolicyArn: &arn}
	w.role("r")
	do(w, iamapi.OpPutRolePermissionsBoundary, iamapi.PutRolePermissionsBoundaryInput{RoleName: new("r"), PermissionsBoundary: &arn})
	refused(w, iamapi.OpDeletePolicy, in, "DeleteConflict: Cannot delete a policy attached to entities.")
	do(w, iamapi.OpDeleteRolePermissionsBoundary, iamapi.DeleteRolePermissionsBoundaryInput{RoleName: new("r")})
	do(w, iamapi.OpCreatePolicyVersion, iamapi.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(allow("a:c", "*"))})
	refused(w, iamapi.OpDeletePolicy, in, "DeleteConflict: This policy has more than one version.")
	do(w, iamapi.OpDeletePolicyVersion, iamapi.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: new("v2")})
	do(w, iamapi.OpDeletePolicy, in)
	refused(w, iamapi.OpDeletePolicy, in, "NoSuchEntity: Policy arn:aws:iam::111122223333:policy/p was not found.")
	refused(w, iamapi.OpDeletePolicy, iamapi.DeletePolicyInput{PolicyArn: new("arn:aws:iam::111122223333:user/p")}, "InvalidInput: ARN arn:aws:iam::111122223333:user/p is not valid.")
	if w.iam.ManagedPolicy(arn) != nil {
		t.Error("the directory still knows the policy")
	}
}

func TestAttach(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	var arns []string
	for i := range 11 {
		arns = append(arns, w.policy(fmt.Sprintf("p%02d", 10-i), allow("a:b", "*")))
	}
	attach := func(arn string) iamapi.AttachRolePolicyInput {
		return iamapi.AttachRolePolicyInput{RoleName: new("r"), PolicyArn: &arn}
	}
	for _, arn := range arns[:10] {
		do(w, iamapi.OpAttachRolePolicy, attach(arn))
		do(w, iamapi.OpAttachRolePolicy, attach(arn)) // again: no change
	}
	refused(w, iamapi.OpAttachRolePolicy, attach(arns[10]), "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10")
	refused(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")}, "DeleteConflict: Cannot delete entity, must detach all policies first.")
	first := do(w, iamapi.OpListAttachedRolePolicies, iamapi.ListAttachedRolePoliciesInput{RoleName: new("r"), MaxItems: new(int32(4))})
	rest := do(w, iamapi.OpListAttachedRolePolicies, iamapi.ListAttachedRolePoliciesInput{RoleName: new("r"), Marker: first.Marker})
	if len(first.AttachedPolicies) != 4 || len(rest.AttachedPolicies) != 6 || *first.AttachedPolicies[0].PolicyName != "p01" || *rest.AttachedPolicies[5].PolicyName != "p10" {
		t.Errorf("attached %+v then %+v", first.AttachedPolicies, rest.AttachedPolicies)
	}
	do(w, iamapi.OpDetachRolePolicy, iamapi.DetachRolePolicyInput{RoleName: new("r"), PolicyArn: &arns[0]})
	refused(w, iamapi.OpDetachRolePolicy, iamapi.DetachRolePolicyInput{RoleName: new("r"), PolicyArn: &arns[0]}, "NoSuchEntity: Policy arn:aws:iam::111122223333:policy/p10 was not found.")
	refused(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("none"), PolicyArn: &arns[0]}, "NoSuchEntity: The group")
}

// iam:PolicyARN and iam:PermissionsBoundary are what delegated administrators
// are held by: see "Permissions boundaries for IAM entities", Delegating
// responsibility to others, in the IAM User Guide.
func TestAttachConditions(t *testing.T) {
	w := newWorld(t)
	p, q := w.policy("p", allow("iam:GetUser", "*")), w.policy("q", allow("*", "*"))
	bound := w.policy("bound", allow("*", "*"))
	admin := w.user("admin", allowIf("iam:AttachUserPolicy", `{"ArnEquals":{"iam:PolicyARN":"`+p+`"},"StringEquals":{"iam:PermissionsBoundary":"`+bound+`"}}`))
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bound"), PermissionsBoundary: &bound})
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("free")})

	as(w, admin, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bound"), PolicyArn: &p})
	refusedAs(w, admin, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bound"), PolicyArn: &q}, "AccessDenied")
	refusedAs(w, admin, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("free"), PolicyArn: &p}, "AccessDenied")
}

func TestInlinePolicies(t *testing.T) {
	w := newWorld(t)
	w.user("bob", allow("a:b", "*"))
	put := func(name, doc string) iamapi.PutUserPolicyInput {
		return iamapi.PutUserPolicyInput{UserName: new("bob"), PolicyName: &name, PolicyDocument: &doc}
	}
	refused(w, iamapi.OpPutUserPolicy, put("x", "{}"), "MalformedPolicyDocument: Syntax errors in policy.")
	refused(w, iamapi.OpPutUserPolicy, put("x", allow("a:"+strings.Repeat("b", 2048), "*")), "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user bob")
	do(w, iamapi.OpPutUserPolicy, put("x", allow("a:"+strings.Repeat("b", 1500), "*")))
	refused(w, iamapi.OpPutUserPolicy, put("y", allow("a:"+strings.Repeat("b", 500), "*")), "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user bob")
	do(w, iamapi.OpPutUserPolicy, put("x", allow("a:c", "*"))) // replaces
	do(w, iamapi.OpPutUserPolicy, put("P", allow("a:c", "*"))) // is not p

	out := do(w, iamapi.OpListUserPolicies, iamapi.ListUserPoliciesInput{UserName: new("bob"), MaxItems: new(int32(2))})
	rest := do(w, iamapi.OpListUserPolicies, iamapi.ListUserPoliciesInput{UserName: new("bob"), Marker: out.Marker})
	if got := fmt.Sprint(out.PolicyNames, rest.PolicyNames); got != "[P p] [x]" {
		t.Errorf("policies %s", got)
	}
	refused(w, iamapi.OpGetUserPolicy, iamapi.GetUserPolicyInput{UserName: new("bob"), PolicyName: new("none")}, "NoSuchEntity: The user policy with name none cannot be found.")
	refused(w, iamapi.OpDeleteRolePolicy, iamapi.DeleteRolePolicyInput{RoleName: new("none"), PolicyName: new("p")}, "NoSuchEntity: The role with name none cannot be found.")
	w.role("r")
	refused(w, iamapi.OpDeleteRolePolicy, iamapi.DeleteRolePolicyInput{RoleName: new("r"), PolicyName: new("p")}, "NoSuchEntity: The role policy with name p cannot be found.")
	do(w, iamapi.OpPutRolePolicy, iamapi.PutRolePolicyInput{RoleName: new("r"), PolicyName: new("p"), PolicyDocument: new(allow("a:"+strings.Repeat("b", 10000), "*"))})
	refused(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")}, "DeleteConflict: Cannot delete entity, must delete policies first.")

	eve := w.user("eve", allow("iam:*", "arn:aws:iam::*:user/eve"))
	refusedAs(w, eve, iamapi.OpPutUserPolicy, put("x", allow("*", "*")), "AccessDenied")
	refusedAs(w, eve, iamapi.OpGetUserPolicy, iamapi.GetUserPolicyInput{UserName: new("bob"), PolicyName: new("p")}, "AccessDenied")
	refusedAs(w, eve, iamapi.OpListUserPolicies, iamapi.ListUserPoliciesInput{UserName: new("bob")}, "AccessDenied")
	refusedAs(w, eve, iamapi.OpDeleteUserPolicy, iamapi.DeleteUserPolicyInput{UserName: new("bob"), PolicyName: new("p")}, "AccessDenied")
	refusedAs(w, eve, iamapi.OpListAttachedUserPolicies, iamapi.ListAttachedUserPoliciesInput{UserName: new("bob")}, "AccessDenied")
}

// A line break in a description is refused: see
// github.com/aws-cloudformation/cfn-lint/issues/345.
func TestPolicyDescription(t *testing.T) {
	w := newWorld(t)
	create := func(description string) iamapi.CreatePolicyInput {
		return iamapi.CreatePolicyInput{PolicyName: new("p"), PolicyDocument: new(allow("a:b", "*")), Description: &description}
	}
	for _, bad := range []string{"a\nb", "a\tb", "\u200b"} {
		refused(w, iamapi.OpCreatePolicy, create(bad), "ValidationError: 1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}]*")
	}
	const good = "Grüße, 100 % — ほげ\u2028"
	arn := do(w, iamapi.OpCreatePolicy, create(good)).Policy.Arn
	if p := do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: arn}).Policy; *p.Description != good {
		t.Errorf("description %q", *p.Description)
	}
}

func TestBoundary(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:*", "*"))
	bound := w.policy("bound", allow("iam:Get*", "*"))
	do(w, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("bob"), PermissionsBoundary: &bound})
	as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	refusedAs(w, bob, iamapi.OpListUsers, iamapi.ListUsersInput{}, "because no permissions boundary allows the iam:ListUsers action")
	u := do(w, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("bob")}).User
	// AWS's type is not the one that its model has (localstack
	// test_iam_users.snapshot.json, test_create_user_with_permission_boundary).
	if *u.PermissionsBoundary.PermissionsBoundaryArn != bound || u.PermissionsBoundary.PermissionsBoundaryType != "Policy" {
		t.Errorf("boundary %+v", u.PermissionsBoundary)
	}
	do(w, iamapi.OpDeleteUserPermissionsBoundary, iamapi.DeleteUserPermissionsBoundaryInput{UserName: new("bob")})
	as(w, bob, iamapi.OpListUsers, iamapi.ListUsersInput{})
	refused(w, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("bob"), PermissionsBoundary: new("arn:aws:iam::111122223333:policy/none")},
		"NoSuchEntity: Scope ARN: arn:aws:iam::111122223333:policy/none does not exist or is not attachable.")
	refused(w, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("none"), PermissionsBoundary: &bound}, "NoSuchEntity: The user")

	// A delegate may create users within the boundary, and only so.
	admin := w.user("admin", allowIf("iam:CreateUser", `{"StringEquals":{"iam:PermissionsBoundary":"`+bound+`"}}`))
	as(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("in"), PermissionsBoundary: &bound})
	refusedAs(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("out")}, "AccessDenied")
	refusedAs(w, admin, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("admin"), PermissionsBoundary: &bound}, "AccessDenied")
	refusedAs(w, admin, iamapi.OpDeleteUserPermissionsBoundary, iamapi.DeleteUserPermissionsBoundaryInput{UserName: new("in")}, "AccessDenied")
}

func TestListEntitiesForPolicy(t *testing.T) {
	w := newWorld(t)
	arn := w.policy("p", allow("a:b", "*"))
	for _, name := range []string{"u1", "u2"} {
		do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: &name, Path: new("/x/")})
		do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: &name, PolicyArn: &arn})
	}
	w.role("r")
	do(w, iamapi.OpPutRolePermissionsBoundary, iamapi.PutRolePermissionsBoundaryInput{RoleName: new("r"), PermissionsBoundary: &arn})
	w.group("g")
	do(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("g"), PolicyArn: &arn})
	do(w, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("u1"), PermissionsBoundary: &arn})

	entities := func(in iamapi.ListEntitiesForPolicyInput) string {
		t.Helper()
		in.PolicyArn = &arn
		var names []string
		for {
			out := do(w, iamapi.OpListEntitiesForPolicy, in)
			for _, g := range out.PolicyGroups {
				names = append(names, *g.GroupName)
			}
			for _, r := range out.PolicyRoles {
				names = append(names, *r.RoleName)
			}
			for _, u := range out.PolicyUsers {
				names = append(names, *u.UserName)
			}
			if !*out.IsTruncated {
				return strings.Join(names, " ")
			}
			in.Marker = out.Marker
		}
	}
	for _, c := range []struct {
		in   iamapi.ListEntitiesForPolicyInput
		want string
	}{
		{iamapi.ListEntitiesForPolicyInput{}, "g r u1 u2"},
		{iamapi.ListEntitiesForPolicyInput{MaxItems: new(int32(1))}, "g r u1 u2"},
		{iamapi.ListEntitiesForPolicyInput{EntityFilter: iamapi.EntityTypeUser}, "u1 u2"},
		{iamapi.ListEntitiesForPolicyInput{PathPrefix: new("/x/")}, "u1 u2"},
		{iamapi.ListEntitiesForPolicyInput{PolicyUsageFilter: iamapi.PolicyUsageTypePermissionsBoundary}, "r u1"},
		{iamapi.ListEntitiesForPolicyInput{PolicyUsageFilter: iamapi.PolicyUsageTypePermissionsPolicy}, "g u1 u2"},
	} {
		if got := entities(c.in); got != c.want {
			t.Errorf("%+v lists %q, want %q", c.in, got, c.want)
		}
	}
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpListEntitiesForPolicy, iamapi.ListEntitiesForPolicyInput{PolicyArn: &arn}, "AccessDenied")
}

// What holds for users holds for groups and roles.
func TestPoliciesOfGroupsAndRoles(t *testing.T) {
	w := newWorld(t)
	w.group("g")
	w.role("r")
	doc, arn := allow("a:b", "*"), w.policy("p", allow("a:b", "*"))
	do(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("g"), PolicyName: new("in"), PolicyDocument: &doc})
	do(w, iamapi.OpPutRolePolicy, iamapi.PutRolePolicyInput{RoleName: new("r"), PolicyName: new("in"), PolicyDocument: &doc})
	do(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("g"), PolicyArn: &arn})

	if out := do(w, iamapi.OpGetGroupPolicy, iamapi.GetGroupPolicyInput{GroupName: new("G"), PolicyName: new("in")}); *out.GroupName != "g" || *out.PolicyDocument != *encodeDocument(doc) {
		t.Errorf("group policy %+v", out)
	}
	if out := do(w, iamapi.OpGetRolePolicy, iamapi.GetRolePolicyInput{RoleName: new("R"), PolicyName: new("in")}); *out.RoleName != "r" || *out.PolicyDocument != *encodeDocument(doc) {
		t.Errorf("role policy %+v", out)
	}
	if out := do(w, iamapi.OpListGroupPolicies, iamapi.ListGroupPoliciesInput{GroupName: new("g")}); fmt.Sprint(out.PolicyNames) != "[in]" {
		t.Errorf("group policies %v", out.PolicyNames)
	}
	if out := do(w, iamapi.OpListRolePolicies, iamapi.ListRolePoliciesInput{RoleName: new("r")}); fmt.Sprint(out.PolicyNames) != "[in]" {
		t.Errorf("role policies %v", out.PolicyNames)
	}
	in := iamapi.ListAttachedGroupPoliciesInput{GroupName: new("g")}
	if out := do(w, iamapi.OpListAttachedGroupPolicies, in); len(out.AttachedPolicies) != 1 || *out.AttachedPolicies[0].PolicyArn != arn {
		t.Errorf("attached %+v", out.AttachedPolicies)
	}
	refused(w, iamapi.OpDeleteGroup, iamapi.DeleteGroupInput{GroupName: new("g")}, "DeleteConflict: Cannot delete entity, must detach all policies first.")
	do(w, iamapi.OpDetachGroupPolicy, iamapi.DetachGroupPolicyInput{GroupName: new("g"), PolicyArn: &arn})
	if out := do(w, iamapi.OpListAttachedGroupPolicies, in); out.AttachedPolicies == nil || len(out.AttachedPolicies) != 0 {
		t.Errorf("attached %+v", out.AttachedPolicies)
	}
	refused(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("g"), PolicyName: new("big"), PolicyDocument: new(allow("a:"+strings.Repeat("b", 5120), "*"))},
		"LimitExceeded: Maximum policy size of 5120 bytes exceeded for group g")
}
