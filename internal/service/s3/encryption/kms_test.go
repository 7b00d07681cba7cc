package encryption

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/policy"
)

// TestKMS: a data key for each object, that KMS gives back.
func TestKMS(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice", "kms:GenerateDataKey", "kms:Decrypt")
	arn := w.key(letAccount(accountA))
	id := arn[strings.LastIndex(arn, "/")+1:]
	direct(w, w.user(accountA, "admin", "*"), kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/mine"), TargetKeyId: &id})
	context := base64Of(`{"department":"10103.0"}`)
	for name, r := range map[string]Request{
		"by ARN":            {Algorithm: sseKMS, KMSKeyID: arn},
		"by id":             {Algorithm: sseKMS, KMSKeyID: id},
		"by alias":          {Algorithm: sseKMS, KMSKeyID: "alias/mine"},
		"with a context":    {Algorithm: sseKMS, KMSKeyID: arn, Context: context},
		"with a bucket key": {Algorithm: sseKMS, KMSKeyID: arn, BucketKey: new(true)},
		"two layers":        {Algorithm: dsse, KMSKeyID: arn, Context: context},
	} {
		b := bucket(nil)
		s, keys := w.mustPut(alice, b, "a/key", r)
		w.opens(alice, b, "a/key", s, keys)
		w.check(w.keys.Check(b, "a/key", s, nil))
		want := 1
		if r.Algorithm == dsse {
			want = 2
		}
		if len(keys) != want || keys[0] == keys[len(keys)-1] && want == 2 {
			t.Errorf("%s: %d keys", name, len(keys))
		}
		h := s.Headers()
		if h.Algorithm != r.Algorithm || *h.KMSKeyID != arn || (h.BucketKey != nil) != (r.BucketKey != nil) ||
			(h.Context != nil) != (r.Context != "") || h.CustomerAlgorithm != nil || h.CustomerKeyMD5 != nil {
			t.Errorf("%s: the headers are %+v", name, h)
		}
		if again, more := w.mustPut(alice, b, "a/key", r); slices.Equal(keys, more) || slices.Equal(s.DataKey, again.DataKey) {
			t.Errorf("%s: two objects have one key", name)
		}
		for _, key := range keys {
			if kept := fmt.Sprintf("%q", []any{s.Key, s.DataKey}); strings.Contains(kept, string(key[:])) {
				t.Errorf("%s: a key is kept", name)
			}
		}
	}
}

// TestManagedKey: aws/s3 of the caller's account comes into being when it is
// first used, and is used through S3 alone.
func TestManagedKey(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice", "kms:GenerateDataKey", "kms:Decrypt")
	b := bucket(kmsRule(sseKMS, ""))
	s, keys := w.mustPut(alice, b, "o", Request{})
	w.opens(alice, b, "o", s, keys)
	if !strings.HasPrefix(s.KMSKeyID, "arn:aws:kms:us-east-1:111122223333:key/") {
		t.Errorf("the key is %s", s.KMSKeyID)
	}
	bob := w.user(accountB, "bob", "kms:GenerateDataKey", "kms:Decrypt")
	if other, _ := w.mustPut(bob, b, "o", Request{}); !strings.HasPrefix(other.KMSKeyID, "arn:aws:kms:us-east-1:444455556666:key/") {
		t.Errorf("the key of an object that another account puts is %s", other.KMSKeyID)
	}
	if _, err := w.keys.Open(w.call(bob), b, "o", s, nil); err == nil {
		t.Error("another account opens what the managed key of this one protects")
	}
}

// TestWhatKMSSees: the service that calls, the Region, and the encryption
// context: policies of keys are written about them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
func TestWhatKMSSees(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	condition := func(arn string) string {
		return fmt.Sprintf(`{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":%q,"kms:EncryptionContext:aws:s3:arn":%q},"Null":{"aws:SourceIp":"true"},"ForAllValues:StringEquals":{"aws:CalledVia":"s3.amazonaws.com"}}`, accountA, arn)
	}
	arn := w.key(let(alice.ARN, use, condition("arn:aws:s3:::secure-demo-bucket/a/key")))
	b := bucket(kmsRule(sseKMS, arn))
	s, keys := w.mustPut(alice, b, "a/key", Request{})
	w.opens(alice, b, "a/key", s, keys)
	w.denied("another object", alice, b, "b/key", Request{}, s, "AccessDenied", 403)
	w.denied("the bucket's key", alice, b, "a/key", Request{BucketKey: new(true)}, Sealed{Algorithm: sseKMS, KMSKeyID: arn, DataKey: s.DataKey, BucketKey: true}, "AccessDenied", 403)
	other := b
	other.Name = "other"
	w.denied("another bucket", alice, other, "a/key", Request{}, s, "AccessDenied", 403)

	w.setPolicy(arn, let(alice.ARN, use, condition("arn:aws:s3:::secure-demo-bucket")))
	s, keys = w.mustPut(alice, b, "a/key", Request{BucketKey: new(true)})
	w.opens(alice, b, "a/key", s, keys)

	last := w.lastRecord("Decrypt")
	var parameters struct{ EncryptionContext map[string]string }
	w.check(json.Unmarshal(last.RequestParameters, &parameters))
	if last.UserIdentity.InvokedBy != "s3.amazonaws.com" || last.SourceIPAddress != "s3.amazonaws.com" || last.UserIdentity.ARN != alice.ARN ||
		parameters.EncryptionContext["aws:s3:arn"] != "arn:aws:s3:::secure-demo-bucket" {
		t.Errorf("the record is %+v with %s", last, last.RequestParameters)
	}
	if strings.Contains(string(last.ResponseElements), "laintext") {
		t.Errorf("the record holds %s", last.ResponseElements)
	}
}

func (w *world) lastRecord(event string) *audit.Record {
	w.Helper()
	for e, err := range w.cloud.Audit.Events(audit.Filter{EventName: event}) { // the newest first
		w.check(err)
		return &e.Record
	}
	w.Fatalf("there is no record of %s", event)
	return nil
}

// TestContextCannotLie: the context that a caller adds does not pass for the
// name of another object, in whichever letters.
func TestContextCannotLie(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	arn := w.key(let(alice.ARN, use, `{"StringEquals":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::secure-demo-bucket/mine"}}`))
	b := bucket(nil)
	for text, code := range map[string]string{
		`{"aws:s3:arn":"arn:aws:s3:::secure-demo-bucket/mine"}`:                  "AccessDenied",
		`{"AWS:S3:ARN":"arn:aws:s3:::secure-demo-bucket/mine"}`:                  "InvalidArgument",
		`{"aws:s3:arn":"x","aws:s3:Arn":"arn:aws:s3:::secure-demo-bucket/mine"}`: "InvalidArgument",
		`{"aws:s3:arn ":"arn:aws:s3:::secure-demo-bucket/mine"}`:                 "AccessDenied",
		`{"aws:s3:arn":"x","aws:s3:arn":"arn:aws:s3:::secure-demo-bucket/mine"}`: "InvalidArgument",
		`{"aws:ſ3:arn":"arn:aws:s3:::secure-demo-bucket/mine"}`:                  "InvalidArgument",
	} {
		_, keys, err := w.put(alice, b, "theirs", Request{Algorithm: sseKMS, KMSKeyID: arn, Context: base64Of(text)})
		status := 400
		if code == "AccessDenied" {
			status = 403
		}
		fails(t, text, err, code, status, "")
		if keys != nil {
			t.Errorf("%s: keys are given", text)
		}
	}
}

// TestKeyPolicyCountsAtOnce is test 4 of article 16: a key policy that does not
// name the caller any more stops uploads and downloads with the next request,
// and one that names it again lets them through.
func TestKeyPolicyCountsAtOnce(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	for _, bucketKey := range []bool{false, true} {
		named := let(alice.ARN, use)
		arn := w.key(named)
		b := bucket(kmsRule(sseKMS, arn))
		b.Default.BucketKeyEnabled = &bucketKey
		s, keys := w.mustPut(alice, b, "o", Request{})
		w.opens(alice, b, "o", s, keys)

		w.setPolicy(arn)
		w.denied("not named any more", alice, b, "o", Request{}, s, "AccessDenied", 403)
		const message = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:%s on resource: %s because no resource-based policy allows the kms:%s action"
		_, _, err := w.put(alice, b, "o", Request{})
		fails(t, "upload", err, "AccessDenied", 403, fmt.Sprintf(message, "GenerateDataKey", arn, "GenerateDataKey"))
		_, err = w.keys.Open(w.call(alice), b, "o", s, nil)
		fails(t, "download", err, "AccessDenied", 403, fmt.Sprintf(message, "Decrypt", arn, "Decrypt"))

		w.setPolicy(arn, named)
		w.opens(alice, b, "o", s, keys)
		w.mustPut(alice, b, "o", Request{})
	}
}

// TestSeparateUses is variation 3 of article 16: a writer who only encrypts and
// a reader who only decrypts.
func TestSeparateUses(t *testing.T) {
	w := newWorld(t)
	writer, reader := w.user(accountA, "writer"), w.user(accountA, "reader")
	arn := w.key(let(writer.ARN, `"kms:GenerateDataKey"`), let(reader.ARN, `"kms:Decrypt"`))
	for _, algorithm := range []Request{{Algorithm: sseKMS, KMSKeyID: arn}, {Algorithm: dsse, KMSKeyID: arn}} {
		b := bucket(nil)
		s, keys := w.mustPut(writer, b, "o", algorithm)
		w.opens(reader, b, "o", s, keys)
		_, err := w.keys.Open(w.call(writer), b, "o", s, nil)
		fails(t, "the writer reads", err, "AccessDenied", 403, "")
		_, _, err = w.put(reader, b, "o", algorithm)
		fails(t, "the reader writes", err, "AccessDenied", 403, "")
	}
}

// TestOtherAccount is variation 1 of article 16: the key is in another account
// than its users. Both sides have to agree, and only its ARN names it.
func TestOtherAccount(t *testing.T) {
	w := newWorld(t)
	bob := w.user(accountB, "bob", "kms:GenerateDataKey", "kms:Decrypt")
	eve := w.user(accountB, "eve")
	arn := w.key(let("arn:aws:iam::"+accountB+":root", use))
	id := arn[strings.LastIndex(arn, "/")+1:]
	b := bucket(kmsRule(sseKMS, arn))
	b.Account = accountB
	s, keys := w.mustPut(bob, b, "o", Request{})
	w.opens(bob, b, "o", s, keys)
	w.denied("its account does not let her", eve, b, "o", Request{}, s, "AccessDenied", 403)
	_, _, err := w.put(bob, b, "o", Request{Algorithm: sseKMS, KMSKeyID: id})
	fails(t, "by id", err, "KMS.NotFoundException", 400, fmt.Sprintf("Key 'arn:aws:kms:us-east-1:%s:key/%s' does not exist", accountB, id))
	w.setPolicy(arn)
	w.denied("the key's account does not let it", bob, b, "o", Request{}, s, "AccessDenied", 403)
}

// TestKeyStates: a key that cannot be used gives nothing out, with the codes of
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the
// messages that S3 was seen to give.
func TestKeyStates(t *testing.T) {
	w := newWorld(t)
	alice, admin := w.user(accountA, "alice"), w.admin(accountA)
	arn := w.key(let(alice.ARN, use))
	b := bucket(kmsRule(dsse, arn))
	s, keys := w.mustPut(alice, b, "o", Request{})

	direct(w, admin, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: &arn})
	w.denied("disabled", alice, b, "o", Request{}, s, "KMS.DisabledException", 400)
	_, err := w.keys.Open(w.call(alice), b, "o", s, nil)
	fails(t, "disabled", err, "KMS.DisabledException", 400, arn+" is disabled.")
	direct(w, admin, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: &arn})
	w.opens(alice, b, "o", s, keys)

	direct(w, admin, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: &arn})
	w.denied("to be deleted", alice, b, "o", Request{}, s, "KMS.KMSInvalidStateException", 400)
	_, err = w.keys.Open(w.call(alice), b, "o", s, nil)
	fails(t, "to be deleted", err, "KMS.KMSInvalidStateException", 400, arn+" is pending deletion.")

	w.now = w.now.AddDate(0, 0, 31)
	powerful := w.user(accountA, "powerful", "*") // who may be told
	w.denied("deleted", powerful, b, "o", Request{}, s, "KMS.NotFoundException", 400)
	w.denied("deleted, for others", alice, b, "o", Request{}, s, "AccessDenied", 403)
}

