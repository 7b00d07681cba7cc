package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// trailed is a body with trailers, as the gateway hands it over.
type trailed struct {
	io.Reader
	trailer map[string]string
	missing bool // a trailer is announced and does not come
}

func (t *trailed) Announced() (names []string) {
	for name := range t.trailer {
		names = append(names, name)
	}
	return names
}

func (t *trailed) Trailer() map[string]string {
	if t.missing {
		return nil
	}
	return t.trailer
}

var _ api.Payload = (*trailed)(nil)

// sizes are lengths of content around those at which something changes: pieces,
// segments, what is kept in the store's rows.
var sizes = []int{0, 1, 1024, 16 << 10, 16<<10 + 1, 64 << 10, pieceSize - 1, pieceSize, pieceSize + 1, 3*pieceSize - 1, 1<<20 + 7}

// md5ETag is the ETag of content that is put in one piece.
func md5ETag(content string) string {
	sum := md5.Sum([]byte(content))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func TestPutAndGet(t *testing.T) {
	s := newSite(t)
	for i, size := range sizes {
		content := noise(uint64(i), size)
		in := putInput("key", content)
		// A reader that gives as little as it may.
		in.Body = iotest.DataErrReader(iotest.HalfReader(strings.NewReader(content)))
		out := askOK(s, s.owner, s3api.OpPutObject, in)
		if want := md5ETag(content); *out.ETag != want {
			t.Errorf("%d bytes: ETag %s, want %s", size, *out.ETag, want)
		}
		if want := checksum.Encode(checksum.Sum(checksum.CRC64NVME, []byte(content))); value(out.ChecksumCRC64NVME) != want || out.ChecksumType != s3api.ChecksumTypeFullObject {
			t.Errorf("%d bytes: CRC64NVME %s, want %s", size, value(out.ChecksumCRC64NVME), want)
		}
		if got := s.get("key"); got != content {
			t.Errorf("%d bytes: got %d others", size, len(got))
		}
		if out.ServerSideEncryption != "AES256" || out.VersionId != nil {
			t.Errorf("answered %+v", out)
		}
	}
}

// What was said about an object with its content is said again with it.
func TestPutHeaders(t *testing.T) {
	s := newSite(t)
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "content", func(in *s3api.PutObjectInput) {
		in.CacheControl, in.ContentDisposition, in.ContentEncoding = new("no-cache"), new("inline"), new("gzip")
		in.ContentLanguage, in.ContentType, in.Expires = new("de"), new("text/plain"), new("whenever")
		in.WebsiteRedirectLocation = new("/elsewhere")
		in.Metadata = map[string]string{"colour": "blue"}
		in.Tagging = new("a=1&b=%C3%BC+x")
		in.StorageClass = s3api.StorageClassStandardIa
	}))
	out := head(s, "key")
	for _, got := range []struct{ got, want string }{
		{value(out.CacheControl), "no-cache"}, {value(out.ContentDisposition), "inline"}, {value(out.ContentEncoding), "gzip"},
		{value(out.ContentLanguage), "de"}, {value(out.ContentType), "text/plain"}, {value(out.Expires), "whenever"},
		{value(out.WebsiteRedirectLocation), "/elsewhere"}, {out.Metadata["colour"], "blue"}, {string(out.StorageClass), "STANDARD_IA"},
		{value(out.AcceptRanges), "bytes"}, {value(out.ETag), `"9a0364b9e99bb480dd25e1f0284c8555"`},
	} {
		if got.got != got.want {
			t.Errorf("got %q, want %q", got.got, got.want)
		}
	}
	if value(out.TagCount) != 2 || *out.ContentLength != 7 || !out.LastModified.Equal(s.now) {
		t.Errorf("answered %+v", out)
	}
	s.put("plain")
	plain := head(s, "plain")
	if value(plain.ContentType) != "binary/octet-stream" || plain.StorageClass != "" || plain.TagCount != nil || plain.ChecksumCRC64NVME != nil {
		t.Errorf("answered %+v", plain)
	}
}

