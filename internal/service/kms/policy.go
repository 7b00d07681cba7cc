package kms

import (
	"context"
	"errors"
	"fmt"
	"strings"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/principals"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

const (
	// policyName is the name of the one policy that a key has.
	policyName = "default"
	// maxPolicy is the quota of a key policy document, in bytes.
	maxPolicy = 32 << 10
)

// defaultPolicy is the policy of a key that is created without one: it leaves
// the key to the account's IAM policies.
func defaultPolicy(account string) string {
	return fmt.Sprintf(`{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::%s:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`, account)
}

// setPolicy gives a policy to a key that is not stored yet, the default policy
// when doc is nil.
func (s *Service) setPolicy(ctx context.Context, k *Key, doc *string, bypass *bool) error {
	if doc == nil {
		k.Policy = defaultPolicy(k.Account) // nobody is locked out by it
		return nil
	}
	bound, err := s.bindPolicy(ctx, *doc)
	if err != nil {
		return err
	}
	k.Policy = bound
	if deref(bypass) {
		return nil
	}
	return s.checkLockout(ctx, k)
}

// bindPolicy checks a key policy and binds it to the principals that it names.
func (s *Service) bindPolicy(ctx context.Context, doc string) (string, error) {
	if len(doc) > maxPolicy {
		return "", kmsapi.ErrLimitExceededException("The size of the key policy exceeds the quota of %d bytes.", maxPolicy)
	}
	p, err := policy.Parse(doc, policy.Resource)
	var malformed *policy.MalformedError
	switch {
	case errors.As(err, &malformed) && malformed.Problem == policy.ProblemPrincipal:
		return "", errInvalidPrincipals()
	case errors.As(err, &malformed):
		return "", kmsapi.ErrMalformedPolicyDocumentException("%s", malformed.Reason)
	case err != nil:
		return "", err
	}
	if err := checkConditions(p); err != nil {
		return "", err
	}
	bound, err := s.names().Bind(ctx, doc)
	var invalid *principals.InvalidError
	if errors.As(err, &invalid) {
		return "", errInvalidPrincipals()
	}
	return bound, err
}

func errInvalidPrincipals() error {
	return kmsapi.ErrMalformedPolicyDocumentException("Policy contains a statement with one or more invalid principals.")
}

func (s *Service) names() principals.Names {
	return principals.Names{Directory: s.cloud.Authorizer.Directory, Accounts: s.cloud.Accounts}
}

// checkConditions refuses ForAllValues with a key of one value, as KMS does:
// it would match requests that lack the key altogether.
func checkConditions(p *policy.Policy) error {
	for _, statement := range p.Statements() {
		for _, c := range statement.Conditions {
			if !strings.HasPrefix(strings.ToLower(c.Operator), "forallvalues:") {
				continue
			}
			key := strings.ToLower(c.Key)
			switch {
			case strings.HasPrefix(key, "kms:encryptioncontext:"):
				return errOverlyPermissive("EncryptionContext", "encryption context")
			case strings.HasPrefix(key, "aws:requesttag/"):
				return errOverlyPermissive("RequestTag", "tag")
			}
		}
	}
	return nil
}

func errOverlyPermissive(kind, what string) error {
	return kmsapi.ErrMalformedPolicyDocumentException(
		"OverlyPermissiveCondition:%s: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified %s or with an unspecified %s. To fix, remove ForAllValues.",
		kind, what, what)
}

// checkLockout refuses a policy under which the caller could not change the
// policy again. It asks the very question that PutKeyPolicy would ask.
func (s *Service) checkLockout(ctx context.Context, k *Key) error {
	p, err := policy.Parse(k.Policy, policy.Resource)
	if err != nil {
		return fmt.Errorf("bound key policy: %w", err)
	}
	c := &conditions{service: s, ctx: ctx, call: cloud.From(ctx), key: k, access: &access{}}
	err = authz.Check(ctx, authz.Request{
		Action: "kms:PutKeyPolicy", Resource: k.ARN(), Owner: k.Account, Region: k.Region, Policy: p, Gate: true, Tags: k.Tags, Keys: c,
	})
	if err != nil {
		return kmsapi.ErrMalformedPolicyDocumentException("The new key policy will not allow you to update the key policy in the future.")
	}
	return nil
}

// PutKeyPolicy replaces the policy of a key.
func (s *Service) PutKeyPolicy(ctx context.Context, in *kmsapi.PutKeyPolicyInput) (*kmsapi.PutKeyPolicyOutput, error) {
	a := access{action: "kms:PutKeyPolicy", keys: []conditionKey{bypassCondition(in.BypassPolicyLockoutSafetyCheck)}}
	_, err := s.change(ctx, *in.KeyId, a, func(_ *store.Tx, k *Key) error {
		if err := checkPolicyName(in.PolicyName); err != nil {
			return err
		}
		return s.setPolicy(ctx, k, in.Policy, in.BypassPolicyLockoutSafetyCheck)
	})
	return &kmsapi.PutKeyPolicyOutput{}, err
}

// GetKeyPolicy gives the policy of a key.
func (s *Service) GetKeyPolicy(ctx context.Context, in *kmsapi.GetKeyPolicyInput) (*kmsapi.GetKeyPolicyOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:GetKeyPolicy"})
	if err != nil {
		return nil, err
	}
	if err := checkPolicyName(in.PolicyName); err != nil {
		return nil, err
	}
	return &kmsapi.GetKeyPolicyOutput{Policy: new(s.names().Render(o.Policy)), PolicyName: new(policyName)}, nil
}

func checkPolicyName(name *string) error {
	if name != nil && *name != policyName {
		return kmsapi.ErrNotFoundException("No such policy exists")
	}
	return nil
}

// ListKeyPolicies lists the names of a key's policies, which is one.
func (s *Service) ListKeyPolicies(ctx context.Context, in *kmsapi.ListKeyPoliciesInput) (*kmsapi.ListKeyPoliciesOutput, error) {
	if _, err := s.use(ctx, *in.KeyId, access{action: "kms:ListKeyPolicies"}); err != nil {
		return nil, err
	}
	p, err := newPage("policies", in.Limit, in.Marker, 100, 1000)
	if err != nil {
		return nil, err
	}
	out := &kmsapi.ListKeyPoliciesOutput{PolicyNames: []string{policyName}, Truncated: new(false)}
	if p.After != "" {
		out.PolicyNames = []string{}
	}
	return out, nil
}
