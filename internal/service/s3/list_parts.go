package s3

import (
	"context"
	"strconv"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListParts lists the parts that have been uploaded for a multipart upload, with
// their checksums. With KMS "you must have permission to the kms:Decrypt action
// for the ListParts request to succeed" (API reference).
func (s *Service) ListParts(ctx context.Context, in *s3api.ListPartsInput) (*s3api.ListPartsOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListMultipartUploadParts", key: *in.Key})
	if err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxParts, "max-parts")
	if err != nil {
		return nil, err
	}
	after := value(in.PartNumberMarker)
	if after < 0 {
		return nil, errInvalidArgument("Argument part-number-marker must be an integer between 0 and 2147483647", "part-number-marker", strconv.Itoa(int(after)))
	}
	out := &s3api.ListPartsOutput{
		Bucket:               in.Bucket,
		Key:                  in.Key,
		UploadId:             in.UploadId,
		PartNumberMarker:     new(after),
		NextPartNumberMarker: new(int32(0)),
		MaxParts:             new(int32(size)),
		IsTruncated:          new(false),
	}
	var u *upload
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if u, err = findUpload(tx, b, *in.Key, *in.UploadId); err != nil {
			return err
		}
		u.list(tx, out, after, size)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.mayUseParts(ctx, b, u, nil); err != nil {
		return nil, err
	}
	out.StorageClass = shownClass(u.Object.StorageClass)
	out.ChecksumAlgorithm, out.ChecksumType = u.Object.Checksum.Algorithm, u.Object.Checksum.Type
	out.AbortDate, out.AbortRuleId = u.aborted(b)
	owners := s.owners(b)
	if out.Owner, err = owners.of(ctx, u.Object.Owner); err != nil {
		return nil, err
	}
	out.Initiator, err = s.initiator(ctx, u)
	return out, err
}

// list shows a page of the parts.
func (u *upload) list(tx *store.Tx, out *s3api.ListPartsOutput, after int32, size int) {
	if size == 0 || after >= maxPartNumber {
		return
	}
	for _, p := range parts.Scan(tx, store.Prefix(u.ID), partKey(u.ID, after)) {
		if len(out.Parts) == size {
			out.IsTruncated = new(true)
			return
		}
		e := s3api.Part{
			PartNumber:   new(p.Number),
			LastModified: new(p.Modified),
			ETag:         new(quoted(p.ETag)),
			Size:         new(p.Size),
		}
		u.partChecksum(p).show(&e)
		out.Parts = append(out.Parts, e)
		out.NextPartNumberMarker = new(p.Number)
	}
}

// initiator is who began an upload, as answers name it: a user or a session by
// its ARN, an account by its canonical id.
func (s *Service) initiator(ctx context.Context, u *upload) (*s3api.Initiator, error) {
	if u.Initiator.ID != "" {
		return &s3api.Initiator{ID: new(u.Initiator.ID)}, nil
	}
	id, err := s.canonicalID(ctx, u.Initiator.Account)
	return &s3api.Initiator{ID: new(id)}, err
}
