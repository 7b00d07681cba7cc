package iam

import (
	"strings"
	"testing"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

// What AWS's answers have and leave out differs from one operation to the next.
// The tests in this file hold ours against answers that LocalStack recorded
// from AWS in 2025 and 2026: github.com/localstack/localstack, the files
// *.snapshot.json in tests/aws/services/iam.

// keys is the tag keys in their order, "none" without the list.
func keys(list []iamapi.Tag) string {
	if list == nil {
		return "none"
	}
	var all []string
	for _, tag := range list {
		all = append(all, *tag.Key)
	}
	return strings.Join(all, " ")
}

// test_iam_roles, test_create_role_defaults and
// test_role_permissions_boundary_lifecycle.
func TestAnswerOfCreateRole(t *testing.T) {
	w := newWorld(t)
	const trust = ` {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}`
	r := do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{
		RoleName: new("r"), AssumeRolePolicyDocument: new(trust[1:]), Description: new(""), MaxSessionDuration: new(int32(7200)),
		PermissionsBoundary: new(readOnly), Tags: tags("b", "1", "a", "2"),
	}).Role
	if r.Description != nil || r.MaxSessionDuration != nil || r.RoleLastUsed != nil || keys(r.Tags) != "b a" ||
		r.PermissionsBoundary.PermissionsBoundaryType != "Policy" || *r.AssumeRolePolicyDocument != *encodeDocument(trust[1:]) {
		t.Errorf("created %+v", r)
	}
	if r := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role; r.Description == nil || keys(r.Tags) != "a b" {
		t.Errorf("got %+v", r)
	}
	if r := w.role("plain"); r.Tags != nil || r.PermissionsBoundary != nil {
		t.Errorf("created %+v", r)
	}
	if r := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("plain")}).Role; r.Description != nil || r.Tags != nil || *r.MaxSessionDuration != 3600 || r.RoleLastUsed == nil {
		t.Errorf("got %+v", r)
	}
}

// test_iam_instance_profiles, test_instance_profile_lifecycle.
func TestAnswerAboutRolesInProfiles(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting(home)), Description: new("d"), Tags: tags("k", "v")})
	if p := do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i")}).InstanceProfile; p.Tags != nil || p.Roles == nil {
		t.Errorf("created %+v", p)
	}
	do(w, iamapi.OpAddRoleToInstanceProfile, iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("r")})
	p := do(w, iamapi.OpGetInstanceProfile, iamapi.GetInstanceProfileInput{InstanceProfileName: new("i")}).InstanceProfile
	if keys(p.Tags) != "" || len(p.Roles) != 1 {
		t.Fatalf("got %+v", p)
	}
	if r := p.Roles[0]; r.Description != nil || r.MaxSessionDuration != nil || r.RoleLastUsed != nil || r.Tags != nil || r.AssumeRolePolicyDocument == nil {
		t.Errorf("its role: %+v", r)
	}
	if p := do(w, iamapi.OpListInstanceProfiles, iamapi.ListInstanceProfilesInput{}).InstanceProfiles[0]; p.Tags != nil || p.Roles[0].MaxSessionDuration != nil {
		t.Errorf("listed %+v", p)
	}
	// test_instance_profile_errors
	w.role("s")
	refused(w, iamapi.OpRemoveRoleFromInstanceProfile, iamapi.RemoveRoleFromInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("s")},
		"NoSuchEntity: Role s in Instance Profile i cannot be found.")
}

// test_iam_managed_policies, test_policy_lifecycle, test_policy_tag_order and
// test_get_aws_managed_policy.
func TestAnswerTagsOfPolicies(t *testing.T) {
	w := newWorld(t)
	created := do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("p"), PolicyDocument: new(allow("a:b", "*")), Tags: tags("z", "1", "y", "2")}).Policy
	if keys(created.Tags) != "z y" {
		t.Errorf("created with %s", keys(created.Tags))
	}
	bare := do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("q"), PolicyDocument: new(allow("a:b", "*"))}).Policy
	if bare.Tags != nil {
		t.Errorf("created with %s", keys(bare.Tags))
	}
	for arn, want := range map[string]string{*created.Arn: "y z", *bare.Arn: "", readOnly: ""} {
		if got := keys(do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: &arn}).Policy.Tags); got != want {
			t.Errorf("%s has tags %q, want %q", arn, got, want)
		}
	}
	u := do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("u"), Tags: tags("z", "1", "y", "2")}).User
	if keys(u.Tags) != "z y" {
		t.Errorf("user created with %s", keys(u.Tags))
	}
}

