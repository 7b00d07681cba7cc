package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// partInput is a request to upload a part.
func partInput(key, id string, number int32, content string, edit ...func(*s3api.UploadPartInput)) *s3api.UploadPartInput {
	in := &s3api.UploadPartInput{
		Bucket: new(siteBucket), Key: new(key), UploadId: new(id), PartNumber: new(number),
		Body: strings.NewReader(content), ContentLength: new(int64(len(content))),
	}
	for _, f := range edit {
		f(in)
	}
	return in
}

// part uploads a part and gives it as a completion lists it.
func (s *site) part(key, id string, number int32, content string, edit ...func(*s3api.UploadPartInput)) s3api.CompletedPart {
	s.Helper()
	out := askOK(s, s.owner, s3api.OpUploadPart, partInput(key, id, number, content, edit...))
	return s3api.CompletedPart{PartNumber: new(number), ETag: out.ETag}
}

// completeInput is a request to complete an upload.
func completeInput(key, id string, parts []s3api.CompletedPart, edit ...func(*s3api.CompleteMultipartUploadInput)) *s3api.CompleteMultipartUploadInput {
	in := &s3api.CompleteMultipartUploadInput{
		Bucket: new(siteBucket), Key: new(key), UploadId: new(id),
		MultipartUpload: &s3api.CompletedMultipartUpload{Parts: parts},
	}
	for _, f := range edit {
		f(in)
	}
	return in
}

func (s *site) complete(key, id string, parts []s3api.CompletedPart, edit ...func(*s3api.CompleteMultipartUploadInput)) *s3api.CompleteMultipartUploadOutput {
	s.Helper()
	return askOK(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput(key, id, parts, edit...))
}

// blobCount counts the blobs that are kept.
func (s *site) blobCount() (n int) {
	s.Helper()
	kept := store.NewTable[struct{}]("blob.content")
	s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
		for range kept.Scan(tx, "", "") {
			n++
		}
		return nil
	}))
	return n
}

// etagOf is the ETag of an object of parts as the world knows it.
func etagOf(contents ...string) string {
	var sums []byte
	for _, c := range contents {
		sum := md5.Sum([]byte(c))
		sums = append(sums, sum[:]...)
	}
	sum := md5.Sum(sums)
	return fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(sum[:]), len(contents))
}

const mib = 1 << 20

func TestMultipartUpload(t *testing.T) {
	s := newSite(t)
	id := s.begin("dir/k y", func(in *s3api.CreateMultipartUploadInput) {
		in.ContentType, in.Metadata, in.Tagging = new("text/plain"), map[string]string{"a": "b"}, new("t=v")
		in.StorageClass, in.CacheControl = "STANDARD_IA", new("no-cache")
	})
	began := s.now
	s.pass(time.Hour)
	one, two, three := noise(1, 5*mib), noise(2, 5*mib+1), noise(3, 10)
	p3 := s.part("dir/k y", id, 10000, three)
	s.part("dir/k y", id, 1, noise(9, 100)) // to be overwritten
	p1, p2 := s.part("dir/k y", id, 1, one), s.part("dir/k y", id, 7, two)
	s.part("dir/k y", id, 8, "not listed")
	if n := s.blobCount(); n != 4 {
		t.Errorf("%d blobs of 4 parts", n)
	}
	out := s.complete("dir/k y", id, []s3api.CompletedPart{p1, p2, p3})
	expect(t, "answer", out.ETag, new(etagOf(one, two, three)), out.Bucket, new(siteBucket), out.Key, new("dir/k y"),
		out.Location, new("http://localhost:4566/the-bucket/dir%2Fk+y"), out.VersionId, (*string)(nil), out.ServerSideEncryption, "AES256")
	if got := s.get("dir/k y"); got != one+two+three {
		t.Errorf("content of %d bytes differs", len(got))
	}
	if n := s.blobCount(); n != 3 {
		t.Errorf("%d blobs of 3 parts", n)
	}
	for number, want := range map[int32]string{1: one, 7: two, 10000: three} {
		if got := s.get("dir/k y", func(in *s3api.GetObjectInput) { in.PartNumber = new(number) }); got != want {
			t.Errorf("part %d differs", number)
		}
	}
	if got := s.get("dir/k y", func(in *s3api.GetObjectInput) { in.Range = new("bytes=5242870-10485765") }); got != (one + two + three)[5242870:10485766] {
		t.Error("a range over parts differs")
	}
	head := askOK(s, s.owner, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("dir/k y")})
	expect(t, "object", head.ContentType, new("text/plain"), head.CacheControl, new("no-cache"), head.Metadata["a"], "b", head.StorageClass, "STANDARD_IA",
		*head.TagCount, 1, *head.ContentLength, len(one+two+three))
	// "the object's creation date is the date of the initiation": user guide,
	// Working with object metadata.
	expect(t, "modified", *head.LastModified, began)
	refused(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("dir/k y"), UploadId: new(id)}, "NoSuchUpload", "")
	if l := askOK(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)}); len(l.Uploads) != 0 {
		t.Errorf("%d uploads are left", len(l.Uploads))
	}
	s.remove("dir/k y")
	if n := s.blobCount(); n != 0 {
		t.Errorf("%d blobs of nothing", n)
	}
}