// TestWrongKeys: what names no key that S3 can use.
func TestWrongKeys(t *testing.T) {
	w := newWorld(t)
	admin := w.user(accountA, "admin", "*")
	asymmetric := direct(w, admin, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{KeySpec: kmsapi.KeySpecEccNistP256, KeyUsage: kmsapi.KeyUsageTypeSignVerify})
	for id, tt := range map[string]struct{ code, message string }{
		"fake-key-id": {"KMS.NotFoundException", "Invalid keyId 'fake-key-id'"},
		"aws/s3":      {"KMS.NotFoundException", "Invalid keyId 'aws/s3'"},
		keyID:         {"KMS.NotFoundException", "Key '" + keyARN + "' does not exist"},
		"alias/none":  {"KMS.NotFoundException", "Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found."},
		"arn:aws:kms:us-west-2:111122223333:key/" + keyID: {"KMS.NotFoundException", "Invalid arn us-west-2"},
		"arn:aws:kms::11112222333:key/" + keyID:           {"KMS.NotFoundException", ""},
		*asymmetric.KeyMetadata.Arn:                       {"KMS.InvalidKeyUsageException", ""},
		strings.Repeat("x", 3000):                         {"KMS.ValidationException", ""},
	} {
		_, keys, err := w.put(admin, bucket(nil), "o", Request{Algorithm: sseKMS, KMSKeyID: id})
		fails(t, id, err, tt.code, 400, tt.message)
		if keys != nil {
			t.Errorf("%s: keys are given", id)
		}
	}
}

