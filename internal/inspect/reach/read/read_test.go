package read_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/reach/read"
)

// site is a cloud with a bucket and a key.
type site struct {
	testing.TB
	*fortlettest.Cloud
	s3  *s3.Client
	kms *kms.Client
	key string // ARN
}

const bucket = "the-bucket"

func newSite(t testing.TB) *site {
	cloud := fortlettest.New(t)
	s := &site{TB: t, Cloud: cloud, kms: kms.NewFromConfig(cloud.Config())}
	s.s3 = s3.NewFromConfig(cloud.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	_, err := s.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new(bucket), ObjectOwnership: s3types.ObjectOwnershipObjectWriter})
	s.check(err)
	_, err = s.s3.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: new(bucket)})
	s.check(err)
	out, err := s.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: new("team"), TagValue: new("a")}}})
	s.check(err)
	s.key = *out.KeyMetadata.Arn
	_, err = s.kms.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: new("alias/data"), TargetKeyId: &s.key})
	s.check(err)
	return s
}

func (s *site) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) world(options ...func(*reach.Options)) *reach.World {
	s.Helper()
	account, err := extract.Account(s.Context(), s.Config(), extract.Options{Users: true, Groups: true})
	s.check(err)
	o := reach.Options{Time: s.Now(), Region: "us-east-1"}
	for _, option := range options {
		option(&o)
	}
	return reach.New(account, o)
}

func (s *site) bucketPolicy(statement string) {
	s.Helper()
	document := `{"Version":"2012-10-17","Statement":` + statement + `}`
	_, err := s.s3.PutBucketPolicy(s.Context(), &s3.PutBucketPolicyInput{Bucket: new(bucket), Policy: &document})
	s.check(err)
}

func (s *site) put(key string, acl s3types.ObjectCannedACL) {
	s.Helper()
	_, err := s.s3.PutObject(s.Context(), &s3.PutObjectInput{Bucket: new(bucket), Key: &key, ACL: acl, Body: strings.NewReader("x")})
	s.check(err)
}

// verdict answers for somebody, over what as may read.
func (s *site) verdict(as aws.Config, who, action, resource string) *reach.Answer {
	s.Helper()
	w := s.world()
	r, err := read.Resource(s.Context(), as, w, action, resource)
	s.check(err)
	p, err := w.Find(who)
	s.check(err)
	return w.Ask(&reach.Question{Action: action, Resource: r}, p)
}

