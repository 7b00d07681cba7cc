package s3

import (
	"fmt"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// signed says how a request was signed.
func signed(region string) func(*cloud.Call) {
	return func(c *cloud.Call) {
		c.Region = region
		c.Signature = cloud.Signature{AuthType: "REST-HEADER", Version: "AWS4-HMAC-SHA256"}
	}
}

// A request that is signed for another Region than the bucket's is told the
// right one, whatever it asks for.
func TestWrongRegion(t *testing.T) {
	s := newSite(t)
	s.put("key")
	_, err := askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, signed("eu-west-1"))
	s.wantError("bucket", err, "AuthorizationHeaderMalformed", "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'")
	e := refusedAs(s, err)
	s.wantFields(e, "Region", "us-east-1", "x-amz-bucket-region", "us-east-1")
	members(t, "status", e.Status, 400)
	_, err = askAs(s, s.owner, s3api.OpGetObject, getInput("key"), signed("eu-west-1"))
	s.wantError("object", err, "AuthorizationHeaderMalformed", "")
	_, err = askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, signed("us-east-1"))
	s.check(err)
	// Signature Version 2, services and those who do not sign name no Region.
	_, err = askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, func(c *cloud.Call) {
		c.Region = "eu-west-1"
		c.Signature = cloud.Signature{AuthType: "REST-HEADER", Version: "AWS"}
	})
	s.check(err)
	_, err = askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, inRegion("eu-west-1"))
	s.check(err)
}

// aws:RequestedRegion is the bucket's.
func TestRequestedRegion(t *testing.T) {
	s := newSite(t)
	p := s.person(siteAccount, "east", may("s3:ListBucket", "*", `{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`))
	_, err := askAs(s, p, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, inRegion("eu-west-1"))
	s.check(err)
}