// TestKnownChecksums: the ETags and checksums that S3 gave, as recorded, for two
// parts of 5 MiB and one byte of the letter a.
func TestKnownChecksums(t *testing.T) {
	s := newSite(t)
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) { in.ChecksumAlgorithm = "SHA256" })
	content := strings.Repeat("a", 5*mib+1)
	const sha = "DjU70AB1bON8k0n0fVHv2PJQVWcA/jWsITp6ti20Tbs="
	var parts []s3api.CompletedPart
	for number := range int32(2) {
		p := s.part("k", id, number+1, content, func(in *s3api.UploadPartInput) { in.ChecksumSHA256 = new(sha) })
		p.ChecksumSHA256 = new(sha)
		expect(t, "part", p.ETag, new(`"c4c753e69bb853187f5854c46cf801c6"`))
		parts = append(parts, p)
	}
	out := s.complete("k", id, parts)
	expect(t, "answer", out.ETag, new(`"14cb3f95b2dfe6bd47fb59d47949e00e-2"`), out.ChecksumSHA256, new("2Wjxbc3N6c1y3Eqve6x8X+xPy4qXhB1vAMgge0qeZJM=-2"), out.ChecksumType, "COMPOSITE")
}

func TestUploadPartRefuses(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	for _, number := range []int32{0, -1, 10001} {
		e := refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, number, "x"),
			"InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
		s.wantFields(e, "ArgumentName", "partNumber", "ArgumentValue", fmt.Sprint(number))
	}
	const gone = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
	e := refused(s, s.owner, s3api.OpUploadPart, partInput("k", "no-such-upload", 1, "x"), "NoSuchUpload", gone)
	s.wantFields(e, "UploadId", "no-such-upload")
	refused(s, s.owner, s3api.OpUploadPart, partInput("other", id, 1, "x"), "NoSuchUpload", gone)
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.Bucket = new("no-such-bucket") }), "NoSuchBucket", "")
	wrong := md5.Sum([]byte("y"))
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) {
		in.ContentMD5 = new(base64.StdEncoding.EncodeToString(wrong[:]))
	}), "BadDigest", "The Content-MD5 you specified did not match what we received.")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.ContentMD5 = new("x") }), "InvalidDigest", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.ChecksumCRC32 = new("AAAAAA==") }), "BadDigest", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.ContentLength = new(int64(2)) }), "IncompleteBody", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", func(in *s3api.UploadPartInput) { in.ContentLength = new(int64(5<<30 + 1)) }), "EntityTooLarge", "")
	if n := s.blobCount(); n != 0 {
		t.Errorf("%d blobs of parts that were refused", n)
	}
}

