package reach_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

const (
	account = "111122223333"
	other   = "444455556666"
	bucket  = "arn:aws:s3:::the-bucket"
	object  = bucket + "/key"
	keyARN  = "arn:aws:kms:us-east-1:" + account + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site builds a snapshot.
type site struct {
	testing.TB
	snapshot.Account
}

func newSite(t testing.TB) *site {
	return &site{TB: t, Account: snapshot.Account{ID: account, Taken: now}}
}

func (s *site) entity(kind, prefix, name string, statements []string) snapshot.Entity {
	e := snapshot.Entity{
		Name: name, Path: "/", ARN: "arn:aws:iam::" + account + ":" + kind + "/" + name,
		ID: fmt.Sprintf("%s%017d", prefix, len(s.Users)+len(s.Roles)+1), Created: now,
	}
	for i, statement := range statements {
		e.Inline = append(e.Inline, snapshot.InlinePolicy{Name: fmt.Sprint("p", i+1), Document: document(statement)})
	}
	return e
}

func (s *site) user(name string, statements ...string) *snapshot.User {
	s.Users = append(s.Users, snapshot.User{Entity: s.entity("user", "AIDA", name, statements)})
	return &s.Users[len(s.Users)-1]
}

func (s *site) role(name, trust string, statements ...string) *snapshot.Role {
	s.Roles = append(s.Roles, snapshot.Role{Entity: s.entity("role", "AROA", name, statements), Trust: document(trust)})
	return &s.Roles[len(s.Roles)-1]
}

func (s *site) managed(name string, statements ...string) string {
	p := snapshot.ManagedPolicy{ARN: "arn:aws:iam::" + account + ":policy/" + name, Name: name, Path: "/", Version: "v1", Document: document(statements...)}
	s.Policies = append(s.Policies, p)
	return p.ARN
}

func (s *site) world(o ...func(*reach.Options)) *reach.World {
	s.Helper()
	options := reach.Options{Time: now, Region: "us-east-1"}
	for _, f := range o {
		f(&options)
	}
	s.Sort()
	return reach.New(&s.Account, options)
}

func document(statements ...string) string {
	doc := `{"Version":"2012-10-17","Statement":[`
	for i, s := range statements {
		if i > 0 {
			doc += ","
		}
		doc += s
	}
	return doc + `]}`
}

// may is a statement of an identity-based policy.
func may(action, resource string, condition ...string) string {
	return statement("Allow", "", action, resource, condition)
}

func mayNot(action, resource string, condition ...string) string {
	return statement("Deny", "", action, resource, condition)
}

// opens is a statement of a resource's policy, to a principal element.
func opens(principal, action, resource string, condition ...string) string {
	return statement("Allow", principal, action, resource, condition)
}

func refuses(principal, action, resource string, condition ...string) string {
	return statement("Deny", principal, action, resource, condition)
}

func trusts(principal string, condition ...string) string {
	return statement("Allow", principal, "sts:AssumeRole", "", condition)
}

func statement(effect, principal, action, resource string, condition []string) string {
	s := `{"Effect":"` + effect + `","Action":"` + action + `"`
	if resource != "" {
		s += `,"Resource":"` + resource + `"`
	}
	if principal != "" {
		s += `,"Principal":` + principal
	}
	if len(condition) > 0 {
		s += `,"Condition":` + condition[0]
	}
	return s + "}"
}

func aws(name string) string { return `{"AWS":"` + name + `"}` }

const anyone = `"*"`

func parsed(t testing.TB, statements ...string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(document(statements...), policy.Resource)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func inBucket(t testing.TB, statements ...string) *reach.Resource {
	t.Helper()
	r := &reach.Resource{ARN: object, Owner: account, Region: "us-east-1"}
	if len(statements) > 0 {
		r.Policy = parsed(t, statements...)
	}
	return r
}

func aKey(t testing.TB, statements ...string) *reach.Resource {
	t.Helper()
	return &reach.Resource{ARN: keyARN, Owner: account, Gate: true, Policy: parsed(t, statements...)}
}

func ask(t testing.TB, w *reach.World, q *reach.Question, who string) *reach.Answer {
	t.Helper()
	p, err := w.Find(who)
	if err != nil {
		t.Fatal(err)
	}
	return w.Ask(q, p)
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
