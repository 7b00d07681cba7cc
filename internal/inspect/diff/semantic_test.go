package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
)

// TestSemantic: what is worded differently and allows the same is no
// difference; what allows something else is shown by a request.
func TestSemantic(t *testing.T) {
	for _, test := range []struct {
		name         string
		a, b         string // documents
		status       diff.Status
		onlyA, onlyB string // an action that is in the examples
	}{
		{"a wildcard against a list", doc(allow("sqs:*Message", "*")), doc(allow("sqs:DeleteMessage sqs:ReceiveMessage sqs:SendMessage", "*")), diff.Same, "", ""},
		{"a longer pattern", doc(allow("sqs:Send* sqs:SendMessage", "*")), doc(allow("sqs:Send*", "*")), diff.Same, "", ""},
		{"a statement within another", doc(allow("s3:*", "*"), allow("s3:GetObject", "arn:aws:s3:::b/*")), doc(allow("s3:*", "*")), diff.SameInEffect, "", ""},
		{"NotAction against a Deny",
			doc(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`),
			doc(allow("*", "*"), `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), diff.SameInEffect, "", ""},
		{"an action more", doc(allow("s3:GetObject", "arn:aws:s3:::b/*")), doc(allow("s3:GetObject s3:PutObject", "arn:aws:s3:::b/*")), diff.Different, "", "s3:PutObject"},
		{"a deny", doc(allow("s3:*", "*")), doc(allow("s3:*", "*"), `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`), diff.Different, "s3:DeleteBucket", ""},
		{"a condition", doc(allow("s3:GetObject", "*")),
			doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), diff.Different, "s3:GetObject", ""},
		{"an action where it does nothing", doc(allow("s3:PutObject", "arn:aws:s3:::b arn:aws:s3:::b/*")), doc(allow("s3:PutObject", "arn:aws:s3:::b/*")), diff.SameInEffect, "", ""},
		{"not understood", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Mood":"good"}`), doc(allow("s3:GetObject", "*")), diff.Different, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := newAccount("111122223333"), newAccount("111122223333")
			a.role("r", test.a)
			b.role("r", test.b)
			r := compareAccounts(t, a.Account, b.Account, diff.Options{Semantic: true}).Report()
			e := only(t, r)
			if e.Status != test.status || r.Different != (test.status == diff.Different) {
				t.Fatalf("status %s, want %s: %+v", e.Status, test.status, e.Semantic)
			}
			if e.Semantic == nil {
				return
			}
			p := e.Semantic.Permissions
			if !slices.Equal(actionsOf(p.OnlyA), one(test.onlyA)) || !slices.Equal(actionsOf(p.OnlyB), one(test.onlyB)) {
				t.Errorf("examples %q and %q, want %q and %q", actionsOf(p.OnlyA), actionsOf(p.OnlyB), test.onlyA, test.onlyB)
			}
			for _, x := range slices.Concat(p.OnlyA, p.OnlyB) {
				checkProof(t, x)
			}
		})
	}
}

func actionsOf(list []diff.Example) []string {
	var actions []string
	for _, x := range list {
		actions = append(actions, x.Action)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// checkProof: one side's evaluations allow and the other's do not.
func checkProof(t *testing.T, x diff.Example) {
	t.Helper()
	allows := func(proofs []diff.Proof) bool {
		effects := func(effect string) bool {
			return slices.ContainsFunc(proofs, func(p diff.Proof) bool { return p.Effect == effect })
		}
		return effects("Allow") && !effects("Deny")
	}
	if allows(x.ProofA) == allows(x.ProofB) {
		t.Errorf("%s on %s: no proof in %+v and %+v", x.Action, x.Resource, x.ProofA, x.ProofB)
	}
	for _, p := range slices.Concat(x.ProofA, x.ProofB) {
		if !strings.Contains(p.Text, x.Action) || !strings.Contains(p.Text, " by arn:aws:iam::") || !strings.Contains(p.Text, "statement 0") {
			t.Errorf("proof %q", p.Text)
		}
	}
}

// TestSemanticDictionary: with the dictionary applied the documents still are
// policies, whatever word stands for an account, and what belongs to the
// language is left alone.
func TestSemanticDictionary(t *testing.T) {
	statement := func(account, env, action string) string {
		return doc(fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":["arn:aws:sqs:us-east-1:%s:jobs-%s","arn:aws:s3:::dev-%s-*/${aws:username}/%s"],
			"Condition":{"StringEquals":{"aws:SourceAccount":"%s","aws:PrincipalTag/env":["%s","x"]}}}`, action, account, env, env, env, account, env))
	}
	trust := func(account, env string) string {
		return doc(fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":["%s","arn:aws:iam::%s:role/ci-%s"],"Service":"devicefarm.amazonaws.com"},"Action":"sts:AssumeRole"}`, account, account, env))
	}
	a, b := newAccount("123456789012"), newAccount("987654321098")
	a.role("app_dev", statement("123456789012", "dev", `["devicefarm:Get*","sqs:SendMessage","s3:GetObject"]`)).Trust = trust("123456789012", "dev")
	b.role("app_qa", statement("987654321098", "qa", `["s3:GetObject","devicefarm:Get*","sqs:SendMessage"]`)).Trust = trust("987654321098", "qa")
	dictionary := equivalence.New(
		equivalence.Entry{Name: "account*id", Strings: []string{"123456789012", "987654321098"}},
		equivalence.Entry{Name: "username", Strings: []string{"dev", "qa"}},
	)
	e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary, Semantic: true}).Report())
	if e.Status != diff.Same && e.Status != diff.SameInEffect {
		t.Fatalf("status %s: %+v %+v", e.Status, e.Semantic.Permissions, e.Semantic.Trust)
	}

	// A real difference is told in the dictionary's words.
	b.Roles[0].Inline[0].Document = statement("987654321098", "qa", `["s3:GetObject","devicefarm:Get*","sqs:SendMessage","sqs:PurgeQueue"]`)
	e = only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary, Semantic: true}).Report())
	if e.Status != diff.Different || e.Semantic.Trust != nil || len(e.Semantic.Permissions.OnlyB) != 1 {
		t.Fatalf("status %s: %+v", e.Status, e.Semantic)
	}
	x := e.Semantic.Permissions.OnlyB[0]
	if x.Action != "sqs:PurgeQueue" || x.Resource != "arn:aws:sqs:us-east-1:account_id:jobs-username" || x.DeniedBy != "no statement allows it" || x.AllowedBy != "p0" {
		t.Errorf("example %+v", x)
	}
	if !slices.Equal(x.Context["aws:SourceAccount"], []string{"account_id"}) {
		t.Errorf("context %v", x.Context)
	}
}

