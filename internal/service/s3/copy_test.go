package s3

import (
	"net/url"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func copying(source, key string, edit ...func(*s3api.CopyObjectInput)) *s3api.CopyObjectInput {
	in := &s3api.CopyObjectInput{CopySource: new(source), Bucket: new(siteBucket), Key: new(key)}
	for _, f := range edit {
		f(in)
	}
	return in
}

func TestParseCopySource(t *testing.T) {
	for _, tt := range []struct{ header, bucket, key, version string }{
		{"b/k", "b", "k", ""},
		{"/b/k", "b", "k", ""},
		{"b/a/b//c", "b", "a/b//c", ""},
		{"b/%2Fk", "b", "/k", ""},
		{"b%2Fk", "b", "k", ""},
		{"b/" + url.PathEscape("ü +%?x"), "b", "ü +%?x", ""},
		{"b/a+b", "b", "a+b", ""},
		{"b/k?versionId=null", "b", "k", "null"},
		{"b/k%3FversionId=null", "b", "k?versionId=null", ""},
	} {
		r, err := parseCopySource(tt.header)
		if err != nil || r.bucket != tt.bucket || r.key != tt.key || value(r.version) != tt.version {
			t.Errorf("%s: %+v, %v", tt.header, r, err)
		}
	}
	for _, header := range []string{"", "b", "/b", "b/", "/b/", "//k", "b/%zz"} {
		if r, err := parseCopySource(header); code(err) != "InvalidArgument" {
			t.Errorf("%q: %+v, %v", header, r, err)
		}
	}
}

// By default metadata and tags are copied, and what the API reference says is
// not: storage class, access control list, website redirect.
func TestCopyObject(t *testing.T) {
	s := newSite(t)
	for i, size := range sizes {
		content := noise(uint64(i), size)
		askOK(s, s.owner, s3api.OpPutObject, putInput("from", content, func(in *s3api.PutObjectInput) {
			in.Metadata, in.Tagging, in.ContentType = map[string]string{"colour": "blue"}, new("a=1"), new("text/plain")
			in.StorageClass, in.WebsiteRedirectLocation = "STANDARD_IA", new("/elsewhere")
		}))
		s.pass(time.Hour)
		out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/from", "to"))
		from, to := head(s, "from"), head(s, "to")
		if got := s.get("to"); got != content || *to.ETag != *from.ETag || *out.CopyObjectResult.ETag != *from.ETag {
			t.Errorf("the copy has %d other bytes, ETag %s", len(got), *to.ETag)
		}
		if to.Metadata["colour"] != "blue" || value(to.ContentType) != "text/plain" || value(to.TagCount) != 1 ||
			to.StorageClass != "" || to.WebsiteRedirectLocation != nil || !to.LastModified.Equal(s.now) || !out.CopyObjectResult.LastModified.Equal(s.now) {
			t.Errorf("the copy is %+v", to)
		}
		if out.VersionId != nil || out.CopySourceVersionId != nil || out.CopyObjectResult.ChecksumCRC64NVME == nil {
			t.Errorf("answered %+v", out)
		}
	}
	askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/from", "to", func(in *s3api.CopyObjectInput) {
		in.MetadataDirective, in.TaggingDirective = "REPLACE", "REPLACE"
		in.Metadata, in.Tagging, in.StorageClass = map[string]string{"shape": "round"}, new("b=1&c=2"), "ONEZONE_IA"
		in.ChecksumAlgorithm = "SHA1"
	}))
	to := head(s, "to", func(in *s3api.HeadObjectInput) { in.ChecksumMode = s3api.ChecksumModeEnabled })
	if len(to.Metadata) != 1 || to.Metadata["shape"] != "round" || value(to.ContentType) != defaultContentType || value(to.TagCount) != 2 ||
		to.StorageClass != "ONEZONE_IA" || to.ChecksumSHA1 == nil {
		t.Errorf("the copy is %+v", to)
	}
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/none", "to"), "NoSuchKey", "")
	refused(s, s.owner, s3api.OpCopyObject, copying("no-such-bucket/from", "to"), "NoSuchBucket", "")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/from", "to", func(in *s3api.CopyObjectInput) { in.ChecksumAlgorithm = "CRC9" }), "InvalidRequest", "")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/from", "to", func(in *s3api.CopyObjectInput) { in.ExpectedSourceBucketOwner = new(otherAccount) }), "AccessDenied", "")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/from", "to", func(in *s3api.CopyObjectInput) { in.ExpectedBucketOwner = new(otherAccount) }), "AccessDenied", "")
}

