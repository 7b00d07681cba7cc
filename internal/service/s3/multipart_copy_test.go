package s3

import (
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func copyInput(key, id string, number int32, source string, edit ...func(*s3api.UploadPartCopyInput)) *s3api.UploadPartCopyInput {
	in := &s3api.UploadPartCopyInput{Bucket: new(siteBucket), Key: new(key), UploadId: new(id), PartNumber: new(number), CopySource: new(source)}
	for _, f := range edit {
		f(in)
	}
	return in
}

func copyRangeOf(r string) func(*s3api.UploadPartCopyInput) {
	return func(in *s3api.UploadPartCopyInput) { in.CopySourceRange = new(r) }
}

func TestUploadPartCopy(t *testing.T) {
	s := newSite(t)
	source := noise(1, 6*mib)
	s.putContent("dir/so urce", source)
	id := s.begin("k")
	var parts []s3api.CompletedPart
	for i, r := range []string{"bytes=0-5242879", "bytes=5242880-6291455", "bytes=1-1"} {
		number := int32(i + 1)
		out := askOK(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, number, "/the-bucket/dir/so%20urce", copyRangeOf(r)))
		expect(t, r, *out.CopyPartResult.LastModified, s.now, out.ServerSideEncryption, "AES256", out.CopySourceVersionId, (*string)(nil), out.CopyPartResult.ChecksumCRC64NVME, (*string)(nil))
		parts = append(parts, s3api.CompletedPart{PartNumber: new(number), ETag: out.CopyPartResult.ETag})
	}
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, parts), "EntityTooSmall", "")
	out := s.complete("k", id, parts[:2])
	expect(t, "object", out.ETag, new(etagOf(source[:5*mib], source[5*mib:])), out.ChecksumCRC64NVME, new(checksum.Encode(checksum.Sum(checksum.CRC64NVME, []byte(source)))))
	if s.get("k") != source {
		t.Error("content differs")
	}

	// A whole object, of parts itself, with the checksum that the upload asks for.
	id = s.begin("l", func(in *s3api.CreateMultipartUploadInput) { in.ChecksumAlgorithm = "SHA1" })
	got := askOK(s, s.owner, s3api.OpUploadPartCopy, copyInput("l", id, 1, "the-bucket/k")).CopyPartResult
	expect(t, "checksum", got.ChecksumSHA1, new(checksum.Encode(checksum.Sum(checksum.SHA1, []byte(source)))))
	s.complete("l", id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: got.ETag, ChecksumSHA1: got.ChecksumSHA1}})
	if s.get("l") != source {
		t.Error("content of the copy of parts differs")
	}
}

func TestUploadPartCopyOfVersion(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	old := s.putContent("source", "old").VersionId
	s.putContent("source", "new")
	id := s.begin("k")
	out := askOK(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, 1, "the-bucket/source?versionId="+*old))
	expect(t, "version", out.CopySourceVersionId, old)
	s.complete("k", id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: out.CopyPartResult.ETag}})
	if got := s.get("k"); got != "old" {
		t.Errorf("got %q", got)
	}
}

