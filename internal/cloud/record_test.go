package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// Services with the names and types of AWS's own, to see how their calls are
// recorded. A bucket or key is whatever shelf says.
var (
	fakeS3  = api.Service{Name: "s3", SigningName: "s3", Protocol: api.RestXML, Public: true}
	fakeKMS = api.Service{Name: "kms", SigningName: "kms", Protocol: api.JSON11}

	opPut     = api.Define[s3api.PutObjectInput, s3api.PutObjectOutput](api.Operation{Service: &fakeS3, Name: "PutObject", Method: "PUT", Path: "/{Bucket}/{Key+}", Data: true})
	opGet     = api.Define[s3api.GetObjectInput, s3api.GetObjectOutput](api.Operation{Service: &fakeS3, Name: "GetObject", Method: "GET", Path: "/{Bucket}/{Key+}", Data: true, ReadOnly: true})
	opCopy    = api.Define[s3api.CopyObjectInput, s3api.CopyObjectOutput](api.Operation{Service: &fakeS3, Name: "CopyObject", Method: "PUT", Path: "/{Bucket}/{Key+}", Data: true})
	opList    = api.Define[s3api.ListObjectsV2Input, s3api.ListObjectsV2Output](api.Operation{Service: &fakeS3, Name: "ListObjectsV2", Method: "GET", Path: "/{Bucket}?list-type=2", Data: true, ReadOnly: true})
	opDeletes = api.Define[s3api.DeleteObjectsInput, s3api.DeleteObjectsOutput](api.Operation{Service: &fakeS3, Name: "DeleteObjects", Method: "POST", Path: "/{Bucket}?delete", Data: true})
	opPAB     = api.Define[s3api.PutPublicAccessBlockInput, s3api.PutPublicAccessBlockOutput](api.Operation{Service: &fakeS3, Name: "PutPublicAccessBlock", Method: "PUT", Path: "/{Bucket}?publicAccessBlock"})
	opBuckets = api.Define[s3api.ListBucketsInput, s3api.ListBucketsOutput](api.Operation{Service: &fakeS3, Name: "ListBuckets", Method: "GET", Path: "/", ReadOnly: true})
	opDataKey = api.Define[kmsapi.GenerateDataKeyInput, kmsapi.GenerateDataKeyOutput](api.Operation{Service: &fakeKMS, Name: "GenerateDataKey", ReadOnly: true})
)

const (
	other  = "444455556666"
	third  = "777788889999"
	region = "eu-west-1"
	keyARN = "arn:aws:kms:eu-west-1:" + account + ":key/1"
)

// shelf is who owns what, and what its policies say.
type shelf struct {
	testing.TB
	cloud       *cloud.Cloud
	bucketOwner string
	bucket, key string            // statements of the policies
	identities  map[string]string // statements by account
	content     io.Reader         // of what is read
}

