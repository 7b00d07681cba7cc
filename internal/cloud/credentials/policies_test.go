package credentials_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/policy"
)

// allowing names the actions that the session policies allow, of a few.
func allowing(c *credentials.Credential) string {
	var allowed []string
	for _, action := range []string{"s3:GetObject", "s3:PutObject", "none:Nothing"} {
		r := &policy.Request{Action: action, Resource: "arn:aws:s3:::b/k", Principal: c.Principal.Principal}
		if slices.ContainsFunc(c.Principal.Session.Policies, func(d authz.Document) bool { return d.Policy.Evaluate(r).Effect == policy.Allow }) {
			allowed = append(allowed, action)
		}
	}
	return strings.Join(allowed, " ")
}

// TestManagedSessionPolicies: they count as they are at the time of use.
func TestManagedSessionPolicies(t *testing.T) {
	w := newWorld(t)
	const arn = "arn:aws:iam::" + home + ":policy/p"
	set := func(name string) {
		p := parse(t, name)
		w.iam.change(func() { w.iam.managed[arn] = p })
	}
	set("read")
	issued := w.issue(reader(), credentials.Policies{ARNs: []string{arn}})
	c := w.found(issued)
	if got := allowing(c); got != "s3:GetObject" {
		t.Errorf("allowed %q", got)
	}
	if w.found(issued) != c {
		t.Error("an unchanged policy makes another credential")
	}
	set("all")
	if got := allowing(w.found(issued)); got != "s3:GetObject s3:PutObject none:Nothing" {
		t.Errorf("after the change allowed %q", got)
	}
	if got := allowing(c); got != "s3:GetObject" {
		t.Errorf("what a request has already has changed: %q", got)
	}
	w.iam.change(func() { delete(w.iam.managed, arn) })
	gone := w.found(issued)
	if got := allowing(gone); got != "" || len(gone.Principal.Session.Policies) != 1 {
		t.Errorf("after its end allowed %q by %v", got, gone.Principal.Session.Policies)
	}
	if w.found(issued) != gone {
		t.Error("a policy that is not there makes another credential each time")
	}
	set("read")
	if got := allowing(w.found(issued)); got != "s3:GetObject" {
		t.Errorf("when it is back allowed %q", got)
	}
}

// TestSessionPolicies: all that were passed are there, by name; none where none
// was.
func TestSessionPolicies(t *testing.T) {
	w := newWorld(t)
	const first, second = "arn:aws:iam::aws:policy/First", "arn:aws:iam::" + home + ":policy/second"
	w.iam.managed[second] = parse(t, "read")
	c := w.found(w.issue(reader(), credentials.Policies{Inline: documents["read"], ARNs: []string{first, second}}))
	var ids []string
	for _, d := range c.Principal.Session.Policies {
		ids = append(ids, d.ID)
		if d.Type != authz.SessionPolicy || d.Policy == nil {
			t.Errorf("policy %+v", d)
		}
	}
	if !slices.Equal(ids, []string{first, second, "inline"}) {
		t.Errorf("policies %q", ids)
	}
	if c := w.found(w.issue(reader(), credentials.Policies{})); c.Principal.Session.Policies != nil {
		t.Errorf("policies %v", c.Principal.Session.Policies)
	}
	// The documents travel in the token, compiled ones in the principal do not.
	p := reader()
	p.Session.Policies = []authz.Document{{ID: "x", Policy: parse(t, "all")}}
	if c := w.found(w.issue(p, credentials.Policies{})); c.Principal.Session.Policies != nil {
		t.Errorf("policies %v", c.Principal.Session.Policies)
	}
}
