package s3

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/principals"
	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

// maxPolicy is the length of the longest bucket policy, in bytes.
const maxPolicy = 20 << 10

// GetBucketPolicy gives the policy of a bucket.
func (s *Service) GetBucketPolicy(ctx context.Context, in *s3api.GetBucketPolicyInput) (*s3api.GetBucketPolicyOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketPolicy"})
	if err == nil {
		err = checkOwn(ctx, b)
	}
	switch {
	case err != nil:
		return nil, err
	case b.Policy == "":
		return nil, errNoSuchBucketPolicy(b)
	}
	return &s3api.GetBucketPolicyOutput{Policy: new(s.names().Render(b.Policy))}, nil
}

// PutBucketPolicy replaces the policy of a bucket. Whatever it says, the root
// user of the bucket's owner may always replace it again: see policyFor.
func (s *Service) PutBucketPolicy(ctx context.Context, in *s3api.PutBucketPolicyInput) (*s3api.PutBucketPolicyOutput, error) {
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketPolicy"}, func(b *Bucket) error {
		if err := checkOwn(ctx, b); err != nil {
			return err
		}
		bound, err := s.bindPolicy(ctx, b, *in.Policy)
		b.Policy = bound
		return err
	})
	return &s3api.PutBucketPolicyOutput{}, err
}

// DeleteBucketPolicy removes the policy of a bucket.
func (s *Service) DeleteBucketPolicy(ctx context.Context, in *s3api.DeleteBucketPolicyInput) (*s3api.DeleteBucketPolicyOutput, error) {
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:DeleteBucketPolicy"}, func(b *Bucket) error {
		b.Policy = ""
		return checkOwn(ctx, b)
	})
	return &s3api.DeleteBucketPolicyOutput{}, err
}

// GetBucketPolicyStatus tells whether the policy of a bucket is public.
func (s *Service) GetBucketPolicyStatus(ctx context.Context, in *s3api.GetBucketPolicyStatusInput) (*s3api.GetBucketPolicyStatusOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketPolicyStatus"})
	switch {
	case err != nil:
		return nil, err
	case b.Policy == "":
		return nil, errNoSuchBucketPolicy(b)
	}
	m, err := s.made.of(ctx, s, b)
	if err != nil {
		return nil, err
	}
	return &s3api.GetBucketPolicyStatusOutput{PolicyStatus: &s3api.PolicyStatus{IsPublic: &m.public}}, nil
}

func errNoSuchBucketPolicy(b *Bucket) error {
	return with(api.Errorf("NoSuchBucketPolicy", 404, "The bucket policy does not exist"), "BucketName", b.Name)
}

// checkOwn refuses what no other account may do to a bucket, even with the
// permission.
func checkOwn(ctx context.Context, b *Bucket) error {
	call := cloud.From(ctx)
	if call.Account() != b.Account {
		return errMethodNotAllowed(call.Operation.Method, "BUCKETPOLICY")
	}
	return nil
}

// bindPolicy checks a bucket policy and binds it to the principals that it
// names.
func (s *Service) bindPolicy(ctx context.Context, b *Bucket, doc string) (string, error) {
	if len(doc) > maxPolicy {
		return "", api.Errorf("PolicyTooLarge", 400, "Policy exceeds the maximum allowed document size.")
	}
	p, err := policy.Parse(doc, policy.Resource)
	var malformed *policy.MalformedError
	switch {
	case errors.As(err, &malformed):
		return "", errMalformedPolicy(policyReason(doc, malformed))
	case err != nil:
		return "", err
	}
	if reason := access.CheckPolicy(p, bucketARN(b.Name)); reason != "" {
		return "", errMalformedPolicy(reason)
	}
	if pab := b.PublicAccessBlock; pab != nil && isTrue(pab.BlockPublicPolicy) && access.Public(p) {
		return "", errBlocked(ctx, "s3:PutBucketPolicy", bucketARN(b.Name),
			"public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.")
	}
	bound, err := s.names().Bind(ctx, doc)
	var invalid *principals.InvalidError
	if errors.As(err, &invalid) {
		return "", with(errMalformedPolicy("Invalid principal in policy"), "Detail", `"AWS" : "`+invalid.Principal+`"`)
	}
	return bound, err
}

// policyReason says in S3's words what is wrong with a policy, where it has
// words of its own.
func policyReason(doc string, err *policy.MalformedError) string {
	object := strings.HasPrefix(doc, "{")
	switch err.Problem {
	case policy.ProblemJSON, policy.ProblemSyntax:
		switch {
		case !object:
			return "Policies must be valid JSON and the first byte must be '{'"
		case err.Problem == policy.ProblemJSON:
			return "This policy contains invalid Json"
		}
		return statementReason(doc, err.Reason)
	case policy.ProblemVersion:
		return "The policy must contain a valid version string"
	}
	own, ok := map[policy.Problem]string{
		policy.ProblemPrincipal: "Invalid principal in policy",
		policy.ProblemAction:    "Policy has invalid action",
		policy.ProblemResource:  "Policy has invalid resource",
	}[err.Problem]
	if !ok || strings.HasPrefix(err.Reason, "Missing") {
		return err.Reason
	}
	return own
}

// statementReason finds a list of statements that is empty, and an effect that
// is none; reason is what else is wrong.
func statementReason(doc, reason string) string {
	var p map[string]json.RawMessage
	var list []struct{ Effect any }
	if json.Unmarshal([]byte(doc), &p) != nil || json.Unmarshal(p["Statement"], &list) != nil {
		return reason
	}
	if list != nil && len(list) == 0 {
		return "Could not parse the policy: Statement is empty!"
	}
	for _, s := range list {
		if e, ok := s.Effect.(string); ok && e != "Allow" && e != "Deny" {
			return "Invalid effect: " + e
		}
	}
	return reason
}

func errMalformedPolicy(reason string) *api.Error {
	return api.Errorf("MalformedPolicy", 400, "%s", reason)
}

func (s *Service) names() principals.Names {
	return principals.Names{Directory: s.cloud.Authorizer.Directory, Accounts: s.cloud.Accounts}
}