// test_iam_account_authorization_details.
func TestAnswerOfAuthorizationDetails(t *testing.T) {
	w := newWorld(t)
	w.user("u", "")
	w.group("g")
	do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting(home)), Description: new("d")})
	do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: new("p"), PolicyDocument: new(allow("a:b", "*")), Description: new("d")})
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i")})
	do(w, iamapi.OpAddRoleToInstanceProfile, iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("r")})
	do(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("g"), PolicyArn: new(readOnly)})
	out := w.details(&iamapi.GetAccountAuthorizationDetailsInput{})
	if u := out.UserDetailList[0]; u.UserPolicyList != nil || u.GroupList == nil || u.AttachedManagedPolicies == nil || keys(u.Tags) != "" {
		t.Errorf("user %+v", u)
	}
	if g := out.GroupDetailList[0]; g.GroupPolicyList == nil {
		t.Errorf("group %+v", g)
	}
	r := out.RoleDetailList[0]
	if r.RolePolicyList == nil || r.AttachedManagedPolicies == nil || r.RoleLastUsed == nil || keys(r.Tags) != "" {
		t.Errorf("role %+v", r)
	}
	if in := r.InstanceProfileList[0].Roles[0]; in.Description != nil || in.MaxSessionDuration != nil {
		t.Errorf("role of its profile %+v", in)
	}
	for _, p := range out.Policies {
		if p.Description != nil {
			t.Errorf("policy %s has description %q", *p.PolicyName, *p.Description)
		}
	}
}

// test_iam_managed_policies, test_policy_version_errors, and the tests of
// attachments in test_iam_users and test_iam_roles.
func TestAnswerAboutMissingPolicies(t *testing.T) {
	w := newWorld(t)
	w.user("u", "")
	const none = "arn:aws:iam::111122223333:policy/none"
	for _, arn := range []string{none, awsmanaged.Prefix + "none"} {
		refused(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: &arn}, "NoSuchEntity: Policy "+arn+" was not found.")
		refused(w, iamapi.OpGetPolicyVersion, iamapi.GetPolicyVersionInput{PolicyArn: &arn, VersionId: new("v1")}, "NoSuchEntity: Policy "+arn+" version v1 does not exist or is not attachable.")
		refused(w, iamapi.OpListEntitiesForPolicy, iamapi.ListEntitiesForPolicyInput{PolicyArn: &arn}, "NoSuchEntity: Policy "+arn+" does not exist or is not attachable.")
		refused(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("u"), PolicyArn: &arn}, "NoSuchEntity: Policy "+arn+" does not exist or is not attachable.")
	}
	refused(w, iamapi.OpSetDefaultPolicyVersion, iamapi.SetDefaultPolicyVersionInput{PolicyArn: new(none), VersionId: new("v1")}, "NoSuchEntity: Policy "+none+" version v1 does not exist or is not attachable.")
	refused(w, iamapi.OpDeletePolicyVersion, iamapi.DeletePolicyVersionInput{PolicyArn: new(none), VersionId: new("v1")}, "NoSuchEntity: Policy "+none+" version v1 does not exist or is not attachable.")
	// Who may not ask does not learn it from another error.
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpGetPolicyVersion, iamapi.GetPolicyVersionInput{PolicyArn: new(none), VersionId: new("v1")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpListEntitiesForPolicy, iamapi.ListEntitiesForPolicyInput{PolicyArn: new(none)}, "AccessDenied")

	const noARN = "a-string-of-twenty-characters"
	refused(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("u"), PolicyArn: new(noARN)}, "ValidationError: ARN "+noARN+" is not valid.")
	refused(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new(noARN)}, "ValidationError: ARN "+noARN+" is not valid.")
	const user = "arn:aws:iam::111122223333:user/u"
	refused(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: new(user)}, "InvalidInput: ARN "+user+" is not valid.")
}

// test_iam_groups, test_remove_user_from_unknown_group: without either, it is
// the user that is missed.
func TestAnswerAboutMissingMembers(t *testing.T) {
	w := newWorld(t)
	in := iamapi.RemoveUserFromGroupInput{GroupName: new("g"), UserName: new("u")}
	refused(w, iamapi.OpRemoveUserFromGroup, in, "NoSuchEntity: The user with name u cannot be found.")
	refused(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput(in), "NoSuchEntity: The user with name u cannot be found.")
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpRemoveUserFromGroup, in, "AccessDenied")
	w.user("u", "")
	refused(w, iamapi.OpRemoveUserFromGroup, in, "NoSuchEntity: The group with name g cannot be found.")
}

// test_iam_credential_report: no message at all when there is no report, and
// the older key first.
func TestAnswerOfCredentialReport(t *testing.T) {
	w := newWorld(t)
	_, err := call(w, w.root, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{})
	if err == nil || err.Error() != "ReportNotPresent" {
		t.Errorf("got %v", err)
	}
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("u")})
	var ids []string
	for range 2 {
		ids = append(ids, *do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("u")}).AccessKey.AccessKeyId)
		w.time = w.time.Add(time.Millisecond)
	}
	err = w.iam.view(t.Context(), func(tx *store.Tx) error {
		if got := keysByAge(tx, users.Get(tx, rowKey(home, "u"))); got[0].ID != ids[0] || got[1].ID != ids[1] {
			t.Errorf("keys %s and %s, made %s", got[0].ID, got[1].ID, ids)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.generateReport(w.root)
	fields := strings.Split(w.report(w.root)[2], ",")
	if fields[9] != "2026-05-04T03:02:01Z" || fields[14] != "2026-05-04T03:02:01Z" {
		t.Errorf("keys of %s and %s", fields[9], fields[14])
	}
	for _, k := range do(w, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{UserName: new("u")}).AccessKeyMetadata {
		if k.CreateDate.Nanosecond() != 0 {
			t.Errorf("created %s", k.CreateDate)
		}
	}
}
