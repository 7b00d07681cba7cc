package s3

import (
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// begin begins an upload and gives its id.
func (s *site) begin(key string, edit ...func(*s3api.CreateMultipartUploadInput)) string {
	s.Helper()
	in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new(key)}
	for _, f := range edit {
		f(in)
	}
	s.pass(time.Second)
	return *askOK(s, s.owner, s3api.OpCreateMultipartUpload, in).UploadId
}

// TestListMultipartUploads goes through the answers that were recorded from S3
// for the same steps.
func TestListMultipartUploads(t *testing.T) {
	s := newSite(t)
	list := func(key, id string, edit ...func(*s3api.ListMultipartUploadsInput)) *s3api.ListMultipartUploadsOutput {
		t.Helper()
		in := &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket), MaxUploads: new(int32(1))}
		if key != "" {
			in.KeyMarker = new(key)
		}
		if id != "" {
			in.UploadIdMarker = new(id)
		}
		for _, f := range edit {
			f(in)
		}
		return askOK(s, s.owner, s3api.OpListMultipartUploads, in)
	}
	many := func(in *s3api.ListMultipartUploadsInput) { in.MaxUploads = nil }
	none := list("", "", many)
	expect(t, "none", none.NextKeyMarker, new(""), none.NextUploadIdMarker, new(""), none.KeyMarker, new(""), none.UploadIdMarker, new(""),
		none.MaxUploads, new(int32(1000)), none.Prefix, (*string)(nil), none.IsTruncated, new(false))

	names := map[string]string{}
	var ids []string
	for i, key := range []string{"k3", "k2", "k1", "k1", "k1"} {
		ids = append(ids, s.begin(key))
		names[ids[i]] = string(rune('1' + i))
	}
	line := func(out *s3api.ListMultipartUploadsOutput) string {
		var words []string
		for _, u := range out.Uploads {
			words = append(words, *u.Key+":"+names[*u.UploadId])
		}
		for _, p := range out.CommonPrefixes {
			words = append(words, *p.Prefix+"...")
		}
		return strings.Join(words, " ")
	}
	all := list("", "", many)
	expect(t, "all", line(all), "k1:3 k1:4 k1:5 k2:2 k3:1", all.NextKeyMarker, new("k3"), names[*all.NextUploadIdMarker], "1", all.IsTruncated, new(false))
	one := list("", "")
	expect(t, "one", line(one), "k1:3", one.NextKeyMarker, new("k1"), names[*one.NextUploadIdMarker], "3", one.IsTruncated, new(true))
	expect(t, "key only", line(list("k1", "")), "k2:2")
	last := list("k3", "")
	expect(t, "last key", line(last), "", last.NextKeyMarker, new(""), last.IsTruncated, new(false))
	alone := list("", ids[0])
	expect(t, "upload marker alone", line(alone), "k1:3", alone.UploadIdMarker, new(""))
	expect(t, "both", line(list("k1", ids[2])), "k1:4")
	expect(t, "last of a key", line(list("k1", ids[4])), "k2:2")
	end := list("k2", ids[1])
	expect(t, "the end", line(end), "k3:1", end.IsTruncated, new(false), end.NextKeyMarker, new("k3"))
	e := refused(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{
		Bucket: new(siteBucket), KeyMarker: new("k1"), UploadIdMarker: new(ids[1]),
	}, "InvalidArgument", "Invalid uploadId marker")
	s.wantFields(e, "ArgumentName", "upload-id-marker", "ArgumentValue", ids[1])

	// Who aborts everything that is listed comes to the end of the list.
	askOK(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k1"), UploadId: new(ids[2])})
	expect(t, "marker that is gone", line(list("k1", ids[2])), "k1:4")

	s.begin("folder/a/1")
	s.begin("folder/a/2")
	s.begin("folder/file 1")
	folder := func(in *s3api.ListMultipartUploadsInput) {
		in.Prefix, in.Delimiter, in.EncodingType = new("folder/"), new("/"), "url"
	}
	out := list("", "", folder)
	expect(t, "common prefix", line(out), "folder/a/...", out.NextKeyMarker, new("folder/a/"), out.NextUploadIdMarker, new(""), out.Prefix, new("folder/"), out.IsTruncated, new(true))
	for _, marker := range []string{"folder/a/", "folder/a/1"} {
		out = list(marker, "", folder)
		expect(t, "after "+marker, *out.Uploads[0].Key, "folder/file+1", out.IsTruncated, new(false), out.KeyMarker, new(marker))
	}
}

func TestListedUpload(t *testing.T) {
	s := newSite(t)
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) {
		in.ChecksumAlgorithm, in.StorageClass = "SHA256", "STANDARD_IA"
	})
	u := askOK(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)}).Uploads[0]
	account, err := s.cloud.Accounts.Get(t.Context(), siteAccount)
	s.check(err)
	expect(t, "upload", u.UploadId, new(id), *u.Initiated, s.now, u.StorageClass, "STANDARD_IA", u.ChecksumAlgorithm, "SHA256", u.ChecksumType, "COMPOSITE",
		u.Owner.ID, new(account.CanonicalID), u.Initiator.ID, new(s.owner.ARN))
}

func TestListUploadsRefuses(t *testing.T) {
	s := newSite(t)
	in := &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)}
	e := refused(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket), MaxUploads: new(int32(-1))},
		"InvalidArgument", "Argument max-uploads must be an integer between 0 and 2147483647")
	s.wantFields(e, "ArgumentName", "max-uploads")
	lister := s.person(siteAccount, "lister", may("s3:ListBucket", "*"))
	refused(s, lister, s3api.OpListMultipartUploads, in, "AccessDenied", "")
	refused(s, s.stranger, s3api.OpListMultipartUploads, in, "AccessDenied", "")
	refused(s, nobody(), s3api.OpListMultipartUploads, in, "AccessDenied", "")
	askOK(s, s.person(siteAccount, "uploads", may("s3:ListBucketMultipartUploads", "arn:aws:s3:::"+siteBucket)), s3api.OpListMultipartUploads, in)
	refused(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new("no-such-bucket")}, "NoSuchBucket", "")
}
