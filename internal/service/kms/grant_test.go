package kms

import (
	"fmt"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func (w *world) grant(p *authz.Principal, in *kmsapi.CreateGrantInput) *kmsapi.CreateGrantOutput {
	w.Helper()
	if in.Operations == nil {
		in.Operations = []kmsapi.GrantOperation{"Encrypt"}
	}
	return must(w, p, kmsapi.OpCreateGrant, in)
}

// TestGrantees: who is let in by a grant, at once and without any policy.
func TestGrantees(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	user, role := w.user(accountA, "user"), w.role(accountA, "role", "session")
	foreigner, able := w.user(accountB, "user"), w.user(accountB, "able", allow("kms:Encrypt", "*"))
	tests := []struct {
		name    string
		grantee string
		caller  *authz.Principal
		want    bool
	}{
		{"the user", user.ARN, user, true},
		{"another user", user.ARN, w.user(accountA, "other"), false},
		{"the role", role.RoleARN, role, true},
		{"the role, session policy in the way", role.RoleARN, w.limited(role, allow("s3:*", "*")), false},
		{"the role, session policy that allows", role.RoleARN, w.limited(role, allow("kms:*", "*")), true},
		{"the session", role.ARN, role, true},
		{"another session", role.ARN + "2", role, false},
		{"a user of another account", foreigner.ARN, foreigner, true},
		{"another account, user without permission", "arn:aws:iam::444455556666:root", foreigner, false},
		{"another account, user with permission", "arn:aws:iam::444455556666:root", able, true},
		{"another account, its root user", "arn:aws:iam::444455556666:root", w.root(accountB), true},
		{"another account, user of a third", "arn:aws:iam::111122223333:root", able, false},
		{"a service", "dynamodb.amazonaws.com", serviceOf("dynamodb.amazonaws.com"), true},
		{"a service with its Region", "dynamodb.us-east-1.amazonaws.com", serviceOf("dynamodb.amazonaws.com"), true},
		{"a service of another Region", "dynamodb.eu-west-1.amazonaws.com", serviceOf("dynamodb.amazonaws.com"), false},
		{"another service", "dynamodb.amazonaws.com", serviceOf("s3.amazonaws.com"), false},
	}
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			k := w.key()
			before := w.encryptAs(tt.caller, k.Arn)
			if !isDenied(before) {
				t.Errorf("before the grant: %v", before)
			}
			g := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &tt.grantee})
			if err := w.encryptAs(tt.caller, k.Arn); (err == nil) != tt.want || err != nil && !isDenied(err) {
				t.Errorf("Encrypt: %v, want allowed %v", err, tt.want)
			}
			if _, err := invoke(w, tt.caller, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.Arn}); !isDenied(err) {
				t.Errorf("an operation that the grant does not allow: %v", err)
			}
			must(w, a, kmsapi.OpRevokeGrant, &kmsapi.RevokeGrantInput{KeyId: k.KeyId, GrantId: g.GrantId})
			if err := w.encryptAs(tt.caller, k.Arn); !isDenied(err) {
				t.Errorf("after the grant was revoked: %v", err)
			}
		})
	}
}

func TestGrantDoesNotOverrideDeny(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user")
	k := w.key(keyPolicy(letAccount(accountA), forbid(aws(user.ARN), "kms:Encrypt")))
	w.grant(w.admin(accountA), &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(user.ARN)})
	if err := w.encryptAs(user, k.KeyId); !isDenied(err) {
		t.Errorf("denied by the key policy: %v", err)
	}
}

// TestGrantIsForOneUser: a grant is for the user that it named, not for another
// who takes over the name.
func TestGrantIsForOneUser(t *testing.T) {
	w := newWorld(t)
	user, a, k := w.user(accountA, "user"), w.admin(accountA), w.key()
	w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(user.ARN)})
	w.check(w.encryptAs(user, k.KeyId))
	w.forget(user)
	if err := w.encryptAs(w.user(accountA, "user"), k.KeyId); !isDenied(err) {
		t.Errorf("another user of the same name: %v", err)
	}
	list := must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId}).Grants
	if len(list) != 1 || *list[0].GranteePrincipal != user.ID {
		t.Errorf("ListGrants: %+v", list)
	}
}

