package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// usableBoundary refuses what cannot be a permissions boundary.
func usableBoundary(tx *store.Tx, account, arn string) error {
	if arn == "" {
		return nil
	}
	err := attachable(tx, account, arn)
	if isMissing(err) {
		return iamapi.ErrNoSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
	}
	return err
}

// putBoundary is PutUserPermissionsBoundary and PutRolePermissionsBoundary.
func (s *Service) putBoundary(ctx context.Context, k *kind, name, arn string) error {
	return s.setBoundary(ctx, k, name, arn, withNewBoundary(arn))
}

// deleteBoundary is DeleteUserPermissionsBoundary and its like for roles.
func (s *Service) deleteBoundary(ctx context.Context, k *kind, name string) error {
	return s.setBoundary(ctx, k, name, "", withBoundary)
}

func (s *Service) setBoundary(ctx context.Context, k *kind, name, arn string, refine func(*authz.Request, entity)) error {
	return s.update(ctx, func(tx *store.Tx) error {
		h, err := needHolder(ctx, tx, k, name, refine)
		if err != nil {
			return err
		}
		if err := unprotected(h); err != nil {
			return err
		}
		if err := usableBoundary(tx, h.base().Account, arn); err != nil {
			return err
		}
		changed := h.copy().(holder)
		changed.permissions().Boundary = arn
		changed.put(tx)
		return nil
	})
}

// PutUserPermissionsBoundary sets the boundary of a user.
func (s *Service) PutUserPermissionsBoundary(ctx context.Context, in *iamapi.PutUserPermissionsBoundaryInput) (*iamapi.PutUserPermissionsBoundaryOutput, error) {
	return &iamapi.PutUserPermissionsBoundaryOutput{}, s.putBoundary(ctx, userKind, *in.UserName, *in.PermissionsBoundary)
}

// DeleteUserPermissionsBoundary removes the boundary of a user.
func (s *Service) DeleteUserPermissionsBoundary(ctx context.Context, in *iamapi.DeleteUserPermissionsBoundaryInput) (*iamapi.DeleteUserPermissionsBoundaryOutput, error) {
	return &iamapi.DeleteUserPermissionsBoundaryOutput{}, s.deleteBoundary(ctx, userKind, *in.UserName)
}

// PutRolePermissionsBoundary sets the boundary of a role.
func (s *Service) PutRolePermissionsBoundary(ctx context.Context, in *iamapi.PutRolePermissionsBoundaryInput) (*iamapi.PutRolePermissionsBoundaryOutput, error) {
	return &iamapi.PutRolePermissionsBoundaryOutput{}, s.putBoundary(ctx, roleKind, *in.RoleName, *in.PermissionsBoundary)
}

// DeleteRolePermissionsBoundary removes the boundary of a role.
func (s *Service) DeleteRolePermissionsBoundary(ctx context.Context, in *iamapi.DeleteRolePermissionsBoundaryInput) (*iamapi.DeleteRolePermissionsBoundaryOutput, error) {
	return &iamapi.DeleteRolePermissionsBoundaryOutput{}, s.deleteBoundary(ctx, roleKind, *in.RoleName)
}
