package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
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
	logs    = "trail-logs" // the bucket
	trail   = "management"
)

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a cloud with CloudTrail, and with S3 and KMS as far as CloudTrail
// needs them. Its clock moves when it is told to.
type world struct {
	testing.TB
	cloud   *cloud.Cloud
	service *Service
	now     time.Time
	buckets map[string]*bucket
	keys    map[string]*kmsKey // by ARN
	allowed string             // statements of the user's identity policy
}

// bucket is a bucket with its policy.
type bucket struct {
	owner   string
	policy  string // statements
	objects map[string]*object
	broken  *api.Error // the answer to every write
	writes  int
}

type object struct {
	content []byte
	in      *s3api.PutObjectInput
	number  int // of its write
}

type kmsKey struct {
	policy string
	state  kmsapi.KeyState
	spec   kmsapi.KeySpec
}

func newWorld(t testing.TB) *world {
	db := store.Memory()
	t.Cleanup(func() { db.Close() })
	return newWorldOn(t, db, audit.Memory(10_000))
}

func newWorldOn(t testing.TB, db *store.DB, log *audit.Log) *world {
	w := &world{TB: t, now: begin, buckets: map[string]*bucket{}, keys: map[string]*kmsKey{}, allowed: allow("*")}
	now := func() time.Time { return w.now }
	kr := keyring.Memory()
	w.cloud = &cloud.Cloud{
		Region: region, Store: db, Keyring: kr, Audit: log,
		Accounts:   accounts.New(db, kr, now),
		Authorizer: &authz.Authorizer{Directory: w},
		Log:        slog.New(slog.DiscardHandler),
		Now:        now,
	}
	w.cloud.Authorizer.Organization = organization{}
	w.service = New(w.cloud, work.New(db, now, w.cloud.Log))
	w.check(w.cloud.Register(&cloudtrailapi.Service, w.service.Handlers()...))
	// What else there is of these services does not matter, and that it has no
	// handler is the only complaint.
	for svc, handlers := range map[*api.Service][]cloud.Handler{
		&s3api.Service:  {cloud.Handle(s3api.OpGetBucketAcl, w.getBucketACL), cloud.Handle(s3api.OpPutObject, w.putObject), cloud.Handle(s3api.OpGetObject, w.getObject)},
		&kmsapi.Service: {cloud.Handle(kmsapi.OpDescribeKey, w.describeKey), cloud.Handle(kmsapi.OpGenerateDataKey, w.generateDataKey)},
		&iamapi.Service: {cloud.Handle(iamapi.OpCreateUser, w.createUser), cloud.Handle(iamapi.OpGetUser, w.getUser)},
	} {
		if err := w.cloud.Register(svc, handlers...); err == nil || !strings.Contains(err.Error(), "has no handler") {
			t.Fatal(err)
		}
	}
	w.buckets[logs] = &bucket{owner: account, policy: bucketPolicy(logs, "", trailARNOf(trail)), objects: map[string]*object{}}
	return w
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

func trailARNOf(name string) string {
	return "arn:aws:cloudtrail:us-east-1:" + account + ":trail/" + name
}

// bucketPolicy is the policy that AWS documents for the bucket of a trail.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
func bucketPolicy(bucket, prefix, source string) string {
	if prefix != "" {
		prefix += "/"
	}
	return fmt.Sprintf(`{"Sid":"AWSCloudTrailAclCheck20150319","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
		"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::%[1]s","Condition":{"StringEquals":{"aws:SourceArn":"%[4]s"}}},
		{"Sid":"AWSCloudTrailWrite20150319","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
		"Action":"s3:PutObject","Resource":"arn:aws:s3:::%[1]s/%[2]sAWSLogs/%[3]s/*",
		"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceArn":"%[4]s"}}}`, bucket, prefix, account, source)
}

// keyPolicy lets CloudTrail use a key for a trail.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func keyPolicy(source string) string {
	return fmt.Sprintf(`{"Sid":"Allow CloudTrail to encrypt logs","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
		"Action":"kms:GenerateDataKey*","Resource":"*","Condition":{"StringEquals":{"aws:SourceArn":"%[1]s"},
		"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:%[2]s:trail/*"}}},
		{"Sid":"Allow CloudTrail to describe key","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
		"Action":"kms:DescribeKey","Resource":"*"}`, source, account)
}

