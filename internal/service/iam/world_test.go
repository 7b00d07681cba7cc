package iam

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
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

// world is a cloud with IAM and two accounts.
type world struct {
	testing.TB
	cloud *cloud.Cloud
	iam   *Service
	time  time.Time

	root, stranger *authz.Principal // the root users of home and other
	op             *api.Operation   // of the last call
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, time: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	c := &cloud.Cloud{
		Region:  "us-east-1",
		Store:   store.Memory(),
		Keyring: keyring.Memory(),
		Audit:   audit.Memory(100),
		Log:     slog.New(slog.DiscardHandler),
		Now:     func() time.Time { return w.time },
	}
	t.Cleanup(func() { c.Store.Close() })
	c.Accounts = accounts.New(c.Store, c.Keyring, c.Now)
	w.cloud, w.iam = c, New(c)
	c.Authorizer = &authz.Authorizer{Directory: w.iam}
	c.Credentials = &credentials.Authority{Accounts: c.Accounts, Keyring: c.Keyring, Users: w.iam, Directory: w.iam}
	if err := c.Register(&iamapi.Service, w.iam.Handlers()...); err != nil {
		t.Fatal(err)
	}
	w.root, w.stranger = w.newAccount(home, "home"), w.newAccount(other, "other")
	return w
}

func (w *world) newAccount(id, name string) *authz.Principal {
	w.Helper()
	a, _, err := w.cloud.Accounts.Create(w.Context(), accounts.Spec{ID: id, Name: name})
	if err != nil {
		w.Fatal(err)
	}
	return cloud.RootOf(a)
}

// call makes a call as p.
func call[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in In) (*Out, error) {
	w.Helper()
	w.op = &op.Operation
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: &op.Operation, Input: &in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: "us-east-1", Time: w.time, SecureTransport: true}
	out, err := w.cloud.Invoke(w.Context(), c)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// do makes a call as root that must succeed.
func do[In, Out any](w *world, op *api.Op[In, Out], in In) *Out {
	w.Helper()
	out, err := call(w, w.root, op, in)
	if err != nil {
		w.Fatalf("%s: %v", op.Name, err)
	}
	return out
}

// as makes a call as p that must succeed.
func as[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in In) *Out {
	w.Helper()
	out, err := call(w, p, op, in)
	if err != nil {
		w.Fatalf("%s as %s: %v", op.Name, p.ARN, err)
	}
	return out
}

// refused makes a call as root that must fail with an error whose text
// contains words: "NoSuchEntity: The user with name bob cannot be found."
func refused[In, Out any](w *world, op *api.Op[In, Out], in In, words string) {
	w.Helper()
	refusedAs(w, w.root, op, in, words)
}

func refusedAs[In, Out any](w *world, p *authz.Principal, op *api.Op[In, Out], in In, words string) {
	w.Helper()
	_, err := call(w, p, op, in)
	if err == nil {
		w.Fatalf("%s succeeded; want %q", op.Name, words)
	}
	if !strings.Contains(err.Error(), words) {
		w.Fatalf("%s: %q; want %q", op.Name, err, words)
	}
}

// code is the code of an error; "" for none.
func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// user creates a user with an access key and an inline policy, "" for none,
// and gives the principal that the key stands for.
func (w *world) user(name, document string) *authz.Principal {
	w.Helper()
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: &name})
	if document != "" {
		do(w, iamapi.OpPutUserPolicy, iamapi.PutUserPolicyInput{UserName: &name, PolicyName: new("p"), PolicyDocument: &document})
	}
	return w.key(name)
}

// key makes an access key and gives the principal that it stands for.
func (w *world) key(name string) *authz.Principal {
	w.Helper()
	k := do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: &name})
	return w.iam.AccessKey(*k.AccessKey.AccessKeyId).Principal
}

// policy creates a managed policy and gives its ARN.
func (w *world) policy(name, document string) string {
	w.Helper()
	out := do(w, iamapi.OpCreatePolicy, iamapi.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document})
	return *out.Policy.Arn
}

// role creates a role that the account may assume.
func (w *world) role(name string) *iamapi.Role {
	w.Helper()
	return do(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: new(trusting(home))}).Role
}

// session creates a role and gives the principal of a session of it.
func (w *world) session(name string) *authz.Principal {
	w.Helper()
	r := w.role(name)
	return &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			Account: home,
			ARN:     "arn:aws:sts::" + home + ":assumed-role/" + name + "/s",
			RoleARN: *r.Arn,
			ID:      *r.RoleId + ":s",
		},
		Name:        name,
		SessionName: "s",
		Session:     &authz.Session{},
	}
}

func (w *world) group(name string) {
	w.Helper()
	do(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: &name})
}

func trusting(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
}

// allow is a policy of one statement.
func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func deny(action, resource string) string {
	return strings.Replace(allow(action, resource), "Allow", "Deny", 1)
}

func allowIf(action, condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*","Condition":` + condition + `}]}`
}

func tags(pairs ...string) (list []iamapi.Tag) {
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, iamapi.Tag{Key: &pair[0], Value: &pair[1]})
	}
	return list
}
