package s3

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
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

// site is a cloud with S3 and KMS, in which listings and multipart uploads are
// tested: two accounts, an administrator of each, and a bucket of the first.
type site struct {
	testing.TB
	cloud   *cloud.Cloud
	service *Service
	db      *store.DB
	blobs   *blob.Store
	people  people
	now     time.Time

	owner    *authz.Principal // administrator of siteAccount
	stranger *authz.Principal // administrator of the other account
}

const (
	siteAccount  = "111122223333"
	otherAccount = "444455556666"
	siteRegion   = "us-east-1"
	siteBucket   = "the-bucket"
)

// people is IAM as far as authorization needs it.
type people map[string]*authz.Identity

func (p people) User(account, name string) *authz.Identity { return p[account+"/"+name] }
func (p people) Role(account, name string) *authz.Identity { return p[account+"/role/"+name] }
func (people) ManagedPolicy(string) *policy.Policy         { return nil }

func (p people) ByID(id string) *authz.Identity {
	for _, i := range p {
		if i.ID == id {
			return i
		}
	}
	return nil
}

func newSite(t testing.TB) *site {
	db, kr := store.Memory(), keyring.Memory()
	s := openSite(t, db, kr, blob.Memory(db))
	t.Cleanup(func() {
		s.check(s.blobs.Close())
		s.check(db.Close())
	})
	s.found()
	return s
}

// found makes the accounts and the bucket of a site that is new.
func (s *site) found() {
	for i, id := range []string{siteAccount, otherAccount} {
		_, _, err := s.cloud.Accounts.Create(s.Context(), accounts.Spec{ID: id, Name: fmt.Sprintf("account%d", i)})
		s.check(err)
	}
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(siteBucket)})
}

func openSite(t testing.TB, db *store.DB, kr *keyring.Keyring, blobs *blob.Store) *site {
	s := &site{TB: t, db: db, blobs: blobs, people: people{}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	s.cloud = &cloud.Cloud{
		Region:     siteRegion,
		Store:      db,
		Keyring:    kr,
		Audit:      audit.Memory(1000),
		Accounts:   accounts.New(db, kr, now),
		Authorizer: &authz.Authorizer{Directory: s.people},
		Log:        slog.New(slog.DiscardHandler),
		Now:        now,
	}
	s.service = New(s.cloud, blobs)
	s.check(s.cloud.Register(&kmsapi.Service, kms.New(s.cloud).Handlers()...))
	s.check(s.cloud.Register(&s3api.Service, s.service.Handlers()...))
	s.owner = s.person(siteAccount, "admin", may("*", "*"))
	s.stranger = s.person(otherAccount, "admin", may("*", "*"))
	return s
}

func (s *site) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// person makes an IAM user with a policy of the given statements.
func (s *site) person(account, name string, statements ...string) *authz.Principal {
	arn := "arn:aws:iam::" + account + ":user/" + name
	id := fmt.Sprintf("AIDA%017d", len(s.people))
	i := &authz.Identity{Account: account, ARN: arn, ID: id, Name: name, Path: "/", Created: s.now}
	if len(statements) > 0 {
		p, malformed := policy.Parse(policyOf(statements...), policy.Identity)
		if malformed != nil {
			s.Fatal(malformed)
		}
		i.Policies = []authz.Document{{Type: authz.IdentityBased, ID: "inline", Policy: p}}
	}
	s.people[account+"/"+name] = i
	return &authz.Principal{Principal: policy.Principal{Type: policy.User, Account: account, ARN: arn, ID: id}, Name: name}
}

// nobody is a caller who does not sign.
func nobody() *authz.Principal {
	return &authz.Principal{Principal: policy.Principal{Type: policy.Anonymous}}
}

func policyOf(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// may is a statement of an identity policy.
func may(action, resource string, condition ...string) string {
	return siteStatement("Allow", "", action, resource, condition)
}

// mayNot is one that denies.
func mayNot(action, resource string, condition ...string) string {
	return siteStatement("Deny", "", action, resource, condition)
}

// opens is a statement of a bucket policy that lets a principal in.
func opens(principal, action, resource string, condition ...string) string {
	return siteStatement("Allow", `"Principal":`+principal+`,`, action, resource, condition)
}

func siteStatement(effect, principal, action, resource string, condition []string) string {
	with := ""
	if len(condition) > 0 {
		with = `,"Condition":` + condition[0]
	}
	return fmt.Sprintf(`{"Effect":%q,%s"Action":%q,"Resource":%q%s}`, effect, principal, action, resource, with)
}

// bucketPolicy gives the bucket a policy.
func (s *site) bucketPolicy(statements ...string) {
	s.Helper()
	askOK(s, s.owner, s3api.OpPutPublicAccessBlock, &s3api.PutPublicAccessBlockInput{
		Bucket: new(siteBucket), PublicAccessBlockConfiguration: &s3api.PublicAccessBlockConfiguration{},
	})
	askOK(s, s.owner, s3api.OpPutBucketPolicy, &s3api.PutBucketPolicyInput{Bucket: new(siteBucket), Policy: new(policyOf(statements...))})
}

// ask makes a call.
func ask[In, Out any](s *site, p *authz.Principal, op *api.Op[In, Out], in *In) (*Out, error) {
	s.Helper()
	c := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: &op.Operation, Input: in, Host: "localhost:4566"}
	c.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: siteRegion, Time: s.now, SourceIP: "192.0.2.1"}
	out, err := s.cloud.Invoke(s.Context(), c)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// askOK is ask for calls that succeed.
func askOK[In, Out any](s *site, p *authz.Principal, op *api.Op[In, Out], in *In) *Out {
	s.Helper()
	out, err := ask(s, p, op, in)
	if err != nil {
		s.Fatalf("%s: %v", op.Name, err)
	}
	return out
}

// refused asserts that a call fails with a code and, where message is not empty,
// a message. It gives the error for a look at its fields.
func refused[In, Out any](s *site, p *authz.Principal, op *api.Op[In, Out], in *In, code, message string) *api.Error {
	s.Helper()
	_, err := ask(s, p, op, in)
	var answer *api.Error
	switch {
	case err == nil:
		s.Errorf("%s succeeded, want %s", op.Name, code)
	case !errors.As(err, &answer) || answer.Code != code:
		s.Errorf("%s: %v, want %s", op.Name, err, code)
	case message != "" && answer.Message != message:
		s.Errorf("%s: message\n%s\nwant\n%s", op.Name, answer.Message, message)
	}
	if answer == nil {
		answer = new(api.Error)
	}
	return answer
}

// wantFields compares further members of an error's answer.
func (s *site) wantFields(e *api.Error, pairs ...string) {
	s.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := e.Fields[pairs[i]]; got != any(pairs[i+1]) {
			s.Errorf("%s: %s is %v, want %s", e.Code, pairs[i], got, pairs[i+1])
		}
	}
}

