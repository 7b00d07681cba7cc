package s3

import (
	"crypto/md5"
	"encoding/base64"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// kmsKey makes a key of the site's account with the default policy.
func (s *site) kmsKey() string {
	s.Helper()
	return *askOK(s, s.owner, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{}).KeyMetadata.Arn
}

func underKey(key string) func(*s3api.CreateMultipartUploadInput) {
	return func(in *s3api.CreateMultipartUploadInput) {
		in.ServerSideEncryption, in.SSEKMSKeyId = s3api.ServerSideEncryptionAwsKms, new(key)
	}
}

// calls counts the recorded calls of an operation.
func (s *site) calls(name string) (n int) {
	s.Helper()
	for _, err := range s.cloud.Audit.Events(audit.Filter{EventName: name}) {
		s.check(err)
		n++
	}
	return n
}

// TestUploadUnderKMS: one data key for the whole upload, opened for every part.
func TestUploadUnderKMS(t *testing.T) {
	s := newSite(t)
	key := s.kmsKey()
	for _, algorithm := range []s3api.ServerSideEncryption{s3api.ServerSideEncryptionAwsKms, s3api.ServerSideEncryptionAwsKmsDsse} {
		before := s.calls("GenerateDataKey")
		in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), ServerSideEncryption: algorithm, SSEKMSKeyId: new(key)}
		out := askOK(s, s.owner, s3api.OpCreateMultipartUpload, in)
		expect(t, "create", out.ServerSideEncryption, algorithm, out.SSEKMSKeyId, new(key))
		one, two := noise(1, 5*mib), noise(2, 1000)
		p1 := askOK(s, s.owner, s3api.OpUploadPart, partInput("k", *out.UploadId, 1, one))
		expect(t, "part", p1.ServerSideEncryption, algorithm, p1.SSEKMSKeyId, new(key))
		sum := md5.Sum([]byte(one))
		if strings.Contains(*p1.ETag, base64.StdEncoding.EncodeToString(sum[:])) || *p1.ETag == etagOf(one) {
			t.Error("the ETag tells the MD5 of encrypted content")
		}
		p2 := s.part("k", *out.UploadId, 2, two)
		done := s.complete("k", *out.UploadId, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: p1.ETag}, p2})
		expect(t, "complete", done.ServerSideEncryption, algorithm, done.SSEKMSKeyId, new(key))
		if s.get("k") != one+two {
			t.Error("content differs")
		}
		if n := s.calls("GenerateDataKey") - before; n != 1 {
			t.Errorf("KMS generated %d data keys", n)
		}
	}
}

// TestUploadNeedsDecrypt: kms:GenerateDataKey to begin, kms:Decrypt to go on
// (API reference, UploadPart, Permissions).
func TestUploadNeedsDecrypt(t *testing.T) {
	s := newSite(t)
	key := s.kmsKey()
	objects := "arn:aws:s3:::" + siteBucket + "/*"
	in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), ServerSideEncryption: "aws:kms", SSEKMSKeyId: new(key)}
	without := s.person(siteAccount, "without", may("s3:PutObject", objects))
	refused(s, without, s3api.OpCreateMultipartUpload, in, "AccessDenied", "")
	decrypts := s.person(siteAccount, "decrypts", may("s3:PutObject", objects), may("kms:Decrypt", key))
	refused(s, decrypts, s3api.OpCreateMultipartUpload, in, "AccessDenied", "")
	generates := s.person(siteAccount, "generates", may("s3:PutObject", objects), may("kms:GenerateDataKey", key))
	id := *askOK(s, generates, s3api.OpCreateMultipartUpload, in).UploadId
	refused(s, generates, s3api.OpUploadPart, partInput("k", id, 1, "x"), "AccessDenied", "")
	both := s.person(siteAccount, "both", may("s3:PutObject", objects), may("kms:Decrypt", key), may("kms:GenerateDataKey", key))
	p := askOK(s, both, s3api.OpUploadPart, partInput("k", id, 1, "x"))
	list := []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: p.ETag}}
	refused(s, generates, s3api.OpCompleteMultipartUpload, completeInput("k", id, list), "AccessDenied", "")
	askOK(s, s.owner, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: new(key)})
	if _, err := ask(s, both, s3api.OpUploadPart, partInput("k", id, 2, "x")); err == nil {
		t.Error("a part was taken under a disabled key")
	}
	if _, err := ask(s, both, s3api.OpCompleteMultipartUpload, completeInput("k", id, list)); err == nil {
		t.Error("an upload under a disabled key was completed")
	}
	askOK(s, s.owner, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: new(key)})
	askOK(s, both, s3api.OpCompleteMultipartUpload, completeInput("k", id, list))
}

