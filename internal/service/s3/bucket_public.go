package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetPublicAccessBlock gives the public access block of a bucket.
func (s *Service) GetPublicAccessBlock(ctx context.Context, in *s3api.GetPublicAccessBlockInput) (*s3api.GetPublicAccessBlockOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketPublicAccessBlock"})
	if err != nil {
		return nil, err
	}
	if b.PublicAccessBlock == nil {
		return nil, with(api.Errorf("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found"), "BucketName", b.Name)
	}
	return &s3api.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: b.PublicAccessBlock}, nil
}

// PutPublicAccessBlock replaces the public access block of a bucket. A setting
// that the request does not name is off.
func (s *Service) PutPublicAccessBlock(ctx context.Context, in *s3api.PutPublicAccessBlockInput) (*s3api.PutPublicAccessBlockOutput, error) {
	q := question{action: "s3:PutBucketPublicAccessBlock"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		c := in.PublicAccessBlockConfiguration
		b.PublicAccessBlock = &s3api.PublicAccessBlockConfiguration{
			BlockPublicAcls:       new(isTrue(c.BlockPublicAcls)),
			IgnorePublicAcls:      new(isTrue(c.IgnorePublicAcls)),
			BlockPublicPolicy:     new(isTrue(c.BlockPublicPolicy)),
			RestrictPublicBuckets: new(isTrue(c.RestrictPublicBuckets)),
		}
		return nil
	})
	return &s3api.PutPublicAccessBlockOutput{}, err
}

// DeletePublicAccessBlock removes the public access block of a bucket.
func (s *Service) DeletePublicAccessBlock(ctx context.Context, in *s3api.DeletePublicAccessBlockInput) (*s3api.DeletePublicAccessBlockOutput, error) {
	q := question{action: "s3:PutBucketPublicAccessBlock"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		b.PublicAccessBlock = nil
		return nil
	})
	return &s3api.DeletePublicAccessBlockOutput{}, err
}