func TestCopyToItself(t *testing.T) {
	s := newSite(t)
	s.put("key")
	const illegal = "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "key"), "InvalidRequest", illegal)
	refused(s, s.owner, s3api.OpCopyObject, copying("/the-bucket/key", "key", func(in *s3api.CopyObjectInput) { in.MetadataDirective = "COPY" }), "InvalidRequest", illegal)
	askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "key", func(in *s3api.CopyObjectInput) {
		in.MetadataDirective, in.Metadata = "REPLACE", map[string]string{"a": "b"}
	}))
	if out := head(s, "key"); out.Metadata["a"] != "b" || s.get("key") != "content of key" {
		t.Errorf("the copy is %+v", out)
	}
	if n := s.contents(); n != 1 {
		t.Errorf("%d contents are kept", n)
	}
	// Where the bucket's encryption is configured a copy may be to apply it.
	askOK(s, s.owner, s3api.OpPutBucketEncryption, &s3api.PutBucketEncryptionInput{
		Bucket: new(siteBucket), ServerSideEncryptionConfiguration: &s3api.ServerSideEncryptionConfiguration{
			Rules: []s3api.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms"}}},
		},
	})
	if out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "key")); out.ServerSideEncryption != "aws:kms" || s.get("key") != "content of key" {
		t.Errorf("the copy is %+v", out)
	}
}

func TestCopyVersion(t *testing.T) {
	s := newSite(t)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	first := *s.putContent("key", "first").VersionId
	s.putContent("key", "second")
	out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key?versionId="+first, "key"))
	if *out.CopySourceVersionId != first || *out.VersionId == first || s.get("key") != "first" {
		t.Errorf("answered %+v", out)
	}
	marker := *s.remove("key").VersionId
	e := refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "to"), "NoSuchKey", "")
	s.wantFields(e, "x-amz-delete-marker", "true")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key?versionId="+marker, "to"),
		"InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key?versionId="+newVersion(s.now, nil), "to"), "NoSuchVersion", "")
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key?versionId=", "to"), "InvalidArgument", "")
}

// API reference, CopyObject: "If both the x-amz-copy-source-if-match and
// x-amz-copy-source-if-unmodified-since headers are present".
func TestConditionalCopy(t *testing.T) {
	s := newSite(t)
	s.put("key")
	etag := head(s, "key").ETag
	before, now, after := s.now.Add(-time.Hour), s.now, s.now.Add(time.Hour)
	s.pass(time.Minute)
	for _, tt := range []struct {
		name, code string
		edit       func(*s3api.CopyObjectInput)
	}{
		{"match", "", func(in *s3api.CopyObjectInput) { in.CopySourceIfMatch = etag }},
		{"no match", "PreconditionFailed", func(in *s3api.CopyObjectInput) { in.CopySourceIfMatch = new("x") }},
		{"match wins", "", func(in *s3api.CopyObjectInput) {
			in.CopySourceIfMatch, in.CopySourceIfUnmodifiedSince = etag, &before
		}},
		{"none match", "PreconditionFailed", func(in *s3api.CopyObjectInput) { in.CopySourceIfNoneMatch = etag }},
		{"none match wins", "PreconditionFailed", func(in *s3api.CopyObjectInput) {
			in.CopySourceIfNoneMatch, in.CopySourceIfModifiedSince = etag, &before
		}},
		{"not modified", "PreconditionFailed", func(in *s3api.CopyObjectInput) { in.CopySourceIfModifiedSince = &now }},
		{"date to come", "", func(in *s3api.CopyObjectInput) { in.CopySourceIfModifiedSince = &after }},
		{"modified", "PreconditionFailed", func(in *s3api.CopyObjectInput) { in.CopySourceIfUnmodifiedSince = &before }},
		{"target is there", "PreconditionFailed", func(in *s3api.CopyObjectInput) { in.Key, in.IfNoneMatch = new("there"), new("*") }},
		{"target is not there", "", func(in *s3api.CopyObjectInput) { in.Key, in.IfNoneMatch = new("not there"), new("*") }},
	} {
		s.put("there")
		_, err := ask(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "to", tt.edit))
		if code(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
	}
}

