package accessanalyzer

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// membership is the place of an account in its organization, nil for none.
func (s *Service) membership(account string) *authz.Membership {
	org := s.cloud.Authorizer.Organization
	if org == nil {
		return nil
	}
	return org.Of(account)
}

// canonical finds the account of a canonical user id.
func (s *Service) canonical(ctx context.Context) func(id string) string {
	return func(id string) string {
		a, err := s.cloud.Accounts.ByCanonicalID(ctx, id)
		if err != nil || a == nil {
			return ""
		}
		return a.ID
	}
}
