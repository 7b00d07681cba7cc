package encryption

import (
	"crypto/md5"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/blob"
)

// customerKey are the headers for a key.
func customerKey(key string) *CustomerKey {
	sum := md5.Sum([]byte(key))
	return &CustomerKey{"AES256", base64Of(key), base64.StdEncoding.EncodeToString(sum[:])}
}

const (
	oneKey   = "01234567890123456789012345678901"
	otherKey = "01234567890123456789012345678902"
)

func TestCustomerKey(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice") // may do nothing with KMS, and need not
	b := bucket(kmsRule(sseKMS, keyARN))
	s, keys := w.mustPut(alice, b, "o", Request{Customer: customerKey(oneKey)})
	if s.Algorithm != "" || len(keys) != 1 {
		t.Errorf("%d keys of %q", len(keys), s.Algorithm)
	}
	h := s.Headers()
	if h.Algorithm != "" || h.KMSKeyID != nil || h.BucketKey != nil || h.Context != nil ||
		*h.CustomerAlgorithm != "AES256" || *h.CustomerKeyMD5 != customerKey(oneKey).MD5 {
		t.Errorf("the headers are %+v", h)
	}
	got, err := w.keys.Open(w.call(alice), b, "o", s, customerKey(oneKey))
	if err != nil || !slices.Equal(got, keys) {
		t.Errorf("the key does not come back: %v", err)
	}
	w.check(w.keys.Check(b, "o", s, customerKey(oneKey)))

	// Neither the key nor what it derives is kept.
	if keys[0] == blob.Key([]byte(oneKey)) {
		t.Error("the customer's key is the content's")
	}
	for _, kept := range [][]byte{s.Key, s.DataKey, s.Salt, s.Check, []byte(s.Context), []byte(s.CustomerKeyMD5)} {
		if strings.Contains(string(kept), oneKey[:8]) || strings.Contains(string(kept), string(keys[0][:8])) {
			t.Error("a key is kept")
		}
	}
	// The same key of two objects is two keys, and so it is the second time.
	for _, name := range []string{"o", "o2"} {
		again, more := w.mustPut(alice, b, name, Request{Customer: customerKey(oneKey)})
		if slices.Equal(keys, more) || slices.Equal(s.Salt, again.Salt) || slices.Equal(s.Check, again.Check) {
			t.Errorf("%s has the keys of another object", name)
		}
	}
	// Another's row gives no key that opens the content.
	if got, err := w.keys.Open(w.call(alice), b, "o2", s, customerKey(oneKey)); err == nil && slices.Equal(got, keys) {
		t.Error("a row in another's place gives the key")
	}
}

