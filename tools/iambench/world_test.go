package main

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

func read(t *testing.T, cfg aws.Config) *snapshot.Account {
	t.Helper()
	a, err := extract.Account(t.Context(), cfg, extract.Options{Users: true, Groups: true, Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// strip takes off what an account gives itself: ids, times, what AWS wrote.
func strip(a *snapshot.Account) {
	for _, e := range a.Entities() {
		e.ID, e.Created = "", time.Time{}
	}
	used := make(map[string]bool)
	for _, e := range a.Entities() {
		for _, arn := range e.Attached {
			used[arn] = true
		}
	}
	var kept []snapshot.ManagedPolicy
	for _, p := range a.Policies {
		if strings.HasPrefix(p.ARN, awsPolicy("")) {
			p.Version, p.Document, p.Path = "", "", ""
			if !used[p.ARN] {
				continue
			}
		}
		kept = append(kept, p)
	}
	a.Policies = kept
}

// What is loaded into an account is what the tools read there.
func TestLoad(t *testing.T) {
	c := fortlettest.New(t, fortlettest.WithAccount(dev.account))
	w := world(dev, 60)
	if err := load(t.Context(), c.Config(), w); err != nil {
		t.Fatal(err)
	}
	got := read(t, c.Config())
	strip(got)
	strip(w)
	if !reflect.DeepEqual(got, w) {
		t.Errorf("read %+v\nwant %+v", got, w)
	}
}

// The stand-in tells the world as it is, over several pages.
func TestStandIn(t *testing.T) {
	w, other := world(dev, 600), world(qa, 1)
	endpoint, stop, err := serveStandIn(w, other)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	got := read(t, configOf(standInProfile(dev, endpoint)))
	if n := len(w.Roles) + len(w.Users) + len(w.Groups) + len(w.Policies); n <= standInPage {
		t.Fatalf("%d items are one page", n)
	}
	if !reflect.DeepEqual(got, w) {
		t.Errorf("read %+v\nwant %+v", got, w)
	}
	if a := read(t, configOf(standInProfile(qa, endpoint))); a.ID != qa.account || len(a.Roles) != 1 {
		t.Errorf("the other account: %+v", a)
	}
	resp, err := http.PostForm(endpoint, map[string][]string{"Action": {"GetAccountAuthorizationDetails"}})
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("without a key: %v, %v", resp, err)
	}
}

// The stages are equal but for names, accounts and Regions, what is said
// otherwise, and the drift.
func TestStagesDiffer(t *testing.T) {
	const n = 2 * drifted
	a, b := world(dev, n), world(qa, n)
	same := strings.NewReplacer(qa.account, dev.account, "_qa", "_dev", "-qa", "-dev", "/qa/", "/dev/", qa.region, dev.region)
	more, otherwise := 0, 0
	for i := range a.Roles {
		r, s := a.Roles[i], b.Roles[i]
		if r.Trust != same.Replace(s.Trust) || len(r.Inline)+len(r.Attached) != policiesPerRole || len(s.Inline) != len(r.Inline) {
			t.Errorf("%+v and %+v", r, s)
		}
		for j := range r.Inline {
			switch text := same.Replace(s.Inline[j].Document); text {
			case r.Inline[j].Document:
			case reworded(r.Inline[j].Document):
				otherwise++
			default:
				more++
			}
		}
	}
	// A policy of one action in one statement can be said in one way only.
	if more != n/drifted || otherwise < n/otherwiseSaid || otherwise > 3*n/otherwiseSaid {
		t.Errorf("%d policies allow more, %d are said otherwise", more, otherwise)
	}
}

// A world is of policies that are in order.
func TestWorldParses(t *testing.T) {
	w := world(qa, 100)
	for _, p := range w.Policies {
		if _, err := policy.Parse(p.Document, policy.Identity); err != nil {
			t.Errorf("%s: %v\n%s", p.ARN, err, p.Document)
		}
	}
	for _, r := range w.Roles {
		if _, err := policy.Parse(r.Trust, policy.Trust); err != nil {
			t.Errorf("%s: %v\n%s", r.Name, err, r.Trust)
		}
		for _, p := range r.Inline {
			if _, err := policy.Parse(p.Document, policy.Identity); err != nil {
				t.Errorf("%s: %v\n%s", r.Name, err, p.Document)
			}
		}
	}
}
