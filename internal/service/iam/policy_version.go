package iam

import (
	"context"
	"fmt"
	"math"
	"slices"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreatePolicyVersion adds a version to a customer managed policy.
func (s *Service) CreatePolicyVersion(ctx context.Context, in *iamapi.CreatePolicyVersionInput) (*iamapi.CreatePolicyVersionOutput, error) {
	out := new(iamapi.CreatePolicyVersionOutput)
	err := s.updatePolicy(ctx, *in.PolicyArn, func(p *ManagedPolicy) error {
		if err := checkManaged(*in.PolicyDocument); err != nil {
			return err
		}
		if len(p.Versions) >= versionsPerPolicy {
			return iamapi.ErrLimitExceeded("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", versionsPerPolicy)
		}
		p.Last++
		v := PolicyVersion{Number: p.Last, Document: *in.PolicyDocument, Created: now(ctx)}
		p.Versions = append(slices.Clone(p.Versions), v)
		p.Updated = v.Created
		if value(in.SetAsDefault) {
			p.Default = v.Number
		}
		out.PolicyVersion = new(versionOut(p, &v))
		return nil
	})
	return out, err
}

// SetDefaultPolicyVersion puts a version of a customer managed policy in
// effect.
func (s *Service) SetDefaultPolicyVersion(ctx context.Context, in *iamapi.SetDefaultPolicyVersionInput) (*iamapi.SetDefaultPolicyVersionOutput, error) {
	return &iamapi.SetDefaultPolicyVersionOutput{}, s.updateVersion(ctx, *in.PolicyArn, *in.VersionId, func(p *ManagedPolicy, v *PolicyVersion) error {
		p.Default = v.Number
		p.Updated = now(ctx)
		return nil
	})
}

// DeletePolicyVersion deletes a version that is not the default.
func (s *Service) DeletePolicyVersion(ctx context.Context, in *iamapi.DeletePolicyVersionInput) (*iamapi.DeletePolicyVersionOutput, error) {
	return &iamapi.DeletePolicyVersionOutput{}, s.updateVersion(ctx, *in.PolicyArn, *in.VersionId, func(p *ManagedPolicy, v *PolicyVersion) error {
		if v.Number == p.Default {
			return iamapi.ErrDeleteConflict("Cannot delete the default version of a policy.")
		}
		number := v.Number
		p.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v PolicyVersion) bool { return v.Number == number })
		return nil
	})
}

// GetPolicyVersion gives a version of a managed policy with its document.
func (s *Service) GetPolicyVersion(ctx context.Context, in *iamapi.GetPolicyVersionInput) (*iamapi.GetPolicyVersionOutput, error) {
	out := new(iamapi.GetPolicyVersionOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		p, err := needAnyPolicy(ctx, tx, *in.PolicyArn)
		if isMissing(err) {
			return errNoVersion(*in.PolicyArn, *in.VersionId)
		}
		if err != nil {
			return err
		}
		v := p.version(versionNumber(*in.VersionId))
		if v == nil {
			return errNoVersion(*in.PolicyArn, *in.VersionId)
		}
		shown := versionOut(p, v)
		shown.Document = encodeDocument(v.Document)
		out.PolicyVersion = &shown
		return nil
	})
	return out, err
}

// ListPolicyVersions lists the versions of a managed policy, newest first.
func (s *Service) ListPolicyVersions(ctx context.Context, in *iamapi.ListPolicyVersionsInput) (*iamapi.ListPolicyVersionsOutput, error) {
	out := &iamapi.ListPolicyVersionsOutput{Versions: []iamapi.PolicyVersion{}}
	err := s.view(ctx, func(tx *store.Tx) error {
		p, err := needAnyPolicy(ctx, tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		versions := slices.Clone(p.Versions)
		slices.Reverse(versions)
		versions, page, err := pageOf(versions, versionOrder, in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for _, v := range versions {
			out.Versions = append(out.Versions, versionOut(p, &v))
		}
		out.IsTruncated, out.Marker = page.end()
		return nil
	})
	return out, err
}

// versionOrder sorts versions newest first.
func versionOrder(v PolicyVersion) string {
	return fmt.Sprintf("%010d", math.MaxInt32-v.Number)
}

// updatePolicy changes a copy of a customer managed policy.
func (s *Service) updatePolicy(ctx context.Context, arn string, change func(*ManagedPolicy) error) error {
	return s.update(ctx, func(tx *store.Tx) error {
		p, err := needPolicy(ctx, tx, arn)
		if err != nil {
			return err
		}
		changed := new(*p)
		if err := change(changed); err != nil {
			return err
		}
		changed.put(tx)
		return nil
	})
}

// updateVersion is updatePolicy for what is about one version. That there is no
// such policy is said as that there is no such version.
func (s *Service) updateVersion(ctx context.Context, arn, version string, change func(*ManagedPolicy, *PolicyVersion) error) error {
	err := s.updatePolicy(ctx, arn, func(p *ManagedPolicy) error {
		v := p.version(versionNumber(version))
		if v == nil {
			return errNoVersion(arn, version)
		}
		return change(p, v)
	})
	if isMissing(err) {
		return errNoVersion(arn, version)
	}
	return err
}

func errNoVersion(arn, version string) error {
	return iamapi.ErrNoSuchEntity("Policy %s version %s does not exist or is not attachable.", arn, version)
}
