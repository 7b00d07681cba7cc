package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// bucketHandlers are the operations on buckets and their configuration.
func (s *Service) bucketHandlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(s3api.OpCreateBucket, s.CreateBucket),
		cloud.Handle(s3api.OpDeleteBucket, s.DeleteBucket),
		cloud.Handle(s3api.OpDeleteBucketCors, s.DeleteBucketCors),
		cloud.Handle(s3api.OpDeleteBucketEncryption, s.DeleteBucketEncryption),
		cloud.Handle(s3api.OpDeleteBucketLifecycle, s.DeleteBucketLifecycle),
		cloud.Handle(s3api.OpDeleteBucketOwnershipControls, s.DeleteBucketOwnershipControls),
		cloud.Handle(s3api.OpDeleteBucketPolicy, s.DeleteBucketPolicy),
		cloud.Handle(s3api.OpDeleteBucketReplication, s.DeleteBucketReplication),
		cloud.Handle(s3api.OpDeleteBucketTagging, s.DeleteBucketTagging),
		cloud.Handle(s3api.OpDeleteBucketWebsite, s.DeleteBucketWebsite),
		cloud.Handle(s3api.OpDeletePublicAccessBlock, s.DeletePublicAccessBlock),
		cloud.Handle(s3api.OpGetBucketAccelerateConfiguration, s.GetBucketAccelerateConfiguration),
		cloud.Handle(s3api.OpGetBucketAcl, s.GetBucketAcl),
		cloud.Handle(s3api.OpGetBucketCors, s.GetBucketCors),
		cloud.Handle(s3api.OpGetBucketEncryption, s.GetBucketEncryption),
		cloud.Handle(s3api.OpGetBucketLifecycleConfiguration, s.GetBucketLifecycleConfiguration),
		cloud.Handle(s3api.OpGetBucketLocation, s.GetBucketLocation),
		cloud.Handle(s3api.OpGetBucketLogging, s.GetBucketLogging),
		cloud.Handle(s3api.OpGetBucketNotificationConfiguration, s.GetBucketNotificationConfiguration),
		cloud.Handle(s3api.OpGetBucketOwnershipControls, s.GetBucketOwnershipControls),
		cloud.Handle(s3api.OpGetBucketPolicy, s.GetBucketPolicy),
		cloud.Handle(s3api.OpGetBucketPolicyStatus, s.GetBucketPolicyStatus),
		cloud.Handle(s3api.OpGetBucketReplication, s.GetBucketReplication),
		cloud.Handle(s3api.OpGetBucketRequestPayment, s.GetBucketRequestPayment),
		cloud.Handle(s3api.OpGetBucketTagging, s.GetBucketTagging),
		cloud.Handle(s3api.OpGetBucketVersioning, s.GetBucketVersioning),
		cloud.Handle(s3api.OpGetBucketWebsite, s.GetBucketWebsite),
		cloud.Handle(s3api.OpGetObjectLockConfiguration, s.GetObjectLockConfiguration),
		cloud.Handle(s3api.OpGetPublicAccessBlock, s.GetPublicAccessBlock),
		cloud.Handle(s3api.OpHeadBucket, s.HeadBucket),
		cloud.Handle(s3api.OpListBuckets, s.ListBuckets),
		cloud.Handle(s3api.OpPutBucketAcl, s.PutBucketAcl),
		cloud.Handle(s3api.OpPutBucketCors, s.PutBucketCors),
		cloud.Handle(s3api.OpPutBucketEncryption, s.PutBucketEncryption),
		cloud.Handle(s3api.OpPutBucketLifecycleConfiguration, s.PutBucketLifecycleConfiguration),
		cloud.Handle(s3api.OpPutBucketLogging, s.PutBucketLogging),
		cloud.Handle(s3api.OpPutBucketNotificationConfiguration, s.PutBucketNotificationConfiguration),
		cloud.Handle(s3api.OpPutBucketOwnershipControls, s.PutBucketOwnershipControls),
		cloud.Handle(s3api.OpPutBucketPolicy, s.PutBucketPolicy),
		cloud.Handle(s3api.OpPutBucketTagging, s.PutBucketTagging),
		cloud.Handle(s3api.OpPutBucketVersioning, s.PutBucketVersioning),
		cloud.Handle(s3api.OpPutObjectLockConfiguration, s.PutObjectLockConfiguration),
		cloud.Handle(s3api.OpPutPublicAccessBlock, s.PutPublicAccessBlock),
	}
}

// configure finds a bucket, asks for permission and makes a change: fn gets a copy
// of the row, which is stored when fn returns no error.
//
// Permission is asked for before the transaction, so that those who have none
// hold up nobody. Should the bucket have changed in between, its new policy is
// asked again: what is done is allowed by the bucket as it is then.
func (s *Service) configure(ctx context.Context, name string, expectedOwner *string, q question, fn func(b *Bucket) error) error {
	b, err := s.use(ctx, name, expectedOwner, q)
	if err != nil {
		return err
	}
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		now, err := current(tx, b)
		if err != nil {
			return err
		}
		if now != b {
			if err := s.authorize(ctx, now, q); err != nil {
				return err
			}
		}
		changed := new(*now)
		if err := fn(changed); err != nil {
			return err
		}
		buckets.Put(tx, changed.Name, changed)
		return nil
	})
}
