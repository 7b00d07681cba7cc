// Package s3 is the Simple Storage Service: buckets with their policies and
// configuration, and the objects in them.
//
// # How an operation runs
//
// Every operation that names a bucket goes the same way. find finds it, or
// answers NoSuchBucket; authorize asks for permission with everything that has
// a say: the bucket's policy, the access control lists where the bucket's
// ownership setting leaves them in force, and its public access block. Then the
// object is looked up. Whether it exists is told only to those who may list the
// bucket: everybody else is denied (see missing).
//
// # What is kept
//
// Metadata are rows of the store, bytes are blobs; both are made durable before
// a call is answered. Every object is encrypted under a key of its own, which
// the package below, encryption, seals: by the keyring, by KMS with the caller's
// own session, or by a key that the caller brings and nobody keeps.
//
// What is made of a bucket's row, the compiled policy above all, stays in memory
// for as long as the row is current (see made).
package s3

import (
	"slices"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// Service is the Simple Storage Service of a cloud.
type Service struct {
	cloud *cloud.Cloud
	blobs *blob.Store
	keys  *encryption.Keys
	made  cache
	logs  *accessLogs // nil without AddJobs
}

// New makes the service.
func New(c *cloud.Cloud, blobs *blob.Store) *Service {
	s := &Service{cloud: c, blobs: blobs, keys: encryption.New(c)}
	c.OnReset(s.made.clear)
	return s
}

// Handlers are the service's operations.
func (s *Service) Handlers() []cloud.Handler {
	return slices.Concat(s.bucketHandlers(), s.objectHandlers(), s.listingHandlers(), s.multipartHandlers())
}
