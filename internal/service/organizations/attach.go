package organizations

import (
	"context"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// AttachPolicy attaches a policy to a root, unit or account. It binds when the
// call is answered.
func (s *Service) AttachPolicy(ctx context.Context, in *orgapi.AttachPolicyInput) (*orgapi.AttachPolicyOutput, error) {
	return new(orgapi.AttachPolicyOutput), s.update(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: writers, targets: []string{*in.TargetId}})
		if err != nil {
			return err
		}
		if err := st.attachable(p, *in.TargetId); err != nil {
			return err
		}
		st.attach(*in.TargetId, p)
		return nil
	})
}

func (st *seat) attachable(p *Policy, target string) error {
	switch {
	case !st.isTarget(target):
		return errTargetNotFound()
	case !st.typeEnabled(p.Type):
		return errTypeNotEnabled()
	}
	have := attachedOf(st.tx, st.Organization, target, p.Type)
	switch {
	case slices.Contains(have, p):
		return orgapi.ErrDuplicatePolicyAttachmentException("A policy with the specified name and type already exists on the target.")
	case len(have) >= limitsOf(p.Type).attached:
		return errConstraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
			"You have attached the maximum number of policies of this type to the specified target: %d.", limitsOf(p.Type).attached)
	}
	return nil
}

// DetachPolicy detaches a policy from a root, unit or account, which keeps one
// service control policy at least.
func (s *Service) DetachPolicy(ctx context.Context, in *orgapi.DetachPolicyInput) (*orgapi.DetachPolicyOutput, error) {
	return new(orgapi.DetachPolicyOutput), s.update(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: writers, targets: []string{*in.TargetId}})
		if err != nil {
			return err
		}
		if err := st.detachable(p, *in.TargetId); err != nil {
			return err
		}
		st.detach(*in.TargetId, p)
		return nil
	})
}

func (st *seat) detachable(p *Policy, target string) error {
	if !st.isTarget(target) {
		return errTargetNotFound()
	}
	have := attachedOf(st.tx, st.Organization, target, p.Type)
	switch {
	case !slices.Contains(have, p):
		return orgapi.ErrPolicyNotAttachedException("The policy isn't attached to the specified target in the specified root.")
	case p == fullResourceAccess:
		return errInput("NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy.")
	case p.Type == fullAccess.Type && len(have) == 1:
		return errConstraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.")
	}
	return nil
}

// ListPoliciesForTarget lists the policies of a type that are attached to a
// target itself.
func (s *Service) ListPoliciesForTarget(ctx context.Context, in *orgapi.ListPoliciesForTargetInput) (*orgapi.ListPoliciesForTargetOutput, error) {
	out := new(orgapi.ListPoliciesForTargetOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers, targets: []string{*in.TargetId}, policyType: string(in.Filter)})
		switch {
		case err != nil:
			return err
		case !st.isTarget(*in.TargetId):
			return errTargetNotFound()
		}
		out.Policies, out.NextToken, err = st.policiesPage(attachedOf(tx, st.Organization, *in.TargetId, string(in.Filter)), pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

// ListTargetsForPolicy lists what a policy is attached to.
func (s *Service) ListTargetsForPolicy(ctx context.Context, in *orgapi.ListTargetsForPolicyInput) (*orgapi.ListTargetsForPolicyOutput, error) {
	out := new(orgapi.ListTargetsForPolicyOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: readers})
		if err != nil {
			return err
		}
		page, next, err := paged(st.targetsOf(p), func(id *string) string { return *id }, pageRequest{in.NextToken, in.MaxResults})
		out.Targets, out.NextToken = []orgapi.PolicyTargetSummary{}, next
		for _, id := range page {
			out.Targets = append(out.Targets, st.showTarget(id))
		}
		return err
	})
}

func (st *seat) showTarget(id string) orgapi.PolicyTargetSummary {
	switch {
	case isRoot(id):
		return orgapi.PolicyTargetSummary{TargetId: &id, Arn: new(st.rootARN()), Name: new(rootName), Type: orgapi.TargetTypeRoot}
	case isUnit(id):
		return orgapi.PolicyTargetSummary{TargetId: &id, Arn: new(st.unitARN(id)), Name: &st.unit(id).Name, Type: orgapi.TargetTypeOrganizationalUnit}
	}
	a := accounts.In(st.tx, id)
	return orgapi.PolicyTargetSummary{TargetId: &id, Arn: new(st.accountARN(id)), Name: new(a.DisplayName()), Type: orgapi.TargetTypeAccount}
}

func errTypeNotEnabled() *api.Error {
	return orgapi.ErrPolicyTypeNotEnabledException("This operation can be performed only for enabled policy types.")
}
