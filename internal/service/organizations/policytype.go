package organizations

import (
	"context"
	"slices"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func (st *seat) typeEnabled(policyType string) bool {
	return slices.Contains(st.settings().Types, policyType)
}

// EnablePolicyType enables a policy type in the root. If the type comes with a
// policy of AWS, that is attached to everything.
func (s *Service) EnablePolicyType(ctx context.Context, in *orgapi.EnablePolicyTypeInput) (*orgapi.EnablePolicyTypeOutput, error) {
	out := new(orgapi.EnablePolicyTypeOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterRoot(ctx, tx, *in.RootId, in.PolicyType)
		policyType := string(in.PolicyType)
		switch {
		case err != nil:
			return err
		case !st.allFeatures():
			return errTypeNotAvailable()
		case st.typeEnabled(policyType):
			return orgapi.ErrPolicyTypeAlreadyEnabledException("The specified policy type is already enabled.")
		}
		if p := awsPolicyOf(policyType); p != nil {
			for _, a := range st.rows() {
				st.attach(a.Target, p)
			}
		}
		st.change(func(set *Settings) { set.Types = append(slices.Clone(set.Types), policyType) })
		out.Root = st.showRoot()
		return nil
	})
}

// DisablePolicyType disables a policy type in the root and detaches all policies
// of the type. Enabled again, it begins anew.
func (s *Service) DisablePolicyType(ctx context.Context, in *orgapi.DisablePolicyTypeInput) (*orgapi.DisablePolicyTypeOutput, error) {
	out := new(orgapi.DisablePolicyTypeOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterRoot(ctx, tx, *in.RootId, in.PolicyType)
		policyType := string(in.PolicyType)
		switch {
		case err != nil:
			return err
		case !st.typeEnabled(policyType):
			return errTypeNotEnabled()
		}
		for _, a := range st.rows() {
			next := *a
			next.Policies = slices.DeleteFunc(slices.Clone(a.Policies), func(id string) bool {
				p := st.policy(id)
				return p == nil || p.Type == policyType
			})
			next.Updated = st.now
			attachments.Put(tx, next.key(), &next)
		}
		st.change(func(set *Settings) {
			set.Types = slices.DeleteFunc(slices.Clone(set.Types), func(t string) bool { return t == policyType })
		})
		out.Root = st.showRoot()
		return nil
	})
}

// rows are the attachments that are not what everything has by itself.
func (st *seat) rows() (list []*Attachments) {
	for _, a := range attachments.Scan(st.tx, store.Prefix(st.ID), "") {
		list = append(list, a)
	}
	return list
}

func (s *Service) enterRoot(ctx context.Context, tx *store.Tx, id string, policyType orgapi.PolicyType) (*seat, error) {
	st, err := s.enter(ctx, tx, need{of: writers, targets: []string{id}, policyType: string(policyType)})
	if err == nil && id != st.Root {
		err = errRootNotFound()
	}
	return st, err
}