func TestCompleteRefuses(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	small, large := s.part("k", id, 1, "small"), s.part("k", id, 2, noise(1, 5*mib))
	last := s.part("k", id, 3, "last")
	unknown := s3api.CompletedPart{PartNumber: new(int32(4)), ETag: last.ETag}
	wrong := s3api.CompletedPart{PartNumber: new(int32(3)), ETag: new(`"00000000000000000000000000000000"`)}
	list := func(p ...s3api.CompletedPart) []s3api.CompletedPart { return p }
	for _, test := range []struct {
		name          string
		in            *s3api.CompleteMultipartUploadInput
		code, message string
		fields        []string
	}{
		{"no body", completeInput("k", id, nil, func(in *s3api.CompleteMultipartUploadInput) { in.MultipartUpload = nil }), "InvalidRequest", "You must specify at least one part", nil},
		{"no parts", completeInput("k", id, nil), "MalformedXML", "", nil}, // of a document that is empty: github.com/apache/arrow-rs/issues/5404
		{"no number", completeInput("k", id, list(s3api.CompletedPart{ETag: last.ETag})), "MalformedXML", "", nil},
		{"no etag", completeInput("k", id, list(s3api.CompletedPart{PartNumber: new(int32(1))})), "MalformedXML", "", nil},
		{"order", completeInput("k", id, list(last, large)), "InvalidPartOrder",
			"The list of parts was not in ascending order. Parts must be ordered by part number.", []string{"UploadId", id}},
		{"twice", completeInput("k", id, list(large, large)), "InvalidPartOrder", "", nil},
		{"unknown part", completeInput("k", id, list(large, unknown)), "InvalidPart",
			"One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
			[]string{"UploadId", id, "PartNumber", "4", "ETag", strings.Trim(*last.ETag, `"`)}},
		{"wrong etag", completeInput("k", id, list(large, wrong)), "InvalidPart", "", nil},
		{"no etag at all", completeInput("k", id, list(s3api.CompletedPart{PartNumber: new(int32(3)), ETag: new("zz")})), "InvalidPart", "", nil},
		{"small part", completeInput("k", id, list(small, large)), "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
			[]string{"PartNumber", "1", "ProposedSize", "5", "MinSizeAllowed", "5242880", "ETag", strings.Trim(*small.ETag, `"`)}},
		{"size", completeInput("k", id, list(large), func(in *s3api.CompleteMultipartUploadInput) { in.MpuObjectSize = new(int64(7)) }), "InvalidRequest",
			"The provided 'x-amz-mp-object-size' header value 7 does not match what was computed: 5242880", nil},
		{"unknown upload", completeInput("k", "no-such-upload", list(large)), "NoSuchUpload", "", []string{"UploadId", "no-such-upload"}},
		{"another key's upload", completeInput("j", id, list(large)), "NoSuchUpload", "", nil},
	} {
		e := refused(s, s.owner, s3api.OpCompleteMultipartUpload, test.in, test.code, test.message)
		if t.Failed() {
			t.Fatal(test.name)
		}
		s.wantFields(e, test.fields...)
	}
	// Nothing of that has done the upload any harm.
	size := int64(5*mib + 4)
	s.complete("k", id, list(s3api.CompletedPart{PartNumber: new(int32(2)), ETag: new(strings.Trim(*large.ETag, `"`))}, last),
		func(in *s3api.CompleteMultipartUploadInput) { in.MpuObjectSize = &size })
	if got := s.get("k"); got != noise(1, 5*mib)+"last" {
		t.Error("content differs")
	}
}

