package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// HeadBucket tells whether a bucket exists and the caller may list it.
func (s *Service) HeadBucket(ctx context.Context, in *s3api.HeadBucketInput) (*s3api.HeadBucketOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucket"})
	if err != nil {
		return nil, err
	}
	return &s3api.HeadBucketOutput{BucketArn: new(bucketARN(b.Name)), BucketRegion: &b.Region, AccessPointAlias: new(false)}, nil
}

// GetBucketLocation gives the Region of a bucket, as its location constraint:
// us-east-1 has none.
func (s *Service) GetBucketLocation(ctx context.Context, in *s3api.GetBucketLocationInput) (*s3api.GetBucketLocationOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketLocation"})
	if err != nil {
		return nil, err
	}
	out := &s3api.GetBucketLocationOutput{}
	if b.Region != usEast1 {
		out.LocationConstraint = s3api.BucketLocationConstraint(b.Region)
	}
	return out, nil
}