func newShelf(t testing.TB) *shelf {
	s := &shelf{TB: t, bucketOwner: account, identities: map[string]string{}}
	s.cloud = &cloud.Cloud{
		Store: store.Memory(), Keyring: keyring.Memory(), Audit: audit.Memory(100),
		Authorizer: &authz.Authorizer{Directory: s},
		Log:        slog.New(slog.DiscardHandler),
		Now:        func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
	}
	on := func(ctx context.Context, action, bucket string, key *string) error {
		return s.ask(ctx, action, bucket, key)
	}
	err := errors.Join(
		s.cloud.Register(&fakeS3,
			cloud.Handle(opPut, func(ctx context.Context, in *s3api.PutObjectInput) (*s3api.PutObjectOutput, error) {
				if err := on(ctx, "s3:PutObject", *in.Bucket, in.Key); err != nil {
					return nil, err
				}
				out := &s3api.PutObjectOutput{ServerSideEncryption: s3api.ServerSideEncryptionAes256}
				if in.ServerSideEncryption == s3api.ServerSideEncryptionAwsKms {
					out.ServerSideEncryption = in.ServerSideEncryption
					if _, err := cloud.Forward(ctx, opDataKey, &kmsapi.GenerateDataKeyInput{KeyId: new(keyARN)}); err != nil {
						return nil, err
					}
				}
				return out, nil
			}),
			cloud.Handle(opGet, func(ctx context.Context, in *s3api.GetObjectInput) (*s3api.GetObjectOutput, error) {
				return &s3api.GetObjectOutput{ContentLength: new(int64(12)), Body: s.content}, on(ctx, "s3:GetObject", *in.Bucket, in.Key)
			}),
			cloud.Handle(opCopy, func(ctx context.Context, in *s3api.CopyObjectInput) (*s3api.CopyObjectOutput, error) {
				err := errors.Join(on(ctx, "s3:GetObject", "source", in.CopySource), on(ctx, "s3:PutObject", *in.Bucket, in.Key))
				return &s3api.CopyObjectOutput{SSECustomerAlgorithm: new("AES256")}, err
			}),
			cloud.Handle(opList, func(ctx context.Context, in *s3api.ListObjectsV2Input) (*s3api.ListObjectsV2Output, error) {
				return &s3api.ListObjectsV2Output{}, on(ctx, "s3:ListBucket", *in.Bucket, nil)
			}),
			cloud.Handle(opDeletes, func(ctx context.Context, in *s3api.DeleteObjectsInput) (*s3api.DeleteObjectsOutput, error) {
				return &s3api.DeleteObjectsOutput{}, errors.Join(on(ctx, "s3:DeleteObject", *in.Bucket, new("1")), on(ctx, "s3:DeleteObject", *in.Bucket, new("2")))
			}),
			cloud.Handle(opPAB, func(ctx context.Context, in *s3api.PutPublicAccessBlockInput) (*s3api.PutPublicAccessBlockOutput, error) {
				return &s3api.PutPublicAccessBlockOutput{}, on(ctx, "s3:PutBucketPublicAccessBlock", *in.Bucket, nil)
			}),
			cloud.Handle(opBuckets, func(ctx context.Context, _ *s3api.ListBucketsInput) (*s3api.ListBucketsOutput, error) {
				return &s3api.ListBucketsOutput{}, authz.Check(ctx, authz.Request{Action: "s3:ListAllMyBuckets", Resource: "*"})
			}),
		),
		s.cloud.Register(&fakeKMS, cloud.Handle(opDataKey, func(ctx context.Context, in *kmsapi.GenerateDataKeyInput) (*kmsapi.GenerateDataKeyOutput, error) {
			return &kmsapi.GenerateDataKeyOutput{}, authz.Check(ctx, authz.Request{
				Action: "kms:GenerateDataKey", Resource: *in.KeyId, ResourceType: "AWS::KMS::Key", Gate: true, Policy: s.policy(s.key),
			})
		})),
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask authorizes as S3 does.
func (s *shelf) ask(ctx context.Context, action, bucket string, key *string) error {
	r := authz.Request{Action: action, Resource: "arn:aws:s3:::" + bucket, Owner: s.bucketOwner, ResourceType: "AWS::S3::Bucket", Policy: s.policy(s.bucket)}
	if bucket == "source" {
		r.Owner = third
	}
	if bucket == "missing" {
		return s3api.ErrNoSuchBucket("gone")
	}
	if key != nil {
		cloud.From(ctx).Record(cloud.Resource{ARN: r.Resource, Account: r.Owner, Type: r.ResourceType})
		r.Resource, r.ResourceType = r.Resource+"/"+*key, "AWS::S3::Object"
	}
	return authz.Check(ctx, r)
}

func (s *shelf) policy(statement string) *policy.Policy {
	if statement == "" {
		return nil
	}
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, policy.Resource)
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// The shelf is the directory of one user per account, who may do everything.
func (s *shelf) User(account, _ string) *authz.Identity {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, policy.Identity)
	if err != nil {
		s.Fatal(err)
	}
	return &authz.Identity{Account: account, Policies: []authz.Document{{Type: authz.IdentityBased, ID: "p", Policy: p}}}
}
func (*shelf) Role(string, string) *authz.Identity { return nil }
func (*shelf) ByID(string) *authz.Identity         { return nil }
func (*shelf) ManagedPolicy(string) *policy.Policy { return nil }

func aUser(account string) *authz.Principal {
	return &authz.Principal{
		Principal: policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/u", ID: "AIDA" + account},
		Name:      "u", AccessKeyID: "AKIA" + account,
	}
}

// call makes a call and gives its records, oldest first, by recipient.
func (s *shelf) call(p *authz.Principal, op *api.Operation, in any, edit ...func(*cloud.Call)) (map[string]*audit.Record, error) {
	s.Helper()
	call := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: op, Input: in, Host: "b.localhost:4566"}
	call.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: region, Time: s.cloud.Now(), SourceIP: "192.0.2.1", UserAgent: "agent"}
	call.Signature = cloud.Signature{AuthType: "REST-HEADER", Version: "AWS4-HMAC-SHA256"}
	for _, f := range edit {
		f(call)
	}
	_, err := s.cloud.Invoke(s.Context(), call)
	return s.records(audit.Filter{RequestID: call.ID}), err
}

