package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// GetBucketLogging gives the logging configuration of a bucket.
func (s *Service) GetBucketLogging(ctx context.Context, in *s3api.GetBucketLoggingInput) (*s3api.GetBucketLoggingOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketLogging"})
	if err != nil {
		return nil, err
	}
	return &s3api.GetBucketLoggingOutput{LoggingEnabled: b.Logging}, nil
}

// PutBucketLogging says to which bucket the log of another goes, or to none.
func (s *Service) PutBucketLogging(ctx context.Context, in *s3api.PutBucketLoggingInput) (*s3api.PutBucketLoggingOutput, error) {
	logging := in.BucketLoggingStatus.LoggingEnabled
	target, err := s.logTarget(ctx, logging)
	if err != nil {
		return nil, err
	}
	err = s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketLogging"}, func(b *Bucket) error {
		b.Logging = logging
		if logging == nil {
			return nil
		}
		return s.checkLogging(ctx, b, logging, target)
	})
	if err != nil {
		return nil, err
	}
	return &s3api.PutBucketLoggingOutput{}, s.logs.refresh(ctx, *in.Bucket)
}

// logTarget is the bucket that a log shall go to, nil where there is none.
func (s *Service) logTarget(ctx context.Context, l *s3api.LoggingEnabled) (target *Bucket, err error) {
	if l == nil {
		return nil, nil
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		target = buckets.Get(tx, *l.TargetBucket)
		return nil
	})
	return target, err
}

// checkLogging checks that the log of a bucket can go to another.
func (s *Service) checkLogging(ctx context.Context, b *Bucket, l *s3api.LoggingEnabled, target *Bucket) error {
	switch {
	case target == nil:
		return errLogTarget(*l.TargetBucket, "The target bucket for logging does not exist")
	case target.Account != b.Account:
		return errLogTarget(target.Name, "The owner for the bucket to be logged and the target bucket must be the same.")
	case target.Region != b.Region:
		return with(api.Errorf("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. "), // so AWS spells it
			"TargetBucketLocation", target.Region)
	case len(l.TargetGrants) > 0 && target.aclsDisabled():
		return errACLsDisabled()
	}
	if k := l.TargetObjectKeyFormat; k != nil && (k.SimplePrefix == nil) == (k.PartitionedPrefix == nil) {
		return errMalformedXML()
	}
	for _, g := range l.TargetGrants {
		if g.Grantee == nil || g.Permission == "" {
			return errMalformedXML()
		}
		if err := s.checkGrantee(ctx, g.Grantee, "CanonicalUser/ID", "Group/URI"); err != nil {
			return err
		}
	}
	return nil
}

func errLogTarget(bucket, message string) *api.Error {
	return with(api.Errorf("InvalidTargetBucketForLogging", 400, "%s", message), "TargetBucket", bucket)
}
