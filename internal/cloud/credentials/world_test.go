package credentials_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

const (
	home  = "111122223333"
	other = "444455556666"
)

var now = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// directory is IAM, as far as credentials ask it.
type directory struct {
	mu           sync.RWMutex
	users, roles map[string]*authz.Identity // by account and name
	managed      map[string]*policy.Policy
	keys         map[string]*credentials.Credential
}

func (d *directory) User(account, name string) *authz.Identity {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.users[account+"/"+name]
}

func (d *directory) Role(account, name string) *authz.Identity {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.roles[account+"/"+name]
}

func (*directory) ByID(string) *authz.Identity { return nil }

func (d *directory) ManagedPolicy(arn string) *policy.Policy {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.managed[arn]
}

func (d *directory) AccessKey(id string) *credentials.Credential { return d.keys[id] }

func (*directory) Used(string, string, string, time.Time) {}

// change changes what IAM knows.
func (d *directory) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// world is an authority with two accounts, a user and a role.
type world struct {
	testing.TB
	*credentials.Authority
	iam *directory
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	d := &directory{
		users:   map[string]*authz.Identity{home + "/alice": {ID: "AIDAALICE"}},
		roles:   map[string]*authz.Identity{home + "/reader": {ID: "AROAREADER"}},
		managed: map[string]*policy.Policy{},
		keys:    map[string]*credentials.Credential{},
	}
	db, ring := store.Memory(), keyring.Memory()
	tb.Cleanup(func() { db.Close() })
	w := &world{tb, &credentials.Authority{
		Accounts: accounts.New(db, ring, func() time.Time { return now }), Keyring: ring, Users: d, Directory: d,
	}, d}
	for id, name := range map[string]string{home: "home", other: "other"} {
		if _, _, err := w.Accounts.Create(tb.Context(), accounts.Spec{ID: id, Name: name}); err != nil {
			tb.Fatal(err)
		}
	}
	return w
}

// root is the root user of an account, with its key.
func (w *world) root(id string) (*authz.Principal, accounts.RootKey) {
	w.Helper()
	a, err := w.Accounts.Get(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	k, err := w.Accounts.RootKey(a)
	if err != nil {
		w.Fatal(err)
	}
	return credentials.RootPrincipal(a, a.RootKeyID), k
}

// The principals of sessions.

func session(p authz.Principal) *authz.Principal {
	p.Session = &authz.Session{Issued: now, Expires: now.Add(time.Hour)}
	return &p
}

func reader() *authz.Principal {
	return session(authz.Principal{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: home, ID: "AROAREADER:one",
			ARN: "arn:aws:sts::" + home + ":assumed-role/reader/one", RoleARN: "arn:aws:iam::" + home + ":role/reader",
		},
		Name: "reader", SessionName: "one",
	})
}

func alice() *authz.Principal {
	return session(authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: home, ID: "AIDAALICE", ARN: "arn:aws:iam::" + home + ":user/alice"},
		Name:      "alice",
	})
}

func fred(issuer string) *authz.Principal {
	p := authz.Principal{
		Principal: policy.Principal{
			Type: policy.FederatedUser, Account: home, ID: home + ":fred",
			ARN: "arn:aws:sts::" + home + ":federated-user/fred", UserARN: "arn:aws:iam::" + home + ":root",
		},
		Name: "fred", IssuerName: issuer,
	}
	if issuer != "" {
		p.UserARN, p.UserID = "arn:aws:iam::"+home+":user/"+issuer, "AIDA"+strings.ToUpper(issuer)
	}
	return session(p)
}

// issue issues credentials that must be had.
func (w *world) issue(p *authz.Principal, pol credentials.Policies) *credentials.Temporary {
	w.Helper()
	t, err := w.Issue(w.Context(), p, pol)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

// find finds what temporary credentials stand for.
func (w *world) find(t *credentials.Temporary) (*credentials.Credential, error) {
	return w.Find(w.Context(), t.AccessKeyID, t.SessionToken, now)
}

// found finds what must be there.
func (w *world) found(t *credentials.Temporary) *credentials.Credential {
	w.Helper()
	c, err := w.find(t)
	if err != nil {
		w.Fatal(err)
	}
	return c
}
