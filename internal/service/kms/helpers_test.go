package kms

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

const (
	accountA = "111122223333"
	accountB = "444455556666"
	region   = "us-east-1"
	region2  = "eu-west-1"
)

// world is a cloud with the key service, two accounts, and a clock that moves
// when it is told to.
type world struct {
	testing.TB
	cloud   *cloud.Cloud
	service *Service
	dir     directory
	now     time.Time
	ids     int // given to users and roles so far
}

// directory is IAM as far as authorization needs it.
type directory map[string]*authz.Identity

func (d directory) User(account, name string) *authz.Identity { return d[account+" user "+name] }
func (d directory) Role(account, name string) *authz.Identity { return d[account+" role "+name] }
func (d directory) ByID(id string) *authz.Identity            { return d[id] }
func (d directory) ManagedPolicy(string) *policy.Policy       { return nil }

func newWorld(t testing.TB) *world {
	db := store.Memory()
	w := newWorldOn(t, db, keyring.Memory())
	for i, id := range []string{accountA, accountB} {
		_, _, err := w.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: fmt.Sprintf("account%d", i)})
		w.check(err)
	}
	t.Cleanup(func() { w.check(db.Close()) })
	return w
}

func newWorldOn(t testing.TB, db *store.DB, kr *keyring.Keyring) *world {
	w := &world{TB: t, dir: directory{}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	w.cloud = &cloud.Cloud{
		Region:     region,
		Store:      db,
		Keyring:    kr,
		Audit:      audit.Memory(1000),
		Accounts:   accounts.New(db, kr, now),
		Authorizer: &authz.Authorizer{Directory: w.dir},
		Log:        slog.New(slog.DiscardHandler),
		Now:        now,
	}
	w.service = New(w.cloud)
	w.check(w.cloud.Register(&kmsapi.Service, w.service.Handlers()...))
	return w
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// run runs a subtest in the same world.
func (w *world) run(name string, f func(t *testing.T)) {
	parent := w.TB.(*testing.T)
	parent.Run(name, func(t *testing.T) {
		w.TB = t
		defer func() { w.TB = parent }()
		f(t)
	})
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

const day = 24 * time.Hour

// user makes an IAM user with an identity policy of the given statements, or
// replaces it. One that was forgotten comes back as another.
func (w *world) user(account, name string, statements ...string) *authz.Principal {
	arn := "arn:aws:iam::" + account + ":user/" + name
	id := w.identity("user", account, name, arn, "AIDA", statements)
	return &authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: account, ARN: arn, ID: id},
		Name:      name,
	}
}

// role makes a role and gives a session of it.
func (w *world) role(account, name, session string, statements ...string) *authz.Principal {
	arn := "arn:aws:iam::" + account + ":role/" + name
	id := w.identity("role", account, name, arn, "AROA", statements)
	return &authz.Principal{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: account, ID: id + ":" + session, RoleARN: arn,
			ARN: "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session,
		},
		Name: name, SessionName: session,
		Session: &authz.Session{Issued: w.now, Expires: w.now.Add(time.Hour)},
	}
}

func (w *world) identity(kind, account, name, arn, prefix string, statements []string) string {
	key := account + " " + kind + " " + name
	w.ids++
	id := fmt.Sprintf("%s%017d", prefix, w.ids)
	if old := w.dir[key]; old != nil {
		id = old.ID
	}
	i := &authz.Identity{Account: account, ARN: arn, ID: id, Name: name, Path: "/", Created: w.now}
	if len(statements) > 0 {
		i.Policies = []authz.Document{{Type: authz.IdentityBased, ID: "inline", Policy: w.parse(policy.Identity, statements...)}}
	}
	w.dir[key], w.dir[id] = i, i
	return id
}

// forget deletes a user or role.
func (w *world) forget(p *authz.Principal) {
	for key, i := range w.dir {
		if i.ID == strings.Split(p.ID, ":")[0] {
			delete(w.dir, key)
		}
	}
}

func (w *world) parse(kind policy.Kind, statements ...string) *policy.Policy {
	w.Helper()
	p, err := policy.Parse(document(statements...), kind)
	w.check(err)
	return p
}

// limited is p with a session policy of the given statements.
func (w *world) limited(p *authz.Principal, statements ...string) *authz.Principal {
	with := *p
	session := *p.Session
	session.Policies = []authz.Document{{Type: authz.SessionPolicy, ID: "inline", Policy: w.parse(policy.Session, statements...)}}
	with.Session = &session
	return &with
}

func (w *world) root(account string) *authz.Principal {
	arn := "arn:aws:iam::" + account + ":root"
	return &authz.Principal{Principal: policy.Principal{Type: policy.Root, Account: account, ARN: arn, ID: account}}
}