// Each claim of a request about its body is held against it.
func TestClaims(t *testing.T) {
	s := newSite(t)
	const content = "Hello, World!"
	encoded := func(a checksum.Algorithm, content string) string {
		return checksum.Encode(checksum.Sum(a, []byte(content)))
	}
	md5of := func(content string) *string {
		sum := md5.Sum([]byte(content))
		return new(base64.StdEncoding.EncodeToString(sum[:]))
	}
	sha := new(encoded(checksum.SHA256, content))
	for _, tt := range []struct {
		name string
		code string
		edit func(*s3api.PutObjectInput)
	}{
		{"right MD5", "", func(in *s3api.PutObjectInput) { in.ContentMD5 = md5of(content) }},
		{"wrong MD5", "BadDigest", func(in *s3api.PutObjectInput) { in.ContentMD5 = md5of("other") }},
		{"no MD5", "InvalidDigest", func(in *s3api.PutObjectInput) { in.ContentMD5 = new("nonsense") }},
		{"empty MD5", "InvalidDigest", func(in *s3api.PutObjectInput) { in.ContentMD5 = new("") }},
		{"short MD5", "InvalidDigest", func(in *s3api.PutObjectInput) { in.ContentMD5 = new("YWJj") }},
		{"right sum", "", func(in *s3api.PutObjectInput) { in.ChecksumSHA256 = sha }},
		{"right sum by name", "", func(in *s3api.PutObjectInput) {
			in.ChecksumSHA256, in.ChecksumAlgorithm = sha, s3api.ChecksumAlgorithmSha256
		}},
		{"wrong sum", "BadDigest", func(in *s3api.PutObjectInput) { in.ChecksumSHA256 = new(encoded(checksum.SHA256, "other")) }},
		{"no sum", "InvalidRequest", func(in *s3api.PutObjectInput) { in.ChecksumCRC32 = new("nonsense") }},
		{"sum of another algorithm", "InvalidRequest", func(in *s3api.PutObjectInput) { in.ChecksumCRC32 = sha }},
		{"two sums", "InvalidRequest", func(in *s3api.PutObjectInput) {
			in.ChecksumSHA256, in.ChecksumCRC32 = sha, new(encoded(checksum.CRC32, content))
		}},
		{"another name", "InvalidRequest", func(in *s3api.PutObjectInput) {
			in.ChecksumSHA256, in.ChecksumAlgorithm = sha, s3api.ChecksumAlgorithmCrc32
		}},
		{"name without a sum", "InvalidRequest", func(in *s3api.PutObjectInput) { in.ChecksumAlgorithm = s3api.ChecksumAlgorithmCrc32 }},
		{"right trailer", "", func(in *s3api.PutObjectInput) {
			in.Body = &trailed{in.Body, map[string]string{"x-amz-checksum-crc32c": encoded(checksum.CRC32C, content)}, false}
		}},
		{"wrong trailer", "BadDigest", func(in *s3api.PutObjectInput) {
			in.Body = &trailed{in.Body, map[string]string{"x-amz-checksum-crc32c": encoded(checksum.CRC32C, "other")}, false}
		}},
		{"malformed trailer", "InvalidRequest", func(in *s3api.PutObjectInput) {
			in.Body = &trailed{in.Body, map[string]string{"x-amz-checksum-crc32c": "x"}, false}
		}},
		{"missing trailer", "InvalidRequest", func(in *s3api.PutObjectInput) {
			in.Body = &trailed{in.Body, map[string]string{"x-amz-checksum-crc32c": encoded(checksum.CRC32C, content)}, true}
		}},
		{"trailer and header", "InvalidRequest", func(in *s3api.PutObjectInput) {
			in.ChecksumSHA256 = sha
			in.Body = &trailed{in.Body, map[string]string{"x-amz-checksum-crc32c": encoded(checksum.CRC32C, content)}, false}
		}},
		{"shorter than announced", "IncompleteBody", func(in *s3api.PutObjectInput) { in.ContentLength = new(int64(14)) }},
		{"longer than announced", "IncompleteBody", func(in *s3api.PutObjectInput) { in.ContentLength = new(int64(12)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := s.under(t)
			_, err := ask(s, s.owner, s3api.OpPutObject, putInput(tt.name, content, tt.edit))
			if code(err) != tt.code || (err == nil) != (tt.code == "") {
				t.Fatalf("%v, want %q", err, tt.code)
			}
			_, err = ask(s, s.owner, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new(tt.name)})
			if (err == nil) != (tt.code == "") {
				t.Errorf("then there is an object, or none: %v", err)
			}
		})
	}
	out := askOK(s, s.owner, s3api.OpPutObject, putInput("key", content, func(in *s3api.PutObjectInput) { in.ChecksumSHA256 = sha }))
	shown := head(s, "key", func(in *s3api.HeadObjectInput) { in.ChecksumMode = s3api.ChecksumModeEnabled })
	if value(out.ChecksumSHA256) != *sha || out.ChecksumCRC64NVME != nil || value(shown.ChecksumSHA256) != *sha || shown.ChecksumType != "FULL_OBJECT" {
		t.Errorf("the checksum is %v and %v, want %s", out.ChecksumSHA256, shown.ChecksumSHA256, *sha)
	}
}