// Condition keys decide: with the value that a request has the policy allows,
// and with any other it does not. The keys of the examples in the User Guide's
// "Bucket policy examples using condition keys", and those of the Service
// Authorization Reference.
func TestConditionKeys(t *testing.T) {
	header := cloud.Signature{AuthType: "REST-HEADER", Version: "AWS4-HMAC-SHA256", Payload: "UNSIGNED-PAYLOAD"}
	presigned := cloud.Signature{AuthType: "REST-QUERY-STRING", Version: "AWS", Age: 90 * time.Second}
	as := func(g cloud.Signature) func(*cloud.Call) { return func(c *cloud.Call) { c.Signature = g } }
	put := func(edit func(*s3api.PutObjectInput), how ...func(*cloud.Call)) func(s *site, p *authz.Principal) error {
		return func(s *site, p *authz.Principal) error {
			_, err := askAs(s, p, s3api.OpPutObject, putInput("new", "content", edit), one(how))
			return err
		}
	}
	get := func(edit func(*s3api.GetObjectInput), how ...func(*cloud.Call)) func(s *site, p *authz.Principal) error {
		return func(s *site, p *authz.Principal) error {
			out, err := askAs(s, p, s3api.OpGetObject, getInput("key", edit), one(how))
			if err == nil {
				s.check(closed(out))
			}
			return err
		}
	}
	list := func(edit func(*s3api.ListObjectsV2Input)) func(s *site, p *authz.Principal) error {
		return func(s *site, p *authz.Principal) error {
			in := &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}
			edit(in)
			return errOf(ask(s, p, s3api.OpListObjectsV2, in))
		}
	}
	copied := func(source string) func(s *site, p *authz.Principal) error {
		return func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpCopyObject, &s3api.CopyObjectInput{Bucket: new(siteBucket), Key: new("new"), CopySource: &source, MetadataDirective: "COPY"}))
		}
	}
	nothing := func(*s3api.PutObjectInput) {}
	plainGet := func(*s3api.GetObjectInput) {}
	const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
	for _, tt := range []struct {
		action, operator, key, value, other string
		run                                 func(s *site, p *authz.Principal) error
		code                                string // of a request that is allowed and then fails
	}{
		{"s3:PutObject", "StringEquals", "s3:x-amz-acl", "public-read", "private", put(canned("public-read")), ""},
		{"s3:PutObject", "StringLike", "s3:x-amz-grant-read", "id=*", "uri=*", put(func(in *s3api.PutObjectInput) { in.GrantRead = new(`id=` + strings.Repeat("0", 64)) }), "InvalidArgument"},
		{"s3:PutObject", "StringLike", "s3:x-amz-grant-full-control", "id=*", "uri=*", put(func(in *s3api.PutObjectInput) { in.GrantFullControl = new(`id=` + strings.Repeat("0", 64)) }), "InvalidArgument"},
		{"s3:PutObject", "StringEquals", "s3:x-amz-server-side-encryption", "AES256", "aws:kms", put(func(in *s3api.PutObjectInput) { in.ServerSideEncryption = "AES256" }), ""},
		{"s3:PutObject", "ArnLike", "s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-east-1:111122223333:key/" + key, "arn:aws:kms:us-east-1:444455556666:key/*",
			put(func(in *s3api.PutObjectInput) { in.ServerSideEncryption, in.SSEKMSKeyId = "aws:kms", new(key) }), "KMS.NotFoundException"},
		{"s3:PutObject", "StringEquals", "s3:x-amz-server-side-encryption-customer-algorithm", "AES256", "none",
			put(func(in *s3api.PutObjectInput) { in.SSECustomerAlgorithm = new("AES256") }), "InvalidArgument"},
		{"s3:PutObject", "StringEquals", "s3:x-amz-storage-class", "STANDARD_IA", "STANDARD", put(func(in *s3api.PutObjectInput) { in.StorageClass = "STANDARD_IA" }), ""},
		{"s3:PutObject", "StringEquals", "s3:x-amz-website-redirect-location", "/a", "/b", put(func(in *s3api.PutObjectInput) { in.WebsiteRedirectLocation = new("/a") }), ""},
		{"s3:PutObject", "StringEquals", "s3:RequestObjectTag/Team", "blue", "red", put(func(in *s3api.PutObjectInput) { in.Tagging = new("team=blue") }), ""},
		{"s3:PutObject", "ForAllValues:StringEquals", "s3:RequestObjectTagKeys", "team", "other", put(func(in *s3api.PutObjectInput) { in.Tagging = new("team=blue") }), ""},
		{"s3:PutObject", "StringEquals", "s3:if-none-match", "*", "x", put(func(in *s3api.PutObjectInput) { in.IfNoneMatch = new("*") }), ""},
		{"s3:PutObject", "Null", "s3:if-none-match", "true", "false", put(nothing), ""},
		{"s3:PutObject", "StringEquals", "s3:object-lock-mode", "GOVERNANCE", "COMPLIANCE", put(lockUntil(time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC))), ""},
		{"s3:PutObject", "NumericLessThanEquals", "s3:object-lock-remaining-retention-days", "10", "9", put(lockUntil(time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC))), ""},
		{"s3:PutObject", "DateLessThan", "s3:object-lock-retain-until-date", "2026-03-12T00:00:00Z", "2026-03-11T00:00:00Z", put(lockUntil(time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC))), ""},
		{"s3:PutObject", "StringEquals", "s3:object-lock-legal-hold", "ON", "OFF", put(func(in *s3api.PutObjectInput) { in.ObjectLockLegalHoldStatus, in.ContentMD5 = "ON", &contentMD5 }), ""},

		{"s3:PutObject", "Bool", "s3:ObjectCreationOperation", "true", "false", put(nothing), ""},
		{"s3:PutObject", "Bool", "s3:ObjectCreationOperation", "true", "false", copied(siteBucket + "/key"), ""},
		{"s3:PutObject", "Bool", "s3:ObjectCreationOperation", "false", "true", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("new")}))
		}, ""},
		{"s3:PutObject", "StringLike", "s3:x-amz-copy-source", siteBucket + "/k*", siteBucket + "/a*", copied(siteBucket + "/key"), ""},
		{"s3:PutObject", "StringEquals", "s3:x-amz-copy-source", siteBucket + "/key", "/" + siteBucket + "/key", copied("/" + siteBucket + "/%6b%65y?versionId=null"), ""},
		{"s3:PutObject", "StringEquals", "s3:x-amz-metadata-directive", "COPY", "REPLACE", copied(siteBucket + "/key"), ""},

		{"s3:ListBucket", "StringEquals", "s3:prefix", "a/", "b/", list(func(in *s3api.ListObjectsV2Input) { in.Prefix = new("a/") }), ""},
		{"s3:ListBucket", "StringEquals", "s3:delimiter", "/", "-", list(func(in *s3api.ListObjectsV2Input) { in.Delimiter = new("/") }), ""},
		{"s3:ListBucket", "NumericLessThanEquals", "s3:max-keys", "10", "9", list(func(in *s3api.ListObjectsV2Input) { in.MaxKeys = new(int32(10)) }), ""},
		{"s3:ListBucket", "Null", "s3:prefix", "true", "false", list(func(*s3api.ListObjectsV2Input) {}), ""},

		{"s3:GetObjectVersion", "StringEquals", "s3:VersionId", "null", "other", get(func(in *s3api.GetObjectInput) { in.VersionId = new("null") }), ""},
		{"s3:GetObject", "StringEquals", "s3:ExistingObjectTag/CLASS", "open", "secret", get(plainGet), ""},
		{"s3:GetObject", "StringEquals", "s3:ResourceAccount", siteAccount, otherAccount, get(plainGet), ""},
		{"s3:GetObject", "StringEquals", "s3:authType", "REST-HEADER", "REST-QUERY-STRING", get(plainGet, as(header)), ""},
		{"s3:GetObject", "StringEquals", "s3:authType", "REST-QUERY-STRING", "POST", get(plainGet, as(presigned)), ""},
		{"s3:GetObject", "StringEquals", "s3:signatureversion", "AWS4-HMAC-SHA256", "AWS", get(plainGet, as(header)), ""},
		{"s3:GetObject", "StringEquals", "s3:signatureversion", "AWS", "AWS4-HMAC-SHA256", get(plainGet, as(presigned)), ""},
		{"s3:GetObject", "NumericLessThan", "s3:signatureAge", "90001", "90000", get(plainGet, as(presigned)), ""},
		{"s3:GetObject", "Null", "s3:signatureAge", "true", "false", get(plainGet, as(header)), ""},
		{"s3:GetObject", "StringEquals", "s3:x-amz-content-sha256", "UNSIGNED-PAYLOAD", "x", get(plainGet, as(header)), ""},
		{"s3:GetObject", "Null", "s3:DataAccessPointArn", "true", "false", get(plainGet), ""},
		{"s3:GetObject", "Null", "aws:SourceVpce", "true", "false", get(plainGet), ""},
		{"s3:GetObject", "Null", "aws:SourceVpc", "true", "false", get(plainGet), ""},
		{"s3:GetObject", "IpAddress", "aws:SourceIp", "192.0.2.0/24", "203.0.113.0/24", get(plainGet), ""},

		// A key of another action is absent, whatever the request has.
		{"s3:GetObject", "Null", "s3:x-amz-acl", "true", "false", get(plainGet), ""},
		{"s3:PutObject", "Null", "s3:ExistingObjectTag/class", "true", "false", put(nothing), ""},
	} {
		t.Run(tt.key+" "+tt.value, func(t *testing.T) {
			s := newSite(t)
			s.acls()
			s.versioning("Enabled")
			askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(nil))
			s.putNull("key", "class=open")
			who := func(value string) *authz.Principal {
				source := "arn:aws:s3:::no-copy/*"
				if tt.action == "s3:PutObject" {
					source = ofObjects
				}
				return s.person(siteAccount, "somebody", may("s3:PutObject?*", "*"), may("kms:*", "*"), may("s3:Get*", source),
					may(tt.action, "*", fmt.Sprintf(`{%q:{%q:%q}}`, tt.operator, tt.key, value)))
			}
			if err := tt.run(s, who(tt.other)); code(err) != "AccessDenied" {
				t.Errorf("with %s: %v", tt.other, err)
			}
			if err := tt.run(s, who(tt.value)); code(err) != tt.code {
				t.Errorf("with %s: %v, want %q", tt.value, err, tt.code)
			}
		})
	}
}

