package kms

import (
	"encoding/json"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

func (w *world) encryptAs(p *authz.Principal, keyID *string, context ...map[string]string) error {
	in := &kmsapi.EncryptInput{KeyId: keyID, Plaintext: []byte("plain")}
	if len(context) > 0 {
		in.EncryptionContext = context[0]
	}
	_, err := invoke(w, p, kmsapi.OpEncrypt, in)
	return err
}

// TestPrincipalsOfKeyPolicies: account, user, role and session are four
// different things. A policy that names a session or a user lets it in past its
// session policies and needs no identity policy; one that names a role stays
// within the session policy; one that names the account lets the account's
// policies decide.
func TestPrincipalsOfKeyPolicies(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user")
	allowed := w.user(accountA, "allowed", allow("kms:Encrypt", "*"))
	role := w.role(accountA, "role", "session")
	able := w.role(accountA, "able", "session", allow("kms:*", "*"))
	nothing := allow("s3:*", "*")
	sessionARN := strings.Replace(arnOf(role), ":iam:", ":sts:", 1)
	sessionARN = strings.Replace(sessionARN, ":role/", ":assumed-role/", 1) + "/session"

	tests := []struct {
		name      string
		statement string
		caller    *authz.Principal
		want      bool
	}{
		{"account, user with permission", letAccount(accountA), allowed, true},
		{"account, user without", letAccount(accountA), user, false},
		{"account, role with permission", letAccount(accountA), able, true},
		{"account, role without", letAccount(accountA), role, false},
		{"account by number", let(aws(accountA), "kms:*"), allowed, true},
		{"account, session policy in the way", letAccount(accountA), w.limited(able, nothing), false},
		{"account, root user", letAccount(accountA), w.root(accountA), true},
		{"the user", let(aws(user.ARN), "kms:*"), user, true},
		{"another user", let(aws(allowed.ARN), "kms:*"), user, false},
		{"another user, who has permission", let(aws(user.ARN), "kms:*"), allowed, false},
		{"the user, root user", let(aws(user.ARN), "kms:*"), w.root(accountA), false},
		{"the role", let(aws(role.RoleARN), "kms:*"), role, true},
		{"the role, session policy in the way", let(aws(role.RoleARN), "kms:*"), w.limited(role, nothing), false},
		{"the role, session policy that allows", let(aws(role.RoleARN), "kms:*"), w.limited(role, allow("kms:Encrypt", "*")), true},
		{"the role, session policy that denies", let(aws(role.RoleARN), "kms:*"), w.limited(role, allow("*", "*"), statement("Deny", "", "kms:Encrypt", "*", nil)), false},
		{"another role", let(aws(able.RoleARN), "kms:*"), role, false},
		{"the session", let(aws(sessionARN), "kms:*"), role, true},
		{"the session, past its policy", let(aws(sessionARN), "kms:*"), w.limited(role, nothing), true},
		{"another session of the role", let(aws(sessionARN+"2"), "kms:*"), role, false},
		{"everyone", let(`"*"`, "kms:*"), user, true},
		{"everyone, of another account without permission", let(`"*"`, "kms:*"), w.user(accountB, "user"), false},
		{"everyone, of another account with permission", let(`"*"`, "kms:*"), w.admin(accountB), true},
		{"another action", let(aws(user.ARN), "kms:Decrypt"), user, false},
	}
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			k := w.key(keyPolicy(tt.statement))
			if err := w.encryptAs(tt.caller, k.Arn); (err == nil) != tt.want || err != nil && !isDenied(err) {
				t.Errorf("Encrypt: %v, want allowed %v", err, tt.want)
			}
		})
	}
}

func TestExplicitDenyInKeyPolicy(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user", allow("kms:*", "*"))
	k := w.key(keyPolicy(letAccount(accountA), let(aws(user.ARN), "kms:*"), forbid(aws(user.ARN), "kms:Encrypt")))
	fails(w, user, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}, denied,
		"User: "+user.ARN+" is not authorized to perform: kms:Encrypt on resource: "+*k.Arn+" with an explicit deny in a resource-based policy")
	w.check(w.encryptAs(w.admin(accountA), k.KeyId))
}

// TestDefaultKeyPolicy: "Default key policy" in the KMS Developer Guide.
func TestDefaultKeyPolicy(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	out := must(w, w.admin(accountA), kmsapi.OpGetKeyPolicy, &kmsapi.GetKeyPolicyInput{KeyId: k.KeyId, PolicyName: new("default")})
	var doc struct {
		Version, Id string
		Statement   []struct {
			Sid, Effect, Action, Resource string
			Principal                     map[string]string
		}
	}
	w.check(json.Unmarshal([]byte(*out.Policy), &doc))
	s := doc.Statement[0]
	if len(doc.Statement) != 1 || doc.Version != "2012-10-17" || doc.Id != "key-default-1" || s.Sid != "Enable IAM User Permissions" ||
		s.Effect != "Allow" || s.Action != "kms:*" || s.Resource != "*" || s.Principal["AWS"] != "arn:aws:iam::111122223333:root" {
		t.Errorf("policy %s", *out.Policy)
	}
	// Who may create keys may do so without the permission to change policies.
	must(w, w.user(accountA, "creator", allow("kms:CreateKey", "*")), kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{})
}