// A body that breaks off or proves to be forged is no object, be its error one
// that other readers mean as an end.
func TestBodyBreaksOff(t *testing.T) {
	s := newSite(t)
	forged := api.Errorf("SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided.")
	for _, size := range sizes {
		for _, failure := range []error{forged, io.ErrUnexpectedEOF} {
			body := io.MultiReader(strings.NewReader(noise(1, size)), iotest.ErrReader(failure))
			_, err := ask(s, s.owner, s3api.OpPutObject, &s3api.PutObjectInput{Bucket: new(siteBucket), Key: new("key"), Body: body})
			if err == nil || failure == forged && !errors.Is(err, forged) {
				t.Errorf("after %d bytes: %v", size, err)
			}
		}
	}
	refused(s, s.owner, s3api.OpGetObject, getInput("key"), "NoSuchKey", "")
	if n := s.contents(); n != 0 {
		t.Errorf("%d contents are kept", n)
	}
}

// Nobody's bytes are read who may not put them.
func TestDeniedBodyIsNotRead(t *testing.T) {
	s := newSite(t)
	in := putInput("key", "")
	in.Body = iotest.ErrReader(errors.New("read"))
	refused(s, s.stranger, s3api.OpPutObject, in, "AccessDenied", "")
}

func TestPutLimits(t *testing.T) {
	s := newSite(t)
	e := refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.ContentLength = new(int64(5<<30 + 1)) }),
		"EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	s.wantFields(e, "ProposedSize", "5368709121", "MaxSizeAllowed", "5368709120")
	metadata := func(size int) func(*s3api.PutObjectInput) {
		return func(in *s3api.PutObjectInput) { in.Metadata = map[string]string{"name": strings.Repeat("x", size-4)} }
	}
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "", metadata(2048)))
	e = refused(s, s.owner, s3api.OpPutObject, putInput("key", "", metadata(2049)),
		"MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	s.wantFields(e, "Size", "2049", "MaxSizeAllowed", "2048")
	askOK(s, s.owner, s3api.OpPutObject, putInput(strings.Repeat("k", 1024), ""))
	refused(s, s.owner, s3api.OpPutObject, putInput(strings.Repeat("k", 1025), ""), "KeyTooLongError", "Your key is too long")
	for class, code := range map[s3api.StorageClass]string{
		"GLACIER": "NotImplemented", "DEEP_ARCHIVE": "NotImplemented", "OUTPOSTS": "InvalidStorageClass",
	} {
		refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.StorageClass = class }), code, "")
	}
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.WebsiteRedirectLocation = new("javascript:alert(1)") }),
		"InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.WriteOffsetBytes = new(int64(0)) }), "NotImplemented", "")
}

// What is set with an object takes the permission to set it.
func TestPutWithMore(t *testing.T) {
	s := newSite(t)
	s.acls()
	for action, edit := range map[string]func(*s3api.PutObjectInput){
		"s3:PutObjectTagging": func(in *s3api.PutObjectInput) { in.Tagging = new("a=1") },
		"s3:PutObjectAcl":     func(in *s3api.PutObjectInput) { in.ACL = s3api.ObjectCannedACLPublicRead },
	} {
		only := s.person(siteAccount, "only", may("s3:PutObject", "*"))
		refused(s, only, s3api.OpPutObject, putInput("key", "", edit), "AccessDenied", "")
		both := s.person(siteAccount, "both", may("s3:PutObject", "*"), may(action, "*"))
		askOK(s, both, s3api.OpPutObject, putInput("key", "", edit))
	}
	askOK(s, s.person(siteAccount, "tagged", may("s3:PutObject*", "*", `{"StringEquals":{"s3:RequestObjectTag/team":"blue"}}`)),
		s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.Tagging = new("team=blue") }))
	refused(s, s.person(siteAccount, "tagged", may("s3:PutObject*", "*", `{"StringEquals":{"s3:RequestObjectTag/team":"blue"}}`)),
		s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.Tagging = new("team=red") }), "AccessDenied", "")
}

