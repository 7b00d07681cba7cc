package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// versionLine writes what an answer lists as one line: versions, delete markers,
// common prefixes, each with a star if it is the newest. names calls version ids
// by other names.
func versionLine(out *s3api.ListObjectVersionsOutput, names map[string]string) string {
	var words []string
	name := func(key, id *string, latest *bool) string {
		star := ""
		if *latest {
			star = "*"
		}
		if n, ok := names[*id]; ok {
			return *key + ":" + n + star
		}
		return *key + ":" + *id + star
	}
	for _, v := range out.Versions {
		words = append(words, name(v.Key, v.VersionId, v.IsLatest))
	}
	words = append(words, "|")
	for _, m := range out.DeleteMarkers {
		words = append(words, name(m.Key, m.VersionId, m.IsLatest))
	}
	for _, p := range out.CommonPrefixes {
		words = append(words, *p.Prefix+"...")
	}
	return strings.Join(words, " ")
}

// TestListObjectVersions goes through the answers that were recorded from S3 for
// the same steps.
func TestListObjectVersions(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	names := map[string]string{}
	var ids []string
	note := func(id *string) {
		ids = append(ids, *id)
		names[*id] = string(rune('0' + len(ids)))
	}
	for _, key := range []string{"test_0", "test_1", "test_2"} {
		note(s.putContent(key, "version 1").VersionId)
	}
	note(s.putContent("test_2", "version 2").VersionId)
	for _, key := range []string{"test_0", "test_1", "test_2"} {
		note(s.remove(key).VersionId)
	}
	for _, key := range []string{"test_0", "test_1"} {
		note(s.putContent(key, "version 2").VersionId)
	}
	list := func(size int32, key, version string) *s3api.ListObjectVersionsOutput {
		t.Helper()
		in := &s3api.ListObjectVersionsInput{Bucket: new(siteBucket), MaxKeys: new(size)}
		if key != "" {
			in.KeyMarker = new(key)
		}
		if version != "" {
			in.VersionIdMarker = new(version)
		}
		return askOK(s, s.owner, s3api.OpListObjectVersions, in)
	}
	all := list(1000, "", "")
	expect(t, "all", versionLine(all, names), "test_0:8* test_0:1 test_1:9* test_1:2 test_2:4 test_2:3 | test_0:5 test_1:6 test_2:7*",
		all.IsTruncated, new(false), all.KeyMarker, new(""), all.VersionIdMarker, new(""), all.Prefix, new(""), all.NextKeyMarker, (*string)(nil))
	five := list(5, "", "")
	expect(t, "five", versionLine(five, names), "test_0:8* test_0:1 test_1:9* | test_0:5 test_1:6",
		five.IsTruncated, new(true), five.NextKeyMarker, new("test_1"), names[*five.NextVersionIdMarker], "6")
	expect(t, "key only", versionLine(list(1, "test_1", ""), names), "| test_2:7*")
	last := list(1, "test_2", "")
	expect(t, "last key", versionLine(last, names), "|", last.IsTruncated, new(false))
	both := list(1, "test_1", ids[5])
	expect(t, "both markers", versionLine(both, names), "test_1:2 |", both.IsTruncated, new(true), both.NextKeyMarker, new("test_1"),
		names[*both.NextVersionIdMarker], "2", names[*both.VersionIdMarker], "6")
	end := list(1, "test_2", ids[3])
	expect(t, "the end", versionLine(end, names), "test_2:3 |", end.IsTruncated, new(false))

	// A marker works on after its version is gone.
	s.remove("test_1", ids[5])
	expect(t, "marker that is gone", versionLine(list(1, "test_1", ids[5]), names), "test_1:2 |")
	s.remove("test_1", ids[8])
	expect(t, "newest that is gone", versionLine(list(1, "test_1", ids[8]), names), "test_1:2* |")
	s.remove("test_1", ids[1])
	expect(t, "key that is gone", versionLine(list(1, "test_1", ids[5]), names), "| test_2:7*")
}

