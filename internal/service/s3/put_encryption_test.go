package s3

import (
	"crypto/md5"
	"encoding/base64"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// ssec are the three headers of SSE-C for a key of one letter.
func ssec(letter string) (algorithm, key, sum *string) {
	raw := []byte(strings.Repeat(letter, 32))
	digest := md5.Sum(raw)
	return new("AES256"), new(base64.StdEncoding.EncodeToString(raw)), new(base64.StdEncoding.EncodeToString(digest[:]))
}

func underCustomerKey(letter string) func(*s3api.PutObjectInput) {
	return func(in *s3api.PutObjectInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = ssec(letter)
	}
}

func withCustomerKey(letter string) func(*s3api.GetObjectInput) {
	return func(in *s3api.GetObjectInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = ssec(letter)
	}
}

// User Guide, "Using server-side encryption with customer-provided keys": every
// request for the object must bring the key, also one that reads no content.
func TestPutUnderCustomerKey(t *testing.T) {
	s := newSite(t)
	for _, content := range []string{"", "content", noise(1, 300_000)} {
		out := askOK(s, s.owner, s3api.OpPutObject, putInput("key", content, underCustomerKey("k")))
		if *out.ETag == md5ETag(content) || out.ServerSideEncryption != "" || value(out.SSECustomerAlgorithm) != "AES256" || out.SSECustomerKeyMD5 == nil {
			t.Errorf("answered %+v", out)
		}
		if got := s.get("key", withCustomerKey("k")); got != content {
			t.Errorf("%d other bytes", len(got))
		}
		for name, edit := range map[string]func(*s3api.GetObjectInput){
			"no key": func(*s3api.GetObjectInput) {}, "another key": withCustomerKey("x"),
		} {
			_, err := ask(s, s.owner, s3api.OpGetObject, getInput("key", edit))
			if err == nil {
				t.Errorf("GetObject with %s succeeded", name)
			}
			_, err = ask(s, s.owner, s3api.OpHeadObject, (*s3api.HeadObjectInput)(getInput("key", edit)))
			if err == nil {
				t.Errorf("HeadObject with %s succeeded", name)
			}
			_, err = ask(s, s.owner, s3api.OpCopyObject, copying("the-bucket/key", "copy", func(in *s3api.CopyObjectInput) {
				get := getInput("key", edit)
				in.CopySourceSSECustomerAlgorithm, in.CopySourceSSECustomerKey, in.CopySourceSSECustomerKeyMD5 = get.SSECustomerAlgorithm, get.SSECustomerKey, get.SSECustomerKeyMD5
			}))
			if err == nil {
				t.Errorf("CopyObject with %s succeeded", name)
			}
		}
	}
	// The claims about the body hold for plaintext.
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "content", underCustomerKey("k"), func(in *s3api.PutObjectInput) {
		in.ContentMD5 = new("1B2M2Y8AsgTpgAmY7PhCfg==")
	}), "BadDigest", "")
	// A key is of no use where none is needed.
	s.put("plain")
	refused(s, s.owner, s3api.OpGetObject, getInput("plain", withCustomerKey("k")), "InvalidRequest", "")
}

// A copy is decrypted with the source's key and encrypted with the target's.
func TestCopyBetweenKeys(t *testing.T) {
	s := newSite(t)
	kms := s.kmsKey()
	content := noise(1, 200_000)
	askOK(s, s.owner, s3api.OpPutObject, putInput("customer", content, underCustomerKey("k")))
	out := askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/customer", "kms", func(in *s3api.CopyObjectInput) {
		in.CopySourceSSECustomerAlgorithm, in.CopySourceSSECustomerKey, in.CopySourceSSECustomerKeyMD5 = ssec("k")
		in.ServerSideEncryption, in.SSEKMSKeyId = "aws:kms", new(kms)
	}))
	if out.ServerSideEncryption != "aws:kms" || value(out.SSEKMSKeyId) != kms || *out.CopyObjectResult.ETag == md5ETag(content) || s.get("kms") != content {
		t.Errorf("the copy is %+v", out)
	}
	askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/kms", "other", func(in *s3api.CopyObjectInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = ssec("x")
	}))
	if s.get("other", withCustomerKey("x")) != content {
		t.Error("the copy under another customer's key differs")
	}
	out = askOK(s, s.owner, s3api.OpCopyObject, copying("the-bucket/kms", "plain"))
	if out.ServerSideEncryption != "AES256" || *out.CopyObjectResult.ETag != md5ETag(content) || s.get("plain") != content {
		t.Errorf("the copy is %+v", out)
	}
}

