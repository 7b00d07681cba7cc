package encryption

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
)

// CustomerKey are the three headers of SSE-C, "" where one is absent.
type CustomerKey struct{ Algorithm, Key, MD5 string }

// Customer gathers the headers of SSE-C, nil when there is none of them.
func Customer(algorithm, key, md5 *string) *CustomerKey {
	if algorithm == nil && key == nil && md5 == nil {
		return nil
	}
	return &CustomerKey{deref(algorithm), deref(key), deref(md5)}
}

const (
	customerAlgorithm = "AES256"
	customerKeySize   = 32
)

// customer is a customer's key that has come over whole.
type customer struct {
	key []byte
	md5 string
}

// parse checks the headers, in S3's order. The length of the key is left to
// check.
func (c *CustomerKey) parse() (*customer, error) {
	switch {
	case c.Algorithm == "":
		return nil, errCustomer("Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.")
	case c.Key == "":
		return nil, errCustomer("Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.")
	case c.MD5 == "":
		return nil, errCustomer("Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key.")
	case c.Algorithm != customerAlgorithm:
		return nil, errCustomerAlgorithm(c.Algorithm)
	}
	key, err := base64.StdEncoding.DecodeString(c.Key)
	if err != nil {
		return nil, errCustomerKey()
	}
	sum := md5.Sum(key)
	given, err := base64.StdEncoding.DecodeString(c.MD5)
	if err != nil {
		return nil, errCustomer("The MD5 hash of the secret key was improperly encoded. The MD5 hash must be Base64 encoded.")
	}
	if subtle.ConstantTimeCompare(sum[:], given) == 0 {
		return nil, errCustomer("The calculated MD5 hash of the key did not match the hash that was provided.")
	}
	return &customer{key, c.MD5}, nil
}

const saltSize = 32

// seal makes what is kept of a customer's key, and the key of the content.
func (c *customer) seal(binding []byte) (Sealed, []blob.Key) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	check, key := c.derive(salt, binding)
	return Sealed{CustomerKeyMD5: c.md5, Salt: salt, Check: check}, []blob.Key{key}
}

// open gives the key of the content, if it is the same customer's key.
func (c *customer) open(s *Sealed, binding []byte) ([]blob.Key, bool) {
	if len(c.key) != customerKeySize {
		return nil, false
	}
	check, key := c.derive(s.Salt, binding)
	if !hmac.Equal(check, s.Check) {
		return nil, false
	}
	return []blob.Key{key}, true
}

// derive makes of a customer's key what it is recognized by, and the key of one
// object. The one tells nothing of the other.
func (c *customer) derive(salt, binding []byte) (check []byte, key blob.Key) {
	fresh, err := hkdf.Extract(sha256.New, c.key, salt)
	if err != nil {
		panic(err) // the lengths are constants
	}
	recognized := expand(fresh, "fortlet/s3/customer-check")
	return recognized[:], expand(fresh, "fortlet/s3/customer-key/"+string(binding))
}

// expand derives a key for a purpose.
func expand(from []byte, purpose string) blob.Key {
	key, err := hkdf.Expand(sha256.New, from, purpose, len(blob.Key{}))
	if err != nil {
		panic(err) // the lengths are constants
	}
	return blob.Key(key)
}

func errCustomer(message string) *api.Error {
	return errArgument("x-amz-server-side-encryption", "null", message)
}

func errCustomerKey() *api.Error {
	return errCustomer("The secret key was invalid for the specified algorithm.")
}

func errCustomerAlgorithm(algorithm string) *api.Error {
	e := errArgument("x-amz-server-side-encryption", algorithm, "The Encryption request you specified is not valid. Supported value: AES256.")
	e.Code = "InvalidEncryptionAlgorithmError"
	return e
}

func errCustomerNeeded() *api.Error {
	return api.Errorf("InvalidRequest", 400, "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
}

func errNotApplicable() *api.Error {
	return api.Errorf("InvalidRequest", 400, "The encryption parameters are not applicable to this object.")
}

func errWrongCustomerKey() *api.Error {
	return api.Errorf("AccessDenied", 403, "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.")
}

// errBlocked is the answer of a bucket that takes no new objects under SSE-C.
func errBlocked(call *cloud.Call, b Bucket, key string) *api.Error {
	return api.Errorf("AccessDenied", 403,
		"User: %s is not authorized to perform: %s on resource: \"%s/%s\" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type",
		call.Principal.Describe(), call.Operation.Action(), b.arn(), key)
}
