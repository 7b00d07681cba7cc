package s3

import (
	"context"
	"strconv"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// maxPartNumber is the highest number of a part.
const maxPartNumber = 10000

func checkPartNumber(n int32) error {
	if n < 1 || n > maxPartNumber {
		return errInvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", strconv.Itoa(int(n)))
	}
	return nil
}

// UploadPart takes in a part of an upload, in the place of one of the same
// number.
func (s *Service) UploadPart(ctx context.Context, in *s3api.UploadPartInput) (*s3api.UploadPartOutput, error) {
	if err := checkPartNumber(*in.PartNumber); err != nil {
		return nil, err
	}
	b, u, err := s.ongoing(ctx, uploadReference{*in.Bucket, *in.Key, *in.UploadId, in.ExpectedBucketOwner})
	if err != nil {
		return nil, err
	}
	claims, err := claimsOf(in, in.Body, in.ContentMD5, in.ChecksumAlgorithm)
	if err != nil {
		return nil, err
	}
	if err := u.checkClaims(&claims); err != nil {
		return nil, err
	}
	body := &incoming{body: in.Body, length: in.ContentLength, claims: claims}
	customer := encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5)
	p, sum, err := s.takePart(ctx, b, u, *in.PartNumber, body, customer)
	if err != nil {
		return nil, err
	}
	out := &s3api.UploadPartOutput{ETag: new(quoted(p.ETag))}
	h := u.Object.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	if !claims.summed() {
		sum = u.partChecksum(p) // where the upload has asked for one
	}
	sum.show(out)
	return out, nil
}

// takePart encrypts a part and keeps it, unless the upload has ended meanwhile.
// A customer's key must come with every part; with KMS the caller needs
// kms:Decrypt.
// It gives the checksum too that the request claims, or that of the upload where
// it claims none.
func (s *Service) takePart(ctx context.Context, b *Bucket, u *upload, number int32, body *incoming, customer *encryption.CustomerKey) (*Part, Checksum, error) {
	keys, err := s.keys.OpenUpload(ctx, b.forEncryption(), u.Key, u.Object.Encryption, customer)
	if err != nil {
		return nil, Checksum{}, err
	}
	body.opaque = u.Object.Encryption.Algorithm != s3api.ServerSideEncryptionAes256
	second := u.alsoSum(body)
	got, err := s.receive(body, keys)
	if err != nil {
		return nil, Checksum{}, err
	}
	defer got.discard() // unless it is kept by then
	p := &Part{
		Content:  Content{Blob: got.blob, Size: got.size, Number: number, Checksum: got.checksum.Value},
		ETag:     got.etag,
		Modified: cloud.From(ctx).Time.UTC().Truncate(time.Second),
	}
	if second != nil {
		p.Checksum = second.value()
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := findUpload(tx, b, u.Key, u.ID); err != nil {
			return err
		}
		at := partKey(u.ID, number)
		if old := parts.Get(tx, at); old != nil {
			s.blobs.Drop(tx, old.Blob)
		}
		s.blobs.Keep(tx, got.blob)
		parts.Put(tx, at, p)
		return nil
	})
	return p, got.checksum, err
}
