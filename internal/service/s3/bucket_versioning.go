package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetBucketVersioning gives the versioning state of a bucket: none as long as it
// was never enabled.
func (s *Service) GetBucketVersioning(ctx context.Context, in *s3api.GetBucketVersioningInput) (*s3api.GetBucketVersioningOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketVersioning"})
	if err != nil {
		return nil, err
	}
	return &s3api.GetBucketVersioningOutput{Status: b.Versioning}, nil
}

// PutBucketVersioning enables or suspends versioning.
func (s *Service) PutBucketVersioning(ctx context.Context, in *s3api.PutBucketVersioningInput) (*s3api.PutBucketVersioningOutput, error) {
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketVersioning"}, func(b *Bucket) error {
		switch status := in.VersioningConfiguration.Status; {
		case in.MFA != nil, in.VersioningConfiguration.MFADelete == s3api.MFADeleteEnabled:
			// Only the root user can enable it, with an MFA device, of which a
			// Fortlet has none.
			return notBuilt("MfaDelete")
		case status == "":
			return api.Errorf("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified")
		case b.ObjectLock && status != s3api.BucketVersioningStatusEnabled:
			return api.Errorf("InvalidBucketState", 409, "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
		default:
			b.Versioning = status
		}
		return nil
	})
	return &s3api.PutBucketVersioningOutput{}, err
}
