package s3

import (
	"context"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetBucketEncryption gives the default encryption of a bucket, which every
// bucket has.
func (s *Service) GetBucketEncryption(ctx context.Context, in *s3api.GetBucketEncryptionInput) (*s3api.GetBucketEncryptionOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetEncryptionConfiguration"})
	if err != nil {
		return nil, err
	}
	rule := b.Encryption
	if rule == nil {
		rule = &s3api.ServerSideEncryptionRule{
			ApplyServerSideEncryptionByDefault: &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: s3api.ServerSideEncryptionAes256},
			BucketKeyEnabled:                   new(false),
		}
	}
	return &s3api.GetBucketEncryptionOutput{
		ServerSideEncryptionConfiguration: &s3api.ServerSideEncryptionConfiguration{Rules: []s3api.ServerSideEncryptionRule{*rule}},
	}, nil
}

// PutBucketEncryption sets the default encryption of a bucket. Whether a KMS key
// is there to be used turns out with the first object: "Amazon S3 doesn't
// validate the KMS key ID", says the API reference.
func (s *Service) PutBucketEncryption(ctx context.Context, in *s3api.PutBucketEncryptionInput) (*s3api.PutBucketEncryptionOutput, error) {
	q := question{action: "s3:PutEncryptionConfiguration"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		rules := in.ServerSideEncryptionConfiguration.Rules
		if len(rules) != 1 {
			return errMalformedXML()
		}
		rule, err := encryptionRule(rules[0])
		b.Encryption = rule
		return err
	})
	return &s3api.PutBucketEncryptionOutput{}, err
}

// DeleteBucketEncryption puts the default encryption of a bucket back to
// AES256.
func (s *Service) DeleteBucketEncryption(ctx context.Context, in *s3api.DeleteBucketEncryptionInput) (*s3api.DeleteBucketEncryptionOutput, error) {
	q := question{action: "s3:PutEncryptionConfiguration"}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		b.Encryption = nil
		return nil
	})
	return &s3api.DeleteBucketEncryptionOutput{}, err
}

// encryptionRule checks and completes a rule.
func encryptionRule(r s3api.ServerSideEncryptionRule) (*s3api.ServerSideEncryptionRule, error) {
	d := r.ApplyServerSideEncryptionByDefault
	if d == nil {
		return nil, errMalformedXML()
	}
	kms := d.SSEAlgorithm == s3api.ServerSideEncryptionAwsKms || d.SSEAlgorithm == s3api.ServerSideEncryptionAwsKmsDsse
	switch {
	case !kms && d.SSEAlgorithm != s3api.ServerSideEncryptionAes256:
		return nil, errMalformedXML() // aws:fsx is of another kind of bucket
	case !kms && d.KMSMasterKeyID != nil:
		return nil, with(api.Errorf("InvalidArgument", 400, "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"),
			"ArgumentName", "ApplyServerSideEncryptionByDefault")
	case d.KMSMasterKeyID != nil && !isKMSKey(*d.KMSMasterKeyID):
		return nil, errInvalidArgument("Invalid KMS Key ID", "KMSMasterKeyID", *d.KMSMasterKeyID)
	}
	r.BucketKeyEnabled = new(isTrue(r.BucketKeyEnabled))
	return &r, nil
}

// isKMSKey reports what can be the identifier of a KMS key: its id, an alias, or
// the ARN of either.
func isKMSKey(id string) bool {
	if rest, ok := strings.CutPrefix(id, "arn:"); ok {
		parts := strings.SplitN(rest, ":", 5)
		return len(parts) == 5 && parts[1] == "kms" && parts[2] != "" && len(parts[3]) == 12 &&
			(strings.HasPrefix(parts[4], "key/") || strings.HasPrefix(parts[4], "alias/"))
	}
	return id != "" && !strings.ContainsAny(id, ": ")
}