// TestCustomerHeaders: the answers are those that S3 was seen to give, see
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
// LocalStack's snapshots of test_s3_sse_c.
func TestCustomerHeaders(t *testing.T) {
	const (
		algorithm = "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm."
		secret    = "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key."
		digest    = "Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key."
		mismatch  = "The calculated MD5 hash of the key did not match the hash that was provided."
		encoded   = "The MD5 hash of the secret key was improperly encoded. The MD5 hash must be Base64 encoded."
		length    = "The secret key was invalid for the specified algorithm."
		only      = "The Encryption request you specified is not valid. Supported value: AES256."
		both      = "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
	)
	good := customerKey(oneKey)
	for name, tt := range map[string]struct {
		r             Request
		code, message string
	}{
		"nothing but names":            {Request{Customer: Customer(new(""), new(""), new(""))}, "InvalidArgument", algorithm},
		"no algorithm":                 {Request{Customer: &CustomerKey{"", good.Key, good.MD5}}, "InvalidArgument", algorithm},
		"the digest alone":             {Request{Customer: &CustomerKey{"", "", good.MD5}}, "InvalidArgument", algorithm},
		"no key":                       {Request{Customer: &CustomerKey{"AES256", "", good.MD5}}, "InvalidArgument", secret},
		"the algorithm alone":          {Request{Customer: &CustomerKey{"AES256", "", ""}}, "InvalidArgument", secret},
		"no digest":                    {Request{Customer: &CustomerKey{"AES256", good.Key, ""}}, "InvalidArgument", digest},
		"another algorithm":            {Request{Customer: &CustomerKey{"AES128", good.Key, good.MD5}}, "InvalidEncryptionAlgorithmError", only},
		"in other letters":             {Request{Customer: &CustomerKey{"aes256", good.Key, good.MD5}}, "InvalidEncryptionAlgorithmError", only},
		"the KMS one":                  {Request{Customer: &CustomerKey{"aws:kms", good.Key, good.MD5}}, "InvalidEncryptionAlgorithmError", only},
		"a key that is not base64":     {Request{Customer: &CustomerKey{"AES256", "§", good.MD5}}, "InvalidArgument", length},
		"a digest that is not base64":  {Request{Customer: &CustomerKey{"AES256", good.Key, "§"}}, "InvalidArgument", encoded},
		"another key's digest":         {Request{Customer: &CustomerKey{"AES256", good.Key, customerKey(otherKey).MD5}}, "InvalidArgument", mismatch},
		"a digest cut short":           {Request{Customer: &CustomerKey{"AES256", good.Key, good.MD5[:4]}}, "InvalidArgument", mismatch},
		"a short key":                  {Request{Customer: customerKey("0123456789")}, "InvalidArgument", length},
		"a long key":                   {Request{Customer: customerKey(oneKey + "0")}, "InvalidArgument", length},
		"with SSE-S3":                  {Request{Algorithm: aes256, Customer: good}, "InvalidArgument", both},
		"with SSE-KMS":                 {Request{Algorithm: sseKMS, Customer: good}, "InvalidArgument", both},
		"with SSE-S3, before all else": {Request{Algorithm: aes256, Customer: &CustomerKey{}}, "InvalidArgument", both},
		"with a KMS key":               {Request{KMSKeyID: keyID, Customer: good}, "InvalidArgument", "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"},
	} {
		_, err := new(Keys).Resolve(bucket(nil), tt.r)
		fails(t, name, err, tt.code, 400, tt.message)
		if err != nil && (strings.Contains(err.Error(), oneKey) || strings.Contains(err.Error(), good.Key)) {
			t.Errorf("%s: the error tells the key", name)
		}
	}
	if Customer(nil, nil, nil) != nil {
		t.Error("no header makes a customer's key")
	}
}

// TestWrongCustomerKey: reads with another key, or none, or one where there is
// none to bring.
func TestWrongCustomerKey(t *testing.T) {
	const (
		wrong  = "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."
		needed = "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
		none   = "The encryption parameters are not applicable to this object."
	)
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	b := bucket(nil)
	under, _ := w.mustPut(alice, b, "o", Request{Customer: customerKey(oneKey)})
	plain, _ := w.mustPut(alice, b, "o", Request{})
	mixed := customerKey(otherKey)
	mixed.MD5 = customerKey(oneKey).MD5
	for name, tt := range map[string]struct {
		s             Sealed
		c             *CustomerKey
		code, message string
		status        int
	}{
		"another key":                        {under, customerKey(otherKey), "AccessDenied", wrong, 403},
		"a short key":                        {under, customerKey("0123456789"), "AccessDenied", wrong, 403},
		"another key, with the right digest": {under, mixed, "InvalidArgument", "", 400},
		"no key":                             {under, nil, "InvalidRequest", needed, 400},
		"no secret":                          {under, &CustomerKey{Algorithm: "AES256"}, "InvalidArgument", "", 400},
		"another algorithm":                  {under, &CustomerKey{"AES128", customerKey(oneKey).Key, customerKey(oneKey).MD5}, "InvalidEncryptionAlgorithmError", "", 400},
		"a key that is not needed":           {plain, customerKey(oneKey), "InvalidRequest", none, 400},
		"such, of another algorithm":         {plain, &CustomerKey{"AES128", customerKey(oneKey).Key, customerKey(oneKey).MD5}, "InvalidEncryptionAlgorithmError", "", 400},
		"such, without its algorithm":        {plain, &CustomerKey{MD5: "x"}, "InvalidRequest", none, 400},
	} {
		keys, err := w.keys.Open(w.call(alice), b, "o", tt.s, tt.c)
		fails(t, name, err, tt.code, tt.status, tt.message)
		fails(t, name+", to look at", w.keys.Check(b, "o", tt.s, tt.c), tt.code, tt.status, tt.message)
		if keys != nil {
			t.Errorf("%s: keys are given", name)
		}
	}
}

