package iam

import (
	"context"
	"iter"
	"strings"
	"unicode"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// CreatePolicy creates a customer managed policy with its first version.
func (s *Service) CreatePolicy(ctx context.Context, in *iamapi.CreatePolicyInput) (*iamapi.CreatePolicyOutput, error) {
	if strings.ContainsFunc(value(in.Description), unseen) {
		return nil, errValidation("1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", seen)
	}
	tags, err := readTags(policyKind, in.Tags)
	if err != nil {
		return nil, err
	}
	p := &ManagedPolicy{
		Entity:      newEntity(ctx, policyKind, in.Path, *in.PolicyName, tags),
		Description: value(in.Description),
		Default:     1,
		Last:        1,
	}
	p.Updated = p.Created
	p.Versions = []PolicyVersion{{Number: 1, Document: *in.PolicyDocument, Created: p.Created}}
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, policyKind, p.Path, p.Name, tags); err != nil {
			return err
		}
		if err := checkManaged(*in.PolicyDocument); err != nil {
			return err
		}
		return create(tx, p)
	})
	if err != nil {
		return nil, err
	}
	out := listedPolicy(p, usage{})
	out.Tags = asGiven(in.Tags)
	return &iamapi.CreatePolicyOutput{Policy: &out}, nil
}

// seen are the characters of the description of a policy, of which the API's
// model does not tell: github.com/aws-cloudformation/cfn-lint/issues/345.
const seen = `[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*`

func unseen(r rune) bool { return !unicode.IsGraphic(r) && !unicode.Is(unicode.Z, r) }

// checkManaged refuses what cannot be the document of a managed policy.
func checkManaged(doc string) error {
	if err := parseDocument(doc, policy.Managed); err != nil {
		return err
	}
	return managedPolicySize.check(policy.Size(doc))
}

// DeletePolicy deletes a customer managed policy that nobody uses and that has
// no other version than the default.
func (s *Service) DeletePolicy(ctx context.Context, in *iamapi.DeletePolicyInput) (*iamapi.DeletePolicyOutput, error) {
	return &iamapi.DeletePolicyOutput{}, s.update(ctx, func(tx *store.Tx) error {
		p, err := needPolicy(ctx, tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		if usageOf(tx, p.Account, arnOf(p)) != (usage{}) {
			return iamapi.ErrDeleteConflict("Cannot delete a policy attached to entities.")
		}
		if len(p.Versions) > 1 {
			return iamapi.ErrDeleteConflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		remove(tx, p)
		return nil
	})
}

// GetPolicy describes a managed policy, the customer's or AWS's.
func (s *Service) GetPolicy(ctx context.Context, in *iamapi.GetPolicyInput) (*iamapi.GetPolicyOutput, error) {
	out := new(iamapi.GetPolicyOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		p, err := needAnyPolicy(ctx, tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		shown := listedPolicy(p, usageOf(tx, cloud.From(ctx).Account(), *in.PolicyArn))
		if p.Description != "" {
			shown.Description = new(p.Description)
		}
		shown.Tags = allTags(p.Tags)
		out.Policy = &shown
		return nil
	})
	return out, err
}

// usage is how many users, groups and roles of an account use a policy.
type usage struct{ attached, boundaries int }

func usageOf(tx *store.Tx, account, arn string) usage {
	value := policyUse(account, arn)
	return usage{
		attached: count(usersByPolicy.Scan(tx, value, "")) +
			count(groupsByPolicy.Scan(tx, value, "")) +
			count(rolesByPolicy.Scan(tx, value, "")),
		boundaries: count(usersByBound.Scan(tx, value, "")) + count(rolesByBound.Scan(tx, value, "")),
	}
}

func count[T any](rows iter.Seq2[string, T]) (n int) {
	for range rows {
		n++
	}
	return n
}

func listedPolicy(p *ManagedPolicy, u usage) iamapi.Policy {
	return iamapi.Policy{
		PolicyName:                    new(p.Name),
		PolicyId:                      new(p.ID),
		Arn:                           new(arnOf(p)),
		Path:                          new(p.Path),
		DefaultVersionId:              new(p.version(p.Default).label()),
		AttachmentCount:               new(int32(u.attached)),
		PermissionsBoundaryUsageCount: new(int32(u.boundaries)),
		IsAttachable:                  new(true),
		CreateDate:                    new(p.Created),
		UpdateDate:                    new(p.Updated),
	}
}