// TestBucketsRegion: KMS is called in the Region of the bucket, wherever the
// call was made.
func TestBucketsRegion(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice", "*")
	b := bucket(kmsRule(sseKMS, ""))
	b.Region = "eu-west-1"
	ctx := w.call(alice)
	how, err := w.keys.Resolve(b, Request{})
	w.check(err)
	s, keys, err := w.keys.Seal(ctx, b, "o", how)
	w.check(err)
	if !strings.HasPrefix(s.KMSKeyID, "arn:aws:kms:eu-west-1:") {
		t.Errorf("the key is %s", s.KMSKeyID)
	}
	if r := cloud.From(ctx).Region; r != region {
		t.Errorf("the call is one of %s afterwards", r)
	}
	w.opens(alice, b, "o", s, keys)
	_, _, err = w.put(alice, b, "o", Request{Algorithm: sseKMS, KMSKeyID: w.key(letAccount(accountA))})
	fails(t, "a key of the call's Region", err, "KMS.NotFoundException", 400, "Invalid arn us-east-1")
}

// TestSignatureVersion: what was not signed with the current signature does not
// come before KMS.
func TestSignatureVersion(t *testing.T) {
	const message = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4."
	w := newWorld(t)
	alice := w.user(accountA, "alice", "*")
	arn := w.key(let("*", use))
	b := bucket(kmsRule(sseKMS, arn))
	s, _ := w.mustPut(alice, b, "o", Request{})
	how, err := w.keys.Resolve(b, Request{})
	w.check(err)
	for name, change := range map[string]func(c *cloud.Call){
		"unsigned":          func(c *cloud.Call) { c.Principal, c.Signature = &authz.Principal{}, cloud.Signature{} },
		"the old signature": func(c *cloud.Call) { c.Signature.Version = "AWS" },
	} {
		ctx := w.call(alice)
		change(cloud.From(ctx))
		_, keys, err := w.keys.Seal(ctx, b, "o", how)
		fails(t, name, err, "InvalidArgument", 400, message)
		opened, err := w.keys.Open(ctx, b, "o", s, nil)
		fails(t, name, err, "InvalidArgument", 400, message)
		if keys != nil || opened != nil {
			t.Errorf("%s: keys are given", name)
		}
	}
	// A service that calls for somebody does not sign.
	ctx := w.call(alice)
	cloud.From(ctx).Signature = cloud.Signature{}
	if _, err := w.keys.Open(ctx, b, "o", s, nil); err != nil {
		t.Error(err)
	}
}

