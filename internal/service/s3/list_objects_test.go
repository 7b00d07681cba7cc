package s3

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// lined writes what an answer lists as one line.
func lined(contents []s3api.Object, prefixes []s3api.CommonPrefix) string {
	var words []string
	for _, o := range contents {
		words = append(words, *o.Key)
	}
	for _, p := range prefixes {
		words = append(words, *p.Prefix+"...")
	}
	return strings.Join(words, " ")
}

func shown(v any) string {
	switch v := v.(type) {
	case *string:
		if v == nil {
			return "nil"
		}
		return fmt.Sprintf("%q", *v)
	case *bool:
		return fmt.Sprint(*v)
	case *int32:
		return fmt.Sprint(*v)
	}
	return fmt.Sprint(v)
}

// expect compares members of an answer: pairs of what is and what should be.
func expect(t testing.TB, what string, pairs ...any) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got, want := shown(pairs[i]), shown(pairs[i+1]); got != want {
			t.Errorf("%s: member %d is %s, want %s", what, i/2, got, want)
		}
	}
}

// TestListObjects: the members of answers as they were recorded from S3.
func TestListObjects(t *testing.T) {
	s := newSite(t)
	list := func(edit func(*s3api.ListObjectsInput)) *s3api.ListObjectsOutput {
		t.Helper()
		in := &s3api.ListObjectsInput{Bucket: new(siteBucket)}
		edit(in)
		return askOK(s, s.owner, s3api.OpListObjects, in)
	}
	empty := list(func(in *s3api.ListObjectsInput) { in.Marker = new("") })
	expect(t, "empty bucket", empty.IsTruncated, new(false), empty.Marker, new(""), empty.MaxKeys, new(int32(1000)),
		empty.Name, new(siteBucket), empty.Prefix, new(""), empty.Delimiter, (*string)(nil), empty.NextMarker, (*string)(nil),
		lined(empty.Contents, empty.CommonPrefixes), "")

	s.put("test_0", "test_1", "test_2", "folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")
	for _, test := range []struct {
		name string
		edit func(*s3api.ListObjectsInput)
		want string
		next *string
		more bool
	}{
		{"with a delimiter there is a next marker", func(in *s3api.ListObjectsInput) {
			in.Prefix, in.MaxKeys, in.Delimiter = new("test"), new(int32(1)), new("/")
		}, "test_0", new("test_0"), true},
		{"without there is none", func(in *s3api.ListObjectsInput) {
			in.MaxKeys, in.Marker = new(int32(1)), new("test_0")
		}, "test_1", nil, true},
		{"common prefix as marker", func(in *s3api.ListObjectsInput) {
			in.Prefix, in.MaxKeys, in.Delimiter = new("folder/"), new(int32(1)), new("/")
		}, "folder/aSubfolder/...", new("folder/aSubfolder/"), true},
		{"after the common prefix", func(in *s3api.ListObjectsInput) {
			in.Prefix, in.MaxKeys, in.Delimiter, in.Marker = new("folder/"), new(int32(1)), new("/"), new("folder/aSubfolder/")
		}, "folder/file1", new("folder/file1"), true},
		{"the end", func(in *s3api.ListObjectsInput) {
			in.Prefix, in.MaxKeys, in.Delimiter, in.Marker = new("folder/"), new(int32(1)), new("/"), new("folder/file1")
		}, "folder/file2", nil, false},
		{"marker within a common prefix", func(in *s3api.ListObjectsInput) {
			in.Prefix, in.MaxKeys, in.Delimiter, in.Marker = new("folder/"), new(int32(1)), new("/"), new("folder/aSubfolder/subFile1")
		}, "folder/file1", new("folder/file1"), true},
		{"no keys at all", func(in *s3api.ListObjectsInput) { in.MaxKeys = new(int32(0)) }, "", nil, false},
	} {
		out := list(test.edit)
		expect(t, test.name, lined(out.Contents, out.CommonPrefixes), test.want, out.NextMarker, test.next, out.IsTruncated, new(test.more))
	}
	if out := list(func(in *s3api.ListObjectsInput) { in.MaxKeys = new(int32(5000)) }); *out.MaxKeys != 1000 {
		t.Errorf("max-keys of 5000 gives %d", *out.MaxKeys)
	}
}

