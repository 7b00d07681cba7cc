package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// PutObject makes an object of the body of a request.
func (s *Service) PutObject(ctx context.Context, in *s3api.PutObjectInput) (*s3api.PutObjectOutput, error) {
	if in.WriteOffsetBytes != nil {
		return nil, errHeaderNotImplemented("x-amz-write-offset-bytes")
	}
	r := &reference{bucket: *in.Bucket, key: *in.Key, expectedOwner: in.ExpectedBucketOwner}
	b, prev, err := s.look(ctx, r)
	if err != nil {
		return nil, err
	}
	c := creationOfPut(in)
	o, resolved, err := s.plan(ctx, b, r.key, prev, &c)
	if err != nil {
		return nil, err
	}
	body := incoming{body: in.Body, length: in.ContentLength, opaque: opaque(resolved)}
	if body.claims, err = claimsOf(in, in.Body, in.ContentMD5, in.ChecksumAlgorithm); err != nil {
		return nil, err
	}
	if err := c.lock.checkProved(&body.claims); err != nil {
		return nil, err
	}
	if err := s.write(ctx, b, r.key, o, resolved, &body, c.condition); err != nil {
		return nil, err
	}
	out := &s3api.PutObjectOutput{ETag: new(quoted(o.ETag)), VersionId: madeVersion(o), Expiration: shownExpiration(b, o, r.key)}
	h := o.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.SSEKMSEncryptionContext, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.Context, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	o.Checksum.show(out)
	return out, nil
}

func creationOfPut(in *s3api.PutObjectInput) creation {
	return creation{
		acl: aclRequest{
			canned: string(in.ACL),
			grants: grantHeaders{fullControl: in.GrantFullControl, read: in.GrantRead, readACP: in.GrantReadACP, writeACP: in.GrantWriteACP},
		},
		headers: headersOf(in.CacheControl, in.ContentDisposition, in.ContentEncoding, in.ContentLanguage,
			in.ContentType, in.Expires, in.WebsiteRedirectLocation),
		metadata: in.Metadata,
		tagging:  in.Tagging,
		class:    in.StorageClass,
		lock:     lockRequest{in.ObjectLockMode, in.ObjectLockRetainUntilDate, in.ObjectLockLegalHoldStatus},
		encryption: encryption.Request{
			Algorithm: in.ServerSideEncryption,
			KMSKeyID:  value(in.SSEKMSKeyId),
			Context:   value(in.SSEKMSEncryptionContext),
			BucketKey: in.BucketKeyEnabled,
			Customer:  encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5),
		},
		ifMatch: in.IfMatch, ifNoneMatch: in.IfNoneMatch,
	}
}

// write takes in the content of an object, encrypts it and makes the object the
// newest version of its key.
func (s *Service) write(ctx context.Context, b *Bucket, key string, o *Object, how encryption.Resolved, body *incoming, cond condition) error {
	sealed, keys, err := s.keys.Seal(ctx, b.forEncryption(), key, how)
	if err != nil {
		return err
	}
	got, err := s.receive(body, keys)
	if err != nil {
		return err
	}
	defer got.discard() // unless it is kept by then
	o.Encryption, o.Size, o.ETag, o.Checksum = sealed, got.size, got.etag, got.checksum
	o.Content = []Content{{Blob: got.blob, Size: got.size}}
	now := cloud.From(ctx).Time
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if err := s.store(tx, b, key, o, now, cond); err != nil {
			return err
		}
		s.blobs.Keep(tx, got.blob)
		return nil
	})
	return s.concealed(ctx, b, key, err)
}