// TestGrantConstraints: the examples of "Using grant constraints" in the KMS
// Developer Guide.
func TestGrantConstraints(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	type pairs = map[string]string
	constraint := pairs{"Department": "Finance", "Classification": "Public"}
	tests := []struct {
		context        pairs
		equals, subset bool
	}{
		{pairs{"Department": "Finance", "Classification": "Public"}, true, true},
		{pairs{"Customer": "12345", "Department": "Finance", "Classification": "Public", "Purpose": "Test"}, false, true},
		{pairs{"Department": "Finance"}, false, false},
		{pairs{"department": "finance", "classification": "public"}, false, false},
		{pairs{"Classification": "Public", "Customer": "12345"}, false, false},
		{nil, false, false},
	}
	for _, kind := range []string{"equals", "subset"} {
		user, k := w.user(accountA, kind), w.key()
		c := &kmsapi.GrantConstraints{EncryptionContextEquals: constraint}
		if kind == "subset" {
			c = &kmsapi.GrantConstraints{EncryptionContextSubset: constraint}
		}
		w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(user.ARN), Constraints: c,
			Operations: []kmsapi.GrantOperation{"Encrypt", "DescribeKey"}})
		for _, tt := range tests {
			want := tt.equals && kind == "equals" || tt.subset && kind == "subset"
			if err := w.encryptAs(user, k.KeyId, tt.context); (err == nil) != want {
				t.Errorf("%s, context %v: %v, want allowed %v", kind, tt.context, err, want)
			}
		}
		// The constraint does not apply to operations without a context.
		must(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId})
	}
}

// TestChildGrants: "Granting CreateGrant permission" in the KMS Developer
// Guide: no operation more, and a constraint as strict or stricter.
func TestChildGrants(t *testing.T) {
	w := newWorld(t)
	type pairs = map[string]string
	type ops = []kmsapi.GrantOperation
	it := pairs{"Department": "IT"}
	more := pairs{"Department": "IT", "Purpose": "Test"}
	tests := []struct {
		name   string
		parent *kmsapi.GrantConstraints
		ops    ops
		child  *kmsapi.GrantConstraints
		want   bool
	}{
		{"same operations", nil, ops{"GenerateDataKey", "Decrypt", "CreateGrant"}, nil, true},
		{"fewer operations", nil, ops{"Decrypt"}, nil, true},
		{"another operation", nil, ops{"Decrypt", "Encrypt"}, nil, false},
		{"a constraint where there was none", nil, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextSubset: it}, true},
		{"no constraint where there was one", &kmsapi.GrantConstraints{EncryptionContextSubset: it}, ops{"Decrypt"}, nil, false},
		{"the same subset", &kmsapi.GrantConstraints{EncryptionContextSubset: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextSubset: it}, true},
		{"a larger subset", &kmsapi.GrantConstraints{EncryptionContextSubset: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextSubset: more}, true},
		{"a smaller subset", &kmsapi.GrantConstraints{EncryptionContextSubset: more}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextSubset: it}, false},
		{"subset to equals", &kmsapi.GrantConstraints{EncryptionContextSubset: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextEquals: it}, true},
		{"equals to subset", &kmsapi.GrantConstraints{EncryptionContextEquals: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextSubset: it}, false},
		{"the same equals", &kmsapi.GrantConstraints{EncryptionContextEquals: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextEquals: it}, true},
		{"another equals", &kmsapi.GrantConstraints{EncryptionContextEquals: it}, ops{"Decrypt"}, &kmsapi.GrantConstraints{EncryptionContextEquals: more}, false},
	}
	for i, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			k, user := w.key(), w.user(accountA, fmt.Sprint("user", i))
			w.grant(w.admin(accountA), &kmsapi.CreateGrantInput{
				KeyId: k.KeyId, GranteePrincipal: new(user.ARN), Constraints: tt.parent,
				Operations: ops{"GenerateDataKey", "Decrypt", "CreateGrant"},
			})
			_, err := invoke(w, user, kmsapi.OpCreateGrant, &kmsapi.CreateGrantInput{
				KeyId: k.KeyId, GranteePrincipal: new(w.user(accountA, "child").ARN), Operations: tt.ops, Constraints: tt.child,
			})
			if (err == nil) != tt.want || err != nil && !isDenied(err) {
				t.Errorf("CreateGrant: %v, want allowed %v", err, tt.want)
			}
		})
	}
}

