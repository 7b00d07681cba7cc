package organizations

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// PutResourcePolicy lets members of the organization do what else is the
// management account's. An earlier policy is replaced and keeps its id.
func (s *Service) PutResourcePolicy(ctx context.Context, in *orgapi.PutResourcePolicyInput) (*orgapi.PutResourcePolicyOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	out := new(orgapi.PutResourcePolicyOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers, tags: tags})
		switch {
		case err != nil:
			return err
		case !st.allFeatures():
			return errNotAllFeatures()
		}
		if err := st.checkResourcePolicy(*in.Content); err != nil {
			return err
		}
		p := &ResourcePolicy{ID: newResourcePolicyID(), Content: *in.Content}
		if old := st.settings().ResourcePolicy; old != nil {
			if tags != nil {
				return errInput("INVALID_SYSTEM_TAGS_PARAMETER", "You can't update an existing resource policy with tags. Use TagResource.")
			}
			p.ID = old.ID
		}
		st.change(func(set *Settings) { set.ResourcePolicy = p })
		if tags != nil {
			st.setTags(p.ID, tags)
		}
		out.ResourcePolicy = st.showResourcePolicy(p)
		return nil
	})
}

// DescribeResourcePolicy describes the resource policy.
func (s *Service) DescribeResourcePolicy(ctx context.Context, _ *orgapi.DescribeResourcePolicyInput) (*orgapi.DescribeResourcePolicyOutput, error) {
	out := new(orgapi.DescribeResourcePolicyOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		p := st.settings().ResourcePolicy
		if p == nil {
			return orgapi.ErrResourcePolicyNotFoundException("No resource policy found.")
		}
		out.ResourcePolicy = st.showResourcePolicy(p)
		return nil
	})
}

// DeleteResourcePolicy deletes the resource policy.
func (s *Service) DeleteResourcePolicy(ctx context.Context, _ *orgapi.DeleteResourcePolicyInput) (*orgapi.DeleteResourcePolicyOutput, error) {
	return new(orgapi.DeleteResourcePolicyOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers})
		if err != nil {
			return err
		}
		p := st.settings().ResourcePolicy
		if p == nil {
			return orgapi.ErrResourcePolicyNotFoundException("No resource policy found.")
		}
		st.setTags(p.ID, nil)
		st.change(func(set *Settings) { set.ResourcePolicy = nil })
		return nil
	})
}

func (st *seat) showResourcePolicy(p *ResourcePolicy) *orgapi.ResourcePolicy {
	return &orgapi.ResourcePolicy{
		ResourcePolicySummary: &orgapi.ResourcePolicySummary{Id: &p.ID, Arn: new(st.resourcePolicyARN(p.ID))},
		Content:               &p.Content,
	}
}

// resourcePolicy is the resource policy compiled; nil when there is none.
func (st *seat) resourcePolicy() *policy.Policy {
	row := st.settings().ResourcePolicy
	if row == nil {
		return nil
	}
	p, err := policy.Parse(row.Content, policy.Resource)
	if err != nil {
		st.service.log.Error("resource policy does not parse", "organization", st.ID, "cause", err)
		return nil
	}
	return p
}

// checkResourcePolicy checks that a policy lets in members only, to what can be
// delegated.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
func (st *seat) checkResourcePolicy(content string) error {
	p, err := policy.Parse(content, policy.Resource)
	if err != nil {
		return errInput("INVALID_RESOURCE_POLICY_JSON", "The provided resource policy is not a valid JSON policy document.").WithCause(err)
	}
	for _, s := range p.Statements() {
		if err := st.checkStatement(&s); err != nil {
			return err
		}
	}
	return nil
}

func (st *seat) checkStatement(s *policy.Statement) error {
	if len(s.NotPrincipals)+len(s.NotActions)+len(s.NotResources) > 0 {
		return errInput("INVALID_RESOURCE_POLICY_JSON", "NotPrincipal, NotAction and NotResource are not supported in a resource policy.")
	}
	for _, p := range s.Principals {
		if p.Kind != "AWS" || p.Value == "*" {
			return errInput("INVALID_PRINCIPAL", "You specified an invalid principal element in the policy.")
		}
	}
	for _, action := range s.Actions {
		if !reaches(action) {
			return errInput("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", "You specified an action that isn't supported in a resource policy: %s.", action)
		}
	}
	for _, resource := range s.Resources {
		if resource != "*" && !strings.HasPrefix(resource, "arn:aws:organizations::") {
			return errInput("UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", "You specified a resource that isn't supported in a resource policy: %s.", resource)
		}
	}
	return nil
}

// reaches reports whether an action of a policy, which can be a pattern, is about
// anything that can be delegated.
func reaches(action string) bool {
	quoted, err := json.Marshal(action)
	if err != nil {
		return false
	}
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":`+string(quoted)+`,"Resource":"*"}}`, policy.Identity)
	return err == nil && slices.ContainsFunc(delegable, func(name string) bool {
		return p.Evaluate(&policy.Request{Action: name, Resource: "*", Context: policy.Keys{}}).Effect == policy.Allow
	})
}

// delegable are the actions that a resource policy can be about: those of the
// operations that are not the management account's alone.
var delegable = []string{
	"organizations:AttachPolicy", "organizations:CreatePolicy", "organizations:DeletePolicy", "organizations:DescribeAccount",
	"organizations:DescribeCreateAccountStatus", "organizations:DescribeEffectivePolicy", "organizations:DescribeHandshake",
	"organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit", "organizations:DescribePolicy",
	"organizations:DescribeResourcePolicy", "organizations:DetachPolicy", "organizations:DisablePolicyType",
	"organizations:EnablePolicyType", "organizations:ListAccounts", "organizations:ListAccountsForParent",
	"organizations:ListAWSServiceAccessForOrganization", "organizations:ListChildren", "organizations:ListCreateAccountStatus",
	"organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount",
	"organizations:ListHandshakesForAccount", "organizations:ListHandshakesForOrganization",
	"organizations:ListOrganizationalUnitsForParent", "organizations:ListParents", "organizations:ListPolicies",
	"organizations:ListPoliciesForTarget", "organizations:ListRoots", "organizations:ListTagsForResource",
	"organizations:ListTargetsForPolicy", "organizations:TagResource", "organizations:UntagResource", "organizations:UpdatePolicy",
}