func allow(action string) string {
	return `{"Effect":"Allow","Action":"` + action + `","Resource":"*"}`
}

func (w *world) parse(kind policy.Kind, statements string) *policy.Policy {
	if statements == "" {
		return nil
	}
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, kind)
	w.check(err)
	return p
}

// The world is IAM too: every account has a user who may do what allowed says.
func (w *world) User(account, name string) *authz.Identity {
	p := w.parse(policy.Identity, w.allowed)
	return &authz.Identity{Account: account, Name: name, Policies: []authz.Document{{Type: authz.IdentityBased, ID: "p", Policy: p}}}
}
func (*world) Role(string, string) *authz.Identity { return nil }
func (*world) ByID(string) *authz.Identity         { return nil }
func (*world) ManagedPolicy(string) *policy.Policy { return nil }

func userOf(account, name string) *authz.Principal {
	return &authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA" + name},
		Name:      name, AccessKeyID: "AKIA" + name,
	}
}

// conditions are condition keys with their values.
type conditions map[string]string

func (c conditions) Lookup(key string) ([]string, bool) {
	v, ok := c[key]
	return []string{v}, ok
}

func (w *world) bucket(ctx context.Context, action, name, key string, keys conditions) (*bucket, error) {
	b := w.buckets[name]
	if b == nil {
		return nil, s3api.ErrNoSuchBucket("The specified bucket does not exist")
	}
	r := authz.Request{Action: action, Resource: "arn:aws:s3:::" + name, Owner: b.owner, ResourceType: "AWS::S3::Bucket", Policy: w.parse(policy.Resource, b.policy), Keys: keys}
	if key != "" {
		cloud.From(ctx).Record(cloud.Resource{ARN: r.Resource, Account: b.owner, Type: r.ResourceType})
		r.Resource, r.ResourceType = r.Resource+"/"+key, "AWS::S3::Object"
	}
	return b, authz.Check(ctx, r)
}

func (w *world) getBucketACL(ctx context.Context, in *s3api.GetBucketAclInput) (*s3api.GetBucketAclOutput, error) {
	b, err := w.bucket(ctx, "s3:GetBucketAcl", *in.Bucket, "", nil)
	if err != nil {
		return nil, err
	}
	out := &s3api.GetBucketAclOutput{}
	if a, err := w.cloud.Accounts.Get(ctx, b.owner); err == nil && a != nil {
		out.Owner = &s3api.Owner{ID: new(a.CanonicalID)}
	}
	return out, err
}

func (w *world) getObject(ctx context.Context, in *s3api.GetObjectInput) (*s3api.GetObjectOutput, error) {
	_, err := w.bucket(ctx, "s3:GetObject", *in.Bucket, *in.Key, nil)
	return &s3api.GetObjectOutput{}, err
}

func (w *world) putObject(ctx context.Context, in *s3api.PutObjectInput) (*s3api.PutObjectOutput, error) {
	b, err := w.bucket(ctx, "s3:PutObject", *in.Bucket, *in.Key, conditions{"s3:x-amz-acl": string(in.ACL)})
	if err != nil {
		return nil, err
	}
	if b.broken != nil {
		return nil, b.broken
	}
	if in.ExpectedBucketOwner != nil && *in.ExpectedBucketOwner != b.owner {
		return nil, api.Errorf("AccessDenied", 403, "Access Denied")
	}
	if in.ServerSideEncryption == s3api.ServerSideEncryptionAwsKms {
		_, err := cloud.Forward(ctx, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: in.SSEKMSKeyId, EncryptionContext: contextOf(*in.SSEKMSEncryptionContext)})
		var e *api.Error
		switch {
		case errors.As(err, &e) && e.Code == "AccessDeniedException":
			return nil, api.Errorf("AccessDenied", 403, "%s", e.Message)
		case errors.As(err, &e):
			return nil, api.Errorf("KMS."+e.Code, 400, "%s", e.Message)
		}
	}
	content, err := io.ReadAll(in.Body)
	w.check(err)
	if int64(len(content)) != *in.ContentLength {
		w.Errorf("%s has %d bytes, %d are announced", *in.Key, len(content), *in.ContentLength)
	}
	b.writes++
	b.objects[*in.Key] = &object{content, in, b.writes}
	return &s3api.PutObjectOutput{ServerSideEncryption: s3api.ServerSideEncryptionAes256}, nil
}

