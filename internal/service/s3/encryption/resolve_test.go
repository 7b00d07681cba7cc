package encryption

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

const (
	aes256 = s3api.ServerSideEncryptionAes256
	sseKMS = s3api.ServerSideEncryptionAwsKms
	dsse   = s3api.ServerSideEncryptionAwsKmsDsse
	keyID  = "1234abcd-12ab-34cd-56ef-1234567890ab"
	keyARN = "arn:aws:kms:" + region + ":" + accountA + ":key/" + keyID
)

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// TestResolve: what is asked for, and the bucket's default.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
func TestResolve(t *testing.T) {
	withBucketKey := func(rule *s3api.ServerSideEncryptionRule) *s3api.ServerSideEncryptionRule {
		rule.BucketKeyEnabled = new(true)
		return rule
	}
	for name, tt := range map[string]struct {
		rule *s3api.ServerSideEncryptionRule
		r    Request
		want Resolved
	}{
		"nothing said":                      {nil, Request{}, Resolved{Algorithm: aes256}},
		"an empty rule":                     {&s3api.ServerSideEncryptionRule{}, Request{}, Resolved{Algorithm: aes256}},
		"SSE-S3":                            {nil, Request{Algorithm: aes256}, Resolved{Algorithm: aes256}},
		"SSE-S3 over the default":           {kmsRule(sseKMS, keyARN), Request{Algorithm: aes256}, Resolved{Algorithm: aes256}},
		"SSE-S3 has no bucket key":          {withBucketKey(kmsRule(aes256, "")), Request{BucketKey: new(true)}, Resolved{Algorithm: aes256}},
		"the AWS managed key":               {nil, Request{Algorithm: sseKMS}, Resolved{Algorithm: sseKMS, KMSKeyID: "alias/aws/s3"}},
		"a key":                             {nil, Request{Algorithm: sseKMS, KMSKeyID: keyID}, Resolved{Algorithm: sseKMS, KMSKeyID: keyID}},
		"the default key":                   {kmsRule(sseKMS, keyARN), Request{}, Resolved{Algorithm: sseKMS, KMSKeyID: keyARN}},
		"the default's AWS managed key":     {kmsRule(sseKMS, ""), Request{}, Resolved{Algorithm: sseKMS, KMSKeyID: "alias/aws/s3"}},
		"not the default key":               {kmsRule(sseKMS, keyARN), Request{Algorithm: sseKMS}, Resolved{Algorithm: sseKMS, KMSKeyID: "alias/aws/s3"}},
		"the default's bucket key":          {withBucketKey(kmsRule(sseKMS, keyARN)), Request{}, Resolved{Algorithm: sseKMS, KMSKeyID: keyARN, BucketKey: true}},
		"the default's bucket key for both": {withBucketKey(kmsRule(sseKMS, keyARN)), Request{Algorithm: sseKMS, KMSKeyID: keyID}, Resolved{Algorithm: sseKMS, KMSKeyID: keyID, BucketKey: true}},
		"no bucket key over the default":    {withBucketKey(kmsRule(sseKMS, keyARN)), Request{BucketKey: new(false)}, Resolved{Algorithm: sseKMS, KMSKeyID: keyARN}},
		"a bucket key over the default":     {kmsRule(sseKMS, keyARN), Request{BucketKey: new(true)}, Resolved{Algorithm: sseKMS, KMSKeyID: keyARN, BucketKey: true}},
		"DSSE-KMS":                          {nil, Request{Algorithm: dsse, KMSKeyID: keyARN}, Resolved{Algorithm: dsse, KMSKeyID: keyARN}},
		"DSSE-KMS by default":               {withBucketKey(kmsRule(dsse, keyARN)), Request{BucketKey: new(true)}, Resolved{Algorithm: dsse, KMSKeyID: keyARN}},
	} {
		how, err := new(Keys).Resolve(bucket(tt.rule), tt.r)
		how.pairs = nil
		if err != nil || how.Algorithm != tt.want.Algorithm || how.KMSKeyID != tt.want.KMSKeyID || how.BucketKey != tt.want.BucketKey {
			t.Errorf("%s: %+v, %v; want %+v", name, how, err, tt.want)
		}
	}
}