// User Guide, "How to prevent object overwrites with conditional writes".
func TestConditionalPut(t *testing.T) {
	s := newSite(t)
	ifNoneMatch := func(v string) func(*s3api.PutObjectInput) {
		return func(in *s3api.PutObjectInput) { in.IfNoneMatch = new(v) }
	}
	ifMatch := func(v string) func(*s3api.PutObjectInput) {
		return func(in *s3api.PutObjectInput) { in.IfMatch = new(v) }
	}
	e := refused(s, s.owner, s3api.OpPutObject, putInput("key", "1", ifMatch("x")), "NoSuchKey", "")
	s.wantFields(e, "Key", "key")
	etag := *askOK(s, s.owner, s3api.OpPutObject, putInput("key", "1", ifNoneMatch("*"))).ETag
	e = refused(s, s.owner, s3api.OpPutObject, putInput("key", "2", ifNoneMatch("*")),
		"PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	s.wantFields(e, "Condition", "If-None-Match")
	e = refused(s, s.owner, s3api.OpPutObject, putInput("key", "2", ifMatch(`"00000000000000000000000000000000"`)), "PreconditionFailed", "")
	s.wantFields(e, "Condition", "If-Match")
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "2", ifMatch(etag)))
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifMatch(etag)), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifMatch("")), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifMatch(`""`)), "PreconditionFailed", "")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifNoneMatch("")), "NotImplemented", "")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifNoneMatch(etag)), "NotImplemented", "")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifMatch("*")), "NotImplemented", "")

	// The current version counts, and a delete marker is none.
	s.versioning(s3api.BucketVersioningStatusEnabled)
	s.remove("key")
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifMatch(etag)), "NoSuchKey", "")
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "3", ifNoneMatch("*")))

	// A condition on the ETag takes the permission to read, and does not tell
	// others what there is.
	writer := s.person(siteAccount, "writer", may("s3:PutObject", "*"))
	refused(s, writer, s3api.OpPutObject, putInput("key", "4", ifMatch(etag)), "AccessDenied", "")
	blind := s.person(siteAccount, "blind", may("s3:PutObject", "*"), may("s3:GetObject", "*"))
	refused(s, blind, s3api.OpPutObject, putInput("none", "4", ifMatch(etag)), "AccessDenied", "")
}

// Of many who want to make the same object, or the same step, one does.
func TestConditionalRace(t *testing.T) {
	s := newSite(t)
	s.put("step")
	etag := *head(s, "step").ETag
	for _, edit := range []func(*s3api.PutObjectInput){
		func(in *s3api.PutObjectInput) { in.Key, in.IfNoneMatch = new("new"), new("*") },
		func(in *s3api.PutObjectInput) { in.IfMatch = new(etag) },
	} {
		var all sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = ask(s, s.owner, s3api.OpPutObject, putInput("step", noise(uint64(i), 100), edit))
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if code(err) != "PreconditionFailed" {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d succeeded", won)
		}
	}
}

// The bucket that was asked is the one that is written to.
func TestPutIntoDeletedBucket(t *testing.T) {
	s := newSite(t)
	in := putInput("key", "")
	in.Body = readFunc(func() {
		askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
		askOK(s, s.stranger, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(siteBucket)})
	})
	refused(s, s.owner, s3api.OpPutObject, in, "NoSuchBucket", "")
	refused(s, s.stranger, s3api.OpGetObject, getInput("key"), "NoSuchKey", "")
}

// readFunc is an empty body that does something when it is read.
type readFunc func()

func (f readFunc) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}
