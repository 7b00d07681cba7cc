package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateInstanceProfile creates an instance profile without a role.
func (s *Service) CreateInstanceProfile(ctx context.Context, in *iamapi.CreateInstanceProfileInput) (*iamapi.CreateInstanceProfileOutput, error) {
	tags, err := readTags(profileKind, in.Tags)
	if err != nil {
		return nil, err
	}
	p := &InstanceProfile{Entity: newEntity(ctx, profileKind, in.Path, *in.InstanceProfileName, tags)}
	out := new(iamapi.CreateInstanceProfileOutput)
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, profileKind, p.Path, p.Name, tags); err != nil {
			return err
		}
		if err := create(tx, p); err != nil {
			return err
		}
		out.InstanceProfile = new(listedProfile(tx, p))
		out.InstanceProfile.Tags = asGiven(in.Tags)
		return nil
	})
	return out, err
}

// GetInstanceProfile describes an instance profile.
func (s *Service) GetInstanceProfile(ctx context.Context, in *iamapi.GetInstanceProfileInput) (*iamapi.GetInstanceProfileOutput, error) {
	out := new(iamapi.GetInstanceProfileOutput)
	err := s.view(ctx, func(tx *store.Tx) error {
		p, err := needProfile(ctx, tx, *in.InstanceProfileName)
		if err != nil {
			return err
		}
		out.InstanceProfile = new(listedProfile(tx, p))
		out.InstanceProfile.Tags = allTags(p.Tags)
		return nil
	})
	return out, err
}

// ListInstanceProfiles lists the instance profiles under a path.
func (s *Service) ListInstanceProfiles(ctx context.Context, in *iamapi.ListInstanceProfilesInput) (*iamapi.ListInstanceProfilesOutput, error) {
	out := &iamapi.ListInstanceProfilesOutput{InstanceProfiles: []iamapi.InstanceProfile{}}
	p, err := list(ctx, s, profiles, in.PathPrefix, in.Marker, in.MaxItems, func(tx *store.Tx, p *InstanceProfile) {
		out.InstanceProfiles = append(out.InstanceProfiles, listedProfile(tx, p))
	})
	if err != nil {
		return nil, err
	}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// ListInstanceProfilesForRole lists the instance profiles that pass a role.
func (s *Service) ListInstanceProfilesForRole(ctx context.Context, in *iamapi.ListInstanceProfilesForRoleInput) (*iamapi.ListInstanceProfilesForRoleOutput, error) {
	out := &iamapi.ListInstanceProfilesForRoleOutput{InstanceProfiles: []iamapi.InstanceProfile{}}
	err := s.view(ctx, func(tx *store.Tx) error {
		r, err := needRole(ctx, tx, *in.RoleName)
		if err != nil {
			return err
		}
		page, err := newPage(in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for name, p := range inAccount(profilesOf(r), tx, r.Account, page.after) {
			if !page.add(name) {
				break
			}
			out.InstanceProfiles = append(out.InstanceProfiles, listedProfile(tx, p))
		}
		out.IsTruncated, out.Marker = page.end()
		return nil
	})
	return out, err
}

// AddRoleToInstanceProfile puts a role into an empty instance profile. Who
// does so passes the role to EC2 and must be allowed to.
func (s *Service) AddRoleToInstanceProfile(ctx context.Context, in *iamapi.AddRoleToInstanceProfileInput) (*iamapi.AddRoleToInstanceProfileOutput, error) {
	return &iamapi.AddRoleToInstanceProfileOutput{}, s.update(ctx, func(tx *store.Tx) error {
		p, err := needProfile(ctx, tx, *in.InstanceProfileName)
		if err != nil {
			return err
		}
		r, err := needRole(ctx, tx, *in.RoleName, passing("ec2.amazonaws.com"))
		if err != nil {
			return err
		}
		if err := unprotected(r); err != nil {
			return err
		}
		if p.Role != "" {
			return rolesPerProfile.exceeded()
		}
		changed := new(*p)
		changed.Role = r.ID
		changed.put(tx)
		return nil
	})
}

// passing makes the question about a role one of passing it to a service.
func passing(service string) refinement {
	return func(r *authz.Request, e entity) {
		r.Action = "iam:PassRole"
		withKey("iam:PassedToService", service)(r, e)
	}
}

// RemoveRoleFromInstanceProfile empties an instance profile.
func (s *Service) RemoveRoleFromInstanceProfile(ctx context.Context, in *iamapi.RemoveRoleFromInstanceProfileInput) (*iamapi.RemoveRoleFromInstanceProfileOutput, error) {
	return &iamapi.RemoveRoleFromInstanceProfileOutput{}, s.update(ctx, func(tx *store.Tx) error {
		p, err := needProfile(ctx, tx, *in.InstanceProfileName)
		if err != nil {
			return err
		}
		r := roles.Get(tx, rowKey(cloud.From(ctx).Account(), *in.RoleName))
		switch {
		case r == nil:
			return iamapi.ErrNoSuchEntity(roleKind.notFound, *in.RoleName)
		case p.Role != r.ID:
			return iamapi.ErrNoSuchEntity("Role %s in Instance Profile %s cannot be found.", r.Name, p.Name)
		}
		changed := new(*p)
		changed.Role = ""
		changed.put(tx)
		return nil
	})
}

// DeleteInstanceProfile deletes an empty instance profile.
func (s *Service) DeleteInstanceProfile(ctx context.Context, in *iamapi.DeleteInstanceProfileInput) (*iamapi.DeleteInstanceProfileOutput, error) {
	return &iamapi.DeleteInstanceProfileOutput{}, s.update(ctx, func(tx *store.Tx) error {
		p, err := needProfile(ctx, tx, *in.InstanceProfileName)
		if err != nil {
			return err
		}
		if err := deletable(conflict{p.Role != "", "remove roles from instance profile first"}); err != nil {
			return err
		}
		remove(tx, p)
		return nil
	})
}
