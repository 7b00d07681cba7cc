package s3

import (
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Ranges are those of RFC 9110, section 14, as far as S3 has them: one range of
// bytes. Of everything else it gives the whole object.
func TestParseRange(t *testing.T) {
	for _, tt := range []struct {
		header string
		size   int64
		want   span
		ok     bool
	}{
		{"bytes=0-499", 10000, span{0, 500, true}, true},
		{"bytes=500-999", 10000, span{500, 500, true}, true},
		{"bytes=-500", 10000, span{9500, 500, true}, true},
		{"bytes=9500-", 10000, span{9500, 500, true}, true},
		{"bytes=0-0", 10000, span{0, 1, true}, true},
		{"bytes=9999-9999", 10000, span{9999, 1, true}, true},
		{"bytes=9999-20000", 10000, span{9999, 1, true}, true},
		{"bytes=0-99999999999999999999999", 10000, span{0, 10000, true}, true},
		{"bytes=-20000", 10000, span{0, 10000, true}, true},
		{"bytes=-99999999999999999999999", 10000, span{0, 10000, true}, true},
		{"Bytes=0-0", 10000, span{0, 1, true}, true},
		{"bytes=10000-", 10000, span{}, false},
		{"bytes=10000-10001", 10000, span{}, false},
		{"bytes=99999999999999999999999-", 10000, span{}, false},
		{"bytes=-0", 10000, span{}, false},
		{"bytes=0-", 0, span{}, false},
		{"bytes=-0", 0, span{}, false},
		{"bytes=-1", 0, span{0, 0, false}, true}, // versitygw, GetObject_zero_len_with_range
		{"bytes= -1", 10000, span{0, 10000, false}, true},
		{"bytes=0 -1", 10000, span{0, 10000, false}, true},
		{"bytes=0-0,2-3", 10000, span{0, 10000, false}, true},
		{"bytes=5-2", 10000, span{0, 10000, false}, true},
		{"bytes=", 10000, span{0, 10000, false}, true},
		{"bytes=-", 10000, span{0, 10000, false}, true},
		{"bytes=a-b", 10000, span{0, 10000, false}, true},
		{"bytes=+1-2", 10000, span{0, 10000, false}, true},
		{"bytes=--1", 10000, span{0, 10000, false}, true},
		{"bytes 0-1", 10000, span{0, 10000, false}, true},
		{"seconds=0-1", 10000, span{0, 10000, false}, true},
		{"", 10000, span{0, 10000, false}, true},
	} {
		got, err := parseRange(tt.header, tt.size)
		if (err == nil) != tt.ok || tt.ok && got != tt.want {
			t.Errorf("%q of %d: %+v, %v", tt.header, tt.size, got, err)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	f.Add("bytes=0-499", int64(10000))
	f.Add("bytes=-1", int64(0))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		s, err := parseRange(header, size)
		if err == nil && (s.from < 0 || s.length < 0 || s.length > size || s.from > size-s.length || s.partial && s.length == 0) {
			t.Errorf("%q of %d is %+v", header, size, s)
		}
	})
}

// ranged are ranges of content that begin and end around segments and pieces.
func TestGetRange(t *testing.T) {
	s := newSite(t)
	for i, size := range []int{10, 16<<10 + 1, 300_000} {
		content := noise(uint64(i), size)
		s.putContent("key", content)
		for _, r := range [][2]int{{0, 0}, {0, size - 1}, {size - 1, size - 1}, {size / 2, size/2 + 4}, {1, size - 2}} {
			out := askOK(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) {
				in.Range, in.ChecksumMode = new("bytes="+strconv.Itoa(r[0])+"-"+strconv.Itoa(r[1])), s3api.ChecksumModeEnabled
			}))
			raw, err := io.ReadAll(out.Body)
			if err != nil || string(raw) != content[r[0]:r[1]+1] {
				t.Errorf("%v of %d: %d bytes, %v", r, size, len(raw), err)
			}
			if want := "bytes " + strconv.Itoa(r[0]) + "-" + strconv.Itoa(r[1]) + "/" + strconv.Itoa(size); value(out.ContentRange) != want || *out.ContentLength != int64(len(raw)) {
				t.Errorf("Content-Range %s, want %s", value(out.ContentRange), want)
			}
			if whole := len(raw) == size; out.ChecksumCRC64NVME != nil && !whole {
				t.Error("the checksum of the object is shown with a part of it")
			}
		}
		e := refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.Range = new("bytes=" + strconv.Itoa(size) + "-") }),
			"InvalidRange", "The requested range is not satisfiable")
		s.wantFields(e, "ActualObjectSize", strconv.Itoa(size))
		if e.Status != 416 {
			t.Errorf("status %d", e.Status)
		}
	}
}

