package leastprivilege

import (
	"slices"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

func currentOf(t *testing.T, documents ...string) *Current {
	t.Helper()
	role := snapshot.Role{Entity: snapshot.Entity{Name: "app", ARN: "arn:aws:iam::111122223333:role/app"}}
	for _, d := range documents {
		role.Inline = append(role.Inline, snapshot.InlinePolicy{Name: "p", Document: d})
	}
	s, err := NewSubject(role.ARN, "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCurrent(&snapshot.Account{ID: "111122223333", Roles: []snapshot.Role{role}}, &s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestUse(t *testing.T) {
	c := currentOf(t,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:*crypt","kms:ListKeys","sqs:SendMessage"],"Resource":"*"},{"Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}]}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`)
	got := c.use(catalogue.Default(), []*call{{action: "kms:Decrypt"}})
	if len(got) != 2 || got[0].Service != "kms" || got[0].Allowed != 2 || got[0].Used != 1 || !slices.Equal(got[0].Unused, []string{"kms:ListKeys"}) ||
		got[1].Service != "sqs" || got[1].Used != 0 {
		t.Errorf("%+v", got)
	}
	all := currentOf(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`).use(catalogue.Default(), nil)
	if len(all) < 400 || slices.ContainsFunc(all, func(u ServiceUse) bool { return u.Service == "iam" }) {
		t.Errorf("of NotAction: %d services", len(all))
	}
}

// TestUnreadable: a policy that nobody understands may have allowed anything;
// it is told, and does not end the work.
func TestUnreadable(t *testing.T) {
	c := currentOf(t, `{"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}}`, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}}`)
	if len(c.Unreadable) != 1 {
		t.Fatal(c.Unreadable)
	}
	s, _ := NewSubject("arn:aws:iam::111122223333:role/app", "")
	if got, grants := c.grant(&call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/k"}}, &s); got != allowed || grants[0].resources[0] != "arn:aws:s3:::b/k" {
		t.Errorf("%v %+v", got, grants)
	}
	if b := c.proof([]document{newDocument(statement{Effect: "Allow", Action: list{"kms:ListKeys"}, Resource: list{"*"}})}, catalogue.Default()); b.Holds() || len(b.Undecided) == 0 {
		t.Errorf("%+v", b)
	}
}

// TestReplayRefuses: the replay is no formality.
func TestReplayRefuses(t *testing.T) {
	s, _ := NewSubject("arn:aws:iam::111122223333:role/app", "")
	docs := []document{newDocument(
		statement{Effect: "Allow", Action: list{"s3:GetObject"}, Resource: list{"arn:aws:s3:::b/in/*"}, Condition: map[string]map[string]list{"IpAddress": {"aws:SourceIp": {"192.0.2.0/24"}}}},
		statement{Effect: "Deny", Action: list{"s3:*"}, Resource: list{"*"}, Condition: map[string]map[string]list{"StringEquals": {"aws:PrincipalTag/team": {"red"}}}},
	)}
	r := newReplayer(docs, &s)
	here := facts{"aws:sourceip": {"192.0.2.1"}}
	for _, tt := range []struct {
		name string
		call call
		want verdict
	}{
		{"within", call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/in/a"}, facts: here}, conditional},
		{"known tag", call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/in/a"}, facts: facts{"aws:sourceip": {"192.0.2.1"}, "aws:principaltag/team": {"blue"}}}, proven},
		{"denied tag", call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/in/a"}, facts: facts{"aws:sourceip": {"192.0.2.1"}, "aws:principaltag/team": {"red"}}}, refused},
		{"another address", call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/in/a"}, facts: facts{"aws:sourceip": {"203.0.113.1"}}}, refused},
		{"another object", call{action: "s3:GetObject", target: Target{ARN: "arn:aws:s3:::b/out/a"}, facts: here}, refused},
		{"another action", call{action: "s3:PutObject", target: Target{ARN: "arn:aws:s3:::b/in/a"}, facts: here}, refused},
	} {
		if got, err := r.call(&tt.call); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	k := &collector{o: &Options{Subject: s}, calls: []*call{{action: "s3:PutObject", target: Target{ARN: "arn:aws:s3:::b/k"}, facts: here, example: "e-7", event: "PutObject"}}}
	err := k.replay(docs, &Report{})
	if err == nil || err.Error() != "record e-7 (PutObject): the policy does not allow s3:PutObject on arn:aws:s3:::b/k" {
		t.Error(err)
	}
}