// TestListedObject: what is shown of an object.
func TestListedObject(t *testing.T) {
	s := newSite(t)
	askOK(s, s.owner, s3api.OpPutObject, &s3api.PutObjectInput{
		Bucket: new(siteBucket), Key: new("a"), Body: strings.NewReader("hello"), ContentLength: new(int64(5)),
		ChecksumCRC32: new("NhCmhg=="), StorageClass: s3api.StorageClassStandardIa,
	})
	made := s.now
	s.pass(time.Minute)
	o := askOK(s, s.owner, s3api.OpListObjects, &s3api.ListObjectsInput{Bucket: new(siteBucket)}).Contents[0]
	expect(t, "object", o.ETag, new(`"5d41402abc4b2a76b9719d911017c592"`), *o.Size, 5, *o.LastModified, made,
		o.ChecksumAlgorithm, "[CRC32]", o.ChecksumType, "FULL_OBJECT", o.StorageClass, "STANDARD_IA", o.Owner.DisplayName, (*string)(nil))
	account, err := s.cloud.Accounts.Get(t.Context(), siteAccount)
	s.check(err)
	expect(t, "owner", o.Owner.ID, new(account.CanonicalID))

	v2 := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}).Contents[0]
	if v2.Owner != nil {
		t.Error("ListObjectsV2 shows an owner without being asked")
	}
	v2 = askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new(siteBucket), FetchOwner: new(true)}).Contents[0]
	expect(t, "fetched owner", v2.Owner.ID, new(account.CanonicalID))
}

// TestListObjectsV2: the members of answers as they were recorded from S3.
func TestListObjectsV2(t *testing.T) {
	s := newSite(t)
	for i := range 12 {
		s.put(fmt.Sprintf("test_%d", i))
	}
	list := func(in s3api.ListObjectsV2Input) *s3api.ListObjectsV2Output {
		t.Helper()
		in.Bucket = new(siteBucket)
		return askOK(s, s.owner, s3api.OpListObjectsV2, &in)
	}
	first := list(s3api.ListObjectsV2Input{MaxKeys: new(int32(5))})
	expect(t, "first page", lined(first.Contents, nil), "test_0 test_1 test_10 test_11 test_2", first.KeyCount, new(int32(5)),
		first.MaxKeys, new(int32(5)), first.IsTruncated, new(true), first.ContinuationToken, (*string)(nil), first.StartAfter, (*string)(nil), first.Prefix, new(""))
	token := first.NextContinuationToken
	if token == nil || strings.Contains(*token, "test_2") {
		t.Fatalf("token is %v", token)
	}
	rest := list(s3api.ListObjectsV2Input{ContinuationToken: token, StartAfter: new("test_7")})
	expect(t, "token is stronger than start-after", lined(rest.Contents, nil), "test_3 test_4 test_5 test_6 test_7 test_8 test_9",
		rest.KeyCount, new(int32(7)), rest.ContinuationToken, token, rest.StartAfter, (*string)(nil), rest.NextContinuationToken, (*string)(nil))
	after := list(s3api.ListObjectsV2Input{StartAfter: new("test_7"), MaxKeys: new(int32(2))})
	expect(t, "start-after", lined(after.Contents, nil), "test_8 test_9", after.IsTruncated, new(false), after.StartAfter, new("test_7"))

	s.put("a/1", "a/2", "b/1")
	page := list(s3api.ListObjectsV2Input{Delimiter: new("/"), MaxKeys: new(int32(3))})
	expect(t, "common prefixes count", lined(page.Contents, page.CommonPrefixes), "test_0 a/... b/...", page.KeyCount, new(int32(3)), page.Delimiter, new("/"))
	page = list(s3api.ListObjectsV2Input{Delimiter: new("/"), MaxKeys: new(int32(1)), ContinuationToken: list(s3api.ListObjectsV2Input{Delimiter: new("/"), MaxKeys: new(int32(1))}).NextContinuationToken})
	expect(t, "after a common prefix", lined(page.Contents, page.CommonPrefixes), "b/...")
}