// TestRefused: what does not fit together.
func TestRefused(t *testing.T) {
	const (
		needsKMS   = "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
		badContext = "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map"
	)
	for name, tt := range map[string]struct {
		rule     *s3api.ServerSideEncryptionRule
		r        Request
		message  string
		argument string
		value    string
	}{
		"an unknown algorithm":       {nil, Request{Algorithm: "AES512"}, "The encryption method specified is not supported", "x-amz-server-side-encryption", "AES512"},
		"in other letters":           {nil, Request{Algorithm: "aes256"}, "The encryption method specified is not supported", "x-amz-server-side-encryption", "aes256"},
		"one of another service":     {nil, Request{Algorithm: s3api.ServerSideEncryptionAwsFsx}, "The encryption method specified is not supported", "x-amz-server-side-encryption", "aws:fsx"},
		"an unknown default":         {kmsRule("other", ""), Request{}, "The encryption method specified is not supported", "x-amz-server-side-encryption", "other"},
		"a key without aws:kms":      {nil, Request{KMSKeyID: keyID}, needsKMS, "x-amz-server-side-encryption", "null"},
		"also where it is default":   {kmsRule(sseKMS, keyARN), Request{KMSKeyID: keyID}, needsKMS, "x-amz-server-side-encryption", "null"},
		"a key with AES256":          {nil, Request{Algorithm: aes256, KMSKeyID: keyID}, needsKMS, "x-amz-server-side-encryption", "AES256"},
		"a context without aws:kms":  {kmsRule(sseKMS, keyARN), Request{Context: base64Of("{}")}, needsKMS, "x-amz-server-side-encryption", "null"},
		"a context with AES256":      {nil, Request{Algorithm: aes256, Context: base64Of("{}")}, needsKMS, "x-amz-server-side-encryption", "AES256"},
		"a context that is none":     {nil, Request{Algorithm: sseKMS, Context: "{}"}, badContext, contextHeader, "null"},
		"DSSE with such a context":   {nil, Request{Algorithm: dsse, Context: "{}"}, badContext, contextHeader, "null"},
		"a context in its own right": {nil, Request{Algorithm: sseKMS, Context: base64Of(`{"AWS:S3:ARN":"x"}`)}, badContext, contextHeader, "null"},
	} {
		_, err := new(Keys).Resolve(bucket(tt.rule), tt.r)
		fails(t, name, err, "InvalidArgument", 400, tt.message)
		var e *api.Error
		if errors.As(err, &e) && (e.Fields["ArgumentName"] != tt.argument || e.Fields["ArgumentValue"] != tt.value) {
			t.Errorf("%s: %v", name, e.Fields)
		}
	}
}

func TestParseContext(t *testing.T) {
	for text, want := range map[string]map[string]string{
		`{}`:                           {},
		` { "a" : "b", "c":"" } `:      {"a": "b", "c": ""},
		`{"ünï":"\u00e4\n","a.b":"/"}`: {"ünï": "ä\n", "a.b": "/"},
		`{"aws:s3:arn":"x"}`:           {"aws:s3:arn": "x"},
	} {
		got, err := parseContext(base64Of(text))
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s: %v", text, got)
			}
		}
	}
	for _, text := range []string{
		``, ` `, `null`, `[]`, `"a"`, `1`, `{`, `{"a"`, `{"a":`, `{"a":"b"`, `{"a":"b",}`, `{"a":1}`, `{"a":null}`, `{"a":{}}`, `{"a":["b"]}`,
		`{1:"a"}`, `{"a":"b"}{}`, `{"a":"b"} x`, `{"a":"b","a":"b"}`, `{"a":"b","\u0061":"c"}`, "{\"a\":\"\xff\"}", `{"Aws:S3:Arn":"x"}`,
	} {
		if got, err := parseContext(base64Of(text)); err == nil && text != "" {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	for _, header := range []string{"e30", "e30==", "e3 0=", "!"} {
		if got, err := parseContext(header); err == nil {
			t.Errorf("%q is taken for %v", header, got)
		}
	}
}

// FuzzParseContext: whatever is taken, nothing speaks for S3's own pair.
func FuzzParseContext(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":"b"}`, `{"aws:s3:arn":"x","AWS:s3:arn":"y"}`, `{"a":1}`, `{"a":{"b":"c"}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := parseContext(base64Of(text))
		if err != nil {
			fails(t, text, err, "InvalidArgument", 400, "")
			return
		}
		context := contextOf(bucket(nil), "k", false, pairs)
		if context["aws:s3:arn"] != "arn:aws:s3:::secure-demo-bucket/k" {
			t.Errorf("%q makes %v", text, context)
		}
	})
}

func TestKeyARN(t *testing.T) {
	const other = "arn:aws:kms:eu-west-1:" + accountB + ":key/" + keyID
	for id, want := range map[string]string{
		"":             "",
		keyID:          "arn:aws:kms:us-east-1:111122223333:key/" + keyID,
		other:          other,
		"alias/mine":   "arn:aws:kms:us-east-1:111122223333:alias/mine",
		"alias/aws/s3": "arn:aws:kms:us-east-1:111122223333:alias/aws/s3",
		"nonsense":     "arn:aws:kms:us-east-1:111122223333:key/nonsense",
	} {
		if got := KeyARN(region, accountA, id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}