func TestUploadPartCopyRefuses(t *testing.T) {
	s := newSite(t)
	etag := s.putContent("source", "0123456789").ETag
	id := s.begin("k")
	const form = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy"
	for r, message := range map[string]string{
		"bytes=0-10":                         "Range specified is not valid for source object of size: 10",
		"bytes=5-99999999999999999999999999": "Range specified is not valid for source object of size: 10",
		"bytes=5-4":                          form, "bytes=-5": form, "bytes=5-": form, "0-5": form, "bytes=0-1,3-4": form, "bytes=a-b": form, "": form,
	} {
		e := refused(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, 1, "the-bucket/source", copyRangeOf(r)), "InvalidArgument", message)
		s.wantFields(e, "ArgumentName", "x-amz-copy-source-range", "ArgumentValue", r)
	}
	with := func(edit func(*s3api.UploadPartCopyInput)) *s3api.UploadPartCopyInput {
		return copyInput("k", id, 1, "the-bucket/source", edit)
	}
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.CopySourceIfMatch = new(`"x"`) }), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.CopySourceIfNoneMatch = etag }), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.CopySourceIfModifiedSince = new(s.now) }), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.CopySourceIfUnmodifiedSince = new(s.now.Add(-time.Hour)) }), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.PartNumber = new(int32(0)) }), "InvalidArgument", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.UploadId = new("x") }), "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.ExpectedSourceBucketOwner = new(otherAccount) }), "AccessDenied", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, 1, "the-bucket/none"), "NoSuchKey", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, 1, "no-such-bucket/none"), "NoSuchBucket", "")
	refused(s, s.owner, s3api.OpUploadPartCopy, copyInput("k", id, 1, "the-bucket/%zz"), "InvalidArgument", "")
	if n := s.blobCount(); n != 1 {
		t.Errorf("%d blobs of one object", n)
	}
	out := askOK(s, s.owner, s3api.OpUploadPartCopy, with(func(in *s3api.UploadPartCopyInput) { in.CopySourceIfMatch = etag }))
	s.complete("k", id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: out.CopyPartResult.ETag}})
	if got := s.get("k"); got != "0123456789" {
		t.Errorf("got %q", got)
	}
}

// TestUploadPartCopyIsAuthorizedTwice: the source by its own bucket's policy, the
// part as s3:PutObject with the source as a condition.
func TestUploadPartCopyIsAuthorizedTwice(t *testing.T) {
	s := newSite(t)
	s.put("public/1", "private/1")
	id := s.begin("k")
	objects := "arn:aws:s3:::" + siteBucket + "/"
	p := s.person(siteAccount, "copier", may("s3:GetObject", objects+"*"),
		may("s3:PutObject", objects+"k", `{"StringLike":{"s3:x-amz-copy-source":"`+siteBucket+`/public/*"}}`))
	if _, err := ask(s, p, s3api.OpUploadPartCopy, copyInput("k", id, 1, siteBucket+"/public/1")); err != nil {
		t.Error(err)
	}
	refused(s, p, s3api.OpUploadPartCopy, copyInput("k", id, 1, siteBucket+"/private/1"), "AccessDenied", "")
	refused(s, p, s3api.OpUploadPart, partInput("k", id, 1, "x"), "AccessDenied", "")
	unread := s.person(siteAccount, "unread", may("s3:PutObject", objects+"k"), may("s3:GetObject", objects+"public/*"))
	refused(s, unread, s3api.OpUploadPartCopy, copyInput("k", id, 1, siteBucket+"/private/1"), "AccessDenied", "")
	// Nobody learns of keys in a bucket that he may not list.
	refused(s, unread, s3api.OpUploadPartCopy, copyInput("k", id, 1, siteBucket+"/public/none"), "AccessDenied", "")
	// A stranger's bucket is not a way to read ours.
	askOK(s, s.stranger, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new("their-bucket")})
	theirs := askOK(s, s.stranger, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new("their-bucket"), Key: new("k")})
	e := refused(s, s.stranger, s3api.OpUploadPartCopy, copyInput("k", *theirs.UploadId, 1, siteBucket+"/private/1", func(in *s3api.UploadPartCopyInput) { in.Bucket = new("their-bucket") }), "AccessDenied", "")
	if strings.Contains(e.Message, "content of") {
		t.Error("the denial tells content")
	}
}

// Content that is missing is an error, however often one looks.
func TestCopyPartOfMissingContent(t *testing.T) {
	s := newSite(t)
	s.put("source")
	s.check(s.cloud.Store.Update(t.Context(), func(tx *store.Tx) error {
		for _, c := range findVersion(tx, s.row(), "source", "").Content {
			s.blobs.Drop(tx, c.Blob)
		}
		return nil
	}))
	id := s.begin("key")
	refused(s, s.owner, s3api.OpUploadPartCopy, copyInput("key", id, 1, siteBucket+"/source"), "InternalError", "")
	refused(s, s.owner, s3api.OpCopyObject, copying(siteBucket+"/source", "key"), "InternalError", "")
	refused(s, s.owner, s3api.OpGetObject, getInput("source"), "InternalError", "")
}
