package s3

import (
	"context"
	"errors"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// HeadBucket tells whether a bucket exists and the caller may list it. Its Region
// it tells anybody, in a header: "calls to the HeadBucket operation always return
// the bucket's location through an HTTP response header, whether access to the
// bucket is authorized or not". SDKs look for it so, without a signature.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
func (s *Service) HeadBucket(ctx context.Context, in *s3api.HeadBucketInput) (*s3api.HeadBucketOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucket"})
	if denied, ok := errors.AsType[*authz.Denied](err); ok {
		return nil, with(cloud.AccessDenied(&s3api.Service, denied), "x-amz-bucket-region", b.Region)
	}
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
