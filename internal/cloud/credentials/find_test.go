package credentials_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/policy"
)

// TestLongTerm finds root keys and users' keys, and nothing else.
func TestLongTerm(t *testing.T) {
	w := newWorld(t)
	key := &credentials.Credential{Principal: &authz.Principal{Name: "alice"}, Secret: "s", LongTerm: true}
	w.iam.keys["AKIAALICE"] = key
	if c, err := w.Find(t.Context(), "AKIAALICE", "", now); c != key || err != nil {
		t.Errorf("user's key: %v, %v", c, err)
	}
	for _, account := range []string{home, other} {
		p, k := w.root(account)
		var first *credentials.Credential
		for range 2 {
			c, err := w.Find(t.Context(), k.ID, "", now)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(c, &credentials.Credential{Principal: p, Secret: k.Secret}) || p.ARN != "arn:aws:iam::"+account+":root" {
				t.Errorf("root key: %+v of %+v", c, c.Principal)
			}
			if first != nil && first != c {
				t.Error("the root key is opened on every use")
			}
			first = c
		}
	}
	temporary := w.issue(reader(), credentials.Policies{})
	for _, id := range []string{"", "AKIANOBODY", "akiaalice", temporary.AccessKeyID} {
		if c, err := w.Find(t.Context(), id, "", now); c != nil || !errors.Is(err, credentials.ErrUnknown) {
			t.Errorf("key %q: %v, %v", id, c, err)
		}
	}
	_, k := w.root(home)
	for _, id := range []string{"AKIAALICE", k.ID} { // long-term keys have no token
		if c, err := w.Find(t.Context(), id, temporary.SessionToken, now); c != nil || !errors.Is(err, credentials.ErrUnknown) {
			t.Errorf("key %q with a token: %v, %v", id, c, err)
		}
	}
}

// TestRoundTrip: a session is found as it was issued, by whoever has the
// keyring, whether it has been seen before or not.
func TestRoundTrip(t *testing.T) {
	w := newWorld(t)
	root, _ := w.root(home)
	full := reader()
	full.Session.Tags = map[string]string{"team": "a", "ä": ""}
	full.Session.TransitiveTags = []string{"team"}
	full.Session.SourceIdentity = "alice"
	full.Session.MFA, full.Session.MFATime = true, now.Add(-time.Minute)
	full.Session.Provider = "accounts.example.com"
	full.Session.Chained = true
	for name, p := range map[string]*authz.Principal{
		"role": full, "user": alice(), "root": session(*root), "federated by root": fred(""), "federated by a user": fred("alice"),
	} {
		t.Run(name, func(t *testing.T) {
			issued := w.issue(p, credentials.Policies{})
			if issued.AccessKeyID[:4] != "ASIA" || len(issued.AccessKeyID) != 20 || len(issued.Secret) != 40 || !issued.Expires.Equal(p.Session.Expires) {
				t.Errorf("issued %+v", issued)
			}
			want := *p
			want.AccessKeyID = issued.AccessKeyID
			elsewhere := &credentials.Authority{Accounts: w.Accounts, Keyring: w.Keyring, Users: w.iam, Directory: w.iam}
			for _, a := range []*credentials.Authority{w.Authority, w.Authority, elsewhere} {
				c, err := a.Find(t.Context(), issued.AccessKeyID, issued.SessionToken, now)
				if err != nil {
					t.Fatal(err)
				}
				if c.Secret != issued.Secret || c.LongTerm || !reflect.DeepEqual(c.Principal, &want) {
					t.Errorf("found %+v with %#v\nwant %+v with %#v", c.Principal, c.Principal.Session, want, want.Session)
				}
			}
			if first := w.found(issued); w.found(issued) != first {
				t.Error("a credential is built on every use")
			}
		})
	}
	first, second := w.issue(reader(), credentials.Policies{}), w.issue(reader(), credentials.Policies{})
	if first.AccessKeyID == second.AccessKeyID || first.Secret == second.Secret || first.SessionToken == second.SessionToken {
		t.Error("two sessions share what is secret")
	}
}

