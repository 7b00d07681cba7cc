package s3

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetBucketLifecycleConfiguration gives the lifecycle rules of a bucket.
func (s *Service) GetBucketLifecycleConfiguration(ctx context.Context, in *s3api.GetBucketLifecycleConfigurationInput) (*s3api.GetBucketLifecycleConfigurationOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetLifecycleConfiguration"})
	if err != nil {
		return nil, err
	}
	if b.Lifecycle == nil {
		return nil, with(api.Errorf("NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"), "BucketName", b.Name)
	}
	return &s3api.GetBucketLifecycleConfigurationOutput{
		Rules: b.Lifecycle.Rules, TransitionDefaultMinimumObjectSize: b.Lifecycle.TransitionMinimum,
	}, nil
}

// PutBucketLifecycleConfiguration replaces the lifecycle rules of a bucket.
func (s *Service) PutBucketLifecycleConfiguration(ctx context.Context, in *s3api.PutBucketLifecycleConfigurationInput) (*s3api.PutBucketLifecycleConfigurationOutput, error) {
	out := &s3api.PutBucketLifecycleConfigurationOutput{TransitionDefaultMinimumObjectSize: in.TransitionDefaultMinimumObjectSize}
	if out.TransitionDefaultMinimumObjectSize == "" {
		out.TransitionDefaultMinimumObjectSize = s3api.TransitionDefaultMinimumObjectSizeAllStorageClasses128k
	}
	q := question{action: "s3:PutLifecycleConfiguration"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		if in.LifecycleConfiguration == nil {
			return errMalformedXML()
		}
		rules := nameRules(in.LifecycleConfiguration.Rules)
		b.Lifecycle = &Lifecycle{Rules: rules, TransitionMinimum: out.TransitionDefaultMinimumObjectSize}
		return checkLifecycle(rules)
	})
	return out, err
}

// DeleteBucketLifecycle removes the lifecycle rules of a bucket.
func (s *Service) DeleteBucketLifecycle(ctx context.Context, in *s3api.DeleteBucketLifecycleInput) (*s3api.DeleteBucketLifecycleOutput, error) {
	q := question{action: "s3:PutLifecycleConfiguration"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		b.Lifecycle = nil
		return nil
	})
	return &s3api.DeleteBucketLifecycleOutput{}, err
}

// nameRules gives a name to every rule that has none.
func nameRules(rules []s3api.LifecycleRule) []s3api.LifecycleRule {
	named := make([]s3api.LifecycleRule, len(rules))
	for i, r := range rules {
		if r.ID == nil {
			var id [36]byte
			rand.Read(id[:])
			r.ID = new(base64.RawURLEncoding.EncodeToString(id[:]))
		}
		named[i] = r
	}
	return named
}
