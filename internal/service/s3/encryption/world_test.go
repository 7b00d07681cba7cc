package encryption

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms"
	"github.com/fortlet/fortlet/policy"
)

const (
	accountA = "111122223333"
	accountB = "444455556666"
	region   = "us-east-1"
)

// world is a cloud with KMS and two accounts.
type world struct {
	testing.TB
	cloud *cloud.Cloud
	keys  *Keys
	dir   directory
	now   time.Time
}

// directory is IAM as far as authorization needs it.
type directory map[string]*authz.Identity

func (d directory) User(account, name string) *authz.Identity { return d[account+" "+name] }
func (directory) Role(string, string) *authz.Identity         { return nil }
func (d directory) ByID(id string) *authz.Identity            { return d[id] }
func (directory) ManagedPolicy(string) *policy.Policy         { return nil }

func newWorld(t testing.TB) *world {
	w := &world{TB: t, dir: directory{}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	db, kr, now := store.Memory(), keyring.Memory(), func() time.Time { return w.now }
	w.cloud = &cloud.Cloud{
		Region:     region,
		Store:      db,
		Keyring:    kr,
		Accounts:   accounts.New(db, kr, now),
		Audit:      audit.Memory(1000),
		Authorizer: &authz.Authorizer{Directory: w.dir},
		Log:        slog.New(slog.DiscardHandler),
		Now:        now,
	}
	w.check(w.cloud.Register(&kmsapi.Service, kms.New(w.cloud).Handlers()...))
	for i, id := range []string{accountA, accountB} {
		_, _, err := w.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: fmt.Sprintf("account%d", i)})
		w.check(err)
	}
	w.keys = New(w.cloud)
	t.Cleanup(func() { w.check(w.cloud.Store.Close()) })
	return w
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// user makes an IAM user who is allowed actions on everything, or changes what
// an existing one is allowed.
func (w *world) user(account, name string, actions ...string) *authz.Principal {
	w.Helper()
	arn := "arn:aws:iam::" + account + ":user/" + name
	i := &authz.Identity{Account: account, ARN: arn, ID: fmt.Sprintf("AIDA%017d", len(w.dir)), Name: name, Path: "/", Created: w.now}
	if old := w.dir[account+" "+name]; old != nil {
		i.ID = old.ID
	}
	if len(actions) > 0 {
		p, err := policy.Parse(document(`{"Effect":"Allow","Action":["`+strings.Join(actions, `","`)+`"],"Resource":"*"}`), policy.Identity)
		w.check(err)
		i.Policies = []authz.Document{{Type: authz.IdentityBased, ID: "inline", Policy: p}}
	}
	w.dir[account+" "+name], w.dir[i.ID] = i, i
	return &authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: account, ARN: arn, ID: i.ID},
		Name:      name,
	}
}

// admin is a user who may do everything with KMS.
func (w *world) admin(account string) *authz.Principal { return w.user(account, "admin", "kms:*") }

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// let is a statement of a key policy.
func let(arn, actions string, condition ...string) string {
	with := ""
	if len(condition) > 0 {
		with = `,"Condition":` + condition[0]
	}
	return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":%q},"Action":[%s],"Resource":"*"%s}`, arn, actions, with)
}

func letAccount(account string) string { return let("arn:aws:iam::"+account+":root", `"kms:*"`) }

// use are the actions that S3 needs of its callers.
const use = `"kms:GenerateDataKey","kms:Decrypt"`

// call is the context of a call of S3 by a principal.
func (w *world) call(p *authz.Principal) context.Context {
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: &s3api.OpPutObject.Operation}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: region, Time: w.now, SourceIP: "192.0.2.1"}
	c.Signature = cloud.Signature{AuthType: "REST-HEADER", Version: "AWS4-HMAC-SHA256"}
	return cloud.NewContext(w.Context(), c)
}

// kms calls KMS directly.
func direct[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in *In) *Out {
	w.Helper()
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: &op.Operation, Input: in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: region, Time: w.now}
	out, err := w.cloud.Invoke(w.Context(), c)
	if err != nil {
		w.Fatalf("%s: %v", op.Name, err)
	}
	return out.(*Out)
}

// key makes a KMS key of account A under a policy, and gives its ARN.
func (w *world) key(statements ...string) string {
	w.Helper()
	out := direct(w, w.admin(accountA), kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{
		Policy: new(document(append(statements, letAdmin)...)), BypassPolicyLockoutSafetyCheck: new(true),
	})
	return *out.KeyMetadata.Arn
}

// setPolicy replaces a key's policy.
func (w *world) setPolicy(arn string, statements ...string) {
	w.Helper()
	direct(w, w.admin(accountA), kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{
		KeyId: &arn, Policy: new(document(append(statements, letAdmin)...)), BypassPolicyLockoutSafetyCheck: new(true),
	})
}

var letAdmin = let("arn:aws:iam::"+accountA+":user/admin", `"kms:Create*","kms:Put*","kms:Enable*","kms:Disable*","kms:Schedule*","kms:Cancel*","kms:Describe*"`)

// bucket is one of account A.
func bucket(rule *s3api.ServerSideEncryptionRule) Bucket {
	return Bucket{ID: "b-1", Name: "secure-demo-bucket", Account: accountA, Region: region, Default: rule}
}

func kmsRule(algorithm s3api.ServerSideEncryption, keyID string) *s3api.ServerSideEncryptionRule {
	d := &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm}
	if keyID != "" {
		d.KMSMasterKeyID = &keyID
	}
	return &s3api.ServerSideEncryptionRule{ApplyServerSideEncryptionByDefault: d}
}

// put resolves and seals.
func (w *world) put(p *authz.Principal, b Bucket, key string, r Request) (Sealed, []blob.Key, error) {
	how, err := w.keys.Resolve(b, r)
	if err != nil {
		return Sealed{}, nil, err
	}
	return w.keys.Seal(w.call(p), b, key, how)
}

// mustPut is put for what is allowed.
func (w *world) mustPut(p *authz.Principal, b Bucket, key string, r Request) (Sealed, []blob.Key) {
	w.Helper()
	s, keys, err := w.put(p, b, key, r)
	w.check(err)
	return s, keys
}

// opens sees that an object's keys come back.
func (w *world) opens(p *authz.Principal, b Bucket, key string, s Sealed, want []blob.Key) {
	w.Helper()
	got, err := w.keys.Open(w.call(p), b, key, s, nil)
	if err != nil || !slices.Equal(got, want) {
		w.Errorf("the keys do not come back: %v", err)
	}
}

// fails sees that an error is S3's answer.
func fails(t testing.TB, what string, err error, code string, status int, message string) {
	t.Helper()
	var e *api.Error
	switch {
	case err == nil:
		t.Errorf("%s: no error, want %s", what, code)
	case !errors.As(err, &e) || e.Code != code || e.Status != status:
		t.Errorf("%s: %v, want %s", what, err, code)
	case message != "" && e.Message != message:
		t.Errorf("%s: message\n%s\nwant\n%s", what, e.Message, message)
	}
}

// denied sees that neither an upload nor a download gives any keys.
func (w *world) denied(what string, p *authz.Principal, b Bucket, key string, r Request, s Sealed, code string, status int) {
	w.Helper()
	_, keys, err := w.put(p, b, key, r)
	fails(w, what+", upload", err, code, status, "")
	opened, err := w.keys.Open(w.call(p), b, key, s, nil)
	fails(w, what+", download", err, code, status, "")
	if len(keys) > 0 || len(opened) > 0 {
		w.Errorf("%s: keys are given", what)
	}
}
