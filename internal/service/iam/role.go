package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const defaultMaxSession = 3600 // seconds

// CreateRole creates a role.
func (s *Service) CreateRole(ctx context.Context, in *iamapi.CreateRoleInput) (*iamapi.CreateRoleOutput, error) {
	tags, err := readTags(roleKind, in.Tags)
	if err != nil {
		return nil, err
	}
	r := &Role{
		Entity:      newEntity(ctx, roleKind, in.Path, *in.RoleName, tags),
		Description: in.Description,
		MaxSession:  defaultMaxSession,
	}
	r.Boundary = value(in.PermissionsBoundary)
	if in.MaxSessionDuration != nil {
		r.MaxSession = *in.MaxSessionDuration
	}
	out := new(iamapi.CreateRoleOutput)
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, roleKind, r.Path, r.Name, tags, withNewBoundary(r.Boundary)); err != nil {
			return err
		}
		if err := s.prepareRole(ctx, tx, r, *in.AssumeRolePolicyDocument); err != nil {
			return err
		}
		if err := create(tx, r); err != nil {
			return err
		}
		out.Role = createdRole(r, *in.AssumeRolePolicyDocument, in.Tags)
		return nil
	})
	return out, err
}

// prepareRole checks what a new role refers to.
func (s *Service) prepareRole(ctx context.Context, tx *store.Tx, r *Role, trust string) (err error) {
	if underServiceLinkedPath(r.Path) {
		return iamapi.ErrInvalidInput("Role path %s is reserved for service-linked roles.", r.Path)
	}
	if r.Trust, err = s.bindTrust(ctx, trust); err != nil {
		return err
	}
	return usableBoundary(tx, r.Account, r.Boundary)
}

// GetRole describes a role.
func (s *Service) GetRole(ctx context.Context, in *iamapi.GetRoleInput) (*iamapi.GetRoleOutput, error) {
	out := new(iamapi.GetRoleOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		r, err := needRole(ctx, tx, *in.RoleName)
		if err != nil {
			return err
		}
		out.Role = s.fullRole(tx, r)
		return nil
	})
	return out, err
}

// ListRoles lists the roles under a path.
func (s *Service) ListRoles(ctx context.Context, in *iamapi.ListRolesInput) (*iamapi.ListRolesOutput, error) {
	out := &iamapi.ListRolesOutput{Roles: []iamapi.Role{}}
	p, err := list(ctx, s, roles, in.PathPrefix, in.Marker, in.MaxItems, func(tx *store.Tx, r *Role) {
		out.Roles = append(out.Roles, listedRole(tx, r))
	})
	if err != nil {
		return nil, err
	}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// UpdateRole changes the description or the maximum session duration of a
// role. Of a service-linked role only the description can be changed.
func (s *Service) UpdateRole(ctx context.Context, in *iamapi.UpdateRoleInput) (*iamapi.UpdateRoleOutput, error) {
	return &iamapi.UpdateRoleOutput{}, s.updateRole(ctx, *in.RoleName, func(_ *store.Tx, r *Role) error {
		if in.Description != nil {
			r.Description = in.Description
		}
		if in.MaxSessionDuration != nil {
			r.MaxSession = *in.MaxSessionDuration
			return unprotected(r)
		}
		return nil
	})
}

// UpdateRoleDescription changes the description of a role, which is all that
// it shows besides what every role has.
func (s *Service) UpdateRoleDescription(ctx context.Context, in *iamapi.UpdateRoleDescriptionInput) (*iamapi.UpdateRoleDescriptionOutput, error) {
	out := new(iamapi.UpdateRoleDescriptionOutput)
	err := s.updateRole(ctx, *in.RoleName, func(tx *store.Tx, r *Role) error {
		r.Description = in.Description
		out.Role = new(innerRole(r, renderTrust(tx, r)))
		out.Role.Description = r.Description
		return nil
	})
	return out, err
}

// UpdateAssumeRolePolicy replaces the trust policy of a role.
func (s *Service) UpdateAssumeRolePolicy(ctx context.Context, in *iamapi.UpdateAssumeRolePolicyInput) (*iamapi.UpdateAssumeRolePolicyOutput, error) {
	return &iamapi.UpdateAssumeRolePolicyOutput{}, s.updateRole(ctx, *in.RoleName, func(_ *store.Tx, r *Role) (err error) {
		if err = unprotected(r); err == nil {
			r.Trust, err = s.bindTrust(ctx, *in.PolicyDocument)
		}
		return err
	})
}

// updateRole changes a copy of a role.
func (s *Service) updateRole(ctx context.Context, name string, change func(*store.Tx, *Role) error) error {
	return s.update(ctx, func(tx *store.Tx) error {
		r, err := needRole(ctx, tx, name)
		if err != nil {
			return err
		}
		changed := new(*r)
		if err := change(tx, changed); err != nil {
			return err
		}
		changed.put(tx)
		return nil
	})
}

// DeleteRole deletes a role that has no policies and is in no instance
// profile.
func (s *Service) DeleteRole(ctx context.Context, in *iamapi.DeleteRoleInput) (*iamapi.DeleteRoleOutput, error) {
	return &iamapi.DeleteRoleOutput{}, s.update(ctx, func(tx *store.Tx) error {
		r, err := needRole(ctx, tx, *in.RoleName)
		if err != nil {
			return err
		}
		if err := unprotected(r); err != nil {
			return err
		}
		inProfile := anyRow(profilesByRole.Scan(tx, r.ID, ""))
		conflicts := append(policyConflicts(r), conflict{inProfile, "remove roles from instance profile first"})
		if err := deletable(conflicts...); err != nil {
			return err
		}
		s.removeRole(tx, r)
		return nil
	})
}

func (s *Service) removeRole(tx *store.Tx, r *Role) {
	s.forgetUse(tx, r.ID)
	remove(tx, r)
}

// unprotected refuses to change a service-linked role, which is its service's.
func unprotected(e entity) error {
	if r, ok := e.(*Role); ok && r.ServiceName != "" {
		return iamapi.ErrUnmodifiableEntity("Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", r.Name)
	}
	return nil
}