// A copy is a read of one object and a write of another: both must be allowed,
// and with tags those of tags too.
func TestCopyPermissions(t *testing.T) {
	s := newSite(t)
	s.put("plain")
	askOK(s, s.owner, s3api.OpPutObject, putInput("tagged", "content", func(in *s3api.PutObjectInput) { in.Tagging = new("a=1") }))
	read := may("s3:GetObject", "arn:aws:s3:::the-bucket/*")
	write := may("s3:PutObject", "arn:aws:s3:::the-bucket/to")
	readTags := may("s3:GetObjectTagging", "*")
	writeTags := may("s3:PutObjectTagging", "*")
	for _, tt := range []struct {
		name, source string
		statements   []string
		code         string
	}{
		{"both", "plain", []string{read, write}, ""},
		{"no read", "plain", []string{write}, "AccessDenied"},
		{"no write", "plain", []string{read}, "AccessDenied"},
		{"missing source", "none", []string{read, write}, "AccessDenied"},
		{"missing source told", "none", []string{read, write, may("s3:ListBucket", "*")}, "NoSuchKey"},
		{"tags", "tagged", []string{read, write, readTags, writeTags}, ""},
		{"no read of tags", "tagged", []string{read, write, writeTags}, "AccessDenied"},
		{"no write of tags", "tagged", []string{read, write, readTags}, "AccessDenied"},
		{"from here only", "plain", []string{read, may("s3:PutObject", "*", `{"StringEquals":{"s3:x-amz-copy-source":"the-bucket/plain"}}`)}, ""},
		{"from elsewhere only", "plain", []string{read, may("s3:PutObject", "*", `{"StringEquals":{"s3:x-amz-copy-source":"other/plain"}}`)}, "AccessDenied"},
	} {
		p := s.person(siteAccount, tt.name, tt.statements...)
		_, err := ask(s, p, s3api.OpCopyObject, copying("the-bucket/"+tt.source, "to"))
		if code(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
	}
	replace := s.person(siteAccount, "replace", read, write)
	askOK(s, replace, s3api.OpCopyObject, copying("the-bucket/tagged", "to", func(in *s3api.CopyObjectInput) { in.TaggingDirective = "REPLACE" }))
}

// A copy between buckets of two accounts belongs to who owns the target.
func TestCopyAcrossAccounts(t *testing.T) {
	s := newSite(t)
	s.put("key")
	askOK(s, s.stranger, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new("theirs")})
	in := copying("the-bucket/key", "key", func(in *s3api.CopyObjectInput) { in.Bucket = new("theirs") })
	refused(s, s.stranger, s3api.OpCopyObject, in, "AccessDenied", "")
	refused(s, s.owner, s3api.OpCopyObject, in, "AccessDenied", "")
	s.bucketPolicy(opens(`{"AWS":"`+otherAccount+`"}`, "s3:GetObject", "arn:aws:s3:::the-bucket/*"))
	askOK(s, s.stranger, s3api.OpCopyObject, in)
	get := getInput("key", func(in *s3api.GetObjectInput) { in.Bucket = new("theirs") })
	if out := askOK(s, s.stranger, s3api.OpGetObject, get); *out.ContentLength != int64(len("content of key")) {
		t.Errorf("the copy is %+v", out)
	}
	refused(s, s.owner, s3api.OpGetObject, get, "AccessDenied", "")
}

func TestCopyOfParts(t *testing.T) {
	s := newSite(t)
	contents := []string{noise(1, 5<<20), noise(2, 100)}
	s.inParts("parts", contents...)
	out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/parts", "whole"))
	if s.get("whole") != strings.Join(contents, "") || strings.Contains(*out.CopyObjectResult.ETag, "-") ||
		out.CopyObjectResult.ChecksumCRC32 == nil || out.CopyObjectResult.ChecksumType != s3api.ChecksumTypeFullObject {
		t.Errorf("the copy is %+v", out.CopyObjectResult)
	}
}