func one(how []func(*cloud.Call)) func(*cloud.Call) {
	if len(how) == 0 {
		return func(*cloud.Call) {}
	}
	return how[0]
}

// contentMD5 is that of "content", which a request with a lock must bring.
var contentMD5 = "mgNkuembtIDdJeHwKEyFVQ=="

func lockUntil(until time.Time) func(*s3api.PutObjectInput) {
	return func(in *s3api.PutObjectInput) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = "GOVERNANCE", &until
		in.ContentMD5 = &contentMD5
	}
}

// putNull puts an object with tags as the null version, though the bucket has
// versioning enabled.
func (s *site) putNull(key, tags string) {
	s.Helper()
	in := putInput(key, "content", func(in *s3api.PutObjectInput) { in.Tagging = &tags })
	askOK(s, s.owner, s3api.OpPutObject, in)
	s.check(s.db.Update(s.Context(), func(tx *store.Tx) error {
		b := buckets.Get(tx, siteBucket)
		o := new(*newest.Get(tx, newestKey(b, key)))
		o.Null = true
		newest.Put(tx, newestKey(b, key), o)
		return nil
	}))
}

// A bucket that changes between the question and the change is asked again.
func TestConfigureAsksAgain(t *testing.T) {
	s := newSite(t)
	p := s.person(siteAccount, "configurer")
	grant := policyInput(policyOf(opens(named(p), "s3:PutBucketTagging", ofBucketARN)))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, grant)
	askOK(s, p, s3api.OpPutBucketTagging, taggingInput("k", "1"))

	var before *Bucket
	s.check(s.db.View(t.Context(), func(tx *store.Tx) error {
		before = buckets.Get(tx, siteBucket)
		return nil
	}))
	askOK(s, s.owner, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: new(siteBucket)})
	c := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: &s3api.OpPutBucketTagging.Operation}
	c.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: siteRegion, Time: s.now}
	ctx := cloud.NewContext(t.Context(), c)
	q := question{action: "s3:PutBucketTagging"}
	s.check(s.service.authorize(ctx, before, q)) // as it was
	err := s.db.Update(t.Context(), func(tx *store.Tx) error {
		now, err := current(tx, before)
		if err != nil {
			return err
		}
		return s.service.authorize(ctx, now, q)
	})
	if err == nil {
		t.Error("the bucket's policy of before is still asked")
	}
}

