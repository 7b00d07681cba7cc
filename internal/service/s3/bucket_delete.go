package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// DeleteBucket deletes a bucket that has no objects, no versions and no delete
// markers. Uploads that were never completed go with it.
func (s *Service) DeleteBucket(ctx context.Context, in *s3api.DeleteBucketInput) (*s3api.DeleteBucketOutput, error) {
	q := question{action: "s3:DeleteBucket"}
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, q)
	if err != nil {
		return nil, err
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		now, err := current(tx, b)
		if err != nil {
			return err
		}
		if now != b {
			if err := s.authorize(ctx, now, q); err != nil {
				return err
			}
		}
		for range newest.Scan(tx, store.Prefix(b.ID), "") {
			return errBucketNotEmpty(now)
		}
		s.endUploads(tx, now)
		buckets.Delete(tx, now.Name)
		tx.OnCommit(func() { s.made.drop(now.Name) })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &s3api.DeleteBucketOutput{}, nil
}

func errBucketNotEmpty(b *Bucket) error {
	message := "The bucket you tried to delete is not empty"
	if b.Versioning != "" {
		message += ". You must delete all versions in the bucket."
	}
	return with(api.Errorf("BucketNotEmpty", 409, "%s", message), "BucketName", b.Name)
}