// With KMS the caller needs the permissions of the key, at once and each time.
func TestPutUnderKMS(t *testing.T) {
	s := newSite(t)
	key := s.kmsKey()
	under := func(in *s3api.PutObjectInput) { in.ServerSideEncryption, in.SSEKMSKeyId = "aws:kms", new(key) }
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "content", under))
	objects := may("s3:*", "*")
	writer := s.person(siteAccount, "writer", objects, may("kms:GenerateDataKey", key))
	reader := s.person(siteAccount, "reader", objects, may("kms:Decrypt", key))
	neither := s.person(siteAccount, "neither", objects)

	askOK(s, writer, s3api.OpPutObject, putInput("key", "by the writer", under))
	refused(s, writer, s3api.OpGetObject, getInput("key"), "AccessDenied", "")
	askOK(s, reader, s3api.OpGetObject, getInput("key"))
	refused(s, reader, s3api.OpPutObject, putInput("key", "by the reader", under), "AccessDenied", "")
	refused(s, neither, s3api.OpGetObject, getInput("key"), "AccessDenied", "")
	refused(s, neither, s3api.OpPutObject, putInput("key", "by neither", under), "AccessDenied", "")
	askOK(s, neither, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")}) // reads no content
	refused(s, neither, s3api.OpCopyObject, copying("the-bucket/key", "copy"), "AccessDenied", "")
	askOK(s, reader, s3api.OpCopyObject, copying("the-bucket/key", "copy"))

	askOK(s, s.owner, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: new(key)})
	if _, err := ask(s, reader, s3api.OpGetObject, getInput("key")); err == nil {
		t.Error("read under a disabled key")
	}
	if _, err := ask(s, writer, s3api.OpPutObject, putInput("key", "later", under)); err == nil {
		t.Error("written under a disabled key")
	}
	askOK(s, s.owner, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: new(key)})
	if got := s.get("key"); got != "by the writer" {
		t.Errorf("the object is %q", got)
	}
}

// A checksum tells content from other content. Where that is encrypted under a
// KMS key, it is for those alone who may use the key: "you must have permission
// to use the kms:Decrypt action to retrieve the checksum" (API reference,
// HeadObject, ChecksumMode).
func TestChecksumTakesTheKey(t *testing.T) {
	s := newSite(t)
	key := s.kmsKey()
	for _, algorithm := range []s3api.ServerSideEncryption{"aws:kms", "aws:kms:dsse"} {
		askOK(s, s.owner, s3api.OpPutObject, putInput("key", "secret", func(in *s3api.PutObjectInput) {
			in.ServerSideEncryption, in.SSEKMSKeyId = algorithm, &key
		}))
		keyless := s.person(siteAccount, "keyless", may("s3:*", "*"))
		summed := &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key"), ChecksumMode: s3api.ChecksumModeEnabled}
		refused(s, keyless, s3api.OpHeadObject, summed, "AccessDenied", "")
		refused(s, keyless, s3api.OpGetObjectAttributes, attributesInput("key", "ETag", "Checksum"), "AccessDenied", "")
		refused(s, keyless, s3api.OpGetObjectAttributes, attributesInput("key", "ObjectParts"), "AccessDenied", "")
		if out := askOK(s, s.owner, s3api.OpHeadObject, summed); out.ChecksumCRC64NVME == nil {
			t.Errorf("%s: no checksum for who may use the key", algorithm)
		}
		if out := askOK(s, s.owner, s3api.OpGetObjectAttributes, attributesInput("key", "Checksum")); out.Checksum.ChecksumCRC64NVME == nil {
			t.Errorf("%s: no checksum among the attributes", algorithm)
		}
		// The rest takes no key.
		askOK(s, keyless, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")})
		askOK(s, keyless, s3api.OpGetObjectAttributes, attributesInput("key", "ETag", "ObjectSize"))
	}
}