// TestEncodingType: every name in an answer is encoded, those of the request
// too.
func TestEncodingType(t *testing.T) {
	s := newSite(t)
	s.put("a b/1=1", "a b/c d/2", "é", "\x01\x02")
	list := func(in s3api.ListObjectsV2Input) *s3api.ListObjectsV2Output {
		t.Helper()
		in.Bucket, in.EncodingType = new(siteBucket), s3api.EncodingTypeUrl
		return askOK(s, s.owner, s3api.OpListObjectsV2, &in)
	}
	out := list(s3api.ListObjectsV2Input{Prefix: new("a b/"), Delimiter: new("/"), StartAfter: new("a b")})
	expect(t, "encoded", lined(out.Contents, out.CommonPrefixes), "a+b/1%3D1 a+b/c+d/...", out.Prefix, new("a+b/"), out.Delimiter, new("/"), out.StartAfter, new("a+b"), out.EncodingType, "url")
	out = list(s3api.ListObjectsV2Input{})
	expect(t, "order", lined(out.Contents, nil), "%01%02 a+b/1%3D1 a+b/c+d/2 %C3%A9")
	v1 := askOK(s, s.owner, s3api.OpListObjects, &s3api.ListObjectsInput{
		Bucket: new(siteBucket), EncodingType: "url", Delimiter: new(" "), MaxKeys: new(int32(1)), Marker: new("\x00 "),
	})
	expect(t, "v1", lined(v1.Contents, v1.CommonPrefixes), "%01%02", v1.Marker, new("%00+"), v1.NextMarker, new("%01%02"), v1.Delimiter, new("+"))
}

// TestAnyKeyIsListed: keys of all characters that the store's keys give a
// meaning to, through pages of every size.
func TestAnyKeyIsListed(t *testing.T) {
	s := newSite(t)
	keys := []string{"\x00", "\x00\x00", "\x01", "\x01\x01", "\x02", "a", "a\x00", "a\x00b", "a\x01", "a\x01b/c", "a\x01b/d", "a/", "a//", "a/b", "ab", strings.Repeat("k", 1024), "日本/語", "😀"}
	s.put(keys...)
	slices.Sort(keys)
	for _, size := range []int32{1, 2, 3, 1000} {
		for _, delimiter := range []*string{nil, new("/")} {
			var got []string
			in := &s3api.ListObjectsV2Input{Bucket: new(siteBucket), MaxKeys: new(size), Delimiter: delimiter}
			for {
				out := askOK(s, s.owner, s3api.OpListObjectsV2, in)
				for _, o := range out.Contents {
					got = append(got, *o.Key)
				}
				for _, p := range out.CommonPrefixes {
					got = append(got, *p.Prefix)
				}
				if in.ContinuationToken = out.NextContinuationToken; !*out.IsTruncated {
					break
				}
			}
			want := keys
			if delimiter != nil {
				want = nil
				for _, k := range keys {
					if before, _, ok := strings.Cut(k, "/"); ok {
						k = before + "/"
					}
					if !slices.Contains(want, k) {
						want = append(want, k)
					}
				}
				slices.Sort(got) // a page shows its common prefixes last
				slices.Sort(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("by %d:\n got %q\nwant %q", size, got, want)
			}
		}
	}
}

// TestDeletedIsNotListed: nothing of a key whose newest version is a delete
// marker is listed, and no common prefix of such keys.
func TestDeletedIsNotListed(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	s.put("a/1", "a/2", "b/1", "c")
	s.remove("a/1")
	s.remove("a/2")
	s.remove("c")
	out := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new(siteBucket), Delimiter: new("/"), MaxKeys: new(int32(1))})
	expect(t, "listing", lined(out.Contents, out.CommonPrefixes), "b/...", out.IsTruncated, new(false))
	v1 := askOK(s, s.owner, s3api.OpListObjects, &s3api.ListObjectsInput{Bucket: new(siteBucket)})
	expect(t, "v1", lined(v1.Contents, nil), "b/1")
}

func TestListObjectsRefuses(t *testing.T) {
	s := newSite(t)
	v1 := func(edit func(*s3api.ListObjectsInput)) *s3api.ListObjectsInput {
		in := &s3api.ListObjectsInput{Bucket: new(siteBucket)}
		edit(in)
		return in
	}
	v2 := func(edit func(*s3api.ListObjectsV2Input)) *s3api.ListObjectsV2Input {
		in := &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}
		edit(in)
		return in
	}
	e := refused(s, s.owner, s3api.OpListObjects, v1(func(in *s3api.ListObjectsInput) { in.MaxKeys = new(int32(-1)) }),
		"InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647")
	s.wantFields(e, "ArgumentName", "maxKeys", "ArgumentValue", "-1")
	refused(s, s.owner, s3api.OpListObjectsV2, v2(func(in *s3api.ListObjectsV2Input) { in.MaxKeys = new(int32(-7)) }), "InvalidArgument", "")
	for _, token := range []string{"", "x", "bm90IG9uZQ=="} {
		e = refused(s, s.owner, s3api.OpListObjectsV2, v2(func(in *s3api.ListObjectsV2Input) { in.ContinuationToken = new(token) }),
			"InvalidArgument", "The continuation token provided is incorrect")
		s.wantFields(e, "ArgumentName", "continuation-token")
	}
	refused(s, s.owner, s3api.OpListObjects, &s3api.ListObjectsInput{Bucket: new("no-such-bucket")}, "NoSuchBucket", "The specified bucket does not exist")
	refused(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new("no-such-bucket")}, "NoSuchBucket", "")
	refused(s, s.owner, s3api.OpListObjects, v1(func(in *s3api.ListObjectsInput) { in.ExpectedBucketOwner = new(otherAccount) }), "AccessDenied", "")
	refused(s, s.owner, s3api.OpListObjectsV2, v2(func(in *s3api.ListObjectsV2Input) { in.ExpectedBucketOwner = new(otherAccount) }), "AccessDenied", "")
}