func TestListVersionsByPrefix(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	s.put("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file1", "folder/file2", "g")
	list := func(key string) *s3api.ListObjectVersionsOutput {
		t.Helper()
		return askOK(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{
			Bucket: new(siteBucket), Prefix: new("folder/"), Delimiter: new("/"), MaxKeys: new(int32(1)), KeyMarker: new(key),
		})
	}
	keys := func(out *s3api.ListObjectVersionsOutput) string {
		line := ""
		for _, v := range out.Versions {
			line += *v.Key
		}
		for _, p := range out.CommonPrefixes {
			line += *p.Prefix + "..."
		}
		return line
	}
	out := list("")
	expect(t, "common prefix", keys(out), "folder/aSubfolder/...", out.NextKeyMarker, new("folder/aSubfolder/"), out.NextVersionIdMarker, (*string)(nil), out.Delimiter, new("/"))
	out = list("folder/aSubfolder/")
	expect(t, "after it", keys(out), "folder/file1", out.NextKeyMarker, new("folder/file1"), out.IsTruncated, new(true))
	if out.NextVersionIdMarker == nil {
		t.Error("no version marker behind a version")
	}
	expect(t, "within it", keys(list("folder/aSubfolder/subFile1")), "folder/file1")
	out = list("folder/file1")
	expect(t, "the last key", keys(out), "folder/file2", out.IsTruncated, new(false))
}

// TestListNullVersions: a bucket that was not versioned, was, and no longer is.
func TestListNullVersions(t *testing.T) {
	s := newSite(t)
	s.put("a", "b")
	list := func(edit ...func(*s3api.ListObjectVersionsInput)) *s3api.ListObjectVersionsOutput {
		t.Helper()
		in := &s3api.ListObjectVersionsInput{Bucket: new(siteBucket)}
		for _, f := range edit {
			f(in)
		}
		return askOK(s, s.owner, s3api.OpListObjectVersions, in)
	}
	names := map[string]string{}
	expect(t, "never versioned", versionLine(list(), names), "a:null* b:null* |")
	s.versioning("Enabled")
	for i, key := range []string{"a", "a", "b"} {
		names[*s.putContent(key, "x").VersionId] = string(rune('1' + i))
	}
	expect(t, "null is the oldest", versionLine(list(), names), "a:2* a:1 a:null b:3* b:null |")
	s.versioning("Suspended")
	s.put("a")
	s.remove("b")
	expect(t, "null is the newest", versionLine(list(), names), "a:null* a:2 a:1 b:3 | b:null*")

	// By pages of one, with null as marker.
	var got []string
	in := &s3api.ListObjectVersionsInput{Bucket: new(siteBucket), MaxKeys: new(int32(1))}
	for {
		out := askOK(s, s.owner, s3api.OpListObjectVersions, in)
		got = append(got, strings.Trim(versionLine(out, names), "| "))
		if in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker; !*out.IsTruncated {
			break
		}
	}
	expect(t, "by one", strings.Join(got, " "), "a:null* a:2 a:1 b:null* b:3")
}

func TestListObjectVersionsRefuses(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		key, version  *string
		size          *int32
		message       string
		argument, was string
	}{
		{nil, new("x"), nil, "A version-id marker cannot be specified without a key marker.", "version-id-marker", "x"},
		{new(""), new("null"), nil, "A version-id marker cannot be specified without a key marker.", "version-id-marker", "null"},
		{new("a"), new(""), nil, "A version-id marker cannot be empty.", "version-id-marker", ""},
		{new("a"), new("no"), nil, "Invalid version id specified", "version-id-marker", "no"},
		{nil, nil, new(int32(-1)), "Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", "-1"},
	} {
		e := refused(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{
			Bucket: new(siteBucket), KeyMarker: test.key, VersionIdMarker: test.version, MaxKeys: test.size,
		}, "InvalidArgument", test.message)
		s.wantFields(e, "ArgumentName", test.argument, "ArgumentValue", test.was)
	}
	in := &s3api.ListObjectVersionsInput{Bucket: new(siteBucket)}
	lister := s.person(siteAccount, "lister", may("s3:ListBucket", "*"))
	refused(s, lister, s3api.OpListObjectVersions, in, "AccessDenied", "")
	refused(s, s.stranger, s3api.OpListObjectVersions, in, "AccessDenied", "")
	refused(s, nobody(), s3api.OpListObjectVersions, in, "AccessDenied", "")
	versions := s.person(siteAccount, "versions", may("s3:ListBucketVersions", "arn:aws:s3:::"+siteBucket, `{"StringEquals":{"s3:prefix":"a"}}`))
	refused(s, versions, s3api.OpListObjectVersions, in, "AccessDenied", "")
	askOK(s, versions, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new(siteBucket), Prefix: new("a")})
	refused(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new("no-such-bucket")}, "NoSuchBucket", "")
}
