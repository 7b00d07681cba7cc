package iam

import (
	"context"
	"errors"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/principals"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// bindTrust checks a trust policy and gives the form in which it is stored. It
// looks principals up outside of any transaction: one that is deleted at the
// same moment leaves its id behind, as it would a moment later.
func (s *Service) bindTrust(ctx context.Context, doc string) (string, error) {
	if err := parseDocument(doc, policy.Trust); err != nil {
		return "", err
	}
	if err := trustPolicySize.check(policy.Size(doc)); err != nil {
		return "", err
	}
	bound, err := s.names().Bind(ctx, doc)
	var invalid *principals.InvalidError
	if errors.As(err, &invalid) {
		return "", iamapi.ErrMalformedPolicyDocument("%s", invalid)
	}
	return bound, err
}

// renderTrust is a role's trust policy as it is shown: with the ARNs of the
// users and roles that exist.
func renderTrust(tx *store.Tx, r *Role) string {
	return principals.Render(r.Trust, func(id string) string {
		if u := usersByID.Get(tx, id); u != nil {
			return arnOf(u)
		}
		if r := rolesByID.Get(tx, id); r != nil {
			return arnOf(r)
		}
		return ""
	})
}
