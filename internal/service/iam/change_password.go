package iam

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// ChangePassword sets a new password for the calling user, who proves to know
// the old one.
func (s *Service) ChangePassword(ctx context.Context, in *iamapi.ChangePasswordInput) (*iamapi.ChangePasswordOutput, error) {
	call := cloud.From(ctx)
	if call.Principal.Type != policy.User {
		return nil, iamapi.ErrInvalidUserType("Only IAM Users can change their own password")
	}
	var before *LoginProfile
	var account *Settings
	err := s.view(ctx, func(tx *store.Tx) (err error) {
		account = settingsOf(tx, call.Account())
		_, before, err = needLoginProfile(ctx, tx, nil, whereUsersMay(account.PasswordPolicy))
		return err
	})
	if err != nil {
		return nil, err
	}
	after := new(*before)
	after.ResetRequired = false
	err = s.exclusively(ctx, func() error {
		if !before.Hash.matches(*in.OldPassword) {
			return api.Errorf("AccessDenied", 403, "The old password was incorrect.")
		}
		if err := acceptable(*in.NewPassword, account.PasswordPolicy, account.Alias); err != nil {
			return err
		}
		return after.change(*in.NewPassword, account.PasswordPolicy, now(ctx))
	})
	if err != nil {
		return nil, err
	}
	return &iamapi.ChangePasswordOutput{}, s.replaceLoginProfile(ctx, before, after)
}

// whereUsersMay lets every user of an account change its password, where the
// account's password policy says so and no policy denies it.
func whereUsersMay(p *PasswordPolicy) refinement {
	return func(r *authz.Request, _ entity) {
		if p != nil && p.AllowChange {
			r.Grant = func() (string, bool) { return "AllowUsersToChangePassword", true }
		}
	}
}
