package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func TestAppendRequestTrail(t *testing.T) {
	const host = "b.s3.us-east-1.amazonaws.com"
	const ns = `"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/"`
	bucket, key := new("b"), new("a/k")
	when := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, test := range []struct {
		op   *api.Operation
		in   any
		want string
	}{
		{&s3api.OpGetObject.Operation, &s3api.GetObjectInput{Bucket: bucket, Key: key, VersionId: new("v"), Range: new("bytes=0-1"), PartNumber: new(int32(2))},
			`{"bucketName":"b","key":"a/k","versionId":"v","partNumber":"2","Host":"` + host + `"}`},
		{&s3api.OpListObjectsV2.Operation, &s3api.ListObjectsV2Input{Bucket: bucket, Prefix: new(""), MaxKeys: new(int32(5)), FetchOwner: new(true)},
			`{"bucketName":"b","max-keys":"5","prefix":"","fetch-owner":"true","Host":"` + host + `","list-type":"2"}`},
		{&s3api.OpListBuckets.Operation, &s3api.ListBucketsInput{}, `{"Host":"` + host + `"}`},
		{&s3api.OpCreateMultipartUpload.Operation, &s3api.CreateMultipartUploadInput{Bucket: bucket, Key: key}, `{"bucketName":"b","key":"a/k","Host":"` + host + `","uploads":""}`},
		// What encrypts is shown, what it is encrypted with is not; nor are the
		// content, what it is and what its owner says of it.
		{&s3api.OpPutObject.Operation, &s3api.PutObjectInput{
			Bucket: bucket, Key: key, Body: strings.NewReader("content"), ContentType: new("text/plain"), Metadata: map[string]string{"name": "Ann"}, ACL: "private",
			ServerSideEncryption: "aws:kms", SSEKMSKeyId: new(benchKey), SSEKMSEncryptionContext: new("Y29udGV4dA=="), SSECustomerKey: new("c2VjcmV0"),
			BucketKeyEnabled: new(true), ObjectLockRetainUntilDate: &when,
		}, `{"x-amz-acl":"private","bucketName":"b","key":"a/k","x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-customer-key":"HIDDEN_DUE_TO_SECURITY_REASONS",` +
			`"x-amz-server-side-encryption-aws-kms-key-id":"` + benchKey + `","x-amz-server-side-encryption-context":"HIDDEN_DUE_TO_SECURITY_REASONS",` +
			`"x-amz-server-side-encryption-bucket-key-enabled":"true","x-amz-object-lock-retain-until-date":"2026-02-03T04:05:06.000Z","Host":"` + host + `"}`},
		{&s3api.OpDeleteObject.Operation, &s3api.DeleteObjectInput{Bucket: bucket, Key: key, MFA: new("serial 123456")}, `{"bucketName":"b","key":"a/k","Host":"` + host + `"}`},
		{&s3api.OpDeleteObjects.Operation, &s3api.DeleteObjectsInput{Bucket: bucket, Delete: &s3api.Delete{Objects: []s3api.ObjectIdentifier{{Key: key}}}}, `{"bucketName":"b","Host":"` + host + `","delete":""}`},
		{&s3api.OpPutBucketPolicy.Operation, &s3api.PutBucketPolicyInput{Bucket: bucket, Policy: new("{\n \"Version\": \"2012-10-17\" }\n")},
			`{"bucketName":"b","bucketPolicy":{"Version":"2012-10-17"},"Host":"` + host + `","policy":""}`},
		{&s3api.OpPutBucketPolicy.Operation, &s3api.PutBucketPolicyInput{Bucket: bucket, Policy: new(`{"`)}, `{"bucketName":"b","bucketPolicy":"{\"","Host":"` + host + `","policy":""}`},
		{&s3api.OpPutBucketVersioning.Operation, &s3api.PutBucketVersioningInput{Bucket: bucket, MFA: new("serial 123456"), VersioningConfiguration: &s3api.VersioningConfiguration{Status: "Enabled", MFADelete: emptyEnum}},
			`{"bucketName":"b","VersioningConfiguration":{` + ns + `,"MfaDelete":"","Status":"Enabled"},"Host":"` + host + `","versioning":""}`},
		{&s3api.OpPutBucketEncryption.Operation, &s3api.PutBucketEncryptionInput{Bucket: bucket, ServerSideEncryptionConfiguration: &s3api.ServerSideEncryptionConfiguration{
			Rules: []s3api.ServerSideEncryptionRule{{BucketKeyEnabled: new(true), ApplyServerSideEncryptionByDefault: &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms", KMSMasterKeyID: new("k")}}}}},
			`{"bucketName":"b","ServerSideEncryptionConfiguration":{` + ns + `,"Rule":{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"k"},"BucketKeyEnabled":true}},"Host":"` + host + `","encryption":""}`},
		{&s3api.OpPutBucketAcl.Operation, &s3api.PutBucketAclInput{Bucket: bucket, AccessControlPolicy: &s3api.AccessControlPolicy{
			Grants: []s3api.Grant{{Grantee: &s3api.Grantee{Type: "Group", URI: new("u")}, Permission: "READ"}, {Permission: "WRITE"}}}},
			`{"AccessControlPolicy":{` + ns + `,"AccessControlList":{"Grant":[{"Grantee":{"xmlns:xsi":"http://www.w3.org/2001/XMLSchema-instance","xsi:type":"Group","URI":"u"},"Permission":"READ"},` +
				`{"Permission":"WRITE"}]}},"bucketName":"b","Host":"` + host + `","acl":""}`},
		{&s3api.OpPutBucketLifecycleConfiguration.Operation, &s3api.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{
			Rules: []s3api.LifecycleRule{{Status: "Enabled", Transitions: []s3api.Transition{}, Expiration: &s3api.LifecycleExpiration{Date: &when, Days: new(int32(3))}}}}},
			`{"bucketName":"b","LifecycleConfiguration":{` + ns + `,"Rule":{"Expiration":{"Date":"2026-02-03T04:05:06.000Z","Days":3},"Status":"Enabled"}},"Host":"` + host + `","lifecycle":""}`},
		{&s3api.OpGetObject.Operation, nil, `null`},
		{&s3api.OpGetObject.Operation, (*s3api.GetObjectInput)(nil), `null`},
		{&kms.OpDescribeKey.Operation, &kms.DescribeKeyInput{KeyId: new("k")}, `{"keyId":"k"}`},
	} {
		got := string(AppendRequestTrail([]byte("x"), test.op, test.in, host))
		if got != "x"+test.want || !json.Valid([]byte(got[1:])) {
			t.Errorf("%s:\ngot  %s\nwant x%s", test.op.Name, got, test.want)
		}
	}
	if got := string(AppendRequestTrail(nil, &s3api.OpListBuckets.Operation, &s3api.ListBucketsInput{}, "")); got != "null" {
		t.Error(got)
	}
}

func TestAppendTrailS3(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{&s3api.PutObjectInput{Bucket: new("b"), Key: new("k")}, `{"bucketName":"b","key":"k"}`},
		{&s3api.PutObjectOutput{ETag: new(`"e"`), VersionId: new("v"), ServerSideEncryption: "aws:kms", SSEKMSKeyId: new("k"), BucketKeyEnabled: new(true)},
			`{"x-amz-server-side-encryption":"aws:kms","x-amz-version-id":"v","x-amz-server-side-encryption-aws-kms-key-id":"k","x-amz-server-side-encryption-bucket-key-enabled":"true"}`},
		{&s3api.PutObjectOutput{ETag: new(`"e"`)}, `null`},
		{&s3api.PutObjectOutput{}, `null`},
		{&s3api.PutBucketPolicyOutput{}, `null`},
		{&s3api.CopyObjectOutput{CopyObjectResult: &s3api.CopyObjectResult{ETag: new("e")}, CopySourceVersionId: new("v")}, `{"x-amz-copy-source-version-id":"v"}`},
		{&s3api.GetBucketPolicyOutput{Policy: new("{}")}, `null`},
		{&s3api.GetObjectOutput{Body: strings.NewReader("content"), Metadata: map[string]string{"a": "b"}}, `null`},
	} {
		if got := string(AppendTrail([]byte("x"), test.v)); got != "x"+test.want {
			t.Errorf("got  %s\nwant x%s", got, test.want)
		}
	}
}
