package organizations

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreatePolicy makes a policy that is attached to nothing yet.
func (s *Service) CreatePolicy(ctx context.Context, in *orgapi.CreatePolicyInput) (*orgapi.CreatePolicyOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	out := new(orgapi.CreatePolicyOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: writers, tags: tags, policyType: string(in.Type)})
		if err != nil {
			return err
		}
		p := &Policy{
			Org: st.ID, ID: newPolicyID(), Type: string(in.Type), Name: *in.Name, Description: *in.Description,
			Content: *in.Content, Created: st.now, Updated: st.now,
		}
		if err := st.checkNewPolicy(p); err != nil {
			return err
		}
		policies.Put(tx, p.key(), p)
		st.setTags(p.ID, tags)
		out.Policy = st.showPolicy(p)
		return nil
	})
}

func (st *seat) checkNewPolicy(p *Policy) error {
	if !st.allFeatures() {
		return errTypeNotAvailable()
	}
	if err := checkContent(p.Type, p.Content); err != nil {
		return err
	}
	switch {
	case st.policyNamed(p.Type, p.Name) != nil:
		return errDuplicatePolicy()
	case len(st.policiesOf(p.Type)) >= limitsOf(p.Type).policies:
		return errConstraint("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of policies of this type.")
	}
	return nil
}

func errTypeNotAvailable() *api.Error {
	return orgapi.ErrPolicyTypeNotAvailableForOrganizationException("You can't use the specified policy type with the feature set currently enabled for this organization.")
}

func errDuplicatePolicy() *api.Error {
	return orgapi.ErrDuplicatePolicyException("A policy with the same name already exists.")
}

// policiesOf are the policies of a type, AWS's too.
func (st *seat) policiesOf(policyType string) (list []*Policy) {
	if p := awsPolicyOf(policyType); p != nil {
		list = append(list, p)
	}
	for _, p := range policies.Scan(st.tx, store.Prefix(st.ID), "") {
		if p.Type == policyType {
			list = append(list, p)
		}
	}
	return list
}

func (st *seat) policyNamed(policyType, name string) *Policy {
	for _, p := range st.policiesOf(policyType) {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// enterPolicy is enter for an operation on a policy. What type it is of is a
// condition of the permission.
func (s *Service) enterPolicy(ctx context.Context, tx *store.Tx, id string, n need) (*seat, *Policy, error) {
	if m := s.seat(ctx, tx); m.Organization != nil {
		if p := m.policy(id); p != nil {
			n.policyType = p.Type
		}
	}
	n.targets = append([]string{id}, n.targets...)
	st, err := s.enter(ctx, tx, n)
	if err != nil {
		return nil, nil, err
	}
	p := st.policy(id)
	if p == nil {
		return nil, nil, errPolicyNotFound()
	}
	return st, p, nil
}

// UpdatePolicy changes the name, description or content of a policy. A new
// content binds from then on.
func (s *Service) UpdatePolicy(ctx context.Context, in *orgapi.UpdatePolicyInput) (*orgapi.UpdatePolicyOutput, error) {
	out := new(orgapi.UpdatePolicyOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: writers})
		switch {
		case err != nil:
			return err
		case p.awsManaged():
			return errImmutable()
		}
		next := *p
		if in.Name != nil && *in.Name != p.Name {
			if st.policyNamed(p.Type, *in.Name) != nil {
				return errDuplicatePolicy()
			}
			next.Name = *in.Name
		}
		if in.Description != nil {
			next.Description = *in.Description
		}
		if in.Content != nil {
			if err := checkContent(p.Type, *in.Content); err != nil {
				return err
			}
			next.Content = *in.Content
		}
		next.Updated = st.now
		policies.Put(tx, next.key(), &next)
		out.Policy = st.showPolicy(&next)
		return nil
	})
}

func errImmutable() *api.Error {
	return errInput("IMMUTABLE_POLICY", "You specified a policy that is managed by AWS and can't be modified.")
}

// DeletePolicy deletes a policy that is attached to nothing.
func (s *Service) DeletePolicy(ctx context.Context, in *orgapi.DeletePolicyInput) (*orgapi.DeletePolicyOutput, error) {
	return new(orgapi.DeletePolicyOutput), s.update(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: writers})
		switch {
		case err != nil:
			return err
		case p.awsManaged():
			return errImmutable()
		case len(st.targetsOf(p)) > 0:
			return orgapi.ErrPolicyInUseException("You cannot delete a policy that is attached to one or more targets.")
		}
		policies.Delete(tx, p.key())
		st.setTags(p.ID, nil)
		return nil
	})
}

// DescribePolicy describes a policy with its content.
func (s *Service) DescribePolicy(ctx context.Context, in *orgapi.DescribePolicyInput) (*orgapi.DescribePolicyOutput, error) {
	out := new(orgapi.DescribePolicyOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, p, err := s.enterPolicy(ctx, tx, *in.PolicyId, need{of: readers})
		if err == nil {
			out.Policy = st.showPolicy(p)
		}
		return err
	})
}

// ListPolicies lists the policies of a type.
func (s *Service) ListPolicies(ctx context.Context, in *orgapi.ListPoliciesInput) (*orgapi.ListPoliciesOutput, error) {
	out := new(orgapi.ListPoliciesOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers, policyType: string(in.Filter)})
		if err != nil {
			return err
		}
		out.Policies, out.NextToken, err = st.policiesPage(st.policiesOf(string(in.Filter)), pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

func (st *seat) policiesPage(list []*Policy, p pageRequest) ([]orgapi.PolicySummary, *string, error) {
	page, next, err := paged(list, func(p **Policy) string { return (*p).ID }, p)
	shown := make([]orgapi.PolicySummary, 0, len(page))
	for _, p := range page {
		shown = append(shown, *st.summary(p))
	}
	return shown, next, err
}

func (st *seat) showPolicy(p *Policy) *orgapi.Policy {
	return &orgapi.Policy{PolicySummary: st.summary(p), Content: &p.Content}
}

func (st *seat) summary(p *Policy) *orgapi.PolicySummary {
	return &orgapi.PolicySummary{
		Id:          &p.ID,
		Arn:         new(st.policyARN(p)),
		Name:        &p.Name,
		Description: &p.Description,
		Type:        orgapi.PolicyType(p.Type),
		AwsManaged:  new(p.awsManaged()),
	}
}