// TestUploadUnderCustomerKey: the key comes with every part, and must be the
// same.
func TestUploadUnderCustomerKey(t *testing.T) {
	s := newSite(t)
	key := strings.Repeat("k", 32)
	headers := func(key string) (algorithm, encoded, sum *string) {
		raw := md5.Sum([]byte(key))
		return new("AES256"), new(base64.StdEncoding.EncodeToString([]byte(key))), new(base64.StdEncoding.EncodeToString(raw[:]))
	}
	with := func(key string) func(*s3api.UploadPartInput) {
		return func(in *s3api.UploadPartInput) {
			in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = headers(key)
		}
	}
	id := s.begin("k", func(in *s3api.CreateMultipartUploadInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = headers(key)
	})
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x"), "InvalidRequest",
		"The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x", with(strings.Repeat("j", 32))), "InvalidRequest",
		"The provided encryption parameters did not match the ones used originally.")
	one, two := noise(1, 5*mib), noise(2, 10)
	list := []s3api.CompletedPart{s.part("k", id, 1, one, with(key)), s.part("k", id, 2, two, with(key))}
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, list, func(in *s3api.CompleteMultipartUploadInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = headers(strings.Repeat("j", 32))
	}), "InvalidRequest", "")
	s.complete("k", id, list)
	refused(s, s.owner, s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new(siteBucket), Key: new("k")}, "InvalidRequest", "")
	if got := s.get("k", func(in *s3api.GetObjectInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = headers(key)
	}); got != one+two {
		t.Error("content differs")
	}
	// And an upload without a customer's key takes no part with one.
	refused(s, s.owner, s3api.OpUploadPart, partInput("l", s.begin("l"), 1, "x", with(key)), "InvalidRequest", "")
}

// TestUploadKeepsItsEncryption: the bucket's default is that of the time when
// the upload began.
func TestUploadKeepsItsEncryption(t *testing.T) {
	s := newSite(t)
	key := s.kmsKey()
	id := s.begin("k")
	askOK(s, s.owner, s3api.OpPutBucketEncryption, &s3api.PutBucketEncryptionInput{
		Bucket: new(siteBucket),
		ServerSideEncryptionConfiguration: &s3api.ServerSideEncryptionConfiguration{Rules: []s3api.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms", KMSMasterKeyID: new(key)},
		}}},
	})
	expect(t, "before", s.complete("k", id, []s3api.CompletedPart{s.part("k", id, 1, "x")}).ServerSideEncryption, "AES256")
	id = s.begin("k")
	expect(t, "after", s.complete("k", id, []s3api.CompletedPart{s.part("k", id, 1, "x")}).ServerSideEncryption, "aws:kms")
}

// "If the upload was created using server-side encryption with … (KMS) keys …
// you must have permission to the kms:Decrypt action for the ListParts request
// to succeed" (API reference, ListParts): parts are listed with their checksums.
func TestListPartsTakesTheKey(t *testing.T) {
	s := newSite(t)
	id := s.begin("key", underKey(s.kmsKey()))
	s.part("key", id, 1, "content")
	list := &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("key"), UploadId: new(id)}
	refused(s, s.person(siteAccount, "keyless", may("s3:*", "*")), s3api.OpListParts, list, "AccessDenied", "")
	if out := askOK(s, s.owner, s3api.OpListParts, list); len(out.Parts) != 1 {
		t.Errorf("%d parts", len(out.Parts))
	}
}