// What is made of rows is bounded, and never that of another row.
func TestMadeIsBounded(t *testing.T) {
	s := newSite(t)
	long := policyOf(opens(`{"AWS":"111122223333"}`, "s3:GetObject", "arn:aws:s3:::b/"+strings.Repeat("a", 10_000)))
	c := &s.service.made
	for i := range cached + 50 {
		b := &Bucket{Name: fmt.Sprint("bucket-", i), Account: siteAccount}
		if i%2 == 0 {
			b.Policy = long
		}
		m, err := c.of(t.Context(), s.service, b)
		s.check(err)
		if m.row != b {
			t.Fatal("what was made of another row is given")
		}
	}
	total := 0
	for _, m := range c.rows {
		total += len(m.row.Policy)
	}
	if len(c.rows) > cached || c.policies != total || total > cachedPolicies {
		t.Errorf("%d rows with %d bytes of policies are kept, and %d counted", len(c.rows), total, c.policies)
	}
	old := &Bucket{Name: "changing", Account: siteAccount, Policy: long}
	first, err := c.of(t.Context(), s.service, old)
	s.check(err)
	again, err := c.of(t.Context(), s.service, old)
	s.check(err)
	next, err := c.of(t.Context(), s.service, new(*old))
	s.check(err)
	if first != again || next == first {
		t.Error("a row is made anew when it has not changed, or not when it has")
	}
	// A stored policy that cannot be read is no empty one.
	if _, err := c.of(t.Context(), s.service, &Bucket{Name: "broken", Policy: "{"}); err == nil {
		t.Error("a broken policy is taken for none")
	}
}

// aws:ResourceAccount, as s3:ResourceAccount, is the account of the bucket, also
// of an object that another account owns: a policy that keeps users away from
// the buckets of strangers means those.
func TestResourceAccount(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.bucketPolicy(opens(named(s.stranger), "s3:PutObject", "arn:aws:s3:::the-bucket/*"))
	askOK(s, s.stranger, s3api.OpPutObject, putInput("theirs", "content"))
	askOK(s, s.stranger, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("theirs")}) // as the owner
	for _, key := range []string{"aws:ResourceAccount", "s3:ResourceAccount"} {
		p := s.person(otherAccount, key, may("s3:*", "*"), mayNot("s3:*", "*", `{"StringNotEquals":{"`+key+`":"`+otherAccount+`"}}`))
		refused(s, p, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("theirs")}, "AccessDenied", "")
		refused(s, p, s3api.OpGetObject, getInput("theirs"), "AccessDenied", "")
	}
}
