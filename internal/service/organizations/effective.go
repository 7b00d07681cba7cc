package organizations

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/organizations/inheritance"
)

// DescribeEffectivePolicy tells what the management policies of a type come to
// for an account: the caller's, or any if the caller may read the organization.
func (s *Service) DescribeEffectivePolicy(ctx context.Context, in *orgapi.DescribeEffectivePolicyInput) (*orgapi.DescribeEffectivePolicyOutput, error) {
	out := new(orgapi.DescribeEffectivePolicyOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		n := need{of: everyone, policyType: string(in.PolicyType)}
		account := s.seat(ctx, tx).account
		if in.TargetId != nil && *in.TargetId != account {
			account, n.of = *in.TargetId, readers
		}
		n.targets = []string{account}
		st, err := s.enter(ctx, tx, n)
		switch {
		case err != nil:
			return err
		case isRoot(account) || isUnit(account):
			return errInput("TARGET_NOT_SUPPORTED", "You can't perform the specified operation on that target entity.")
		case st.member(account) == nil:
			return errTargetNotFound()
		}
		content, updated, err := st.effective(account, n.policyType)
		switch {
		case err != nil:
			return err
		case content == "":
			return errNoEffectivePolicy()
		}
		out.EffectivePolicy = &orgapi.EffectivePolicy{
			PolicyContent: &content, LastUpdatedTimestamp: &updated, TargetId: &account, PolicyType: in.PolicyType,
		}
		return nil
	})
}

func errNoEffectivePolicy() *api.Error {
	return orgapi.ErrEffectivePolicyNotFoundException("There is no effective policy of the specified type for the account.")
}

// effective is the content of the policy of a type that is in effect for an
// account, and when it last changed.
func (st *seat) effective(account, policyType string) (content string, updated time.Time, err error) {
	if !st.typeEnabled(policyType) {
		return "", updated, nil
	}
	var levels [][]*inheritance.Policy
	for _, target := range lineOf(st.tx, st.Organization, account) {
		rows := attachedOf(st.tx, st.Organization, target, policyType)
		slices.SortFunc(rows, func(a, b *Policy) int {
			if c := a.Created.Compare(b.Created); c != 0 {
				return c
			}
			return strings.Compare(a.ID, b.ID)
		})
		var level []*inheritance.Policy
		for _, row := range rows {
			p, err := inheritance.Parse(row.Content, topOf[orgapi.PolicyType(policyType)])
			if err != nil {
				return "", updated, err
			}
			level = append(level, p)
			updated = latest(updated, row.Updated)
		}
		levels = append(levels, level)
		updated = latest(updated, attachmentsOf(st.tx, st.Organization, target).Updated)
	}
	content, err = inheritance.Effective(levels)
	return content, updated, err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
