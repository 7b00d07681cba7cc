package iam

import (
	"context"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateUser creates a user.
func (s *Service) CreateUser(ctx context.Context, in *iamapi.CreateUserInput) (*iamapi.CreateUserOutput, error) {
	tags, err := readTags(userKind, in.Tags)
	if err != nil {
		return nil, err
	}
	u := &User{Entity: newEntity(ctx, userKind, in.Path, *in.UserName, tags)}
	u.Boundary = value(in.PermissionsBoundary)
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, userKind, u.Path, u.Name, tags, withNewBoundary(u.Boundary)); err != nil {
			return err
		}
		if err := usableBoundary(tx, u.Account, u.Boundary); err != nil {
			return err
		}
		return create(tx, u)
	})
	if err != nil {
		return nil, err
	}
	return &iamapi.CreateUserOutput{User: createdUser(u, in.Tags)}, nil
}

// GetUser describes a user, by default the caller.
func (s *Service) GetUser(ctx context.Context, in *iamapi.GetUserInput) (*iamapi.GetUserOutput, error) {
	if isRoot(ctx, in.UserName) {
		return s.getRoot(ctx)
	}
	name, err := callerName(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	out := new(iamapi.GetUserOutput)
	err = s.view(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, name)
		if err != nil {
			return err
		}
		out.User = fullUser(u)
		return nil
	})
	return out, err
}

// getRoot is GetUser by the root user about itself.
func (s *Service) getRoot(ctx context.Context) (*iamapi.GetUserOutput, error) {
	call := cloud.From(ctx)
	if err := checkRoot(ctx); err != nil {
		return nil, err
	}
	account, err := s.cloud.Accounts.Get(ctx, call.Account())
	if err != nil {
		return nil, err
	}
	return &iamapi.GetUserOutput{User: &iamapi.User{
		UserId:     new(account.ID),
		Arn:        new(account.RootARN()),
		CreateDate: new(account.Created.Truncate(time.Second)),
	}}, nil
}

// ListUsers lists the users under a path.
func (s *Service) ListUsers(ctx context.Context, in *iamapi.ListUsersInput) (*iamapi.ListUsersOutput, error) {
	out := &iamapi.ListUsersOutput{Users: []iamapi.User{}}
	p, err := list(ctx, s, users, in.PathPrefix, in.Marker, in.MaxItems, func(_ *store.Tx, u *User) {
		out.Users = append(out.Users, listedUser(u))
	})
	if err != nil {
		return nil, err
	}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// UpdateUser changes the name or path of a user, who keeps the unique id.
func (s *Service) UpdateUser(ctx context.Context, in *iamapi.UpdateUserInput) (*iamapi.UpdateUserOutput, error) {
	return &iamapi.UpdateUserOutput{}, s.update(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, *in.UserName)
		if err != nil {
			return err
		}
		return rename(ctx, tx, u, in.NewPath, in.NewUserName)
	})
}

// DeleteUser deletes a user who has nothing left.
func (s *Service) DeleteUser(ctx context.Context, in *iamapi.DeleteUserInput) (*iamapi.DeleteUserOutput, error) {
	return &iamapi.DeleteUserOutput{}, s.update(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, *in.UserName)
		if err != nil {
			return err
		}
		err = deletable(append(policyConflicts(u),
			conflict{len(u.Groups) > 0, "remove users from group first"},
			conflict{loginProfiles.Get(tx, u.ID) != nil, "delete login profile first"},
			conflict{anyRow(accessKeysByUser.Scan(tx, u.ID, "")), "delete access keys first"},
		)...)
		if err != nil {
			return err
		}
		remove(tx, u)
		return nil
	})
}