// TestBlockedCustomerKey: a bucket that blocks SSE-C takes no new objects under
// it, and gives out those that are there.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
func TestBlockedCustomerKey(t *testing.T) {
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	open := bucket(&s3api.ServerSideEncryptionRule{BlockedEncryptionTypes: &s3api.BlockedEncryptionTypes{EncryptionType: []s3api.EncryptionType{s3api.EncryptionTypeNone}}})
	s, keys := w.mustPut(alice, open, "o", Request{Customer: customerKey(oneKey)})
	blocked := bucket(&s3api.ServerSideEncryptionRule{BlockedEncryptionTypes: &s3api.BlockedEncryptionTypes{EncryptionType: []s3api.EncryptionType{s3api.EncryptionTypeSseC}}})
	const message = `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::secure-demo-bucket/o" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type`
	_, _, err := w.put(alice, blocked, "o", Request{Customer: customerKey(oneKey)})
	fails(t, "an upload", err, "AccessDenied", 403, message)
	_, err = w.keys.OpenUpload(w.call(alice), blocked, "o", s, customerKey(oneKey))
	fails(t, "a part", err, "AccessDenied", 403, message)
	if got, err := w.keys.Open(w.call(alice), blocked, "o", s, customerKey(oneKey)); err != nil || !slices.Equal(got, keys) {
		t.Errorf("a download: %v", err)
	}
	w.mustPut(alice, blocked, "o", Request{})
}

func TestOpenUpload(t *testing.T) {
	const (
		missing  = "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters."
		mismatch = "The provided encryption parameters did not match the ones used originally."
	)
	w := newWorld(t)
	alice := w.user(accountA, "alice")
	b := bucket(nil)
	plain, plainKeys := w.mustPut(alice, b, "o", Request{})
	under, underKeys := w.mustPut(alice, b, "o", Request{Customer: customerKey(oneKey)})
	for name, tt := range map[string]struct {
		s             Sealed
		c             *CustomerKey
		keys          []blob.Key
		code, message string
	}{
		"SSE-S3":                  {plain, nil, plainKeys, "", ""},
		"SSE-C":                   {under, customerKey(oneKey), underKeys, "", ""},
		"SSE-C for SSE-S3":        {plain, customerKey(oneKey), nil, "InvalidRequest", missing},
		"SSE-C without its key":   {under, nil, nil, "InvalidRequest", missing},
		"SSE-C with another":      {under, customerKey(otherKey), nil, "InvalidRequest", mismatch},
		"SSE-C with a short key":  {under, customerKey("short"), nil, "InvalidArgument", "The secret key was invalid for the specified algorithm."},
		"SSE-C without algorithm": {under, &CustomerKey{Key: "x"}, nil, "InvalidArgument", ""},
	} {
		keys, err := w.keys.OpenUpload(w.call(alice), b, "o", tt.s, tt.c)
		if tt.code == "" {
			w.check(err)
		} else {
			fails(t, name, err, tt.code, 400, tt.message)
		}
		if !slices.Equal(keys, tt.keys) {
			t.Errorf("%s: other keys than those of the upload", name)
		}
	}
}
