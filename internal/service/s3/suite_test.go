package s3

import (
	"maps"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// The answers here are those that the integration tests of versitygw (v1.8.0,
// tests/integration), whose authors hold them against AWS, expect; the names of
// the tests stand with each.

// PresignedAuth_incorrect_region
func TestSuitePresignedRegion(t *testing.T) {
	s := newSite(t)
	_, err := askAs(s, s.owner, s3api.OpGetObject, getInput("key"), func(c *cloud.Call) {
		c.Region = "eu-west-1"
		c.Signature = cloud.Signature{AuthType: "REST-QUERY-STRING", Version: "AWS4-HMAC-SHA256"}
	})
	s.wantError("presigned", err, "AuthorizationQueryParametersError",
		"Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'")
	s.wantFields(refusedAs(s, err), "Region", "us-east-1")
}

// PutObject_missing_object_lock_retention_config, PutObject_with_object_lock,
// CreateMultipartUpload_past_retain_until_date: what can be nowhere is refused
// first.
func TestSuiteLockHeaders(t *testing.T) {
	s := newSite(t)
	put := func(mode s3api.ObjectLockMode, until *time.Time, code, message string) {
		t.Helper()
		refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) {
			in.ObjectLockMode, in.ObjectLockRetainUntilDate = mode, until
		}), code, message)
	}
	later, earlier := s.now.Add(time.Hour), s.now.Add(-time.Hour)
	put("COMPLIANCE", nil, "InvalidArgument", "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	put("COMPLIANCE", &earlier, "InvalidArgument", "The retain until date must be in the future!")
	put("COMPLIANCE", &later, "InvalidRequest", "Bucket is missing ObjectLockConfiguration")
	refused(s, s.owner, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{
		Bucket: new(siteBucket), Key: new("key"), ObjectLockLegalHoldStatus: "ON",
	}, "InvalidRequest", "Bucket is missing ObjectLockConfiguration")
}

// PutObjectRetention_expired_retain_until_date, PutObjectLegalHold_invalid_body:
// what is wrong with the document comes before what is with the object.
func TestSuiteLockDocuments(t *testing.T) {
	s := newSite(t)
	refused(s, s.owner, s3api.OpPutObjectRetention, &s3api.PutObjectRetentionInput{
		Bucket: new(siteBucket), Key: new("none"), Retention: &s3api.ObjectLockRetention{Mode: "COMPLIANCE", RetainUntilDate: new(s.now)},
	}, "InvalidArgument", "The retain until date must be in the future!")
	refused(s, s.owner, s3api.OpPutObjectLegalHold, &s3api.PutObjectLegalHoldInput{
		Bucket: new(siteBucket), Key: new("none"), LegalHold: &s3api.ObjectLockLegalHold{},
	}, "MalformedXML", "")
}

// GetObject_invalid_part_number, HeadObject_invalid_part_number,
// UploadPartCopy_invalid_part_number: a number that no part has is refused
// before anything is looked up.
func TestSuitePartNumbers(t *testing.T) {
	s := newSite(t)
	const message = "Part number must be an integer between 1 and 10000, inclusive"
	for _, n := range []int32{-1, 0, 10001} {
		refused(s, s.owner, s3api.OpGetObject, getInput("none", func(in *s3api.GetObjectInput) { in.PartNumber = new(n) }), "InvalidArgument", message)
		refused(s, s.owner, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new("none"), Key: new("none"), PartNumber: new(n)}, "InvalidArgument", message)
		refused(s, s.owner, s3api.OpUploadPart, partInput("none", "none", n, ""), "InvalidArgument", message)
		refused(s, s.owner, s3api.OpUploadPartCopy, &s3api.UploadPartCopyInput{
			Bucket: new(siteBucket), Key: new("none"), UploadId: new("none"), CopySource: new("none/none"), PartNumber: new(n),
		}, "InvalidArgument", message)
	}
}

