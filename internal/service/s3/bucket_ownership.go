package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetBucketOwnershipControls gives the ownership setting of a bucket.
func (s *Service) GetBucketOwnershipControls(ctx context.Context, in *s3api.GetBucketOwnershipControlsInput) (*s3api.GetBucketOwnershipControlsOutput, error) {
	if err := notAnonymous(ctx, "s3:GetBucketOwnershipControls does not support Anonymous requests!"); err != nil {
		return nil, err
	}
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketOwnershipControls"})
	if err != nil {
		return nil, err
	}
	if b.Ownership == "" {
		return nil, with(api.Errorf("OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found"), "BucketName", b.Name)
	}
	return &s3api.GetBucketOwnershipControlsOutput{
		OwnershipControls: &s3api.OwnershipControls{Rules: []s3api.OwnershipControlsRule{{ObjectOwnership: b.Ownership}}},
	}, nil
}

// PutBucketOwnershipControls sets who owns the objects of a bucket. To disable
// access control lists the bucket's own must grant nothing to others.
func (s *Service) PutBucketOwnershipControls(ctx context.Context, in *s3api.PutBucketOwnershipControlsInput) (*s3api.PutBucketOwnershipControlsOutput, error) {
	if err := notAnonymous(ctx, "s3:PutBucketOwnershipControls does not support Anonymous requests!"); err != nil {
		return nil, err
	}
	q := question{action: "s3:PutBucketOwnershipControls"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		if len(in.OwnershipControls.Rules) != 1 {
			return errMalformedXML()
		}
		b.Ownership = in.OwnershipControls.Rules[0].ObjectOwnership
		if b.aclsDisabled() && b.ACL != nil {
			return errOwnershipACL()
		}
		return nil
	})
	return &s3api.PutBucketOwnershipControlsOutput{}, err
}

// DeleteBucketOwnershipControls puts a bucket back to the old way: who uploads
// an object owns it.
func (s *Service) DeleteBucketOwnershipControls(ctx context.Context, in *s3api.DeleteBucketOwnershipControlsInput) (*s3api.DeleteBucketOwnershipControlsOutput, error) {
	if err := notAnonymous(ctx, "s3:PutBucketOwnershipControls does not support Anonymous requests!"); err != nil {
		return nil, err
	}
	q := question{action: "s3:PutBucketOwnershipControls"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		b.Ownership = ""
		return nil
	})
	return &s3api.DeleteBucketOwnershipControlsOutput{}, err
}