// admin is a user who may do everything.
func (w *world) admin(account string) *authz.Principal {
	return w.user(account, "admin", allow("*", "*"))
}

func serviceOf(name string) *authz.Principal {
	return &authz.Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: name}}
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func allow(action, resource string, condition ...string) string {
	return statement("Allow", "", action, resource, condition)
}

// let is a statement of a key policy.
func let(principal, action string, condition ...string) string {
	return statement("Allow", `"Principal":`+principal+`,`, action, "*", condition)
}

func forbid(principal, action string, condition ...string) string {
	return statement("Deny", `"Principal":`+principal+`,`, action, "*", condition)
}

func statement(effect, principal, action, resource string, condition []string) string {
	with := ""
	if len(condition) > 0 {
		with = `,"Condition":` + condition[0]
	}
	return fmt.Sprintf(`{"Effect":%q,%s"Action":%q,"Resource":%q%s}`, effect, principal, action, resource, with)
}

func aws(principal string) string { return fmt.Sprintf(`{"AWS":%q}`, principal) }

func arnOf(p *authz.Principal) string {
	if p.RoleARN != "" {
		return p.RoleARN
	}
	return p.ARN
}

// via says how a call is made; the zero value is a direct call to region.
type via struct {
	region   string
	services []string // CalledVia
}

func invoke[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in *In, how ...via) (*Out, error) {
	w.Helper()
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: &op.Operation, Input: in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: region, Time: w.now, SourceIP: "192.0.2.1"}
	for _, h := range how {
		if h.region != "" {
			c.Region = h.region
		}
		c.CalledVia = h.services
	}
	out, err := w.cloud.Invoke(w.Context(), c)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// must is invoke for calls that succeed.
func must[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in *In, how ...via) *Out {
	w.Helper()
	out, err := invoke(w, p, op, in, how...)
	if err != nil {
		w.Fatalf("%s: %v", op.Name, err)
	}
	return out
}

// fails asserts that a call fails with a code and, where message is not empty,
// with a message.
func fails[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in *In, code, message string, how ...via) {
	w.Helper()
	_, err := invoke(w, p, op, in, how...)
	wantError(w, op.Name, err, code, message)
}

func wantError(t testing.TB, what string, err error, code, message string) {
	t.Helper()
	var answer *api.Error
	switch {
	case err == nil:
		t.Errorf("%s succeeded, want %s", what, code)
	case !errors.As(err, &answer) || answer.Code != code:
		t.Errorf("%s: %v, want %s", what, err, code)
	case message != "" && answer.Message != message:
		t.Errorf("%s: message\n%s\nwant\n%s", what, answer.Message, message)
	}
}

const denied = "AccessDeniedException"

// key creates a key of the given spec, by default symmetric, as admin of A.
func (w *world) key(edit ...func(*kmsapi.CreateKeyInput)) *kmsapi.KeyMetadata {
	w.Helper()
	in := &kmsapi.CreateKeyInput{}
	for _, f := range edit {
		f(in)
	}
	return must(w, w.admin(accountA), kmsapi.OpCreateKey, in).KeyMetadata
}

func spec(s kmsapi.KeySpec, usage kmsapi.KeyUsageType) func(*kmsapi.CreateKeyInput) {
	return func(in *kmsapi.CreateKeyInput) { in.KeySpec, in.KeyUsage = s, usage }
}

// keyPolicy gives a key a policy of the given statements, without the safety
// check.
func keyPolicy(statements ...string) func(*kmsapi.CreateKeyInput) {
	return func(in *kmsapi.CreateKeyInput) {
		in.Policy = new(document(statements...))
		in.BypassPolicyLockoutSafetyCheck = new(true)
	}
}

func external(in *kmsapi.CreateKeyInput) { in.Origin = kmsapi.OriginTypeExternal }

func replicable(in *kmsapi.CreateKeyInput) { in.MultiRegion = new(true) }

// letAccount is the statement of the default policy.
func letAccount(account string) string {
	return let(aws("arn:aws:iam::"+account+":root"), "kms:*")
}

// rows counts what the service keeps.
func (w *world) rows() (n int) {
	w.check(w.cloud.Store.View(w.Context(), func(tx *store.Tx) error {
		for range keys.Scan(tx, "", "") {
			n++
		}
		for range aliases.Scan(tx, "", "") {
			n++
		}
		for range grants.Scan(tx, "", "") {
			n++
		}
		for range grantCounts.Scan(tx, "", "") {
			n++
		}
		for range usages.Scan(tx, "", "") {
			n++
		}
		return nil
	}))
	return n
}
