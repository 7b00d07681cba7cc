package s3

import (
	"context"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// The quotas of a CORS configuration.
const (
	maxCORSRules  = 100
	maxCORSRuleID = 255
)

// GetBucketCors gives the CORS configuration of a bucket.
func (s *Service) GetBucketCors(ctx context.Context, in *s3api.GetBucketCorsInput) (*s3api.GetBucketCorsOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketCORS"})
	if err != nil {
		return nil, err
	}
	if len(b.CORS) == 0 {
		return nil, with(api.Errorf("NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"), "BucketName", b.Name)
	}
	return &s3api.GetBucketCorsOutput{CORSRules: b.CORS}, nil
}

// PutBucketCors replaces the CORS configuration of a bucket.
func (s *Service) PutBucketCors(ctx context.Context, in *s3api.PutBucketCorsInput) (*s3api.PutBucketCorsOutput, error) {
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketCORS"}, func(b *Bucket) error {
		b.CORS = in.CORSConfiguration.CORSRules
		return checkCORS(b.CORS)
	})
	return &s3api.PutBucketCorsOutput{}, err
}

// DeleteBucketCors removes the CORS configuration of a bucket.
func (s *Service) DeleteBucketCors(ctx context.Context, in *s3api.DeleteBucketCorsInput) (*s3api.DeleteBucketCorsOutput, error) {
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketCORS"}, func(b *Bucket) error {
		b.CORS = nil
		return nil
	})
	return &s3api.DeleteBucketCorsOutput{}, err
}

func checkCORS(rules []s3api.CORSRule) error {
	if len(rules) == 0 || len(rules) > maxCORSRules {
		return errMalformedXML()
	}
	for _, r := range rules {
		if err := checkCORSRule(&r); err != nil {
			return err
		}
	}
	return nil
}

func checkCORSRule(r *s3api.CORSRule) error {
	if len(r.AllowedMethods) == 0 || len(r.AllowedOrigins) == 0 || len(value(r.ID)) > maxCORSRuleID {
		return errMalformedXML()
	}
	for _, m := range r.AllowedMethods {
		if !slices.Contains([]string{"GET", "PUT", "HEAD", "POST", "DELETE"}, m) {
			return errInvalidRequest("Found unsupported HTTP method in CORS config. Unsupported method is %s", m)
		}
	}
	for _, o := range r.AllowedOrigins {
		if strings.Count(o, "*") > 1 {
			return errInvalidRequest(`AllowedOrigin "%s" can not have more than one wildcard.`, o)
		}
	}
	for _, h := range r.AllowedHeaders {
		switch {
		case strings.Count(h, "*") > 1:
			return errInvalidRequest(`AllowedHeader "%s" can not have more than one wildcard.`, h)
		case strings.ContainsFunc(h, notOfHeader):
			return errInvalidRequest(`AllowedHeader "%s" contains invalid character.`, h)
		}
	}
	for _, h := range r.ExposeHeaders {
		switch {
		case strings.Contains(h, "*"):
			return errInvalidRequest(`ExposeHeader "%s" contains wildcard. We currently do not support wildcard for ExposeHeader.`, h)
		case strings.ContainsFunc(h, notOfHeader):
			return errInvalidRequest(`ExposeHeader "%s" contains invalid character.`, h)
		}
	}
	return nil
}

// notOfHeader reports a character that no name of a header has (RFC 9110, 5.6.2).
func notOfHeader(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
