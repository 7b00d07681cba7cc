package reach_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/reach/read"
	"github.com/fortlet/fortlet/policy"
)

// TestAgrees puts the same random questions to a real cloud, by making the
// calls, and to package reach, over what it read of that cloud. Told everything
// that the request will have, it must say what the cloud did; told less, a yes
// or no must still be what the cloud did.
func TestAgrees(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newRandomCloud(t, seed)
			c.compare(250)
			c.compareChains()
		})
	}
}

// did tells what the cloud did.
func (c *randomCloud) did(err error) (allowed, answered bool) {
	var api smithy.APIError
	if err == nil {
		return true, true
	}
	if !errors.As(err, &api) {
		c.Fatal(err)
	}
	switch api.ErrorCode() {
	case "AccessDenied", "AccessDeniedException", "NotFoundException":
		return false, true
	}
	c.tally[api.ErrorCode()]++
	return false, false // refused before anybody was asked: nobody signed, say
}

// compare puts n random questions.
func (c *randomCloud) compare(n int) {
	ctx := c.Context()
	account, err := extract.Account(ctx, c.admin, extract.Options{Users: true, Groups: true})
	c.check(err)
	organization, notes := read.Organization(ctx, c.cloud.Config(), account.ID)
	if organization == nil {
		c.Fatal(notes)
	}
	w := reach.New(account, reach.Options{Time: c.cloud.Now(), Region: "us-east-1", Organization: organization})
	if u := w.Unreadable(); len(u) > 0 {
		c.Fatal(u)
	}
	// "The simulator does not evaluate resource control policies": IAM User
	// Guide, "IAM policy testing with the IAM policy simulator".
	unruled := *organization.Membership
	unruled.RCPs = nil
	simulated := reach.New(account, reach.Options{Time: c.cloud.Now(), Region: "us-east-1",
		Organization: &reach.Organization{Membership: &unruled, PoliciesRead: true, Account: account.ID}})
	resources := make(map[string]*reach.Resource)
	for range n {
		q, by := c.question(), pick(c, c.callers...)
		// Others cannot name a user of ours, and an account is more than its
		// root user, who assumes no roles.
		if strings.Contains(by.name, c.far.ID) && q.action == "iam:GetUser" || by.name == c.far.ID && q.action == "sts:AssumeRole" || by.name == "anonymous" && !strings.HasPrefix(q.action, "s3:") {
			continue
		}
		key := q.action + q.resource
		if resources[key] == nil {
			r, err := read.Resource(ctx, c.admin, w, q.action, q.resource)
			c.check(err)
			if r.Unread != "" {
				c.Fatal(r.Unread)
			}
			resources[key] = r
		}
		err := q.call(ctx, by.config)
		allowed, answered := c.did(err)
		if !answered {
			c.tally["not answered"]++
			continue
		}
		c.tally[fmt.Sprint("allowed ", allowed)]++
		if !c.told(w, simulated, &q, &by, resources[key], allowed) {
			c.Log(c.cloud.Explain(err))
		}
	}
	c.Log(c.tally)
	if c.tally["allowed true"] < n/50 || c.tally["allowed false"] < n/50 {
		c.Error("the questions are too much alike")
	}
}