// put puts objects under keys.
func (s *site) put(keys ...string) {
	s.Helper()
	for _, key := range keys {
		s.putContent(key, "content of "+key)
	}
}

func (s *site) putContent(key, content string) *s3api.PutObjectOutput {
	s.Helper()
	return askOK(s, s.owner, s3api.OpPutObject, &s3api.PutObjectInput{
		Bucket: new(siteBucket), Key: new(key), Body: strings.NewReader(content), ContentLength: new(int64(len(content))),
	})
}

func (s *site) remove(key string, version ...string) *s3api.DeleteObjectOutput {
	s.Helper()
	in := &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new(key)}
	if len(version) > 0 {
		in.VersionId = new(version[0])
	}
	return askOK(s, s.owner, s3api.OpDeleteObject, in)
}

// get reads an object.
func (s *site) get(key string, edit ...func(*s3api.GetObjectInput)) string {
	s.Helper()
	in := &s3api.GetObjectInput{Bucket: new(siteBucket), Key: new(key)}
	for _, f := range edit {
		f(in)
	}
	out := askOK(s, s.owner, s3api.OpGetObject, in)
	defer out.Body.(io.Closer).Close()
	raw, err := io.ReadAll(out.Body)
	s.check(err)
	return string(raw)
}

func (s *site) versioning(status s3api.BucketVersioningStatus) {
	s.Helper()
	askOK(s, s.owner, s3api.OpPutBucketVersioning, &s3api.PutBucketVersioningInput{
		Bucket: new(siteBucket), VersioningConfiguration: &s3api.VersioningConfiguration{Status: status},
	})
}

func (s *site) pass(d time.Duration) { s.now = s.now.Add(d) }

// noise is content of a size that is not the same twice.
func noise(seed uint64, size int) string {
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, size)
	r.Read(b)
	return string(b)
}
