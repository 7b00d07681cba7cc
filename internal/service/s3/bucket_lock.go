package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// maxRetentionDays and maxRetentionYears bound a bucket's default retention.
const (
	maxRetentionDays  = 36_500
	maxRetentionYears = 100
)

// GetObjectLockConfiguration gives the Object Lock configuration of a bucket.
func (s *Service) GetObjectLockConfiguration(ctx context.Context, in *s3api.GetObjectLockConfigurationInput) (*s3api.GetObjectLockConfigurationOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketObjectLockConfiguration"})
	if err != nil {
		return nil, err
	}
	if !b.ObjectLock {
		return nil, with(api.Errorf("ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket"), "BucketName", b.Name)
	}
	c := &s3api.ObjectLockConfiguration{ObjectLockEnabled: s3api.ObjectLockEnabledEnabled}
	if b.DefaultRetention != nil {
		c.Rule = &s3api.ObjectLockRule{DefaultRetention: b.DefaultRetention}
	}
	return &s3api.GetObjectLockConfigurationOutput{ObjectLockConfiguration: c}, nil
}

// PutObjectLockConfiguration enables Object Lock, for good, and sets how long
// new objects are retained by default.
func (s *Service) PutObjectLockConfiguration(ctx context.Context, in *s3api.PutObjectLockConfigurationInput) (*s3api.PutObjectLockConfigurationOutput, error) {
	q := question{action: "s3:PutBucketObjectLockConfiguration"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		retention, err := lockConfiguration(in.ObjectLockConfiguration)
		switch {
		case err != nil:
			return err
		case b.Versioning != s3api.BucketVersioningStatusEnabled:
			return api.Errorf("InvalidBucketState", 409, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
		}
		b.ObjectLock, b.DefaultRetention = true, retention
		return nil
	})
	return &s3api.PutObjectLockConfigurationOutput{}, err
}

// lockConfiguration checks a configuration and gives the default retention that
// it sets, nil for none.
func lockConfiguration(c *s3api.ObjectLockConfiguration) (*s3api.DefaultRetention, error) {
	switch {
	case c == nil:
		return nil, errMissingBody()
	case c.ObjectLockEnabled != s3api.ObjectLockEnabledEnabled:
		return nil, errMalformedXML()
	case c.Rule == nil:
		return nil, nil
	}
	return c.Rule.DefaultRetention, checkRetention(c.Rule.DefaultRetention)
}

func checkRetention(r *s3api.DefaultRetention) error {
	if r == nil || r.Mode == "" || (r.Days == nil) == (r.Years == nil) {
		return errMalformedXML()
	}
	days, years := value(r.Days), value(r.Years)
	switch {
	case days <= 0 && years <= 0:
		return api.Errorf("InvalidArgument", 400, "Default retention period must be a positive integer value.")
	case days > maxRetentionDays || years > maxRetentionYears:
		return api.Errorf("InvalidArgument", 400, "Default retention period too large.")
	}
	return nil
}
