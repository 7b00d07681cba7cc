package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// organizations makes a call of AWS Organizations as a root user.
func (w *world) organizations(k key, operation, input string) map[string]any {
	w.Helper()
	r := newRequest(http.MethodPost, "/", input)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128."+operation)
	a := w.serve(w.as(k, "organizations", r))
	if a.status != 200 {
		w.Fatalf("%s: %d %s", operation, a.status, a.body)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		w.Fatal(err)
	}
	return out
}

// TestNewAccounts: what is said of a new account, and what cannot be.
func TestNewAccounts(t *testing.T) {
	w := newWorld(t)
	w.control(w.root(), "POST", "accounts", `{"name":"a","organizationalUnit":"ou-root-00000000"}`).refused(t, 400, "ValidationException", "no organizational unit")
	w.control(w.root(), "POST", "accounts", `{"name":"a","roleName":"not a role"}`).refused(t, 400, "ValidationException", "is no name of a role")
	w.control(w.root(), "POST", "accounts", `{"name":"a","email":"nobody"}`).refused(t, 400, "ValidationException", "email address")
	if list := decode[accountList](t, w.control(w.root(), "GET", "accounts", ""), 200).Accounts; len(list) != 1 {
		t.Errorf("refused, there are %+v", list)
	}

	type created struct{ ID, Email, AccessKeyID, SecretAccessKey string }
	alone := decode[created](t, w.control(w.root(), "POST", "accounts", `{"name":"alone","standalone":true}`), 201)
	if w.Cloud.Authorizer.Organization.Of(alone.ID) != nil || w.Cloud.Authorizer.Organization.Of(w.Account.ID) != nil {
		t.Error("an account that stands alone has made an organization")
	}
	first := decode[created](t, w.control(w.root(), "POST", "accounts", `{"name":"first","email":"first@example.com","roleName":"Admins"}`), 201)
	if m := w.Cloud.Authorizer.Organization.Of(first.ID); m == nil || m.Management || first.Email != "first@example.com" {
		t.Errorf("%+v is in %+v", first, m)
	}
	w.control(w.root(), "POST", "accounts", `{"name":"second","email":"FIRST@example.com"}`).refused(t, 409, "AlreadyExistsException", "email address belongs to another account")

	root := w.organizations(w.root(), "ListRoots", "{}")["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	unit := w.organizations(w.root(), "CreateOrganizationalUnit", `{"ParentId":"`+root+`","Name":"u"}`)["OrganizationalUnit"].(map[string]any)["Id"].(string)
	placed := decode[created](t, w.control(w.root(), "POST", "accounts", `{"name":"placed","organizationalUnit":"`+unit+`"}`), 201)
	if m := w.Cloud.Authorizer.Organization.Of(placed.ID); m == nil || !strings.HasSuffix(m.Paths[0], "/"+unit+"/") {
		t.Errorf("%+v is in %+v", placed, m)
	}
	roles := w.query(key{id: first.AccessKeyID, secret: first.SecretAccessKey}, "iam", "ListRoles")
	if name := roles("RoleName"); name != "Admins" {
		t.Errorf("the new account has the role %s", name)
	}

	// A closed account is shown as one, and its root user gets in nowhere.
	r := newRequest(http.MethodPost, "/", `{"AccountId":"`+first.ID+`"}`)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128.CloseAccount")
	if a := w.serve(w.as(w.root(), "organizations", r)); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := w.control(key{id: first.AccessKeyID, secret: first.SecretAccessKey}, "GET", "accounts", ""); a.status != 400 && a.status != 403 || a.code == "AccessDeniedException" {
		t.Errorf("the root user of a closed account: %d %s", a.status, a.body)
	}
	if a := w.control(w.root(), "GET", "accounts", ""); strings.Count(a.body, `"closed":"20`) != 1 {
		t.Errorf("accounts %s", a.body)
	}
}

// TestMembersDoNotReset: a reset takes the policies of an organization, so it is
// not for those whom they bind.
func TestMembersDoNotReset(t *testing.T) {
	w := newWorld(t)
	rootOf := func(account string) key {
		made := decode[struct{ AccessKeyID, SecretAccessKey string }](t, w.control(w.root(), "POST", "accounts", account), 201)
		return key{id: made.AccessKeyID, secret: made.SecretAccessKey}
	}
	member, alone := rootOf(`{"name":"member"}`), rootOf(`{"name":"alone","standalone":true}`)
	w.control(member, "POST", "reset", "").refused(t, 403, "AccessDeniedException", "member account")
	for _, k := range []key{w.root(), alone} {
		if a := w.control(k, "POST", "reset", ""); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	w.control(member, "POST", "reset", "").refused(t, 403, "AccessDeniedException", "member account") // it still is one
}