func TestLockoutSafetyCheck(t *testing.T) {
	w := newWorld(t)
	admin := w.admin(accountA)
	user := w.user(accountA, "user", allow("kms:CreateKey", "*"))
	const message = "The new key policy will not allow you to update the key policy in the future."
	tests := []struct {
		name   string
		caller *authz.Principal
		doc    string
		ok     bool
	}{
		{"account, caller with permission", admin, document(letAccount(accountA)), true},
		{"account, caller without", user, document(letAccount(accountA)), false},
		{"another user", admin, document(let(aws(user.ARN), "kms:*")), false},
		{"the caller", user, document(let(aws(user.ARN), "kms:*")), true},
		{"the caller, another action", admin, document(let(aws(admin.ARN), "kms:Encrypt")), false},
		{"denied", admin, document(letAccount(accountA), forbid(`"*"`, "kms:PutKeyPolicy")), false},
		{"under a condition that holds", admin, document(let(aws(admin.ARN), "kms:*", `{"StringEquals":{"kms:KeySpec":"SYMMETRIC_DEFAULT"}}`)), true},
		{"under a condition that does not hold", admin, document(let(aws(admin.ARN), "kms:*", `{"StringEquals":{"kms:KeySpec":"RSA_2048"}}`)), false},
	}
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			_, err := invoke(w, tt.caller, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{Policy: &tt.doc})
			if tt.ok {
				w.check(err)
			} else {
				wantError(t, "CreateKey", err, "MalformedPolicyDocumentException", message)
			}
			must(w, tt.caller, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{Policy: &tt.doc, BypassPolicyLockoutSafetyCheck: new(true)})

			k := w.key(keyPolicy(letAccount(accountA), let(aws(user.ARN), "kms:*")))
			_, err = invoke(w, tt.caller, kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: k.KeyId, Policy: &tt.doc})
			if tt.ok {
				w.check(err)
			} else {
				wantError(t, "PutKeyPolicy", err, "MalformedPolicyDocumentException", message)
			}
		})
	}
}

func TestMalformedKeyPolicies(t *testing.T) {
	w := newWorld(t)
	gone := w.user(accountA, "gone")
	w.forget(gone)
	root := aws("arn:aws:iam::" + accountA + ":root")
	tests := []struct {
		name, doc, code, message string
	}{
		{"no JSON", `{`, "MalformedPolicyDocumentException", ""},
		{"no statement", `{"Version":"2012-10-17"}`, "MalformedPolicyDocumentException", ""},
		{"no principal", document(allow("kms:*", "*")), "MalformedPolicyDocumentException", ""},
		{"unknown element", document(`{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Colour":"red"}`), "MalformedPolicyDocumentException", ""},
		{"a user that does not exist", document(letAccount(accountA), let(aws(gone.ARN), "kms:*")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
		{"a role that does not exist", document(letAccount(accountA), let(aws("arn:aws:iam::111122223333:role/none"), "kms:*")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
		{"no ARN", document(letAccount(accountA), let(aws("somebody"), "kms:*")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
		{"ForAllValues on an encryption context pair", document(let(root, "kms:*", `{"ForAllValues:StringEquals":{"kms:EncryptionContext:App":"x"}}`)), "MalformedPolicyDocumentException",
			"OverlyPermissiveCondition:EncryptionContext: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified encryption context or with an unspecified encryption context. To fix, remove ForAllValues."},
		{"ForAllValues on a request tag", document(let(root, "kms:*", `{"ForAllValues:StringEquals":{"aws:RequestTag/App":"x"}}`)), "MalformedPolicyDocumentException", ""},
		{"too large", document(letAccount(accountA)) + strings.Repeat(" ", maxPolicy), "LimitExceededException", ""},
	}
	k := w.key()
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			fails(w, w.admin(accountA), kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{Policy: &tt.doc}, tt.code, tt.message)
			fails(w, w.admin(accountA), kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: k.KeyId, Policy: &tt.doc}, tt.code, tt.message)
		})
	}
	must(w, w.admin(accountA), kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{
		KeyId: k.KeyId, Policy: new(document(letAccount(accountA), let(aws("arn:aws:iam::999999999999:role/elsewhere"), "kms:Encrypt"))),
	})
}

// TestKeyPolicyKnowsWhoItNames: a policy is for the user that was named, not
// for another who takes over the name. See "IAM identifiers: unique
// identifiers" in the IAM User Guide.
func TestKeyPolicyKnowsWhoItNames(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	user := w.user(accountA, "user")
	k := w.key(keyPolicy(letAccount(accountA), let(aws(user.ARN), "kms:Encrypt")))
	w.check(w.encryptAs(user, k.KeyId))
	shown := must(w, a, kmsapi.OpGetKeyPolicy, &kmsapi.GetKeyPolicyInput{KeyId: k.KeyId}).Policy
	if !strings.Contains(*shown, `"`+user.ARN+`"`) {
		t.Errorf("policy does not show the user: %s", *shown)
	}
	w.forget(user)
	again := w.user(accountA, "user")
	if again.ID == user.ID {
		t.Fatal("the same user again")
	}
	if err := w.encryptAs(again, k.KeyId); !isDenied(err) {
		t.Errorf("another user of the same name: %v", err)
	}
	shown = must(w, a, kmsapi.OpGetKeyPolicy, &kmsapi.GetKeyPolicyInput{KeyId: k.KeyId}).Policy
	if !strings.Contains(*shown, `"`+user.ID+`"`) {
		t.Errorf("policy does not show the id of the deleted user: %s", *shown)
	}
}

func TestPolicyNames(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	out := must(w, a, kmsapi.OpListKeyPolicies, &kmsapi.ListKeyPoliciesInput{KeyId: k.KeyId})
	if len(out.PolicyNames) != 1 || out.PolicyNames[0] != "default" || *out.Truncated {
		t.Errorf("ListKeyPolicies: %+v", out)
	}
	fails(w, a, kmsapi.OpGetKeyPolicy, &kmsapi.GetKeyPolicyInput{KeyId: k.KeyId, PolicyName: new("other")}, "NotFoundException", "No such policy exists")
	fails(w, a, kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: k.KeyId, PolicyName: new("other"), Policy: new(document(letAccount(accountA)))}, "NotFoundException", "")
}
