package iam

import (
	"context"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// GetContextKeysForCustomPolicy lists the condition keys that policies use.
func (s *Service) GetContextKeysForCustomPolicy(ctx context.Context, in *iamapi.GetContextKeysForCustomPolicyInput) (*iamapi.GetContextKeysForCustomPolicyOutput, error) {
	if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
		return nil, err
	}
	docs, err := inputPolicies("PolicyInputList", in.PolicyInputList, policy.Identity)
	if err != nil {
		return nil, err
	}
	return &iamapi.GetContextKeysForCustomPolicyOutput{ContextKeyNames: contextKeys(docs)}, nil
}

// GetContextKeysForPrincipalPolicy lists the condition keys that the policies
// of a user, group or role use, and those given besides.
func (s *Service) GetContextKeysForPrincipalPolicy(ctx context.Context, in *iamapi.GetContextKeysForPrincipalPolicyInput) (*iamapi.GetContextKeysForPrincipalPolicyOutput, error) {
	var docs []simulatedPolicy
	err := s.view(ctx, func(tx *store.Tx) error {
		h, err := needSource(ctx, tx, *in.PolicySourceArn)
		if err == nil {
			docs = s.sourcePolicies(tx, h)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	more, err := inputPolicies("PolicyInputList", in.PolicyInputList, policy.Identity)
	if err != nil {
		return nil, err
	}
	return &iamapi.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: contextKeys(append(docs, more...))}, nil
}

// contextKeys lists the condition keys of policies, those of policy variables
// among them, in the order in which they occur.
func contextKeys(docs []simulatedPolicy) []string {
	keys := keyList{names: []string{}}
	for _, p := range docs {
		variables := p.policy.Version() != policy.Version2008
		for _, st := range p.policy.Statements() {
			if variables {
				keys.addVariables(st.Resources...)
				keys.addVariables(st.NotResources...)
			}
			for _, c := range st.Conditions {
				keys.add(c.Key)
				if variables {
					keys.addVariables(c.Values...)
				}
			}
		}
	}
	return keys.names
}

// keyList is a list of condition keys without repetition. Their names do not
// depend on case; the first spelling is kept.
type keyList struct {
	names []string
	have  map[string]bool
}

func (l *keyList) add(name string) {
	lower := strings.ToLower(name)
	if l.have[lower] {
		return
	}
	if l.have == nil {
		l.have = make(map[string]bool)
	}
	l.have[lower] = true
	l.names = append(l.names, name)
}

// addVariables adds the keys of the policy variables in values of a policy,
// which is valid: "${aws:username}" and "${aws:PrincipalTag/team, 'none'}".
func (l *keyList) addVariables(values ...string) {
	for _, v := range values {
		for {
			_, after, found := strings.Cut(v, "${")
			if !found {
				break
			}
			end := strings.IndexAny(after, ",}")
			if end < 0 {
				break
			}
			if key := strings.TrimSpace(after[:end]); strings.Trim(key, "*?$") != "" {
				l.add(key)
			}
			v = after[end:]
		}
	}
}
