package iam

import (
	"net/url"
	"strings"
	"testing"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

func TestCreateRole(t *testing.T) {
	w := newWorld(t)
	r := do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{
		RoleName: new("Signer"), Path: new("/app/"), Description: new("signs"), MaxSessionDuration: new(int32(7200)),
		AssumeRolePolicyDocument: new(trusting(home)), Tags: tags("team", "blue"),
	}).Role
	if *r.Arn != "arn:aws:iam::111122223333:role/app/Signer" || !strings.HasPrefix(*r.RoleId, "AROA") {
		t.Errorf("created %+v", r)
	}
	got := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("signer")}).Role
	if *got.Description != "signs" || *got.MaxSessionDuration != 7200 || *got.Tags[0].Value != "blue" || got.RoleLastUsed == nil || got.RoleLastUsed.LastUsedDate != nil {
		t.Errorf("got %+v", got)
	}
	listed := do(w, iamapi.OpListRoles, iamapi.ListRolesInput{PathPrefix: new("/app")}).Roles
	if len(listed) != 1 || listed[0].Tags != nil || listed[0].RoleLastUsed != nil || listed[0].AssumeRolePolicyDocument == nil {
		t.Errorf("listed %+v", listed)
	}
	id := w.iam.Role(home, "Signer")
	if id.MaxSessionDuration != 2*time.Hour || id.Tags["team"] != "blue" || id.Trust == nil || id.ServiceLinked {
		t.Errorf("identity %+v", id)
	}
	refused(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("SIGNER"), AssumeRolePolicyDocument: new(trusting(home))},
		"EntityAlreadyExists: Role with name SIGNER already exists.")
	bob := w.user("bob", allow("iam:GetRole", "arn:aws:iam::111122223333:role/app/*"))
	as(w, bob, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("Signer")})
	refusedAs(w, bob, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("x"), AssumeRolePolicyDocument: new(trusting(home))}, "AccessDenied")
	refusedAs(w, w.stranger, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("Signer")}, "NoSuchEntity: The role with name Signer cannot be found.")
}

func TestTrustPolicyRefused(t *testing.T) {
	w := newWorld(t)
	for doc, want := range map[string]string{
		`{`:                    "MalformedPolicyDocument: This policy contains invalid Json",
		allow("iam:*", "*"):    "MalformedPolicyDocument",
		trusting("not-an-arn"): `MalformedPolicyDocument: Invalid principal in policy: "AWS":"not-an-arn"`,
		trusting("arn:aws:iam::111122223333:role/none"):                                                               `MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/none"`,
		trusting("arn:aws:iam::444455556666:user/none"):                                                               `MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::444455556666:user/none"`,
		trusting("AIDAAAAAAAAAAAAAAAAAA"):                                                                             `MalformedPolicyDocument: Invalid principal in policy: "AWS":"AIDAAAAAAAAAAAAAAAAAA"`,
		trusting("arn:aws:sts::111122223333:assumed-role/none/s"):                                                     `MalformedPolicyDocument: Invalid principal in policy`,
		strings.Replace(trusting(home), `"sts:`, strings.Repeat(`"sts:AssumeRole","sts:TagSession",`, 70)+`"sts:`, 1): "MalformedPolicyDocument",
		trustingMany(180): "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
	} {
		refused(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: &doc}, want)
	}
	refused(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), Path: new("/aws-service-role/x/"), AssumeRolePolicyDocument: new(trusting(home))}, "InvalidInput")
	// Whether a principal exists is not told to who may not create roles.
	bob := w.user("bob", "")
	refusedAs(w, bob, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting("arn:aws:iam::444455556666:user/none"))}, "AccessDenied")
}

func trustingMany(n int) string {
	return strings.Replace(trusting("*"), `"*"`, `["999999999999"`+strings.Repeat(`,"999999999999"`, n)+`]`, 1)
}

