package iam

import (
	"context"
	"slices"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Passwords are hashed between two transactions, since hashing is slow and
// would hold up every writer: the first asks for permission and reads what the
// rules need, the second stores the hash if nothing has changed meanwhile.

// CreateLoginProfile gives a user, by default the caller, a password.
func (s *Service) CreateLoginProfile(ctx context.Context, in *iamapi.CreateLoginProfileInput) (*iamapi.CreateLoginProfileOutput, error) {
	name, err := callerName(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	var u *User
	err = s.view(ctx, func(tx *store.Tx) error {
		if u, err = needUser(ctx, tx, name); err != nil {
			return err
		}
		if loginProfiles.Get(tx, u.ID) != nil {
			return errHasProfile(u)
		}
		if in.Password == nil {
			return errValidation("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null")
		}
		account := settingsOf(tx, u.Account)
		return acceptable(*in.Password, account.PasswordPolicy, account.Alias)
	})
	if err != nil {
		return nil, err
	}
	l := &LoginProfile{Account: u.Account, UserID: u.ID, Created: now(ctx), Changed: now(ctx), ResetRequired: value(in.PasswordResetRequired)}
	err = s.exclusively(ctx, func() error {
		l.Hash = hashPassword(*in.Password)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, func(tx *store.Tx) error {
		switch {
		case usersByID.Get(tx, u.ID) == nil:
			return iamapi.ErrNoSuchEntity(userKind.notFound, u.Name)
		case loginProfiles.Get(tx, u.ID) != nil:
			return errHasProfile(u)
		}
		loginProfiles.Put(tx, u.ID, l)
		return nil
	})
	return &iamapi.CreateLoginProfileOutput{LoginProfile: loginProfileOut(u, l)}, err
}

// GetLoginProfile tells whether a user, by default the caller, has a password.
func (s *Service) GetLoginProfile(ctx context.Context, in *iamapi.GetLoginProfileInput) (*iamapi.GetLoginProfileOutput, error) {
	out := new(iamapi.GetLoginProfileOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		u, l, err := needLoginProfile(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		out.LoginProfile = loginProfileOut(u, l)
		return nil
	})
	return out, err
}

// UpdateLoginProfile sets a new password for a user, or asks for one at the
// next sign-in.
func (s *Service) UpdateLoginProfile(ctx context.Context, in *iamapi.UpdateLoginProfileInput) (*iamapi.UpdateLoginProfileOutput, error) {
	var before *LoginProfile
	var rules *PasswordPolicy
	err := s.view(ctx, func(tx *store.Tx) error {
		u, l, err := needLoginProfile(ctx, tx, in.UserName)
		if err != nil || in.Password == nil {
			before = l
			return err
		}
		before = l
		account := settingsOf(tx, u.Account)
		rules = account.PasswordPolicy
		return acceptable(*in.Password, rules, account.Alias)
	})
	if err != nil {
		return nil, err
	}
	after := new(*before)
	if in.PasswordResetRequired != nil {
		after.ResetRequired = *in.PasswordResetRequired
	}
	if in.Password != nil {
		err := s.exclusively(ctx, func() error { return after.change(*in.Password, rules, now(ctx)) })
		if err != nil {
			return nil, err
		}
	}
	return &iamapi.UpdateLoginProfileOutput{}, s.replaceLoginProfile(ctx, before, after)
}

// DeleteLoginProfile takes the password of a user, by default the caller, away.
func (s *Service) DeleteLoginProfile(ctx context.Context, in *iamapi.DeleteLoginProfileInput) (*iamapi.DeleteLoginProfileOutput, error) {
	return &iamapi.DeleteLoginProfileOutput{}, s.update(ctx, func(tx *store.Tx) error {
		u, _, err := needLoginProfile(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		loginProfiles.Delete(tx, u.ID)
		return nil
	})
}

// needLoginProfile is need for the login profile of a user, by default the
// caller.
func needLoginProfile(ctx context.Context, tx *store.Tx, userName *string, refine ...refinement) (*User, *LoginProfile, error) {
	name, err := callerName(ctx, userName)
	if err != nil {
		return nil, nil, err
	}
	u, err := needUser(ctx, tx, name, refine...)
	if err != nil {
		return nil, nil, err
	}
	l := loginProfiles.Get(tx, u.ID)
	if l == nil {
		return nil, nil, iamapi.ErrNoSuchEntity("Login Profile for User %s cannot be found.", u.Name)
	}
	return u, l, nil
}

// change sets a new password. It hashes: see exclusively.
func (l *LoginProfile) change(password string, rules *PasswordPolicy, at time.Time) error {
	if l.reused(password, rules) {
		return errReused()
	}
	l.Previous = slices.Insert(slices.Clone(l.Previous), 0, l.Hash)
	l.Previous = l.Previous[:min(len(l.Previous), maxHistory)]
	l.Hash = hashPassword(password)
	l.Changed = at
	return nil
}

// replaceLoginProfile stores a changed profile, unless another change came
// first.
func (s *Service) replaceLoginProfile(ctx context.Context, before, after *LoginProfile) error {
	return s.update(ctx, func(tx *store.Tx) error {
		current := loginProfiles.Get(tx, before.UserID)
		if current == nil || !slices.Equal(current.Hash.Sum, before.Hash.Sum) || current.ResetRequired != before.ResetRequired {
			return iamapi.ErrEntityTemporarilyUnmodifiable("The login profile is being modified. Try your request again.")
		}
		loginProfiles.Put(tx, after.UserID, after)
		return nil
	})
}

func loginProfileOut(u *User, l *LoginProfile) *iamapi.LoginProfile {
	return &iamapi.LoginProfile{
		UserName:              new(u.Name),
		CreateDate:            new(l.Created),
		PasswordResetRequired: new(l.ResetRequired),
	}
}

func errHasProfile(u *User) error {
	return iamapi.ErrEntityAlreadyExists("Login Profile for user %s already exists.", u.Name)
}