// Public objects: by policy and by list, and with the settings that keep the
// public out.
func TestPublic(t *testing.T) {
	s := newSite(t)
	s.put("open", s3types.ObjectCannedACLPublicRead)
	s.put("signed", s3types.ObjectCannedACLAuthenticatedRead)
	s.put("closed", s3types.ObjectCannedACLPrivate)
	block := func(restrict, ignore bool) {
		_, err := s.s3.PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{Bucket: new(bucket), PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{
			RestrictPublicBuckets: &restrict, IgnorePublicAcls: &ignore,
		}})
		s.check(err)
	}
	want := func(object string, who string, want reach.Verdict) {
		t.Helper()
		if a := s.verdict(s.Config(), who, "s3:GetObject", "s3://"+bucket+"/"+object); a.Verdict != want {
			t.Errorf("%s reads %s: %s by %+v, want %s", who, object, a.Verdict, a.Reason, want)
		}
	}
	s.User("alice")
	for _, tt := range []struct {
		object    string
		anonymous reach.Verdict
		other     reach.Verdict
	}{{"open", reach.Yes, reach.Yes}, {"signed", reach.No, reach.Yes}, {"closed", reach.No, reach.No}, {"nothing", reach.No, reach.No}} {
		want(tt.object, "anonymous", tt.anonymous)
		want(tt.object, "444455556666", tt.other)
	}
	block(false, true)
	want("open", "anonymous", reach.No)
	want("signed", "444455556666", reach.No)
	block(false, false)
	s.bucketPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket/*"}`)
	want("closed", "anonymous", reach.Yes)
	want("closed", "alice", reach.Yes)
	block(true, false)
	want("closed", "anonymous", reach.No)
	want("closed", "444455556666", reach.No)
	want("closed", "alice", reach.Yes)
}

// An object of another owner is that owner's to give: the bucket's policy can
// only deny.
func TestObjectOfAnother(t *testing.T) {
	s := newSite(t)
	far := s.NewAccount("far")
	s.User("alice", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	s.User("bob")
	s.bucketPolicy(`[{"Effect":"Allow","Principal":{"AWS":"` + far.ID + `"},"Action":"s3:PutObject*","Resource":"arn:aws:s3:::the-bucket/*"},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + s.ID + `:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket/*"}]`)
	theirs := s3.NewFromConfig(far.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	for key, acl := range map[string]s3types.ObjectCannedACL{"given": s3types.ObjectCannedACLBucketOwnerFullControl, "kept": s3types.ObjectCannedACLPrivate} {
		_, err := theirs.PutObject(t.Context(), &s3.PutObjectInput{Bucket: new(bucket), Key: &key, Body: strings.NewReader("x"), ACL: acl})
		s.check(err)
	}
	s.put("own", s3types.ObjectCannedACLPrivate)
	for _, tt := range []struct {
		who, object string
		want        reach.Verdict
		note        string
	}{
		{"alice", "own", reach.Yes, ""}, {"bob", "own", reach.Yes, ""},
		{"alice", "given", reach.Yes, "belongs to the account with canonical user id"}, // by the list and her own policy
		{"bob", "given", reach.No, "belongs to the account with canonical user id"},    // whom the bucket's policy names in vain
	} {
		w := s.world()
		r, err := read.Resource(t.Context(), s.Config(), w, "s3:GetObject", "s3://the-bucket/"+tt.object)
		s.check(err)
		p, err := w.Find(tt.who)
		s.check(err)
		a := w.Ask(&reach.Question{Action: "s3:GetObject", Resource: r}, p)
		if notes := strings.Join(r.Notes, " "); a.Verdict != tt.want || !strings.Contains(notes, tt.note) || tt.note == "" && notes != "" {
			t.Errorf("%s reads %s: %s by %+v, want %s; %s", tt.who, tt.object, a.Verdict, a.Reason, tt.want, notes)
		}
	}
	// A list that the bucket's owner may not see is told of.
	r, err := read.Resource(t.Context(), s.Config(), s.world(), "s3:GetObject", "s3://the-bucket/kept")
	s.check(err)
	if !strings.Contains(strings.Join(r.Notes, " "), "access control list of the object could not be read: AccessDenied") {
		t.Errorf("nothing is said of the list: %q", r.Notes)
	}
	// Another account may not see the bucket's policy.
	if r, err = read.Resource(t.Context(), far.Config(), s.world(), "s3:GetObject", "s3://the-bucket/own"); err != nil || r.Unread == "" {
		t.Errorf("read by another account: %+v, %v", r, err)
	}
}

// Who may read IAM and nothing else is told what was not read, and gets no
// answer that rests on it.
func TestNotPermitted(t *testing.T) {
	s := newSite(t)
	s.User("alice", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:*","kms:*"],"Resource":"*"}}`)
	s.User("denied", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["s3:GetObject","kms:Decrypt"],"Resource":"*"}}`)
	blind := s.User("blind", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}}`)
	for action, resource := range map[string]string{"s3:GetObject": "s3://the-bucket/x", "kms:Decrypt": s.key} {
		a := s.verdict(blind, "alice", action, resource)
		if a.Verdict != reach.Depends || !strings.Contains(a.Conditions[0].Unread, "AccessDenied") {
			t.Errorf("%s: %s by %+v", action, a.Verdict, a.Conditions)
		}
		if a := s.verdict(blind, "denied", action, resource); a.Verdict != reach.No {
			t.Errorf("%s, denied by a policy that is known: %s", action, a.Verdict)
		}
		if a := s.verdict(s.Config(), "alice", action, resource); a.Verdict != reach.Yes {
			t.Errorf("%s, all read: %s", action, a.Verdict)
		}
	}
	if _, err := read.Resource(t.Context(), blind, s.world(), "kms:Decrypt", "alias/data"); !errors.As(err, new(*reach.ResourceError)) {
		t.Errorf("an alias that may not be looked up: %v", err)
	}
	o, notes := read.Organization(t.Context(), blind, s.ID)
	if o != nil || len(notes) != 1 || !strings.Contains(notes[0], "organizations:DescribeOrganization: AccessDenied") {
		t.Errorf("organization %+v, %q", o, notes)
	}
}

// A key by any of its names, with what conditions can ask of it.
func TestKey(t *testing.T) {
	s := newSite(t)
	w := s.world()
	id := s.key[strings.LastIndexByte(s.key, '/')+1:]
	alias := strings.Replace(s.key, "key/"+id, "alias/data", 1)
	for _, name := range []string{s.key, id, "alias/data", alias} {
		r, err := read.Resource(t.Context(), s.Config(), w, "kms:Decrypt", name)
		s.check(err)
		if r.ARN != s.key || r.Owner != s.ID || !r.Gate || r.Policy == nil || r.Tags["team"] != "a" || !r.TagsKnown ||
			!slices.Equal(r.Keys["kms:resourcealiases"], []string{"alias/data"}) || !slices.Equal(r.Keys["kms:keyspec"], []string{"SYMMETRIC_DEFAULT"}) || r.AWSManaged {
			t.Errorf("%s: %+v", name, r)
		}
	}
	_, err := s.kms.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &s.key})
	s.check(err)
	r, err := read.Resource(t.Context(), s.Config(), w, "kms:Decrypt", s.key)
	s.check(err)
	if !strings.Contains(strings.Join(r.Notes, "\n"), "Disabled") {
		t.Errorf("a disabled key: %q", r.Notes)
	}
	if r, err = read.Resource(t.Context(), s.Config(), w, "kms:CreateAlias", alias); err != nil || r.Gate || r.ARN != alias {
		t.Errorf("an alias by itself: %+v, %v", r, err)
	}
	if r, err = read.Resource(t.Context(), s.Config(), w, "kms:CreateKey", "*"); err != nil || r.Gate || r.ARN != "*" {
		t.Errorf("no key: %+v, %v", r, err)
	}
	far := s.NewAccount("far")
	out, err := kms.NewFromConfig(far.Config()).CreateKey(t.Context(), &kms.CreateKeyInput{})
	s.check(err)
	r, err = read.Resource(t.Context(), s.Config(), w, "kms:Decrypt", *out.KeyMetadata.Arn)
	s.check(err)
	if r.Owner != far.ID || r.Unread == "" {
		t.Errorf("a key of another account: %+v", r)
	}
}

// What is not there, and what is no name of one thing.
func TestNames(t *testing.T) {
	s := newSite(t)
	w := s.world()
	for _, tt := range []struct{ action, name string }{
		{"s3:GetObject", "s3://the-bucket/*"}, {"s3:GetObject", "the-bucket/key"}, {"s3:GetObject", "arn:aws:s3"}, {"s3:GetObject", ""},
		{"kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/*"}, {"kms:Decrypt", "arn:aws:kms:us-east-1:1:key/x"},
		{"sqs:SendMessage", "queue"}, {"sqs:SendMessage", "arn:aws:sqs:us-east-1:1234:queue"}, {"sts:AssumeRole", "arn:aws:iam::111122223333:role/*"},
	} {
		if _, err := read.Resource(t.Context(), s.Config(), w, tt.action, tt.name); !errors.As(err, new(*reach.ResourceError)) {
			t.Errorf("%s on %q: %v", tt.action, tt.name, err)
		}
	}
	for action, name := range map[string]string{
		"s3:GetObject": "s3://no-such-bucket/key", "kms:Decrypt": "alias/none", "kms:Encrypt": "arn:aws:kms:us-east-1:" + s.ID + ":key/1234abcd-12ab-34cd-56ef-1234567890ab",
	} {
		if _, err := read.Resource(t.Context(), s.Config(), w, action, name); !errors.As(err, new(*read.NotFoundError)) {
			t.Errorf("%s on %q: %v", action, name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for action, name := range map[string]string{"s3:GetObject": "s3://the-bucket/key", "kms:Decrypt": s.key} {
		if r, err := read.Resource(ctx, s.Config(), w, action, name); !errors.Is(err, context.Canceled) {
			t.Errorf("%s when told to end: %+v, %v", action, r, err)
		}
	}
}

// The place of an account in its organization, as far as the reader may see.
func TestOrganization(t *testing.T) {
	s := newSite(t)
	member, alone := s.NewAccount("member"), s.NewStandaloneAccount("alone")
	o, notes := read.Organization(t.Context(), s.Config(), s.ID)
	if o == nil || len(notes) > 0 || !o.Membership.Management || !o.PoliciesRead || o.Membership.OrgID == "" {
		t.Errorf("management account: %+v, %q", o, notes)
	}
	o, notes = read.Organization(t.Context(), s.Config(), member.ID)
	if o == nil || len(notes) > 0 || o.Membership.Management || !o.PoliciesRead || len(o.Membership.SCPs) != 2 || len(o.Membership.Levels) != 2 || len(o.Membership.Paths) != 1 {
		t.Errorf("member, read by the management account: %+v, %q", o.Membership, notes)
	}
	// A member sees its organization, and not the policies.
	o, notes = read.Organization(t.Context(), member.Config(), member.ID)
	if o == nil || o.PoliciesRead || o.Membership.OrgID == "" || o.Membership.SCPs != nil || len(notes) != 1 || !strings.Contains(notes[0], "AccessDenied") {
		t.Errorf("member, read by itself: %+v, %q", o, notes)
	}
	o, notes = read.Organization(t.Context(), alone.Config(), alone.ID)
	if o == nil || o.Membership != nil || len(notes) > 0 || !o.PoliciesRead {
		t.Errorf("an account in no organization: %+v, %q", o, notes)
	}
}
