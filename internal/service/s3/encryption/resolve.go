package encryption

import (
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

// Request is what a request says of encryption, as its headers have it.
type Request struct {
	Algorithm s3api.ServerSideEncryption
	KMSKeyID  string
	Context   string // base64 of JSON
	BucketKey *bool
	Customer  *CustomerKey // nil: no header of SSE-C
}

// Resolved says how an object is to be encrypted.
type Resolved struct {
	Algorithm s3api.ServerSideEncryption // "" with a customer's key
	KMSKeyID  string                     // as requested or configured
	BucketKey bool

	context  string // as requested
	pairs    map[string]string
	customer *customer
}

// Resolve checks what a request says, and completes it by the bucket's default.
func (k *Keys) Resolve(b Bucket, r Request) (Resolved, error) {
	if r.Customer != nil {
		return resolveCustomer(r)
	}
	if r.Algorithm == "" && (r.KMSKeyID != "" || r.Context != "") {
		return Resolved{}, errNeedsKMS(r.Algorithm)
	}
	how := byDefault(b)
	if r.Algorithm != "" {
		how.Algorithm, how.KMSKeyID = r.Algorithm, r.KMSKeyID
	}
	if r.BucketKey != nil {
		how.BucketKey = *r.BucketKey
	}
	switch how.Algorithm {
	case s3api.ServerSideEncryptionAes256:
		if r.KMSKeyID != "" || r.Context != "" {
			return Resolved{}, errNeedsKMS(r.Algorithm)
		}
		how.BucketKey = false
		return how, nil
	case s3api.ServerSideEncryptionAwsKms:
	case s3api.ServerSideEncryptionAwsKmsDsse:
		how.BucketKey = false // "aren't supported for" DSSE-KMS
	default:
		return Resolved{}, errMethod(how.Algorithm)
	}
	if how.KMSKeyID == "" {
		how.KMSKeyID = managedKey
	}
	how.context = r.Context
	var err error
	how.pairs, err = parseContext(r.Context)
	return how, err
}

// managedKey is the AWS managed key of S3, of the caller's account.
const managedKey = "alias/aws/s3"

func resolveCustomer(r Request) (Resolved, error) {
	if r.Algorithm != "" {
		return Resolved{}, errIncompatible(r.Algorithm)
	}
	if r.KMSKeyID != "" || r.Context != "" {
		return Resolved{}, errNeedsKMS(r.Algorithm)
	}
	c, err := r.Customer.parse()
	if err == nil && len(c.key) != customerKeySize {
		err = errCustomerKey()
	}
	return Resolved{customer: c}, err
}

// byDefault is how a bucket encrypts what asks for nothing.
func byDefault(b Bucket) Resolved {
	how := Resolved{Algorithm: s3api.ServerSideEncryptionAes256}
	rule := b.Default
	if rule == nil {
		return how
	}
	if d := rule.ApplyServerSideEncryptionByDefault; d != nil {
		how.Algorithm, how.KMSKeyID = d.SSEAlgorithm, deref(d.KMSMasterKeyID)
	}
	how.BucketKey = rule.BucketKeyEnabled != nil && *rule.BucketKeyEnabled
	return how
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// KeyARN is the ARN by which the condition key
// s3:x-amz-server-side-encryption-aws-kms-key-id knows what a caller of an
// account writes into the header of a request to a bucket's Region. A key id, as
// well as an alias, means one of the caller's account. Which key an alias leads
// to only KMS knows, so it stays one. "" stays "".
//
// "To specify the KMS key, you must use a key Amazon Resource Name (ARN)":
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
func KeyARN(region, account, id string) string {
	switch {
	case id == "" || strings.HasPrefix(id, "arn:"):
		return id
	case strings.HasPrefix(id, "alias/"):
		return cloud.ARN("kms", region, account, id)
	}
	return cloud.ARN("kms", region, account, "key/"+id)
}

func errMethod(algorithm s3api.ServerSideEncryption) *api.Error {
	return errArgument("x-amz-server-side-encryption", string(algorithm), "The encryption method specified is not supported")
}

func errIncompatible(algorithm s3api.ServerSideEncryption) *api.Error {
	return errArgument("x-amz-server-side-encryption", string(algorithm), "Server Side Encryption with Customer provided key is incompatible with the encryption method specified")
}

func errNeedsKMS(algorithm s3api.ServerSideEncryption) *api.Error {
	return errArgument("x-amz-server-side-encryption", orNull(string(algorithm)), "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")
}

// orNull is the value of an absent header, as S3 writes it.
func orNull(value string) string {
	if value == "" {
		return "null"
	}
	return value
}

// errArgument is S3's InvalidArgument, with the header that it is about.
func errArgument(name, value, message string) *api.Error {
	e := api.Errorf("InvalidArgument", 400, "%s", message)
	e.Fields = map[string]any{"ArgumentName": name, "ArgumentValue": value}
	return e
}