// told compares what reach says, when it is told everything of the request,
// and when it is told little.
func (c *randomCloud) told(w, simulated *reach.World, q *question, by *caller, r *reach.Resource, allowed bool) (ok bool) {
	ok = true
	p, err := w.Find(by.name)
	c.check(err)
	// The cloud is asked by plain HTTP, which nobody takes for granted.
	little := policy.Keys{"aws:securetransport": {"false"}}
	all := policy.Keys{"aws:sourceip": {"127.0.0.1"}}
	maps.Copy(all, little)
	maps.Copy(all, q.keys)
	full := &reach.Question{Action: q.action, Resource: r, Given: all}
	for _, key := range notThere {
		lower := strings.ToLower(key)
		if _, ok := all[lower]; !ok && !strings.HasPrefix(lower, "aws:principaltag") && !(r.TagsKnown && strings.HasPrefix(lower, "aws:resourcetag")) {
			full.Absent = append(full.Absent, lower)
		}
	}
	if p.Kind() == "session" {
		all["aws:multifactorauthpresent"] = []string{"false"}
	} else {
		full.Absent = append(full.Absent, "aws:multifactorauthpresent")
	}
	if p.Foreign() && p.Kind() == "user" {
		all["aws:userid"] = []string{"AIDA"} // and whatever follows
		full.Absent = append(full.Absent, "aws:principaltag/team")
	}
	for _, document := range by.scoped {
		full.Session = append(full.Session, session(c, document))
	}
	a := w.Ask(full, p)
	about := func(a *reach.Answer, given policy.Keys) string {
		return fmt.Sprintf("%s %s on %s with %s: %s (%s), the cloud allowed it: %t\nconditions %s", by.name, q.action, q.resource, text(given), a.Verdict, a.Reason.Text, allowed, text(a.Conditions))
	}
	switch {
	case p.Foreign() && p.Kind() == "user":
		// Its own policies are not known. They allow.
		if allowed != (a.Verdict == reach.Depends) || a.Verdict == reach.Yes {
			ok = false
			c.Errorf("told all: %s", about(a, all))
		}
		part := *full
		part.Given, part.Absent = little, nil
		if a = w.Ask(&part, p); a.Verdict == reach.Yes || a.Verdict == reach.No && allowed {
			ok = false
			c.Errorf("told little: %s", about(a, little))
		}
		return ok
	case a.Allowed != allowed, a.Verdict != reach.Yes && a.Verdict != reach.No:
		ok = false
		c.Errorf("told all: %s\nfailed: %s", about(a, all), text(a.Failed()))
	}
	if by.broad != "" {
		if p, err = w.Find(by.broad); err != nil {
			c.Fatal(err)
		}
	}
	part := *full
	part.Given, part.Absent = little, nil
	a = w.Ask(&part, p)
	c.tally["told little: "+string(a.Verdict)]++
	if by.broad == "" && (a.Verdict == reach.Yes && !allowed || a.Verdict == reach.No && allowed) {
		ok = false
		c.Errorf("told little: %s", about(a, little))
	}
	c.simulate(q, by, full, r, simulated)
	return ok
}

// simulate asks IAM's own simulator, which knows users of the account.
func (c *randomCloud) simulate(q *question, by *caller, full *reach.Question, r *reach.Resource, w *reach.World) {
	if by.arn == "" || !strings.HasPrefix(q.action, "s3:") || r.ACL != nil {
		return
	}
	p, err := w.Find(by.name)
	c.check(err)
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &by.arn, CallerArn: &by.arn, ActionNames: []string{q.action}, ResourceArns: []string{q.resource}}
	if r.Policy != nil {
		in.ResourcePolicy = new(r.Policy.Document())
		in.ResourceOwner = new("arn:aws:iam::" + c.home.ID + ":root")
	}
	given := maps.Clone(full.Given)
	given["aws:principaltype"], given["aws:requestedregion"] = []string{"User"}, []string{"us-east-1"}
	given["aws:currenttime"] = []string{time.Now().UTC().Format(time.RFC3339)}
	given["aws:userid"] = []string{p.ID}
	if slices.Contains([]string{"u0", "u2"}, by.name) {
		given["aws:principaltag/team"] = []string{"a"}
	}
	for key, values := range given {
		in.ContextEntries = append(in.ContextEntries, iamtypes.ContextEntry{ContextKeyName: &key, ContextKeyType: "string", ContextKeyValues: values})
	}
	out, err := iam.NewFromConfig(c.admin).SimulatePrincipalPolicy(c.Context(), in)
	c.check(err)
	c.tally["simulated"]++
	got := out.EvaluationResults[0].EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed
	if a := w.Ask(full, p); a.Allowed != got {
		c.Errorf("%s %s on %s with %s: simulated %t, said %t", by.name, q.action, q.resource, text(given), got, a.Allowed)
	}
}