func TestGrantNames(t *testing.T) {
	w := newWorld(t)
	a, user, k := w.admin(accountA), w.user(accountA, "user"), w.key()
	in := func(name string, ops ...kmsapi.GrantOperation) *kmsapi.CreateGrantInput {
		in := &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(user.ARN), Operations: ops}
		if name != "" {
			in.Name = &name
		}
		return in
	}
	first := w.grant(a, in("n", "Encrypt", "Decrypt"))
	retry := w.grant(a, in("n", "Decrypt", "Encrypt"))
	if *first.GrantId != *retry.GrantId || *first.GrantToken == *retry.GrantToken {
		t.Errorf("a retry made a grant, or the same token: %v", retry)
	}
	if other := w.grant(a, in("n", "Encrypt")); *other.GrantId == *first.GrantId {
		t.Error("another grant of the same name is taken for a retry")
	}
	one, two := w.grant(a, in("", "Encrypt")), w.grant(a, in("", "Encrypt"))
	if *one.GrantId == *two.GrantId {
		t.Error("grants without names are taken for retries")
	}
}

func TestInvalidGrants(t *testing.T) {
	w := newWorld(t)
	a, user := w.admin(accountA), w.user(accountA, "user")
	symmetric, signing := w.key(), w.key(spec("ECC_NIST_P256", "SIGN_VERIFY"))
	type ops = []kmsapi.GrantOperation
	nine := map[string]string{}
	for i := range 9 {
		nine[fmt.Sprint(i)] = ""
	}
	long := map[string]string{"k": string(make([]byte, 385))}
	tests := []struct {
		name string
		in   kmsapi.CreateGrantInput
		code string
	}{
		{"no operations", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, Operations: ops{}}, "ValidationException"},
		{"an operation of another usage", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"Sign"}}, "ValidationException"},
		{"a data key under a signing key", kmsapi.CreateGrantInput{KeyId: signing.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"GenerateDataKey"}}, "ValidationException"},
		{"a constraint on an asymmetric key", kmsapi.CreateGrantInput{KeyId: signing.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"Sign"},
			Constraints: &kmsapi.GrantConstraints{EncryptionContextEquals: map[string]string{"a": "b"}}}, "ValidationException"},
		{"too many pairs", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"Encrypt"},
			Constraints: &kmsapi.GrantConstraints{EncryptionContextSubset: nine}}, "ValidationException"},
		{"a value too long", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"Encrypt"},
			Constraints: &kmsapi.GrantConstraints{EncryptionContextSubset: long}}, "ValidationException"},
		{"a user that does not exist", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: new("arn:aws:iam::111122223333:user/none"), Operations: ops{"Encrypt"}}, "InvalidArnException"},
		{"no principal", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: new("arn:aws:s3:::bucket"), Operations: ops{"Encrypt"}}, "InvalidArnException"},
		{"no ARN", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: new("user"), Operations: ops{"Encrypt"}}, "InvalidArnException"},
		{"a retiring principal that does not exist", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, RetiringPrincipal: new("arn:aws:iam::111122223333:role/none"), Operations: ops{"Encrypt"}}, "InvalidArnException"},
		{"no grant token", kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: &user.ARN, Operations: ops{"Encrypt"}, GrantTokens: []string{"token"}}, "InvalidGrantTokenException"},
	}
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			fails(w, a, kmsapi.OpCreateGrant, &tt.in, tt.code, "")
		})
	}
	if list := must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: symmetric.KeyId}).Grants; len(list) != 0 {
		t.Errorf("grants were made: %+v", list)
	}
}

