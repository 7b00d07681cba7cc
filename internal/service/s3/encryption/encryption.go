// Package encryption gives the objects of S3 their keys: SSE-S3, SSE-KMS,
// DSSE-KMS and SSE-C.
//
//	how, err := keys.Resolve(bucket, request) // what was asked for, or the bucket's default
//	sealed, contentKeys, err := keys.Seal(ctx, bucket, key, how)
//	w := blobs.Create(contentKeys...)
//	...
//	contentKeys, err = keys.Open(ctx, bucket, key, sealed, customer)
//
// Every object has keys of its own. Sealed, which lies in the object's row, is
// what it takes to get them back: bound to the bucket and the object's name, so
// that no row can be put in the place of another.
//
//   - SSE-S3: a random key, sealed by the keyring.
//   - SSE-KMS: a data key of KMS, which KMS opens again for each request, with
//     the session of who makes it. S3 keeps neither keys nor decisions, so a key
//     policy that changes counts from the next request on. With a bucket key the
//     encryption context names the bucket in place of the object, as in AWS; that
//     it saves calls to KMS is what Fortlet leaves out.
//   - DSSE-KMS: a data key of KMS, and over it a key that the keyring seals.
//   - SSE-C: derived from the customer's key, which is kept nowhere. A salted
//     MAC tells whether a later request brings the same.
//
// AWS takes SSE-C and the headers of SSE-KMS over TLS only. Fortlet takes them
// over the transport that it is reached by.
package encryption

import (
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

// Keys makes and opens the keys of objects.
type Keys struct{ cloud *cloud.Cloud }

// New makes the Keys of a cloud.
func New(c *cloud.Cloud) *Keys { return &Keys{cloud: c} }

// Bucket is what counts of the bucket that an object lies in.
type Bucket struct {
	ID, Name, Account, Region string
	Default                   *s3api.ServerSideEncryptionRule // nil is AES256
}

func (b *Bucket) arn() string { return "arn:" + cloud.Partition + ":s3:::" + b.Name }

// Sealed is what is kept of an object's keys, in its row. The zero Sealed opens
// for nobody.
type Sealed struct {
	Algorithm s3api.ServerSideEncryption // "" with a customer's key
	Key       []byte                     // sealed by the keyring

	KMSKeyID  string // ARN
	DataKey   []byte // sealed by KMS
	Context   string // of the request, as it was there
	BucketKey bool

	CustomerKeyMD5 string
	Salt, Check    []byte // of a customer's key
}

func (s *Sealed) byKMS() bool { return isKMS(s.Algorithm) }

func (s *Sealed) byCustomer() bool { return s.Algorithm == "" && len(s.Check) > 0 }

func isKMS(algorithm s3api.ServerSideEncryption) bool {
	return algorithm == s3api.ServerSideEncryptionAwsKms || algorithm == s3api.ServerSideEncryptionAwsKmsDsse
}

// Headers are what answers say of an object's encryption.
type Headers struct {
	Algorithm         s3api.ServerSideEncryption
	KMSKeyID          *string
	Context           *string // of PutObject, CopyObject and CreateMultipartUpload
	BucketKey         *bool
	CustomerAlgorithm *string
	CustomerKeyMD5    *string
}

// Headers gives what answers say of the object's encryption.
func (s *Sealed) Headers() Headers {
	h := Headers{Algorithm: s.Algorithm}
	switch {
	case s.byCustomer():
		h.CustomerAlgorithm, h.CustomerKeyMD5 = new(customerAlgorithm), &s.CustomerKeyMD5
	case s.byKMS():
		h.KMSKeyID = &s.KMSKeyID
		if s.Context != "" {
			h.Context = &s.Context
		}
		if s.BucketKey {
			h.BucketKey = new(true) // false is not said
		}
	}
	return h
}