// TestService: a service writes in its own name under a key whose policy lets
// it.
func TestService(t *testing.T) {
	w := newWorld(t)
	arn := w.key(`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:GenerateDataKey","Resource":"*"}`)
	b := bucket(nil)
	for service, ok := range map[string]bool{"cloudtrail.amazonaws.com": true, "logging.s3.amazonaws.com": false} {
		p := &authz.Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: service}}
		_, keys, err := w.put(p, b, "o", Request{Algorithm: sseKMS, KMSKeyID: arn})
		if ok {
			w.check(err)
		} else {
			fails(t, service, err, "AccessDenied", 403, "")
		}
		if (len(keys) == 1) != ok {
			t.Errorf("%s: %d keys", service, len(keys))
		}
	}
}

// TestBinding: what is kept of one object gives no other object's keys, and
// nothing that was changed gives any.
func TestBinding(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice", "*")
	arn := w.key(letAccount(accountA))
	b := bucket(nil)
	sameName := b // a bucket that was deleted and made again
	sameName.ID = "b-2"
	for name, r := range map[string]Request{
		"SSE-S3":       {},
		"SSE-KMS":      {Algorithm: sseKMS, KMSKeyID: arn},
		"a bucket key": {Algorithm: sseKMS, KMSKeyID: arn, BucketKey: new(true)},
		"DSSE-KMS":     {Algorithm: dsse, KMSKeyID: arn},
	} {
		s, keys := w.mustPut(alice, b, "o", r)
		w.opens(alice, b, "o", s, keys)
		not := func(what string, b Bucket, key string, s Sealed) {
			t.Helper()
			got, err := w.keys.Open(w.call(alice), b, key, s, nil)
			if err == nil && slices.ContainsFunc(got, func(k blob.Key) bool { return slices.Contains(keys, k) }) {
				t.Errorf("%s, %s: a key comes back", name, what)
			}
		}
		not("of another object", b, "o2", s)
		not("of another bucket", sameName, "o", s)
		flip := func(p []byte) []byte {
			p = slices.Clone(p)
			if len(p) > 0 {
				p[len(p)-1] ^= 1
			}
			return p
		}
		for what, change := range map[string]func(s *Sealed){
			"no algorithm":     func(s *Sealed) { s.Algorithm = "" },
			"unknown":          func(s *Sealed) { s.Algorithm = "other" },
			"keys changed":     func(s *Sealed) { s.Key, s.DataKey = flip(s.Key), flip(s.DataKey) },
			"keys gone":        func(s *Sealed) { s.Key, s.DataKey = nil, nil },
			"an added context": func(s *Sealed) { s.Context = base64Of(`{"a":"b"}`); s.Key = nil },
			"a bad context":    func(s *Sealed) { s.Context = "!"; s.Key = nil },
			"as SSE-S3":        func(s *Sealed) { s.Algorithm = aes256; s.Key = append(s.Key, 0) },
		} {
			changed := s
			change(&changed)
			if got, err := w.keys.Open(w.call(alice), b, "o", changed, nil); err == nil || got != nil {
				t.Errorf("%s, %s: keys come back", name, what)
			}
		}
	}
	// A key of the inner layer is none of SSE-S3, and the other way around.
	s, _ := w.mustPut(alice, b, "o", Request{Algorithm: dsse, KMSKeyID: arn})
	s.Algorithm = aes256
	if _, err := w.keys.Open(w.call(alice), b, "o", s, nil); err == nil {
		t.Error("the outer key of DSSE-KMS opens as one of SSE-S3")
	}
	if _, err := w.keys.Open(w.call(alice), b, "o", Sealed{}, nil); err == nil {
		t.Error("nothing opens")
	}
}