func (w *world) key(ctx context.Context, action, arn string, keys conditions) (*kmsKey, error) {
	k := w.keys[arn]
	r := authz.Request{Action: action, Resource: arn, ResourceType: "AWS::KMS::Key", Gate: true, Keys: keys}
	if k != nil {
		r.Policy = w.parse(policy.Resource, k.policy)
	}
	return k, authz.Check(ctx, r)
}

func (w *world) describeKey(ctx context.Context, in *kmsapi.DescribeKeyInput) (*kmsapi.DescribeKeyOutput, error) {
	arn := strings.Replace(*in.KeyId, "alias/logs", "key/1", 1)
	k, err := w.key(ctx, "kms:DescribeKey", arn, nil)
	if err != nil {
		return nil, err
	}
	return &kmsapi.DescribeKeyOutput{KeyMetadata: &kmsapi.KeyMetadata{Arn: &arn, KeyState: k.state, KeySpec: k.spec, KeyUsage: kmsapi.KeyUsageTypeEncryptDecrypt}}, nil
}

func (w *world) generateDataKey(ctx context.Context, in *kmsapi.GenerateDataKeyInput) (*kmsapi.GenerateDataKeyOutput, error) {
	keys := conditions{}
	for k, v := range in.EncryptionContext {
		keys["kms:encryptioncontext:"+k] = v
	}
	k, err := w.key(ctx, "kms:GenerateDataKey", *in.KeyId, keys)
	if err == nil && k.state != kmsapi.KeyStateEnabled {
		err = kmsapi.ErrDisabledException("%s is disabled.", *in.KeyId)
	}
	return &kmsapi.GenerateDataKeyOutput{}, err
}

func (w *world) createUser(ctx context.Context, in *iamapi.CreateUserInput) (*iamapi.CreateUserOutput, error) {
	arn := "arn:aws:iam::" + cloud.From(ctx).Account() + ":user/" + *in.UserName
	return &iamapi.CreateUserOutput{}, authz.Check(ctx, authz.Request{Action: "iam:CreateUser", Resource: arn, ResourceType: "AWS::IAM::User"})
}

func (w *world) getUser(ctx context.Context, in *iamapi.GetUserInput) (*iamapi.GetUserOutput, error) {
	arn := "arn:aws:iam::" + cloud.From(ctx).Account() + ":user/" + *in.UserName
	return &iamapi.GetUserOutput{}, authz.Check(ctx, authz.Request{Action: "iam:GetUser", Resource: arn, ResourceType: "AWS::IAM::User"})
}

// via says how a call is made; the zero value is by alice in region.
type via struct{ account, user, region string }

