package s3

import (
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// The answers here are those that AWS gave in the recordings of LocalStack's
// tests (tests/aws/services/s3: the snapshots of test_s3_api, test_s3_list_operations
// and test_s3; the names of the recordings stand with each).

// test_delete_object, test_delete_objects, test_get_object_with_version_unversioned_bucket:
// an id that nobody was given is another mistake than one of a version that is gone.
func TestRecordedVersionIDs(t *testing.T) {
	s := newSite(t)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	given := *s.putContent("key", "content").VersionId
	for _, id := range []string{"HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", given[:len(given)-4] + "ABCD"} {
		id := new(id)
		e := refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.VersionId = id }), "InvalidArgument", "Invalid version id specified")
		s.wantFields(e, "ArgumentName", "versionId", "ArgumentValue", *id)
		refused(s, s.owner, s3api.OpDeleteObject, &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("key"), VersionId: id}, "InvalidArgument", "Invalid version id specified")
		out := askOK(s, s.owner, s3api.OpDeleteObjects, &s3api.DeleteObjectsInput{Bucket: new(siteBucket), Delete: &s3api.Delete{Objects: []s3api.ObjectIdentifier{{Key: new("key"), VersionId: id}}}})
		if len(out.Deleted) != 0 || len(out.Errors) != 1 || *out.Errors[0].Code != "NoSuchVersion" {
			t.Errorf("deleted %+v, errors %+v", out.Deleted, out.Errors)
		}
	}
	if s.get("key", func(in *s3api.GetObjectInput) { in.VersionId = &given }) != "content" {
		t.Error("the version is gone")
	}
}

// test_get_object_range: a range of all bytes has the object's checksum.
func TestRecordedRangeChecksum(t *testing.T) {
	s := newSite(t)
	s.putContent("key", "0123456789")
	for r, whole := range map[string]bool{"bytes=-15": true, "bytes=0-100": true, "bytes=0-9": true, "bytes=0-8": false, "bytes=-9": false, "bytes=1-": false} {
		out := askOK(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.Range, in.ChecksumMode = new(r), "ENABLED" }))
		if out.ContentRange == nil || (out.ChecksumType != "") != whole {
			t.Errorf("%s: %+v", r, out)
		}
	}
}

// test_upload_part_copy_range: a range behind the end is another mistake than
// one that reaches beyond it.
func TestRecordedCopyRange(t *testing.T) {
	for header, want := range map[string]string{
		"bytes=0-100":   "Range specified is not valid for source object of size: 10",
		"bytes=10-10":   "The specified copy range is invalid for the source object size",
		"bytes=100-200": "The specified copy range is invalid for the source object size",
	} {
		if _, err := copiedSpan(&header, 10); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", header, err)
		}
	}
}

// test_tagging_validation
func TestRecordedBucketTags(t *testing.T) {
	s := newSite(t)
	e := refused(s, s.owner, s3api.OpPutBucketTagging, taggingInput("Key1", "Val1", "Key1", "Val2"), "InvalidTag", "Cannot provide multiple Tags with the same key")
	s.wantFields(e, "TagKey", "Key1")
	e = refused(s, s.owner, s3api.OpPutBucketTagging, taggingInput("Key1", "Val1,Val2"), "InvalidTag", "The TagValue you have provided is invalid")
	s.wantFields(e, "TagKey", "Key1", "TagValue", "Val1,Val2")
}

// test_object_tagging_versioned, test_put_object_acl_on_delete_marker: a delete
// marker is refused as such where its version is not named, but for reading the
// list, and copies.
func TestRecordedNewestMarker(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.versioning(s3api.BucketVersioningStatusEnabled)
	s.put("key")
	id := *s.remove("key").VersionId
	const message = "The specified method is not allowed against this resource."
	bucket, key := new(siteBucket), new("key")
	tags := &s3api.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &s3api.Tagging{TagSet: []s3api.Tag{}}}
	e := refused(s, s.owner, s3api.OpPutObjectTagging, tags, "MethodNotAllowed", message)
	s.wantFields(e, "Method", "PUT", "ResourceType", "DeleteMarker", "x-amz-delete-marker", "true", "x-amz-version-id", id)
	e = refused(s, s.owner, s3api.OpGetObjectTagging, &s3api.GetObjectTaggingInput{Bucket: bucket, Key: key}, "MethodNotAllowed", message)
	s.wantFields(e, "Method", "GET", "ResourceType", "DeleteMarker")
	e = refused(s, s.owner, s3api.OpDeleteObjectTagging, &s3api.DeleteObjectTaggingInput{Bucket: bucket, Key: key}, "MethodNotAllowed", message)
	s.wantFields(e, "Method", "DELETE", "ResourceType", "DeleteMarker")
	refused(s, s.owner, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.ACL = "private" }), "MethodNotAllowed", message)
	refused(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: bucket, Key: key}, "NoSuchKey", "")

	// Who may not know that there is no object is not told that there was one.
	tagger := s.person(siteAccount, "tagger", may("s3:*ObjectTagging", "*"))
	refused(s, tagger, s3api.OpPutObjectTagging, tags, "AccessDenied", "")
	refused(s, tagger, s3api.OpGetObjectTagging, &s3api.GetObjectTaggingInput{Bucket: bucket, Key: key}, "AccessDenied", "")
}