// CompleteMultipartUpload_should_calculate_the_final_checksum_full_object,
// CompleteMultipartUpload_invalid_final_checksums, CompleteMultipartUpload_mpu_object_size
func TestSuiteCompletion(t *testing.T) {
	s := newSite(t)
	begin := func(kind s3api.ChecksumType) string {
		return s.begin("key", func(in *s3api.CreateMultipartUploadInput) { in.ChecksumAlgorithm, in.ChecksumType = "CRC32", kind })
	}
	id := begin("FULL_OBJECT")
	parts := []s3api.CompletedPart{s.part("key", id, 1, "content")} // without a checksum
	for value, message := range map[string]string{
		"":             "Value for x-amz-checksum-crc32 header is invalid.",
		"invalid":      "Value for x-amz-checksum-crc32 header is invalid.",
		"AAAAAAAA":     "Value for x-amz-checksum-crc32 header is invalid.",
		"AAAAAA==-":    "Value for x-amz-checksum-crc32 header is invalid.",
		"AAAAAA==-two": "Value for x-amz-checksum-crc32 header is invalid.",
	} {
		refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("key", id, parts, func(in *s3api.CompleteMultipartUploadInput) { in.ChecksumCRC32 = &value }), "InvalidRequest", message)
	}
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("key", id, parts, func(in *s3api.CompleteMultipartUploadInput) { in.MpuObjectSize = new(int64(-1)) }),
		"InvalidRequest", "Value for x-amz-mp-object-size header is less than zero: '-1'")
	sum := checksum.Encode(checksum.Sum(checksum.CRC32, []byte("content")))
	out := s.complete("key", id, parts, func(in *s3api.CompleteMultipartUploadInput) { in.ChecksumCRC32, in.MpuObjectSize = &sum, new(int64(7)) })
	members(t, "object", out.ChecksumCRC32, sum, out.ChecksumType, "FULL_OBJECT")

	// CompleteMultipartUpload_invalid_part_number, CompleteMultipartUpload_invalid_checksum_part,
	// CompleteMultipartUpload_multiple_checksum_part
	const sums = "Invalid Base64 or multiple checksums present in request"
	tag := new(`"9a0364b9e99bb480dd25e1f0284c8555"`)
	for _, bad := range []struct {
		part          s3api.CompletedPart
		name, message string
	}{
		{s3api.CompletedPart{PartNumber: new(int32(0)), ETag: tag}, "PartNumber", "PartNumber must be >= 1"},
		{s3api.CompletedPart{PartNumber: new(int32(1)), ETag: tag, ChecksumCRC32: new("invalid")}, "Checksum", sums},
		{s3api.CompletedPart{PartNumber: new(int32(1)), ETag: tag, ChecksumCRC32: &sum, ChecksumCRC32C: &sum}, "Checksum", sums},
	} {
		e := refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("key", id, []s3api.CompletedPart{bad.part}), "InvalidArgument", bad.message)
		s.wantFields(e, "ArgumentName", bad.name)
	}

	// UploadPart_no_checksum_with_full_object_checksum_type, UploadPart_no_checksum_with_composite_checksum_type
	id = begin("FULL_OBJECT")
	members(t, "part", askOK(s, s.owner, s3api.OpUploadPart, partInput("key", id, 1, "content")).ChecksumCRC32, sum)
	id = begin("COMPOSITE")
	refused(s, s.owner, s3api.OpUploadPart, partInput("key", id, 1, "content"), "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: null")
}

// PutObject_tagging
func TestSuiteTaggingHeader(t *testing.T) {
	const (
		header = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."
		key    = "The TagKey you have provided is invalid"
		val    = "The TagValue you have provided is invalid"
	)
	for text, want := range map[string]string{
		"=": header, "key%": header, "key=val&key=val": header, "key1=val1,key2=val2": header, "k=a=b": header,
		"key?=val": key, "key(=val": key, "key#=val": key, "key=val?": val, "key=val!": val,
	} {
		if _, err := parseTagging(text); err == nil || refusedAs(newSite(t), err).Message != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]map[string]string{
		"": {}, "&&": {}, "key": {"key": ""}, "key=&": {"key": ""}, "key1&key2": {"key1": "", "key2": ""}, "key@=val@": {"key@": "val@"},
		"key%2E=value%2F": {"key.": "value/"}, "key++key=value%2B": {"key  key": "value+"},
	} {
		if got, err := parseTagging(text); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// PublicBucket_public_bucket_policy, PublicBucket_public_object_policy: what
// takes a name, though the policy lets everybody do everything.
func TestSuiteAnonymous(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.publicBlock("")
	s.bucketPolicy(opens(everybody, "s3:*", "arn:aws:s3:::the-bucket"), opens(everybody, "s3:*", ofObjects))
	s.put("key")
	const acl, ownership = "Anonymous users cannot invoke this API. Please authenticate.", "s3:PutBucketOwnershipControls does not support Anonymous requests!"
	bucket := new(siteBucket)
	refused(s, nobody(), s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: bucket, ACL: "private"}, "AccessDenied", acl)
	refused(s, nobody(), s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.ACL = "private" }), "AccessDenied", acl)
	refused(s, nobody(), s3api.OpCopyObject, copying("the-bucket/key", "copy"), "AccessDenied", "Anonymous users cannot copy objects. Please authenticate.")
	refused(s, nobody(), s3api.OpDeleteBucketOwnershipControls, &s3api.DeleteBucketOwnershipControlsInput{Bucket: bucket}, "AccessDenied", ownership)
	refused(s, nobody(), s3api.OpPutBucketOwnershipControls, &s3api.PutBucketOwnershipControlsInput{
		Bucket: bucket, OwnershipControls: &s3api.OwnershipControls{Rules: []s3api.OwnershipControlsRule{{ObjectOwnership: "ObjectWriter"}}},
	}, "AccessDenied", ownership)
	refused(s, nobody(), s3api.OpGetBucketOwnershipControls, &s3api.GetBucketOwnershipControlsInput{Bucket: bucket}, "AccessDenied",
		"s3:GetBucketOwnershipControls does not support Anonymous requests!")
	askOK(s, nobody(), s3api.OpGetObject, getInput("key"))
}