func TestAbort(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	s.part("k", id, 1, "x")
	s.part("k", id, 2, noise(1, 100_000))
	abort := &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)}
	refused(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("j"), UploadId: new(id)}, "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id), IfMatchInitiatedTime: new(s.now)}, "NotImplemented", "")
	askOK(s, s.owner, s3api.OpAbortMultipartUpload, abort)
	if n := s.blobCount(); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
	refused(s, s.owner, s3api.OpAbortMultipartUpload, abort, "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x"), "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: new(`"x"`)}}), "NoSuchUpload", "")
}

// TestCompleteAgain: S3 answers a completion that is sent again as it answered
// it before. An upload that was completed cannot be aborted or continued.
func TestCompleteAgain(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	id := s.begin("k")
	p := s.part("k", id, 1, "content")
	first := s.complete("k", id, []s3api.CompletedPart{p})
	s.putContent("k", "newer")
	again := s.complete("k", id, []s3api.CompletedPart{p})
	expect(t, "again", again.ETag, first.ETag, again.VersionId, first.VersionId, again.Location, first.Location,
		again.ChecksumCRC64NVME, first.ChecksumCRC64NVME, again.ServerSideEncryption, first.ServerSideEncryption)
	if got := s.get("k"); got != "newer" {
		t.Errorf("the object is %q", got)
	}
	other := s3api.CompletedPart{PartNumber: p.PartNumber, ETag: new(`"00000000000000000000000000000000"`)}
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{other}), "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("j", id, []s3api.CompletedPart{p}), "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)}, "NoSuchUpload", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x"), "NoSuchUpload", "")

	// After a day it is forgotten when others are completed.
	s.pass(25 * time.Hour)
	next := s.begin("l")
	s.complete("l", next, []s3api.CompletedPart{s.part("l", next, 1, "x")})
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}), "NoSuchUpload", "")
}

func TestCompleteConditionally(t *testing.T) {
	s := newSite(t)
	ready := func(key string) (string, []s3api.CompletedPart) {
		t.Helper()
		id := s.begin(key)
		return id, []s3api.CompletedPart{s.part(key, id, 1, "from parts")}
	}
	noneMatch := func(in *s3api.CompleteMultipartUploadInput) { in.IfNoneMatch = new("*") }
	match := func(etag *string) func(*s3api.CompleteMultipartUploadInput) {
		return func(in *s3api.CompleteMultipartUploadInput) { in.IfMatch = etag }
	}
	id, parts := ready("a")
	s.complete("a", id, parts, noneMatch)
	id, parts = ready("a")
	e := refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("a", id, parts, noneMatch),
		"PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	s.wantFields(e, "Condition", "If-None-Match")
	// The object that was there when the upload began is deleted meanwhile.
	s.remove("a")
	e = refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("a", id, parts, noneMatch),
		"ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.")
	s.wantFields(e, "Condition", "If-None-Match", "Key", "a")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("a", id, parts, match(new(`"x"`))), "NoSuchKey", "")
	s.complete("a", id, parts)

	etag := s.putContent("b", "first").ETag
	id, parts = ready("b")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("b", id, parts, match(new(`"other"`))), "PreconditionFailed", "")
	s.complete("b", id, parts, match(etag))
	// The same content again is another object.
	etag = s.putContent("b", "first").ETag
	id, parts = ready("b")
	s.putContent("b", "first")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("b", id, parts, match(etag)), "ConditionalRequestConflict", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("b", id, parts, match(etag), noneMatch), "NotImplemented", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("b", id, parts, func(in *s3api.CompleteMultipartUploadInput) { in.IfNoneMatch = new(`"x"`) }), "NotImplemented", "")
	if got := s.get("b"); got != "first" {
		t.Errorf("the object is %q", got)
	}
}

// TestCompleteMakesAVersion: an object out of parts is a version like another.
func TestCompleteMakesAVersion(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	old := s.putContent("k", "old").VersionId
	id := s.begin("k")
	out := s.complete("k", id, []s3api.CompletedPart{s.part("k", id, 1, "new")})
	if out.VersionId == nil || *out.VersionId == *old {
		t.Fatalf("version is %v", out.VersionId)
	}
	if got := s.get("k"); got != "new" {
		t.Errorf("newest is %q", got)
	}
	if got := s.get("k", func(in *s3api.GetObjectInput) { in.VersionId = old }); got != "old" {
		t.Errorf("old is %q", got)
	}
}