// inParts puts an object as a multipart upload leaves it.
func (s *site) inParts(key string, parts ...string) {
	s.Helper()
	in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new(key), ChecksumAlgorithm: s3api.ChecksumAlgorithmCrc32}
	up := askOK(s, s.owner, s3api.OpCreateMultipartUpload, in)
	done := &s3api.CompletedMultipartUpload{}
	for i, content := range parts {
		sum := checksum.Encode(checksum.Sum(checksum.CRC32, []byte(content)))
		part := askOK(s, s.owner, s3api.OpUploadPart, &s3api.UploadPartInput{
			Bucket: up.Bucket, Key: up.Key, UploadId: up.UploadId, PartNumber: new(int32(i + 1)),
			Body: strings.NewReader(content), ChecksumCRC32: new(sum),
		})
		done.Parts = append(done.Parts, s3api.CompletedPart{ETag: part.ETag, PartNumber: new(int32(i + 1)), ChecksumCRC32: new(sum)})
	}
	askOK(s, s.owner, s3api.OpCompleteMultipartUpload, &s3api.CompleteMultipartUploadInput{
		Bucket: up.Bucket, Key: up.Key, UploadId: up.UploadId, MultipartUpload: done,
	})
}

func TestGetPart(t *testing.T) {
	s := newSite(t)
	const first = 5 << 20
	contents := []string{noise(1, first), noise(2, first), noise(3, 70_000)}
	whole := strings.Join(contents, "")
	s.inParts("key", contents...)
	from := 0
	for i, content := range contents {
		out := askOK(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) {
			in.PartNumber, in.ChecksumMode = new(int32(i+1)), s3api.ChecksumModeEnabled
		}))
		raw, err := io.ReadAll(out.Body)
		s.check(err)
		want := span{int64(from), int64(len(content)), true}.contentRange(int64(len(whole)))
		if string(raw) != content || *out.PartsCount != 3 || *out.ContentRange != want ||
			value(out.ChecksumCRC32) != checksum.Encode(checksum.Sum(checksum.CRC32, []byte(content))) || out.ChecksumType != "COMPOSITE" {
			t.Errorf("part %d: %d bytes, %+v", i+1, len(raw), out)
		}
		from += len(content)
	}
	e := refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.PartNumber = new(int32(4)) }),
		"InvalidPartNumber", "The requested partnumber is not satisfiable")
	s.wantFields(e, "PartNumberRequested", "4", "ActualPartCount", "3")
	for _, n := range []int32{0, -1, 10001} {
		refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.PartNumber = new(n) }), "InvalidArgument", "")
	}
	refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.PartNumber, in.Range = new(int32(1)), new("bytes=0-0") }),
		"InvalidRequest", "Cannot specify both Range header and partNumber query parameter")

	// Ranges go across parts.
	if got := s.get("key"); got != whole {
		t.Errorf("the whole is %d other bytes", len(got))
	}
	for _, r := range [][2]int{{first - 1, first}, {10, len(whole) - 10}, {first, 2*first - 1}, {2*first + 1, len(whole) - 1}, {first - 3, 2*first + 3}} {
		got := s.get("key", func(in *s3api.GetObjectInput) {
			in.Range = new("bytes=" + strconv.Itoa(r[0]) + "-" + strconv.Itoa(r[1]))
		})
		if got != whole[r[0]:r[1]+1] {
			t.Errorf("range %v: %d other bytes", r, len(got))
		}
	}

	// An object in one piece is its own first part.
	s.put("plain")
	out := head(s, "plain", func(in *s3api.HeadObjectInput) { in.PartNumber = new(int32(1)) })
	if out.PartsCount != nil || value(out.ContentRange) != "bytes 0-15/16" {
		t.Errorf("part 1 of an object without parts: %+v", out)
	}
	s.putContent("empty", "")
	out = head(s, "empty", func(in *s3api.HeadObjectInput) { in.PartNumber = new(int32(1)) })
	if out.ContentRange != nil || *out.ContentLength != 0 {
		t.Errorf("part 1 of an empty object: %+v", out)
	}
}