func invoke[In, Out any](w *world, op *api.Op[In, Out], in *In, how ...via) (*Out, error) {
	w.Helper()
	v := via{account, "alice", region}
	for _, h := range how {
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
	c := &cloud.Call{ID: cloud.NewID(), Cloud: w.cloud, Operation: &op.Operation, Input: in}
	c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: userOf(v.account, v.user), Region: v.region, Time: w.now, SourceIP: "192.0.2.1"}
	out, err := w.cloud.Invoke(w.Context(), c)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

func must[In, Out any](w *world, op *api.Op[In, Out], in *In, how ...via) *Out {
	w.Helper()
	out, err := invoke(w, op, in, how...)
	if err != nil {
		w.Fatalf("%s: %v", op.Name, err)
	}
	return out
}

// fails asserts that a call fails with a code.
func fails[In, Out any](w *world, op *api.Op[In, Out], in *In, code string, how ...via) {
	w.Helper()
	_, err := invoke(w, op, in, how...)
	if !isCode(err, code) {
		w.Errorf("%s: %v, want %s", op.Name, err, code)
	}
}

// denied asserts that a user without permission is denied.
func denied[In, Out any](w *world, op *api.Op[In, Out], in *In) {
	w.Helper()
	before := w.allowed
	w.allowed = allow("s3:*")
	fails(w, op, in, "AccessDeniedException")
	w.allowed = before
}

// create makes a trail.
func (w *world) create(edit ...func(*cloudtrailapi.CreateTrailInput)) *cloudtrailapi.CreateTrailOutput {
	w.Helper()
	return must(w, cloudtrailapi.OpCreateTrail, trailInput(edit...))
}

func trailInput(edit ...func(*cloudtrailapi.CreateTrailInput)) *cloudtrailapi.CreateTrailInput {
	in := &cloudtrailapi.CreateTrailInput{Name: new(trail), S3BucketName: new(logs)}
	for _, f := range edit {
		f(in)
	}
	return in
}

func validating(in *cloudtrailapi.CreateTrailInput) { in.EnableLogFileValidation = new(true) }
func everywhere(in *cloudtrailapi.CreateTrailInput) { in.IsMultiRegionTrail = new(true) }
func called(name string) func(*cloudtrailapi.CreateTrailInput) {
	return func(in *cloudtrailapi.CreateTrailInput) { in.Name = &name }
}

func (w *world) start(name string) {
	w.Helper()
	must(w, cloudtrailapi.OpStartLogging, &cloudtrailapi.StartLoggingInput{Name: &name})
}

func (w *world) stop(name string) {
	w.Helper()
	must(w, cloudtrailapi.OpStopLogging, &cloudtrailapi.StopLoggingInput{Name: &name})
}

func (w *world) status(name string) *cloudtrailapi.GetTrailStatusOutput {
	w.Helper()
	return must(w, cloudtrailapi.OpGetTrailStatus, &cloudtrailapi.GetTrailStatusInput{Name: &name}, via{user: "watcher"})
}

// makeUser leaves a record of a management event that writes.
func (w *world) makeUser(name string, how ...via) {
	w.Helper()
	must(w, iamapi.OpCreateUser, &iamapi.CreateUserInput{UserName: &name}, how...)
}

// deliver runs the background job.
func (w *world) deliver() {
	w.Helper()
	w.check(w.service.deliver(w.Context()))
}

// unzip opens a file of a trail.
func (w *world) unzip(content []byte) []byte {
	w.Helper()
	r, err := gzip.NewReader(bytes.NewReader(content))
	w.check(err)
	raw, err := io.ReadAll(r)
	w.check(err)
	return raw
}

// files are the keys of the bucket's objects with a part in their names, sorted,
// without the folders.
func (w *world) files(part string) (keys []string) {
	for _, k := range slices.Sorted(maps.Keys(w.buckets[logs].objects)) {
		if strings.Contains(k, part) && !strings.HasSuffix(k, "/") {
			keys = append(keys, k)
		}
	}
	return keys
}

// events are the names of the events in all log files, in the order in which they
// were delivered.
func (w *world) events() (names []string) {
	w.Helper()
	for _, r := range w.deliveredRecords() {
		name := r.EventName
		if name == "CreateUser" {
			name = strings.Trim(string(r.RequestParameters[len(`{"userName":`):]), `"}`)
		}
		names = append(names, name)
	}
	return names
}

func (w *world) deliveredRecords() (list []audit.Record) {
	w.Helper()
	objects, keys := w.buckets[logs].objects, w.files("/CloudTrail/")
	slices.SortFunc(keys, func(a, b string) int { return objects[a].number - objects[b].number })
	for _, k := range keys {
		var f struct{ Records []audit.Record }
		w.check(json.Unmarshal(w.unzip(objects[k].content), &f))
		list = append(list, f.Records...)
	}
	return list
}

func (w *world) wantEvents(want ...string) {
	w.Helper()
	if got := w.events(); !slices.Equal(got, want) {
		w.Errorf("delivered %v, want %v", got, want)
	}
}

func contextOf(encoded string) map[string]string {
	raw, err := decodeBase64(encoded)
	if err != nil {
		panic(err)
	}
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err)
	}
	return m
}

// organization is that of all accounts, which account manages.
type organization struct{}

func (organization) Of(id string) *authz.Membership {
	return &authz.Membership{OrgID: "o-exampleorgid", Management: id == account}
}