func TestListParts(t *testing.T) {
	s := newSite(t)
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) { in.StorageClass = "ONEZONE_IA" })
	list := func(edit ...func(*s3api.ListPartsInput)) *s3api.ListPartsOutput {
		t.Helper()
		in := &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)}
		for _, f := range edit {
			f(in)
		}
		return askOK(s, s.owner, s3api.OpListParts, in)
	}
	numbers := func(out *s3api.ListPartsOutput) (line string) {
		for _, p := range out.Parts {
			line += fmt.Sprint(*p.PartNumber, " ")
		}
		return strings.TrimSpace(line)
	}
	account, err := s.cloud.Accounts.Get(t.Context(), siteAccount)
	s.check(err)
	none := list()
	expect(t, "none", numbers(none), "", none.IsTruncated, new(false), none.MaxParts, new(int32(1000)), none.NextPartNumberMarker, new(int32(0)),
		none.PartNumberMarker, new(int32(0)), none.StorageClass, "ONEZONE_IA", none.UploadId, new(id), none.ChecksumAlgorithm, "", none.ChecksumType, "",
		none.Owner.ID, new(account.CanonicalID), none.Initiator.ID, new(s.owner.ARN))
	for _, number := range []int32{10000, 2, 10, 1} {
		s.part("k", id, number, "test")
	}
	s.pass(time.Minute)
	s.part("k", id, 2, "overwritten")
	all := list()
	expect(t, "all", numbers(all), "1 2 10 10000", all.NextPartNumberMarker, new(int32(10000)))
	expect(t, "part", *all.Parts[1].Size, len("overwritten"), all.Parts[0].ETag, new(`"098f6bcd4621d373cade4e832627b4f6"`),
		*all.Parts[1].LastModified, s.now, all.Parts[0].ChecksumCRC64NVME, (*string)(nil))
	two := list(func(in *s3api.ListPartsInput) { in.MaxParts, in.PartNumberMarker = new(int32(2)), new(int32(1)) })
	expect(t, "two", numbers(two), "2 10", two.IsTruncated, new(true), two.NextPartNumberMarker, new(int32(10)), two.PartNumberMarker, new(int32(1)), two.MaxParts, new(int32(2)))
	rest := list(func(in *s3api.ListPartsInput) { in.PartNumberMarker = new(int32(10)) })
	expect(t, "rest", numbers(rest), "10000", rest.IsTruncated, new(false))
	for _, beyond := range []int32{10000, 10001, 1 << 30} {
		out := list(func(in *s3api.ListPartsInput) { in.PartNumberMarker = new(beyond) })
		expect(t, "beyond", numbers(out), "", out.NextPartNumberMarker, new(int32(0)), out.PartNumberMarker, new(beyond))
	}
	zero := list(func(in *s3api.ListPartsInput) { in.MaxParts = new(int32(0)) })
	expect(t, "zero", numbers(zero), "", zero.IsTruncated, new(false))

	in := &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id)}
	e := refused(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: in.Bucket, Key: in.Key, UploadId: in.UploadId, MaxParts: new(int32(-1))},
		"InvalidArgument", "Argument max-parts must be an integer between 0 and 2147483647")
	s.wantFields(e, "ArgumentName", "max-parts")
	refused(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: in.Bucket, Key: in.Key, UploadId: in.UploadId, PartNumberMarker: new(int32(-1))},
		"InvalidArgument", "Argument part-number-marker must be an integer between 0 and 2147483647")
	refused(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: in.Bucket, Key: in.Key, UploadId: new("x")}, "NoSuchUpload", "")
}