func TestGrantQuota(t *testing.T) {
	w := newWorld(t)
	a, user, k := w.admin(accountA), w.user(accountA, "user"), w.key()
	w.check(w.cloud.Store.Update(t.Context(), func(tx *store.Tx) error {
		grantCounts.Put(tx, store.Key(accountA, region, *k.KeyId), &grantCount{Grants: maxGrants - 1})
		return nil
	}))
	in := &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &user.ARN}
	g := w.grant(a, in)
	fails(w, a, kmsapi.OpCreateGrant, in, "LimitExceededException", "")
	must(w, a, kmsapi.OpRevokeGrant, &kmsapi.RevokeGrantInput{KeyId: k.KeyId, GrantId: g.GrantId})
	w.grant(a, in)
}

// TestRetiring: "Retiring and revoking grants" in the KMS Developer Guide.
func TestRetiring(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	grantee, retiring := w.user(accountA, "grantee"), w.role(accountA, "retiring", "session")
	b := w.user(accountB, "b")
	type ops = []kmsapi.GrantOperation
	tests := []struct {
		name     string
		ops      ops
		retiring string
		caller   *authz.Principal
		want     bool
	}{
		{"the retiring principal", ops{"Encrypt"}, retiring.RoleARN, retiring, true},
		{"the retiring principal of another account", ops{"Encrypt"}, b.ARN, b, true},
		{"the grantee", ops{"Encrypt"}, retiring.RoleARN, grantee, false},
		{"the grantee, whom the grant lets retire it", ops{"Encrypt", "RetireGrant"}, "", grantee, true},
		{"nobody in particular", ops{"Encrypt", "RetireGrant"}, retiring.RoleARN, w.user(accountA, "nobody"), false},
		{"the account's root user", ops{"Encrypt"}, "", w.root(accountA), true},
		{"a user whom the account lets retire grants", ops{"Encrypt"}, "", w.user(accountA, "delegate", allow("kms:RetireGrant", "*")), true},
		{"the retiring principal, denied by its own policy", ops{"Encrypt"}, w.user(accountA, "denied", statement("Deny", "", "kms:RetireGrant", "*", nil)).ARN,
			w.user(accountA, "denied", statement("Deny", "", "kms:RetireGrant", "*", nil)), false},
		{"another account's root user", ops{"Encrypt"}, "", w.root(accountB), false},
		{"a retiring account, user with permission", ops{"Encrypt"}, "arn:aws:iam::444455556666:root", w.user(accountB, "able", allow("kms:RetireGrant", "*")), true},
		{"a retiring account, user without", ops{"Encrypt"}, "arn:aws:iam::444455556666:root", b, false},
	}
	for _, tt := range tests {
		for _, byToken := range []bool{true, false} {
			w.run(fmt.Sprint(tt.name, "/token ", byToken), func(t *testing.T) {
				k := w.key(keyPolicy(letAccount(accountA), let(aws(grantee.ARN), "kms:RetireGrant"))) // of no effect in a key policy
				in := &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &grantee.ARN, Operations: tt.ops}
				if tt.retiring != "" {
					in.RetiringPrincipal = &tt.retiring
				}
				g := w.grant(a, in)
				retire := &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: g.GrantId}
				if byToken {
					retire = &kmsapi.RetireGrantInput{GrantToken: g.GrantToken}
				}
				_, err := invoke(w, tt.caller, kmsapi.OpRetireGrant, retire)
				if (err == nil) != tt.want || err != nil && !isDenied(err) {
					t.Errorf("RetireGrant: %v, want allowed %v", err, tt.want)
				}
				list := must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId}).Grants
				if (len(list) == 0) != tt.want {
					t.Errorf("grants afterwards: %+v", list)
				}
			})
		}
	}
}

func TestRetireWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	a, user, k := w.admin(accountA), w.user(accountA, "user"), w.key()
	g := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &user.ARN})
	unknown := newGrantID()
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: &unknown}, "NotFoundException", "Grant ID "+unknown+" not found")
	fails(w, user, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: &unknown}, denied, "")
	fails(w, w.admin(accountB), kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: &unknown}, denied, "")
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: new("short")}, "InvalidGrantIdException", "")
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{GrantToken: new("token")}, "InvalidGrantTokenException", "")
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn}, "ValidationException", "")
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{KeyId: k.Arn, GrantId: g.GrantId, GrantToken: g.GrantToken}, "ValidationException", "")
	fails(w, a, kmsapi.OpRevokeGrant, &kmsapi.RevokeGrantInput{KeyId: k.Arn, GrantId: &unknown}, "NotFoundException", "")
	fails(w, a, kmsapi.OpRevokeGrant, &kmsapi.RevokeGrantInput{KeyId: k.Arn, GrantId: new("short")}, "InvalidGrantIdException", "")
	must(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{GrantToken: g.GrantToken})
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{GrantToken: g.GrantToken}, "NotFoundException", "")
	// The token of a grant that is no more is still a token, of no use.
	fails(w, user, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), GrantTokens: []string{*g.GrantToken}}, denied, "")
}

func TestListGrants(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	user, role := w.user(accountA, "user"), w.role(accountA, "role", "s")
	one := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &user.ARN, RetiringPrincipal: &role.RoleARN, Name: new("one"),
		Constraints: &kmsapi.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}}})
	w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &role.RoleARN})

	list := must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId, GrantId: one.GrantId}).Grants
	if len(list) != 1 {
		t.Fatalf("by id: %+v", list)
	}
	g := list[0]
	if *g.KeyId != *k.Arn || *g.Name != "one" || *g.GranteePrincipal != user.ARN || *g.RetiringPrincipal != role.RoleARN ||
		*g.IssuingAccount != "arn:aws:iam::111122223333:root" || !g.CreationDate.Equal(w.now) ||
		g.Constraints.EncryptionContextSubset["a"] != "b" || len(g.Operations) != 1 {
		t.Errorf("grant %+v", g)
	}
	list = must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId, GranteePrincipal: &role.RoleARN}).Grants
	if len(list) != 1 || *list[0].GranteePrincipal != role.RoleARN || list[0].Constraints != nil || list[0].RetiringPrincipal != nil {
		t.Errorf("by grantee: %+v", list)
	}
	fails(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId, GrantId: new("short")}, "InvalidGrantIdException", "")
	fails(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId, Limit: new(int32(101))}, "ValidationException", "")
}

// TestListRetirableGrants: a principal of the caller's account only, grants of
// keys of every account.
func TestListRetirableGrants(t *testing.T) {
	w := newWorld(t)
	a, b := w.admin(accountA), w.admin(accountB)
	user := w.user(accountB, "user", allow("kms:ListRetirableGrants", "arn:aws:iam::444455556666:user/user"))
	k, unlisted := w.key(), w.key()
	g := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &a.ARN, RetiringPrincipal: &user.ARN})
	w.grant(a, &kmsapi.CreateGrantInput{KeyId: unlisted.KeyId, GranteePrincipal: &user.ARN, RetiringPrincipal: &a.ARN})
	for _, p := range []*authz.Principal{b, user} {
		list := must(w, p, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: &user.ARN}).Grants
		if len(list) != 1 || *list[0].GrantId != *g.GrantId || *list[0].KeyId != *k.Arn {
			t.Errorf("ListRetirableGrants: %+v", list)
		}
	}
	fails(w, a, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: &user.ARN}, denied, "")
	fails(w, user, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: &b.ARN}, denied, "")
	fails(w, b, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: new("arn:aws:iam::444455556666:user/none")}, "InvalidArnException", "")
	fails(w, b, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: new("s3.amazonaws.com")}, "InvalidArnException", "")
	other := must(w, b, kmsapi.OpListRetirableGrants, &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: &user.ARN}, via{region: region2}).Grants
	if len(other) != 0 {
		t.Errorf("in another Region: %+v", other)
	}
}