// TestSemanticBoundary: a boundary bounds, and is named where it is what denies.
func TestSemanticBoundary(t *testing.T) {
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("r", doc(allow("s3:*", "*"))).Boundary = a.managed("limit", doc(allow("s3:Get*", "*")))
	b.role("r", doc(allow("s3:Get*", "*")))
	e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Semantic: true}).Report())
	if e.Status != diff.SameInEffect {
		t.Errorf("status %s: %+v", e.Status, e.Semantic.Permissions)
	}
	b.Roles[0].Inline[0].Document = doc(allow("s3:Get* s3:DeleteObject", "*"))
	e = only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Semantic: true}).Report())
	if p := e.Semantic.Permissions; len(p.OnlyB) != 1 || p.OnlyB[0].Action != "s3:DeleteObject" || p.OnlyB[0].DeniedBy != "the boundary limit does not allow it" {
		t.Errorf("examples %+v", p.OnlyB)
	}
}

// TestSemanticTrust: who may assume the role.
func TestSemanticTrust(t *testing.T) {
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}`)
	b.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`,
		`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:Assume*"}`)
	e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Semantic: true}).Report())
	if e.Status != diff.Different {
		t.Errorf("sts:Assume* allows web identities and SAML assertions too, and is %s", e.Status)
	}
	b.Roles[0].Trust = doc(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	e = only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Semantic: true}).Report())
	if e.Status != diff.Different || e.Semantic.Permissions != nil || len(e.Semantic.Trust.OnlyA) == 0 {
		t.Fatalf("status %s: %+v", e.Status, e.Semantic)
	}
	if x := e.Semantic.Trust.OnlyA[0]; x.Principal != "ec2.amazonaws.com" || x.Action != "sts:AssumeRole" || x.AllowedBy != "trust" {
		t.Errorf("example %+v", x)
	}
}

// TestSemanticUndecided: what cannot be told is said, not guessed.
func TestSemanticUndecided(t *testing.T) {
	a, b := newAccount("111122223333"), newAccount("111122223333")
	a.role("app_dev", doc(allow("s3:GetObject", "*")))
	a.role("app_qa", doc(allow("s3:GetObject", "*")))
	b.role("app_qa", doc(allow("s3:PutObject", "*")))
	dictionary := equivalence.New(equivalence.Entry{Name: "env", Strings: []string{"dev", "qa"}})
	e := only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary, Semantic: true}).Report())
	if e.Status != diff.Different || e.Semantic.Equal || !strings.Contains(e.Semantic.Permissions.Undecided[0].Reason, "2 roles") {
		t.Errorf("status %s: %+v", e.Status, e.Semantic)
	}
	// A dictionary that makes a principal none.
	a, b = newAccount("111122223333"), newAccount("111122223333")
	a.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	b.role("r").Trust = doc(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	dictionary = equivalence.New(equivalence.Entry{Name: "a b", Strings: []string{"ec2"}})
	e = only(t, compareAccounts(t, a.Account, b.Account, diff.Options{Dictionary: dictionary, Semantic: true}).Report())
	if e.Status != diff.Different || e.Semantic.Equal || !strings.Contains(e.Semantic.Trust.Undecided[0].Reason, "the dictionary makes it no policy") {
		t.Errorf("status %s: %+v", e.Status, e.Semantic.Trust)
	}
}

// TestSemanticWorld: of many roles, those are found that may do more, and not
// those that are worded otherwise.
func TestSemanticWorld(t *testing.T) {
	a, b := worlds(30)
	c := compareAccounts(t, a.Snapshot, b.Snapshot, diff.Options{Dictionary: worldDictionary, Semantic: true})
	for _, e := range c.Report().Entities {
		var n int
		fmt.Sscanf(e.Name, "app%d_", &n)
		want := diff.Same
		if n%10 == 0 {
			want = diff.Different
		}
		if e.Status != want {
			t.Errorf("%s is %s, want %s", e.Name, e.Status, want)
		}
		if want == diff.Different {
			if got := actionsOf(e.Semantic.Permissions.OnlyB); !slices.Equal(got, []string{"s3:DeleteObject"}) || len(e.Semantic.Permissions.OnlyA) > 0 {
				t.Errorf("%s: examples %q", e.Name, got)
			}
			for _, x := range e.Semantic.Permissions.OnlyB {
				checkProof(t, x)
			}
		}
	}
}