func (s *shelf) records(f audit.Filter) map[string]*audit.Record {
	s.Helper()
	found := map[string]*audit.Record{}
	for e, err := range s.cloud.Audit.Events(f) {
		if err != nil {
			s.Fatal(err)
		}
		if found[e.Record.RecipientAccountID] != nil {
			s.Errorf("two records of one call for %q", e.Record.RecipientAccountID)
		}
		found[e.Record.RecipientAccountID] = &e.Record
	}
	return found
}

const letAnyone = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`

func get(bucket string) *s3api.GetObjectInput {
	return &s3api.GetObjectInput{Bucket: &bucket, Key: new("dir/key")}
}

// A call within one account has one record.
func TestRecordOfOneAccount(t *testing.T) {
	s := newShelf(t)
	found, err := s.call(aUser(account), &opGet.Operation, get("b"))
	r := found[account]
	if err != nil || len(found) != 1 || r == nil {
		t.Fatalf("%v, records %v", err, found)
	}
	if r.SharedEventID != "" || r.UserIdentity.ARN == "" || r.ManagementEvent || r.EventCategory != "Data" || !r.ReadOnly {
		t.Errorf("recorded %+v", r)
	}
}

// A call across accounts is recorded in the caller's account and in the owner's,
// under one shared id, and the owner is told who it was by id and account alone.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (sharedEventID)
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
func TestRecordsAcrossAccounts(t *testing.T) {
	s := newShelf(t)
	s.bucket = letAnyone
	found, err := s.call(aUser(other), &opGet.Operation, get("b"))
	mine, theirs := found[other], found[account]
	if err != nil || len(found) != 2 || mine == nil || theirs == nil {
		t.Fatalf("%v, records %v", err, found)
	}
	if mine.SharedEventID == "" || mine.SharedEventID != theirs.SharedEventID || mine.EventID == theirs.EventID || theirs.EventID == "" {
		t.Errorf("ids %s %s and %s %s", mine.SharedEventID, mine.EventID, theirs.SharedEventID, theirs.EventID)
	}
	if mine.UserIdentity.ARN == "" || mine.UserIdentity.AccessKeyID == "" {
		t.Errorf("the caller's is %+v", mine.UserIdentity)
	}
	if want := (audit.UserIdentity{Type: "AWSAccount", PrincipalID: "AIDA" + other, AccountID: other}); theirs.UserIdentity != want {
		t.Errorf("the owner's is %+v", theirs.UserIdentity)
	}
	if theirs.EventName != "GetObject" || len(theirs.Resources) != 2 || string(theirs.RequestParameters) != string(mine.RequestParameters) {
		t.Errorf("the owner's is %+v", theirs)
	}
}

// The caller's record is the one that its request is found by, with the reason.
func TestExplanationAcrossAccounts(t *testing.T) {
	s := newShelf(t)
	found, err := s.call(aUser(other), &opGet.Operation, get("b"))
	if err == nil || len(found) != 2 {
		t.Fatalf("%v, records %v", err, found)
	}
	e, err := s.cloud.Audit.Find(found[other].RequestID)
	if err != nil || e.Record.RecipientAccountID != other || e.Explanation == nil {
		t.Errorf("%v, found %+v", err, e)
	}
	if theirs := found[account]; theirs.ErrorCode != "AccessDenied" || strings.Contains(theirs.ErrorMessage, "user/u") {
		t.Errorf("the owner's record says %s", theirs.ErrorMessage)
	}
	for e := range s.cloud.Audit.Events(audit.Filter{Account: account}) {
		if e.Explanation != nil {
			t.Errorf("the owner's record explains: %s", e.Explanation)
		}
	}
}

// What is kept of a denial does not grow with the policy of the bucket, since
// anybody may ask for one. Why it was denied is kept all the same.
func TestLongExplanationsAreKeptShort(t *testing.T) {
	s := newShelf(t)
	anonymous := &authz.Principal{Principal: policy.Principal{Type: policy.Anonymous}}
	kept := func() *audit.Entry {
		found, err := s.call(anonymous, &opGet.Operation, get("b"))
		if err == nil || len(found) != 1 {
			t.Fatalf("%v, records %v", err, found)
		}
		e, err := s.cloud.Audit.Find(found[account].RequestID)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	deny := `{"Sid":"Never","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
	s.bucket = deny
	if e := kept(); !strings.Contains(string(e.Explanation), `"statements":{`) {
		t.Errorf("without what the statements say: %s", e.Explanation)
	}
	s.bucket = deny + strings.Repeat(`,{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/another/*"}`, 200)
	e := kept()
	if len(e.Explanation) > 16<<10 {
		t.Errorf("%d bytes are kept", len(e.Explanation))
	}
	if text := string(e.Explanation); !strings.Contains(text, `"decidedByStatement":"Never"`) || !strings.Contains(text, "explicitDeny") {
		t.Errorf("kept is %s", text)
	}
}

