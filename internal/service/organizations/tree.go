package organizations

import (
	"context"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// enterParent is enter for an operation on what is under a root or unit.
func (s *Service) enterParent(ctx context.Context, tx *store.Tx, parent string) (*seat, error) {
	st, err := s.enter(ctx, tx, need{of: readers, targets: []string{parent}})
	if err == nil && !st.isParent(parent) {
		err = errParentNotFound()
	}
	return st, err
}

// ListOrganizationalUnitsForParent lists the units directly under a parent.
func (s *Service) ListOrganizationalUnitsForParent(ctx context.Context, in *orgapi.ListOrganizationalUnitsForParentInput) (*orgapi.ListOrganizationalUnitsForParentOutput, error) {
	out := new(orgapi.ListOrganizationalUnitsForParentOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enterParent(ctx, tx, *in.ParentId)
		if err != nil {
			return err
		}
		page, next, err := paged(st.unitsUnder(*in.ParentId), func(u **Unit) string { return (*u).ID }, pageRequest{in.NextToken, in.MaxResults})
		out.OrganizationalUnits, out.NextToken = []orgapi.OrganizationalUnit{}, next
		for _, u := range page {
			out.OrganizationalUnits = append(out.OrganizationalUnits, *st.showUnit(u))
		}
		return err
	})
}

// ListAccountsForParent lists the accounts directly under a parent.
func (s *Service) ListAccountsForParent(ctx context.Context, in *orgapi.ListAccountsForParentInput) (*orgapi.ListAccountsForParentOutput, error) {
	out := new(orgapi.ListAccountsForParentOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enterParent(ctx, tx, *in.ParentId)
		if err != nil {
			return err
		}
		out.Accounts, out.NextToken, err = st.accountsPage(st.accountsUnder(*in.ParentId), pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

// ListChildren lists the units or the accounts directly under a parent.
func (s *Service) ListChildren(ctx context.Context, in *orgapi.ListChildrenInput) (*orgapi.ListChildrenOutput, error) {
	out := new(orgapi.ListChildrenOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enterParent(ctx, tx, *in.ParentId)
		if err != nil {
			return err
		}
		var all []orgapi.Child
		if in.ChildType == orgapi.ChildTypeAccount {
			for _, m := range st.accountsUnder(*in.ParentId) {
				all = append(all, orgapi.Child{Id: &m.Account, Type: in.ChildType})
			}
		} else {
			for _, u := range st.unitsUnder(*in.ParentId) {
				all = append(all, orgapi.Child{Id: &u.ID, Type: in.ChildType})
			}
		}
		out.Children, out.NextToken, err = paged(all, func(c *orgapi.Child) string { return *c.Id }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

// ListParents lists the one parent of a unit or account.
func (s *Service) ListParents(ctx context.Context, in *orgapi.ListParentsInput) (*orgapi.ListParentsOutput, error) {
	out := new(orgapi.ListParentsOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers, targets: []string{*in.ChildId}})
		switch {
		case err != nil:
			return err
		case isRoot(*in.ChildId) || !st.isTarget(*in.ChildId):
			return orgapi.ErrChildNotFoundException("You specified a child that doesn't exist.")
		}
		parent := orgapi.Parent{Id: new(st.parent(*in.ChildId)), Type: orgapi.ParentTypeOrganizationalUnit}
		if *parent.Id == st.Root {
			parent.Type = orgapi.ParentTypeRoot
		}
		out.Parents, out.NextToken, err = paged([]orgapi.Parent{parent}, func(p *orgapi.Parent) string { return *p.Id }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}