// TestListingIsAuthorized: s3:ListBucket, with the prefix, the delimiter and the
// size of the page as conditions, as in the user guide, "Bucket policy examples
// using condition keys".
func TestListingIsAuthorized(t *testing.T) {
	s := newSite(t)
	s.put("home/alice/1", "home/bob/1", "public/1")
	arn := "arn:aws:s3:::" + siteBucket
	v2 := func(p *authz.Principal, edit func(*s3api.ListObjectsV2Input)) error {
		in := &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}
		edit(in)
		_, err := ask(s, p, s3api.OpListObjectsV2, in)
		return err
	}
	v1 := func(p *authz.Principal, edit func(*s3api.ListObjectsInput)) error {
		in := &s3api.ListObjectsInput{Bucket: new(siteBucket)}
		edit(in)
		_, err := ask(s, p, s3api.OpListObjects, in)
		return err
	}
	alice := s.person(siteAccount, "alice", may("s3:ListBucket", arn, `{"StringLike":{"s3:prefix":"home/alice/*"}}`))
	few := s.person(siteAccount, "few", may("s3:ListBucket", arn, `{"NumericLessThanEquals":{"s3:max-keys":"10"},"StringEquals":{"s3:delimiter":"/"}}`))
	objects := s.person(siteAccount, "objects", may("s3:*", arn+"/*"))
	nothing := s.person(siteAccount, "nothing")
	for _, test := range []struct {
		name    string
		err     error
		allowed bool
	}{
		{"her prefix", v2(alice, func(in *s3api.ListObjectsV2Input) { in.Prefix = new("home/alice/") }), true},
		{"her prefix, v1", v1(alice, func(in *s3api.ListObjectsInput) { in.Prefix = new("home/alice/x") }), true},
		{"another's prefix", v2(alice, func(in *s3api.ListObjectsV2Input) { in.Prefix = new("home/bob/") }), false},
		{"another's prefix, v1", v1(alice, func(in *s3api.ListObjectsInput) { in.Prefix = new("home/bob/") }), false},
		{"no prefix", v2(alice, func(*s3api.ListObjectsV2Input) {}), false},
		{"few keys", v2(few, func(in *s3api.ListObjectsV2Input) { in.MaxKeys, in.Delimiter = new(int32(10)), new("/") }), true},
		{"many keys", v2(few, func(in *s3api.ListObjectsV2Input) { in.MaxKeys, in.Delimiter = new(int32(11)), new("/") }), false},
		{"as many as there are by default", v2(few, func(in *s3api.ListObjectsV2Input) { in.Delimiter = new("/") }), false},
		{"another delimiter", v1(few, func(in *s3api.ListObjectsInput) { in.MaxKeys, in.Delimiter = new(int32(1)), new("-") }), false},
		{"objects are not the bucket", v2(objects, func(*s3api.ListObjectsV2Input) {}), false},
		{"no permission", v1(nothing, func(*s3api.ListObjectsInput) {}), false},
		{"another account", v2(s.stranger, func(*s3api.ListObjectsV2Input) {}), false},
		{"anonymous", v2(nobody(), func(*s3api.ListObjectsV2Input) {}), false},
	} {
		if (test.err == nil) != test.allowed {
			t.Errorf("%s: %v", test.name, test.err)
		}
	}
	s.bucketPolicy(opens(`"*"`, "s3:ListBucket", arn, `{"StringEquals":{"s3:prefix":"public/"}}`))
	for _, p := range []*authz.Principal{s.stranger, nobody()} {
		s.check(v2(p, func(in *s3api.ListObjectsV2Input) { in.Prefix = new("public/") }))
		if v2(p, func(in *s3api.ListObjectsV2Input) { in.Prefix = new("home/") }) == nil {
			t.Error("a prefix that the policy does not open is listed")
		}
	}
}
