package iam

import (
	"context"
	"slices"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// putInline is PutUserPolicy, PutGroupPolicy and PutRolePolicy.
func (s *Service) putInline(ctx context.Context, k *kind, name, policyName, doc string) error {
	malformed := parseDocument(doc, policy.Identity)
	return s.updateHolder(ctx, k, name, func(_ *store.Tx, h holder) error {
		if malformed != nil {
			return malformed
		}
		p := h.permissions()
		p.Inline = slices.Clone(p.Inline)
		if i, found := p.inline(policyName); found {
			p.Inline[i].Document = doc
		} else {
			p.Inline = slices.Insert(p.Inline, i, InlinePolicy{policyName, doc})
		}
		size := 0
		for _, in := range p.Inline {
			size += policy.Size(in.Document)
		}
		if size > k.inlineSize {
			return iamapi.ErrLimitExceeded("Maximum policy size of %d bytes exceeded for %s %s", k.inlineSize, k.noun, h.base().Name)
		}
		return nil
	})
}

// deleteInline is DeleteUserPolicy, DeleteGroupPolicy and DeleteRolePolicy.
func (s *Service) deleteInline(ctx context.Context, k *kind, name, policyName string) error {
	return s.updateHolder(ctx, k, name, func(_ *store.Tx, h holder) error {
		p := h.permissions()
		i, found := p.inline(policyName)
		if !found {
			return errNoInline(k, policyName)
		}
		p.Inline = slices.Delete(slices.Clone(p.Inline), i, i+1)
		return nil
	})
}

// getInline is GetUserPolicy, GetGroupPolicy and GetRolePolicy.
func (s *Service) getInline(ctx context.Context, k *kind, name, policyName string) (holder holder, document *string, err error) {
	err = s.view(ctx, func(tx *store.Tx) error {
		holder, err = needHolder(ctx, tx, k, name)
		if err != nil {
			return err
		}
		p := holder.permissions()
		i, found := p.inline(policyName)
		if !found {
			return errNoInline(k, policyName)
		}
		document = encodeDocument(p.Inline[i].Document)
		return nil
	})
	return holder, document, err
}

// listInline is ListUserPolicies, ListGroupPolicies and ListRolePolicies.
func (s *Service) listInline(ctx context.Context, k *kind, name string, marker *string, maxItems *int32) (names []string, p *page, err error) {
	names = []string{}
	err = s.view(ctx, func(tx *store.Tx) error {
		h, err := needHolder(ctx, tx, k, name)
		if err != nil {
			return err
		}
		var shown []InlinePolicy
		shown, p, err = pageOf(h.permissions().Inline, func(in InlinePolicy) string { return in.Name }, marker, maxItems)
		for _, in := range shown {
			names = append(names, in.Name)
		}
		return err
	})
	return names, p, err
}

// updateHolder changes the policies of a user, group or role. The function
// gets a copy, whose slices it replaces.
func (s *Service) updateHolder(ctx context.Context, k *kind, name string, change func(*store.Tx, holder) error, refine ...refinement) error {
	return s.update(ctx, func(tx *store.Tx) error {
		h, err := needHolder(ctx, tx, k, name, append(refine, withBoundary)...)
		if err != nil {
			return err
		}
		if err := unprotected(h); err != nil {
			return err
		}
		changed := h.copy().(holder)
		if err := change(tx, changed); err != nil {
			return err
		}
		changed.put(tx)
		return nil
	})
}

func errNoInline(k *kind, policyName string) error {
	return iamapi.ErrNoSuchEntity("The %s policy with name %s cannot be found.", k.noun, policyName)
}
