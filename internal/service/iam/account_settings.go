package iam

import (
	"context"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// changeSettings changes a copy of the caller's account's settings.
func (s *Service) changeSettings(ctx context.Context, change func(tx *store.Tx, account *Settings) error) error {
	id := cloud.From(ctx).Account()
	return s.update(ctx, func(tx *store.Tx) error {
		if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
			return err
		}
		account := settingsOf(tx, id)
		if err := change(tx, account); err != nil {
			return err
		}
		settings.Put(tx, id, account)
		return nil
	})
}

// readSettings reads the caller's account's settings.
func (s *Service) readSettings(ctx context.Context, read func(tx *store.Tx, account *Settings) error) error {
	return s.view(ctx, func(tx *store.Tx) error {
		if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
			return err
		}
		return read(tx, settingsOf(tx, cloud.From(ctx).Account()))
	})
}

// CreateAccountAlias names the account. It replaces the alias that the account
// has; two accounts cannot have the same.
func (s *Service) CreateAccountAlias(ctx context.Context, in *iamapi.CreateAccountAliasInput) (*iamapi.CreateAccountAliasOutput, error) {
	return &iamapi.CreateAccountAliasOutput{}, s.changeSettings(ctx, func(tx *store.Tx, account *Settings) error {
		if len(*in.AccountAlias) == 12 && strings.Trim(*in.AccountAlias, "0123456789") == "" {
			return iamapi.ErrInvalidInput("The account alias must not be a 12-digit number.")
		}
		if *in.AccountAlias == account.Alias || settingsByAlias.Get(tx, *in.AccountAlias) != nil {
			return iamapi.ErrEntityAlreadyExists("The account alias %s already exists.", *in.AccountAlias)
		}
		account.Alias = *in.AccountAlias
		return nil
	})
}

// DeleteAccountAlias takes the account's alias away.
func (s *Service) DeleteAccountAlias(ctx context.Context, in *iamapi.DeleteAccountAliasInput) (*iamapi.DeleteAccountAliasOutput, error) {
	return &iamapi.DeleteAccountAliasOutput{}, s.changeSettings(ctx, func(_ *store.Tx, account *Settings) error {
		if account.Alias != *in.AccountAlias {
			return iamapi.ErrNoSuchEntity("The account alias %s cannot be found.", *in.AccountAlias)
		}
		account.Alias = ""
		return nil
	})
}

// ListAccountAliases gives the account's alias, if it has one.
func (s *Service) ListAccountAliases(ctx context.Context, in *iamapi.ListAccountAliasesInput) (*iamapi.ListAccountAliasesOutput, error) {
	out := new(iamapi.ListAccountAliasesOutput)
	err := s.readSettings(ctx, func(_ *store.Tx, account *Settings) error {
		aliases, p, err := pageOf(some(account.Alias), func(alias string) string { return alias }, in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		out.AccountAliases = aliases
		out.IsTruncated, out.Marker = p.end()
		return nil
	})
	return out, err
}

// UpdateAccountPasswordPolicy sets the account's password policy, all of it:
// what the request leaves out gets its default.
func (s *Service) UpdateAccountPasswordPolicy(ctx context.Context, in *iamapi.UpdateAccountPasswordPolicyInput) (*iamapi.UpdateAccountPasswordPolicyOutput, error) {
	return &iamapi.UpdateAccountPasswordPolicyOutput{}, s.changeSettings(ctx, func(_ *store.Tx, account *Settings) error {
		account.PasswordPolicy = &PasswordPolicy{
			MinimumLength:   max(6, value(in.MinimumPasswordLength)),
			Symbols:         value(in.RequireSymbols),
			Numbers:         value(in.RequireNumbers),
			Uppercase:       value(in.RequireUppercaseCharacters),
			Lowercase:       value(in.RequireLowercaseCharacters),
			AllowChange:     value(in.AllowUsersToChangePassword),
			MaxAge:          value(in.MaxPasswordAge),
			ReusePrevention: value(in.PasswordReusePrevention),
			HardExpiry:      value(in.HardExpiry),
		}
		return nil
	})
}

// DeleteAccountPasswordPolicy brings AWS's default policy back.
func (s *Service) DeleteAccountPasswordPolicy(ctx context.Context, _ *iamapi.DeleteAccountPasswordPolicyInput) (*iamapi.DeleteAccountPasswordPolicyOutput, error) {
	return &iamapi.DeleteAccountPasswordPolicyOutput{}, s.changeSettings(ctx, func(_ *store.Tx, account *Settings) error {
		if account.PasswordPolicy == nil {
			return iamapi.ErrNoSuchEntity("The account policy with name PasswordPolicy cannot be found.")
		}
		account.PasswordPolicy = nil
		return nil
	})
}

// GetAccountPasswordPolicy gives the account's own password policy.
func (s *Service) GetAccountPasswordPolicy(ctx context.Context, _ *iamapi.GetAccountPasswordPolicyInput) (*iamapi.GetAccountPasswordPolicyOutput, error) {
	out := new(iamapi.GetAccountPasswordPolicyOutput)
	err := s.readSettings(ctx, func(_ *store.Tx, account *Settings) error {
		p := account.PasswordPolicy
		if p == nil {
			return iamapi.ErrNoSuchEntity("The Password Policy with domain name %s cannot be found.", cloud.From(ctx).Account())
		}
		out.PasswordPolicy = &iamapi.PasswordPolicy{
			MinimumPasswordLength:      new(p.MinimumLength),
			RequireSymbols:             new(p.Symbols),
			RequireNumbers:             new(p.Numbers),
			RequireUppercaseCharacters: new(p.Uppercase),
			RequireLowercaseCharacters: new(p.Lowercase),
			AllowUsersToChangePassword: new(p.AllowChange),
			ExpirePasswords:            new(p.MaxAge > 0),
		}
		if p.HardExpiry {
			out.PasswordPolicy.HardExpiry = new(true)
		}
		if p.MaxAge > 0 {
			out.PasswordPolicy.MaxPasswordAge = new(p.MaxAge)
		}
		if p.ReusePrevention > 0 {
			out.PasswordPolicy.PasswordReusePrevention = new(p.ReusePrevention)
		}
		return nil
	})
	return out, err
}