// A role that trusts a user trusts that user and not the next of the name: see
// "AWS JSON policy elements: Principal", IAM user principals, in the IAM User
// Guide.
func TestTrustOutlivesNames(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")})
	bob := do(w, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("bob")}).User
	do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting(*bob.Arn))})

	shown := func() string {
		t.Helper()
		doc, err := url.QueryUnescape(*do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role.AssumeRolePolicyDocument)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	trusts := func(id string) bool {
		t.Helper()
		trust := w.iam.Role(home, "r").Trust
		p := policy.Principal{Type: policy.User, Account: home, ARN: *bob.Arn, ID: id}
		return trust.Evaluate(&policy.Request{Action: "sts:AssumeRole", Resource: "*", Principal: p}).Effect == policy.Allow
	}
	if got := shown(); got != trusting(*bob.Arn) || !trusts(*bob.UserId) {
		t.Fatalf("trust policy %s", got)
	}
	do(w, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("bob")})
	if got := shown(); got != trusting(*bob.UserId) {
		t.Errorf("after deletion %s", got)
	}
	again := do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")}).User
	if got := shown(); got != trusting(*bob.UserId) || trusts(*again.UserId) {
		t.Errorf("the new bob is trusted by %s", got)
	}
	// As on AWS, a document that still names the id of the deleted user cannot
	// be saved again.
	refused(w, iamapi.OpUpdateAssumeRolePolicy, iamapi.UpdateAssumeRolePolicyInput{RoleName: new("r"), PolicyDocument: new(shown())}, "MalformedPolicyDocument: Invalid principal")
	do(w, iamapi.OpUpdateAssumeRolePolicy, iamapi.UpdateAssumeRolePolicyInput{RoleName: new("r"), PolicyDocument: new(trusting(*again.Arn))})
	if !trusts(*again.UserId) {
		t.Error("the new bob is not trusted")
	}
}

func TestTrustFollowsRenames(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")})
	do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting("arn:aws:iam::111122223333:user/bob"))})
	do(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("bob"), NewUserName: new("rob")})
	doc := w.iam.Role(home, "r").Trust.Document()
	if doc != trusting("arn:aws:iam::111122223333:user/rob") {
		t.Errorf("trust policy %s", doc)
	}
}

func TestUpdateRole(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	do(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: new("r"), Description: new("a"), MaxSessionDuration: new(int32(43200))})
	do(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: new("r")})
	if r := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role; *r.Description != "a" || *r.MaxSessionDuration != 43200 {
		t.Errorf("role %+v", r)
	}
	// An empty description is one.
	r := do(w, iamapi.OpUpdateRoleDescription, iamapi.UpdateRoleDescriptionInput{RoleName: new("r"), Description: new("")}).Role
	if r.Description == nil || *r.Description != "" || r.MaxSessionDuration != nil || r.RoleLastUsed != nil {
		t.Errorf("UpdateRoleDescription answers %+v", r)
	}
	if r := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role; r.Description == nil || *r.Description != "" {
		t.Errorf("description %v", r.Description)
	}
	refused(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: new("r"), MaxSessionDuration: new(int32(43201))}, "ValidationError")
	refused(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: new("none")}, "NoSuchEntity")
	bob := w.user("bob", deny("*", "*"))
	refusedAs(w, bob, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: new("r")}, "with an explicit deny in an identity-based policy")
	refusedAs(w, bob, iamapi.OpUpdateRoleDescription, iamapi.UpdateRoleDescriptionInput{RoleName: new("r"), Description: new("")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpUpdateAssumeRolePolicy, iamapi.UpdateAssumeRolePolicyInput{RoleName: new("r"), PolicyDocument: new("{}")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpListRoles, iamapi.ListRolesInput{}, "iam:ListRoles on resource: arn:aws:iam::111122223333:role/ with")
}

func TestDeleteRole(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i")})
	do(w, iamapi.OpAddRoleToInstanceProfile, iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("r")})
	refused(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")}, "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.")
	do(w, iamapi.OpRemoveRoleFromInstanceProfile, iamapi.RemoveRoleFromInstanceProfileInput{InstanceProfileName: new("i"), RoleName: new("r")})
	bob := w.user("bob", allow("iam:DeleteRole", "arn:aws:iam::*:role/other"))
	refusedAs(w, bob, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")}, "AccessDenied")
	do(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")})
	refused(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: new("r")}, "NoSuchEntity")
	if w.iam.Role(home, "r") != nil {
		t.Error("the directory still knows the role")
	}
}

func TestRoleLastUsed(t *testing.T) {
	w := newWorld(t)
	r := w.role("r")
	w.iam.Used(*r.RoleId, "sts", "eu-west-1", w.time)
	got := do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role.RoleLastUsed
	if !got.LastUsedDate.Equal(w.time) || *got.Region != "eu-west-1" {
		t.Errorf("last used %+v", got)
	}
}