// Who reads parts reads them to the end, whoever deletes the object meanwhile.
func TestGetWhileDeleted(t *testing.T) {
	s := newSite(t)
	contents := []string{noise(1, 5<<20), noise(2, 5<<20)}
	s.inParts("key", contents...)
	out := askOK(s, s.owner, s3api.OpGetObject, getInput("key"))
	s.remove("key")
	raw, err := io.ReadAll(out.Body)
	if err != nil || string(raw) != contents[0]+contents[1] {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	s.check(out.Body.(io.Closer).Close())
	if n := s.contents(); n != 0 {
		t.Errorf("%d contents are kept", n)
	}
}

// The table is that of the API reference, GetObject, "If both of the If-Match
// and If-Unmodified-Since headers are present", and RFC 9110, section 13.2.2.
func TestConditionalRead(t *testing.T) {
	s := newSite(t)
	s.put("key")
	etag, other := *head(s, "key").ETag, `"00000000000000000000000000000000"`
	before, at, after := s.now.Add(-time.Hour), s.now, s.now.Add(time.Hour)
	s.pass(time.Minute)
	for _, tt := range []struct {
		name  string
		match string
		none  string
		mod   *time.Time
		unmod *time.Time
		code  string
	}{
		{"match", etag, "", nil, nil, ""},
		{"match without quotes", strings.Trim(etag, `"`), "", nil, nil, ""},
		{"match any", "*", "", nil, nil, ""},
		{"match one of", other + ", " + etag, "", nil, nil, ""},
		{"no match", other, "", nil, nil, "PreconditionFailed"},
		{"none match", "", etag, nil, nil, "NotModified"},
		{"none match any", "", "*", nil, nil, "NotModified"},
		{"none match of others", "", other, nil, nil, ""},
		{"modified since before", "", "", &before, nil, ""},
		{"modified since then", "", "", &at, nil, "NotModified"},
		{"modified since after", "", "", &after, nil, ""}, // as if it were not there
		{"unmodified since before", "", "", nil, &before, "PreconditionFailed"},
		{"unmodified since then", "", "", nil, &at, ""},
		{"match wins over unmodified", etag, "", nil, &before, ""},
		{"no match wins over unmodified", other, "", nil, &after, "PreconditionFailed"},
		{"none match wins over modified", "", etag, &before, nil, "NotModified"},
		{"other wins over not modified", "", other, &after, nil, ""},
		{"match and none match", etag, etag, nil, nil, "NotModified"},
		{"no match before none match", other, etag, nil, nil, "PreconditionFailed"},
	} {
		in := getInput("key")
		in.IfModifiedSince, in.IfUnmodifiedSince = tt.mod, tt.unmod
		if tt.match != "" {
			in.IfMatch = &tt.match
		}
		if tt.none != "" {
			in.IfNoneMatch = &tt.none
		}
		_, err := ask(s, s.owner, s3api.OpGetObject, in)
		if code(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
	}
	e := refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.IfNoneMatch = &etag }), "NotModified", "")
	if s.wantFields(e, "ETag", etag, "Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT"); e.Status != 304 {
		t.Errorf("status %d", e.Status)
	}
	// A condition tells nothing to those who may not read.
	writer := s.person(siteAccount, "writer", may("s3:PutObject", "*"))
	refused(s, writer, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.IfNoneMatch = &etag }), "AccessDenied", "")
}

func TestResponseHeaders(t *testing.T) {
	s := newSite(t)
	s.put("key")
	edit := func(in *s3api.GetObjectInput) {
		in.ResponseCacheControl, in.ResponseContentDisposition, in.ResponseContentEncoding = new("1"), new("2"), new("3")
		in.ResponseContentLanguage, in.ResponseContentType, in.ResponseExpires = new("4"), new("5"), new(s.now)
	}
	out := askOK(s, s.owner, s3api.OpGetObject, getInput("key", edit))
	got := []string{value(out.CacheControl), value(out.ContentDisposition), value(out.ContentEncoding), value(out.ContentLanguage), value(out.ContentType), value(out.Expires)}
	if want := "1 2 3 4 5 Sun, 01 Mar 2026 12:00:00 GMT"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	s.bucketPolicy(opens(`"*"`, "s3:GetObject", "arn:aws:s3:::the-bucket/*"))
	if out := askOK(s, nobody(), s3api.OpGetObject, getInput("key")); value(out.ContentType) != defaultContentType {
		t.Errorf("answered %+v", out)
	}
	refused(s, nobody(), s3api.OpGetObject, getInput("key", edit),
		"InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.")
}

// What lies on the disk is not what was put, and not of use without the row.
func TestContentIsSealed(t *testing.T) {
	s := newSite(t)
	const secret = "the quick brown fox jumps over the lazy dog"
	s.putContent("key", secret)
	s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
		for _, row := range store.NewTable[struct{ Sealed []byte }]("blob.content").Scan(tx, "", "") {
			if len(row.Sealed) <= len(secret) || strings.Contains(string(row.Sealed), secret[:4]) {
				t.Errorf("kept are %d bytes: %q", len(row.Sealed), row.Sealed)
			}
		}
		return nil
	}))
}

// Answers about the newest version of a key tell when it expires (API reference,
// PutObject and HeadObject, x-amz-expiration).
func TestExpirationHeader(t *testing.T) {
	s := newSite(t)
	s.put("other/key")
	askOK(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, &s3api.PutBucketLifecycleConfigurationInput{
		Bucket: new(siteBucket), LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{Rules: []s3api.LifecycleRule{{
			ID: new("a rule"), Status: "Enabled", Filter: &s3api.LifecycleRuleFilter{Prefix: new("old/")},
			Expiration: &s3api.LifecycleExpiration{Days: new(int32(10))},
		}}},
	})
	const want = `expiry-date="Thu, 12 Mar 2026 00:00:00 GMT", rule-id="a%20rule"`
	get := func(key string, edit ...func(*s3api.GetObjectInput)) string {
		return value(askOK(s, s.owner, s3api.OpGetObject, getInput(key, edit...)).Expiration)
	}
	put := s.putContent("old/key", "")
	copied := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/other/key", "old/copy"))
	for _, got := range []string{value(put.Expiration), value(copied.Expiration), get("old/key"), value(head(s, "old/key").Expiration)} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := get("other/key") + get("old/key", func(in *s3api.GetObjectInput) { in.VersionId = new(nullVersion) }); got != "" {
		t.Errorf("got %s", got)
	}
}
