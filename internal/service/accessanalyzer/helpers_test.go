package accessanalyzer

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
	"github.com/fortlet/fortlet/policy"
)

const (
	account = "111122223333"
	other   = "444455556666"
	region  = "us-east-1"
	region2 = "eu-west-1"
)

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a cloud with Access Analyzer, and with the services that it reads as
// far as it needs them. Its clock moves when it is told to.
type world struct {
	testing.TB
	cloud   *cloud.Cloud
	service *Service
	now     time.Time

	allowed  map[string]string  // statements of users' identity policies, by name; anyone else may do everything
	roles    map[string]bool    // accounts with the service-linked role
	trusts   map[string]string  // trust policies by the ARNs of roles
	buckets  map[string]*bucket // by name
	failures map[string]error   // what an operation of S3, KMS or IAM answers instead
}

// bucket is a bucket of the account, in region.
type bucket struct{ policy string }

func newWorld(t testing.TB) *world {
	db := store.Memory()
	t.Cleanup(func() { db.Close() })
	w := &world{
		TB: t, now: begin, allowed: map[string]string{}, roles: map[string]bool{}, trusts: map[string]string{}, buckets: map[string]*bucket{}, failures: map[string]error{},
	}
	now := func() time.Time { return w.now }
	kr := keyring.Memory()
	w.cloud = &cloud.Cloud{
		Region: region, Store: db, Keyring: kr, Audit: audit.Memory(10_000),
		Accounts:   accounts.New(db, kr, now),
		Authorizer: &authz.Authorizer{Directory: w},
		Log:        slog.New(slog.DiscardHandler),
		Now:        now,
	}
	w.service = New(w.cloud, work.New(db, now, w.cloud.Log))
	w.check(w.cloud.Register(&analyzerapi.Service, w.service.Handlers()...))
	// What else there is of these services does not matter, and that it has no
	// handler is the only complaint.
	for svc, handlers := range map[*api.Service][]cloud.Handler{
		&s3api.Service: {
			cloud.Handle(s3api.OpListBuckets, w.listBuckets), cloud.Handle(s3api.OpGetBucketLocation, w.getBucketLocation), cloud.Handle(s3api.OpGetBucketPolicy, w.getBucketPolicy),
			cloud.Handle(s3api.OpGetBucketAcl, w.getBucketACL), cloud.Handle(s3api.OpGetPublicAccessBlock, w.getPublicAccessBlock),
		},
		&kmsapi.Service: {cloud.Handle(kmsapi.OpListKeys, w.listKeys)},
		&iamapi.Service: {cloud.Handle(iamapi.OpListRoles, w.listRoles), cloud.Handle(iamapi.OpGetRole, w.getRole), cloud.Handle(iamapi.OpCreateServiceLinkedRole, w.createRole)},
	} {
		if err := w.cloud.Register(svc, handlers...); err == nil || !strings.Contains(err.Error(), "has no handler") {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) parse(statements string) *policy.Policy {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, policy.Identity)
	w.check(err)
	return p
}

func allow(action, resource string, condition ...string) string {
	return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"` + strings.Join(condition, "") + `}`
}

// The world is IAM too.
func (w *world) User(account, name string) *authz.Identity {
	statements, ok := w.allowed[name]
	if !ok {
		statements = allow("*", "*")
	}
	return &authz.Identity{Account: account, Name: name, Policies: []authz.Document{{Type: authz.IdentityBased, ID: "p", Policy: w.parse(statements)}}}
}

func (w *world) Role(account, name string) *authz.Identity {
	if name != roleName || !w.roles[account] {
		return nil
	}
	statements := strings.Join([]string{allow("s3:Get*", "*"), allow("s3:ListAllMyBuckets", "*"), allow("kms:ListKeys", "*"), allow("iam:ListRoles", "*"), allow("iam:GetRole", "*")}, ",")
	return &authz.Identity{
		Account: account, Name: name, ARN: "arn:aws:iam::" + account + ":role/aws-service-role/" + principal + "/" + roleName, ID: "AROAIOSFODNN7EXAMPLE", ServiceLinked: true,
		Policies: []authz.Document{{Type: authz.IdentityBased, ID: "p", Policy: w.parse(statements)}},
	}
}
func (*world) ByID(string) *authz.Identity         { return nil }
func (*world) ManagedPolicy(string) *policy.Policy { return nil }

// ask is the permission that an operation of another service asks for.
func (w *world) ask(ctx context.Context, action, resource string) error {
	if err := authz.Check(ctx, authz.Request{Action: action, Resource: resource, Owner: cloud.From(ctx).Account()}); err != nil {
		return err
	}
	return w.failures[action]
}

func (w *world) listBuckets(ctx context.Context, in *s3api.ListBucketsInput) (*s3api.ListBucketsOutput, error) {
	out := &s3api.ListBucketsOutput{}
	if cloud.From(ctx).Account() == account && *in.BucketRegion == region {
		for name := range w.buckets {
			out.Buckets = append(out.Buckets, s3api.Bucket{Name: &name})
		}
	}
	return out, w.ask(ctx, "s3:ListAllMyBuckets", "*")
}

func (w *world) bucket(ctx context.Context, action, name string) (*bucket, error) {
	if err := w.ask(ctx, action, "arn:aws:s3:::"+name); err != nil {
		return nil, err
	}
	if b := w.buckets[name]; b != nil {
		return b, nil
	}
	return nil, s3api.ErrNoSuchBucket("The specified bucket does not exist")
}

func (w *world) getBucketLocation(ctx context.Context, in *s3api.GetBucketLocationInput) (*s3api.GetBucketLocationOutput, error) {
	_, err := w.bucket(ctx, "s3:GetBucketLocation", *in.Bucket)
	return &s3api.GetBucketLocationOutput{}, err
}

func (w *world) getBucketPolicy(ctx context.Context, in *s3api.GetBucketPolicyInput) (*s3api.GetBucketPolicyOutput, error) {
	b, err := w.bucket(ctx, "s3:GetBucketPolicy", *in.Bucket)
	if err == nil && b.policy == "" {
		err = api.Errorf("NoSuchBucketPolicy", 404, "The bucket policy does not exist")
	}
	if err != nil {
		return nil, err
	}
	return &s3api.GetBucketPolicyOutput{Policy: new(`{"Version":"2012-10-17","Statement":[` + b.policy + `]}`)}, nil
}

func (w *world) getBucketACL(ctx context.Context, in *s3api.GetBucketAclInput) (*s3api.GetBucketAclOutput, error) {
	_, err := w.bucket(ctx, "s3:GetBucketAcl", *in.Bucket)
	return &s3api.GetBucketAclOutput{}, err
}

func (w *world) getPublicAccessBlock(ctx context.Context, in *s3api.GetPublicAccessBlockInput) (*s3api.GetPublicAccessBlockOutput, error) {
	if _, err := w.bucket(ctx, "s3:GetBucketPublicAccessBlock", *in.Bucket); err != nil {
		return nil, err
	}
	return nil, api.Errorf("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found")
}

func (w *world) listKeys(ctx context.Context, _ *kmsapi.ListKeysInput) (*kmsapi.ListKeysOutput, error) {
	return &kmsapi.ListKeysOutput{}, w.ask(ctx, "kms:ListKeys", "*")
}

func (w *world) listRoles(ctx context.Context, _ *iamapi.ListRolesInput) (*iamapi.ListRolesOutput, error) {
	out := &iamapi.ListRolesOutput{}
	for arn, trust := range w.trusts {
		path := strings.TrimPrefix(arn, "arn:aws:iam::"+cloud.From(ctx).Account()+":role")
		if path != arn {
			path = path[:strings.LastIndexByte(path, '/')+1]
			out.Roles = append(out.Roles, iamapi.Role{Arn: &arn, Path: &path, AssumeRolePolicyDocument: &trust})
		}
	}
	return out, w.ask(ctx, "iam:ListRoles", "*")
}

func (w *world) getRole(ctx context.Context, in *iamapi.GetRoleInput) (*iamapi.GetRoleOutput, error) {
	if err := w.ask(ctx, "iam:GetRole", "*"); err != nil {
		return nil, err
	}
	for arn, trust := range w.trusts {
		if strings.HasSuffix(arn, "/"+*in.RoleName) {
			return &iamapi.GetRoleOutput{Role: &iamapi.Role{Arn: &arn, AssumeRolePolicyDocument: &trust}}, nil
		}
	}
	return nil, iamapi.ErrNoSuchEntity("The role with name %s cannot be found.", *in.RoleName)
}

func (w *world) createRole(ctx context.Context, in *iamapi.CreateServiceLinkedRoleInput) (*iamapi.CreateServiceLinkedRoleOutput, error) {
	if err := w.ask(ctx, "iam:CreateServiceLinkedRole", "arn:aws:iam::"+cloud.From(ctx).Account()+":role/aws-service-role/"+*in.AWSServiceName+"/"+roleName); err != nil {
		return nil, err
	}
	w.roles[cloud.From(ctx).Account()] = true
	return &iamapi.CreateServiceLinkedRoleOutput{}, nil
}

// how says how a call is made; the zero value is by alice in region.
type how struct{ account, user, region string }

func (w *world) call(op *api.Operation, in any, by ...how) (any, error) {
	w.Helper()
	v := how{account, "alice", region}
	for _, h := range by {
		if h.account != "" {
			v.account = h.account
		}
		if h.user != "" {
			v.user = h.user
		}
		if h.region != "" {
			v.region = h.region
		}
	}
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: op, Input: in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Region: v.region, Time: w.now, SourceIP: "192.0.2.1", Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: v.account, ARN: "arn:aws:iam::" + v.account + ":user/" + v.user, ID: "AIDA" + v.user},
		Name:      v.user, AccessKeyID: "AKIA" + v.user,
	}}
	return w.cloud.Invoke(w.Context(), c)
}