// test_put_object_if_none_match_validation, test_put_object_if_match_validation,
// test_put_object_if_match_and_if_none_match_validation
func TestRecordedWriteConditions(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		match, noneMatch *string
		header, more     string
	}{
		{nil, new("etag"), "If-None-Match", "We don't accept the provided value of If-None-Match header for this API"},
		{new("*"), nil, "If-Match", "We don't accept the provided value of If-Match header for this API"},
		{new("etag"), new("*"), "If-Match,If-None-Match", "Multiple conditional request headers present in the request"},
	} {
		e := refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.IfMatch, in.IfNoneMatch = test.match, test.noneMatch }),
			"NotImplemented", "A header you provided implies functionality that is not implemented")
		s.wantFields(e, "Header", test.header, "additionalMessage", test.more)
	}
	for _, etag := range []string{"abcdef", `""`, "bad-char_/"} {
		e := refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.IfMatch = new(etag) }), "NoSuchKey", "The specified key does not exist.")
		s.wantFields(e, "Key", "key")
	}
}

// test_s3_copy_object_in_place_with_encryption: to leave KMS is a change.
func TestRecordedCopyInPlace(t *testing.T) {
	s := newSite(t)
	key := askOK(s, s.owner, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{}).KeyMetadata.Arn
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "content", func(in *s3api.PutObjectInput) { in.ServerSideEncryption, in.SSEKMSKeyId = "aws:kms", key }))
	out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "key"))
	if out.ServerSideEncryption != "AES256" || s.get("key") != "content" {
		t.Errorf("answered %+v", out)
	}
	refused(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "key"), "InvalidRequest", "")
}

// test_complete_multipart_parts_checksum, test_list_parts_via_object_attrs_pagination
func TestRecordedAttributes(t *testing.T) {
	o := &Object{Multipart: true, Content: []Content{{Number: 1}, {Number: 2}}, Checksum: Checksum{Algorithm: "SHA256", Type: "COMPOSITE", Value: "sum=-2"}}
	var out s3api.GetObjectAttributesOutput
	in := &s3api.GetObjectAttributesInput{PartNumberMarker: new(int32(10)), MaxParts: new(int32(1))}
	for _, name := range []s3api.ObjectAttributes{"Checksum", "ObjectParts"} {
		if err := o.attribute(name, in, &out); err != nil {
			t.Fatal(err)
		}
	}
	members(t, "checksum", out.Checksum.ChecksumSHA256, "sum=", out.Checksum.ChecksumType, "COMPOSITE")
	members(t, "parts", out.ObjectParts.PartNumberMarker, int32(10), out.ObjectParts.NextPartNumberMarker, int32(0), len(out.ObjectParts.Parts), 0)
}

// test_s3_bucket_acl_exceptions
func TestRecordedACLFaults(t *testing.T) {
	s := newSite(t)
	s.acls()
	const fake = "http://acs.amazonaws.com/groups/s3/FakeGroup"
	id := new(s.canonical(siteAccount))
	put := func(owner *string, g *s3api.Grantee) *s3api.PutBucketAclInput {
		return &s3api.PutBucketAclInput{Bucket: new(siteBucket), AccessControlPolicy: &s3api.AccessControlPolicy{
			Owner: &s3api.Owner{ID: owner}, Grants: []s3api.Grant{{Grantee: g, Permission: "WRITE"}},
		}}
	}
	e := refused(s, s.owner, s3api.OpPutBucketAcl, put(id, &s3api.Grantee{Type: "Group", URI: new(fake)}), "InvalidArgument", "Invalid group uri")
	s.wantFields(e, "ArgumentName", "Group/URI", "ArgumentValue", fake)
	e = refused(s, s.owner, s3api.OpPutBucketAcl, put(new("wrong-id"), &s3api.Grantee{Type: "CanonicalUser", ID: id}), "InvalidArgument", "Invalid id")
	s.wantFields(e, "ArgumentName", "CanonicalUser/ID", "ArgumentValue", "wrong-id")
	e = refused(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new(siteBucket), GrantWrite: new(`uri="` + fake + `"`)}, "InvalidArgument", "Invalid group uri")
	s.wantFields(e, "ArgumentName", "uri", "ArgumentValue", fake)
}

// test_put_bucket_lifecycle_conf_exc, test_s3_invalid_content_md5
func TestRecordedFields(t *testing.T) {
	s := newSite(t)
	late := &s3api.LifecycleExpiration{Date: new(s.now)}
	e := refused(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, &s3api.PutBucketLifecycleConfigurationInput{
		Bucket: new(siteBucket), LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{Rules: []s3api.LifecycleRule{{
			Status: "Enabled", Filter: &s3api.LifecycleRuleFilter{}, Expiration: late,
		}}},
	}, "InvalidArgument", "'Date' must be at midnight GMT")
	s.wantFields(e, "ArgumentName", "Date", "ArgumentValue", "2026-03-01T12:00:00.000Z")
	e = refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.ContentMD5 = new("000") }), "InvalidDigest", "The Content-MD5 you specified was invalid.")
	s.wantFields(e, "Content-MD5", "000")
}

// test_list_buckets_when_continuation_token_is_empty,
// test_list_multiparts_with_prefix_and_delimiter, test_list_buckets_region_validation
func TestRecordedBuckets(t *testing.T) {
	s := newSite(t)
	if out := askOK(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{ContinuationToken: new("")}); len(out.Buckets) != 1 {
		t.Errorf("listed %+v", out.Buckets)
	}
	e := refused(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{BucketRegion: new("eu-east-1")}, "InvalidArgument", "Argument value eu-east-1 is not a valid AWS Region")
	s.wantFields(e, "ArgumentName", "bucket-region")
	askOK(s, s.owner, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("test/foo/1")})
	out := askOK(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket), Prefix: new("test/"), Delimiter: new("/")})
	members(t, "uploads", len(out.CommonPrefixes), 1, out.NextKeyMarker, "", out.NextUploadIdMarker, "", out.IsTruncated, false)
}