// "Cross-account AWS KMS requests that are rejected because access is denied are
// logged only in the caller's account."
// https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
func TestDenialsOfKeysStayWithTheCaller(t *testing.T) {
	s := newShelf(t)
	in := &kmsapi.GenerateDataKeyInput{KeyId: new(keyARN)}
	if found, err := s.call(aUser(other), &opDataKey.Operation, in); err == nil || len(found) != 1 || found[other] == nil {
		t.Errorf("%v, records %v", err, found)
	}
	s.key = letAnyone
	if found, err := s.call(aUser(other), &opDataKey.Operation, in); err != nil || len(found) != 2 {
		t.Errorf("%v, records %v", err, found)
	}
}

// Two owners have a record each.
func TestRecordsOfTwoOwners(t *testing.T) {
	s := newShelf(t)
	s.bucket = letAnyone
	found, err := s.call(aUser(other), &opCopy.Operation, &s3api.CopyObjectInput{Bucket: new("b"), Key: new("k"), CopySource: new("source/k")})
	if err != nil || len(found) != 3 || found[third] == nil || found[third].SharedEventID != found[account].SharedEventID {
		t.Errorf("%v, records %v", err, found)
	}
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
func TestRecordsOfAnonymousCallers(t *testing.T) {
	for name, tt := range map[string]struct{ policy, code string }{
		"allowed": {letAnyone, ""},
		"denied":  {"", "AccessDenied"},
	} {
		s := newShelf(t)
		s.bucket = tt.policy
		found, _ := s.call(new(authz.Principal), &opGet.Operation, get("b"), func(c *cloud.Call) { c.Signature = cloud.Signature{} })
		r := found[account]
		if len(found) != 1 || r == nil || r.ErrorCode != tt.code || r.SharedEventID != "" {
			t.Errorf("%s: records %+v", name, found)
			continue
		}
		if want := (audit.UserIdentity{Type: "AWSAccount", AccountID: "ANONYMOUS_PRINCIPAL"}); r.UserIdentity != want {
			t.Errorf("%s: by %+v", name, r.UserIdentity)
		}
		if strings.Contains(string(r.AdditionalEventData), "SignatureVersion") {
			t.Errorf("%s: %s", name, r.AdditionalEventData)
		}
	}
	s := newShelf(t)
	if found, _ := s.call(new(authz.Principal), &opGet.Operation, get("missing")); len(found) != 1 || found[""] == nil {
		t.Errorf("of no bucket: %v", found)
	}
}

// compact is JSON as the records write it.
func compact(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return v
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
func TestRecordsOfS3(t *testing.T) {
	bucket := audit.Resource{AccountID: account, Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::b"}
	object := audit.Resource{Type: "AWS::S3::Object", ARN: "arn:aws:s3:::b/dir/key"}
	objects := audit.Resource{Type: "AWS::S3::Object", ARNPrefix: "arn:aws:s3:::b/"}
	const signed = `"SignatureVersion":"SigV4","AuthenticationMethod":"AuthHeader"`
	presigned := func(c *cloud.Call) {
		c.Signature = cloud.Signature{AuthType: "REST-QUERY-STRING", Version: "AWS"}
	}
	put := func(sse s3api.ServerSideEncryption) *s3api.PutObjectInput {
		return &s3api.PutObjectInput{Bucket: new("b"), Key: new("dir/key"), ContentLength: new(int64(5)), ServerSideEncryption: sse}
	}
	for name, tt := range map[string]struct {
		op         *api.Operation
		in         any
		edit       []func(*cloud.Call)
		event      string
		management bool
		resources  []audit.Resource
		details    string
	}{
		"get":           {&opGet.Operation, get("b"), nil, "GetObject", false, []audit.Resource{object, bucket}, signed + `,"bytesTransferredIn":0,"bytesTransferredOut":12`},
		"get presigned": {&opGet.Operation, get("b"), []func(*cloud.Call){presigned}, "GetObject", false, []audit.Resource{object, bucket}, `"SignatureVersion":"SigV2","AuthenticationMethod":"QueryString","bytesTransferredIn":0,"bytesTransferredOut":12`},
		"put":           {&opPut.Operation, put(""), nil, "PutObject", false, []audit.Resource{object, bucket}, signed + `,"SSEApplied":"Default_SSE_S3","bytesTransferredIn":5,"bytesTransferredOut":0`},
		"put AES256":    {&opPut.Operation, put("AES256"), nil, "PutObject", false, []audit.Resource{object, bucket}, signed + `,"SSEApplied":"SSE_S3","bytesTransferredIn":5,"bytesTransferredOut":0`},
		"put with KMS":  {&opPut.Operation, put("aws:kms"), nil, "PutObject", false, []audit.Resource{object, bucket}, signed + `,"SSEApplied":"SSE_KMS","bytesTransferredIn":5,"bytesTransferredOut":0`},
		"list":          {&opList.Operation, &s3api.ListObjectsV2Input{Bucket: new("b")}, nil, "ListObjects", false, []audit.Resource{objects, bucket}, signed + `,"bytesTransferredIn":0`},
		"delete many":   {&opDeletes.Operation, &s3api.DeleteObjectsInput{Bucket: new("b"), Delete: &s3api.Delete{Objects: []s3api.ObjectIdentifier{{Key: new("1")}}}}, nil, "DeleteObjects", false, []audit.Resource{objects, bucket}, signed},
		"public access": {&opPAB.Operation, &s3api.PutPublicAccessBlockInput{Bucket: new("b"), PublicAccessBlockConfiguration: new(s3api.PublicAccessBlockConfiguration)}, nil, "PutBucketPublicAccessBlock", true, []audit.Resource{bucket}, signed},
		"list buckets":  {&opBuckets.Operation, &s3api.ListBucketsInput{}, nil, "ListBuckets", true, nil, signed + `,"bytesTransferredIn":0`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			s.key = letAnyone
			found, err := s.call(aUser(account), tt.op, tt.in, tt.edit...)
			r := found[account]
			if err != nil || r == nil {
				t.Fatalf("%v, records %v", err, found)
			}
			if r.EventName != tt.event || r.ManagementEvent != tt.management || (r.EventCategory == "Management") != tt.management {
				t.Errorf("recorded %s, management %t, %s", r.EventName, r.ManagementEvent, r.EventCategory)
			}
			if !equal(r.Resources, tt.resources) {
				t.Errorf("resources %+v, want %+v", r.Resources, tt.resources)
			}
			if got := string(r.AdditionalEventData); got != "{"+tt.details+"}" {
				t.Errorf("details %s, want {%s}", got, tt.details)
			}
			if got := compact(t, r.RequestParameters)["Host"]; got != "b.localhost:4566" {
				t.Errorf("parameters %s", r.RequestParameters)
			}
		})
	}
}

func equal(a, b []audit.Resource) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// What a stranger sends as a host cannot break out of its string.
func TestHostIsEscaped(t *testing.T) {
	s := newShelf(t)
	host := `x","eventName":"Other` + "\n\x7f\\é"
	found, err := s.call(aUser(account), &opGet.Operation, get("b"), func(c *cloud.Call) { c.Host = host })
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, records %v", err, found)
	}
	if got := compact(t, found[account].RequestParameters)["Host"]; got != host {
		t.Errorf("host %q, want %q", got, host)
	}
}

// A failed call says nothing of bytes that it has not sent.
func TestRecordOfAFailure(t *testing.T) {
	s := newShelf(t)
	found, _ := s.call(aUser(account), &opGet.Operation, get("missing"))
	r := found[account]
	if len(found) != 1 || r.ErrorCode != "NoSuchBucket" || strings.Contains(string(r.AdditionalEventData), "Out") {
		t.Errorf("records %+v", found)
	}
}

// BenchmarkInvoke is a read of S3 with nothing behind it but authorization and
// its record on disk.
func BenchmarkInvoke(b *testing.B) {
	s := newShelf(b)
	log, err := audit.Open(b.TempDir(), audit.Options{SyncEvery: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	s.cloud.Audit = log
	s.cloud.Authorizer.Directory = directory{s.User(account, "u")}
	p := aUser(account)
	b.ReportAllocs()
	for b.Loop() {
		call := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: &opGet.Operation, Input: get("b"), Host: "b.localhost:4566"}
		call.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: region, Time: s.cloud.Now(), SourceIP: "192.0.2.1", UserAgent: "agent"}
		call.Signature = cloud.Signature{AuthType: "REST-HEADER", Version: "AWS4-HMAC-SHA256"}
		if _, err := s.cloud.Invoke(b.Context(), call); err != nil {
			b.Fatal(err)
		}
	}
}

// closing is content that knows whether it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// What is read of an object is given back when the call cannot be recorded, and
// so not be answered.
func TestUnrecordedReadIsClosed(t *testing.T) {
	s := newShelf(t)
	content := &closing{Reader: strings.NewReader("content")}
	s.bucket, s.content = letAnyone, content
	if err := s.cloud.Audit.Close(); err != nil {
		t.Fatal(err)
	}
	call := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: &opGet.Operation, Input: get("b")}
	call.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: aUser(account), Region: region, Time: s.cloud.Now()}
	if out, err := s.cloud.Invoke(t.Context(), call); err == nil || out != nil || !content.closed {
		t.Errorf("%v, %v, closed: %t", out, err, content.closed)
	}
}
