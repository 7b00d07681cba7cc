package organizations

import (
	"context"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateOrganizationalUnit makes a unit under the root or another unit.
func (s *Service) CreateOrganizationalUnit(ctx context.Context, in *orgapi.CreateOrganizationalUnitInput) (*orgapi.CreateOrganizationalUnitOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	out := new(orgapi.CreateOrganizationalUnitOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers, targets: []string{*in.ParentId}, tags: tags})
		if err != nil {
			return err
		}
		if err := st.checkNewUnit(*in.ParentId, *in.Name); err != nil {
			return err
		}
		u := &Unit{Org: st.ID, ID: newUnitID(st.Root), Parent: *in.ParentId, Name: *in.Name, Created: st.now}
		units.Put(tx, u.key(), u)
		st.setTags(u.ID, tags)
		out.OrganizationalUnit = st.showUnit(u)
		return nil
	})
}

func (st *seat) checkNewUnit(parent, name string) error {
	switch {
	case !st.isParent(parent):
		return errParentNotFound()
	case st.nameTaken(parent, name):
		return errDuplicateUnit()
	case len(lineOf(st.tx, st.Organization, parent)) > maxDepth:
		return errConstraint("OU_DEPTH_LIMIT_EXCEEDED", "You attempted to create an OU tree that is too many levels deep.")
	case count(units.Scan(st.tx, store.Prefix(st.ID), "")) >= maxUnits:
		return errConstraint("OU_NUMBER_LIMIT_EXCEEDED", "You attempted to exceed the number of OUs that you can have in an organization.")
	}
	return nil
}

// nameTaken reports whether a unit under a parent has a name.
func (st *seat) nameTaken(parent, name string) bool {
	return slices.ContainsFunc(st.unitsUnder(parent), func(u *Unit) bool { return u.Name == name })
}

func errDuplicateUnit() *api.Error {
	return orgapi.ErrDuplicateOrganizationalUnitException("An OU with the same name already exists.")
}

// DescribeOrganizationalUnit describes a unit.
func (s *Service) DescribeOrganizationalUnit(ctx context.Context, in *orgapi.DescribeOrganizationalUnitInput) (*orgapi.DescribeOrganizationalUnitOutput, error) {
	out := new(orgapi.DescribeOrganizationalUnitOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, u, err := s.enterUnit(ctx, tx, *in.OrganizationalUnitId, readers)
		if err == nil {
			out.OrganizationalUnit = st.showUnit(u)
		}
		return err
	})
}

// UpdateOrganizationalUnit renames a unit.
func (s *Service) UpdateOrganizationalUnit(ctx context.Context, in *orgapi.UpdateOrganizationalUnitInput) (*orgapi.UpdateOrganizationalUnitOutput, error) {
	out := new(orgapi.UpdateOrganizationalUnitOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, u, err := s.enterUnit(ctx, tx, *in.OrganizationalUnitId, managers)
		if err != nil {
			return err
		}
		next := *u
		if in.Name != nil && *in.Name != u.Name {
			if st.nameTaken(u.Parent, *in.Name) {
				return errDuplicateUnit()
			}
			next.Name = *in.Name
			units.Put(tx, next.key(), &next)
		}
		out.OrganizationalUnit = st.showUnit(&next)
		return nil
	})
}

// DeleteOrganizationalUnit deletes a unit that is empty.
func (s *Service) DeleteOrganizationalUnit(ctx context.Context, in *orgapi.DeleteOrganizationalUnitInput) (*orgapi.DeleteOrganizationalUnitOutput, error) {
	return new(orgapi.DeleteOrganizationalUnitOutput), s.update(ctx, func(tx *store.Tx) error {
		st, u, err := s.enterUnit(ctx, tx, *in.OrganizationalUnitId, managers)
		if err != nil {
			return err
		}
		if len(st.unitsUnder(u.ID)) > 0 || len(st.accountsUnder(u.ID)) > 0 {
			return orgapi.ErrOrganizationalUnitNotEmptyException("The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.")
		}
		units.Delete(tx, u.key())
		attachments.Delete(tx, targetKey(st.ID, u.ID))
		st.setTags(u.ID, nil)
		for _, p := range placesByParent.Scan(tx, store.Key(st.ID, u.ID), "") {
			places.Delete(tx, p.Account) // of accounts that were closed long ago
		}
		return nil
	})
}

func (s *Service) enterUnit(ctx context.Context, tx *store.Tx, id string, of audience) (*seat, *Unit, error) {
	st, err := s.enter(ctx, tx, need{of: of, targets: []string{id}})
	if err != nil {
		return nil, nil, err
	}
	u := st.unit(id)
	if u == nil {
		return nil, nil, errUnitNotFound()
	}
	return st, u, nil
}

func (st *seat) showUnit(u *Unit) *orgapi.OrganizationalUnit {
	return &orgapi.OrganizationalUnit{Id: &u.ID, Arn: new(st.unitARN(u.ID)), Name: &u.Name, Path: new(st.path(u.ID))}
}

// count counts rows.
func count[K, V any](rows func(func(K, V) bool)) (n int) {
	for range rows {
		n++
	}
	return n
}