func must[In, Out any](w *world, op *api.Op[In, Out], in *In, by ...how) *Out {
	w.Helper()
	out, err := w.call(&op.Operation, in, by...)
	if err != nil {
		w.Fatalf("%s: %v", op.Name, err)
	}
	return out.(*Out)
}

// fails asserts that a call fails with a code, and words of the message if any
// are given.
func fails[In, Out any](w *world, op *api.Op[In, Out], in *In, want string, by ...how) {
	w.Helper()
	code, words, _ := strings.Cut(want, ": ")
	_, err := w.call(&op.Operation, in, by...)
	var e *api.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, words) {
		w.Errorf("%s: %v, want %s", op.Name, err, want)
	}
}

const mine = "mine"

func arnOf(name string) *string { return new(analyzerARN(region, account, name)) }

// analyzer makes the analyzer of the account.
func (w *world) analyzer(rules ...analyzerapi.InlineArchiveRule) *string {
	w.Helper()
	return must(w, analyzerapi.OpCreateAnalyzer, &analyzerapi.CreateAnalyzerInput{AnalyzerName: new(mine), Type: "ACCOUNT", ArchiveRules: rules}).Arn
}

func (w *world) scan() {
	w.Helper()
	w.check(w.service.scan(w.Context()))
}

func openTo(principal string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"s3:GetObject","Resource":"*"}`
}

func trusting(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
}

// list are the findings that a filter selects.
func (w *world) list(f map[string]analyzerapi.Criterion) []analyzerapi.FindingSummary {
	w.Helper()
	return must(w, analyzerapi.OpListFindings, &analyzerapi.ListFindingsInput{AnalyzerArn: arnOf(mine), Filter: f, MaxResults: new(int32(100))}).Findings
}

func eq(key string, values ...string) map[string]analyzerapi.Criterion {
	return map[string]analyzerapi.Criterion{key: {Eq: values}}
}