// TestIssueForNoAccount: there are no sessions of accounts that do not exist.
func TestIssueForNoAccount(t *testing.T) {
	w := newWorld(t)
	p := reader()
	p.Account = "999999999999"
	if issued, err := w.Issue(t.Context(), p, credentials.Policies{}); issued != nil || !errors.Is(err, credentials.ErrUnknown) {
		t.Errorf("issued %v, %v", issued, err)
	}
}

// TestExpiry: a session ends at the moment that it says.
func TestExpiry(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(reader(), credentials.Policies{})
	for after, want := range map[time.Duration]error{
		0: nil, time.Hour - 1: nil, time.Hour: credentials.ErrExpired, 1000 * time.Hour: credentials.ErrExpired,
	} {
		if _, err := w.Find(t.Context(), issued.AccessKeyID, issued.SessionToken, now.Add(after)); !errors.Is(err, want) {
			t.Errorf("after %v: %v, want %v", after, err, want)
		}
	}
}

// TestAlive: a session ends with the role or user behind it, also when another
// of the same name takes its place, and lives again with none.
func TestAlive(t *testing.T) {
	w := newWorld(t)
	root, _ := w.root(home)
	sessions := map[string]*credentials.Temporary{
		"role":                w.issue(reader(), credentials.Policies{}),
		"user":                w.issue(alice(), credentials.Policies{}),
		"federated by a user": w.issue(fred("alice"), credentials.Policies{}),
		"federated by root":   w.issue(fred(""), credentials.Policies{}),
		"root":                w.issue(session(*root), credentials.Policies{}),
	}
	check := func(when string, ended bool) {
		t.Helper()
		for name, s := range sessions {
			var want error
			if ended && name != "root" && name != "federated by root" {
				want = credentials.ErrUnknown
			}
			if _, err := w.find(s); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", when, name, err, want)
			}
		}
	}
	check("at first", false)
	users, roles := w.iam.users, w.iam.roles
	w.iam.change(func() { w.iam.users, w.iam.roles = nil, nil })
	check("deleted", true)
	w.iam.change(func() {
		w.iam.users = map[string]*authz.Identity{home + "/alice": {ID: "AIDAANOTHER"}}
		w.iam.roles = map[string]*authz.Identity{home + "/reader": {ID: "AROAANOTHER"}}
	})
	check("made anew", true)
	w.iam.change(func() {
		w.iam.users = map[string]*authz.Identity{other + "/alice": users[home+"/alice"]}
		w.iam.roles = map[string]*authz.Identity{other + "/reader": roles[home+"/reader"]}
	})
	check("of another account", true)
	w.iam.change(func() { w.iam.users, w.iam.roles = users, roles })
	check("at last", false)
}

// TestEpoch: a reset ends the sessions of all accounts at once, those that are
// open and those that are not, whatever the authority was told.
func TestEpoch(t *testing.T) {
	w := newWorld(t)
	var before []*credentials.Temporary
	for _, account := range []string{home, other} {
		root, _ := w.root(account)
		opened, unseen := w.issue(session(*root), credentials.Policies{}), w.issue(session(*root), credentials.Policies{})
		w.found(opened)
		before = append(before, opened, unseen)
	}
	if err := w.Accounts.NextEpoch(t.Context()); err != nil {
		t.Fatal(err)
	}
	root, _ := w.root(home)
	after := w.issue(session(*root), credentials.Policies{})
	for range 2 {
		for i, s := range before {
			if _, err := w.find(s); !errors.Is(err, credentials.ErrUnknown) {
				t.Errorf("session %d of before: %v", i, err)
			}
		}
		w.found(after)
		w.Forget()
		if n, held := w.Opened(); n != 0 || held != 0 {
			t.Errorf("%d sessions of %d bytes are remembered", n, held)
		}
	}
}

var documents = map[string]string{
	"all":  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
	"read": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`,
}

func parse(t *testing.T, name string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(documents[name], policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
