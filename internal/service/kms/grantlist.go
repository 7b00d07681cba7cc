package kms

import (
	"context"
	"iter"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListGrants lists the grants of a key, or of a grantee, or one by its id.
func (s *Service) ListGrants(ctx context.Context, in *kmsapi.ListGrantsInput) (*kmsapi.ListGrantsOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:ListGrants", shared: true})
	if err != nil {
		return nil, err
	}
	p, err := newPage("grants", in.Limit, in.Marker, 50, 100)
	if err != nil {
		return nil, err
	}
	if in.GrantId != nil {
		if err := checkGrantID(*in.GrantId); err != nil {
			return nil, err
		}
	}
	out := new(kmsapi.ListGrantsOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := grants.Scan(tx, store.Prefix(o.Account, o.Region, o.ID), p.After)
		out.Grants, out.NextMarker = paging.Take(p, rows, func(g *Grant) (kmsapi.GrantListEntry, bool) {
			e := s.grantEntry(g)
			return e, (in.GrantId == nil || *in.GrantId == g.ID) &&
				(in.GranteePrincipal == nil || *in.GranteePrincipal == *e.GranteePrincipal)
		})
		return nil
	})
	out.Truncated = new(out.NextMarker != nil)
	return out, err
}

// ListRetirableGrants lists the grants of the Region, of keys of every account,
// that a principal of the caller's account may retire.
func (s *Service) ListRetirableGrants(ctx context.Context, in *kmsapi.ListRetirableGrantsInput) (*kmsapi.ListRetirableGrantsOutput, error) {
	call := cloud.From(ctx)
	c := &conditions{service: s, ctx: ctx, call: call, access: new(access)}
	err := authz.Check(ctx, authz.Request{Action: "kms:ListRetirableGrants", Resource: *in.RetiringPrincipal, Keys: c})
	if err != nil {
		return nil, err
	}
	p, err := newPage("retirable", in.Limit, in.Marker, 50, 100)
	if err != nil {
		return nil, err
	}
	principal, err := s.principal(ctx, *in.RetiringPrincipal)
	if err != nil {
		return nil, err
	}
	if isServiceName(principal.ARN) && call.Principal.Service != principal.ARN {
		return nil, errPrincipal(principal.ARN) // it is of no account
	}
	out := new(kmsapi.ListRetirableGrantsOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := retirable(tx, call, principal, p.After)
		out.Grants, out.NextMarker = paging.Take(p, rows, func(g *Grant) (kmsapi.GrantListEntry, bool) {
			return s.grantEntry(g), true
		})
		return nil
	})
	out.Truncated = new(out.NextMarker != nil)
	return out, err
}

// retirable gives the grants that a principal may retire, without those of keys
// that are gone.
func retirable(tx *store.Tx, call *cloud.Call, p Principal, after string) iter.Seq2[string, *Grant] {
	return func(yield func(string, *Grant) bool) {
		for row, g := range byRetiring.Scan(tx, store.Key(call.Region, p.ARN), after) {
			k := keys.Get(tx, store.Key(g.Account, g.Region, g.Key))
			if g.Retiring == p && k != nil && !k.gone(call.Time) && !yield(row, g) {
				return
			}
		}
	}
}

func (s *Service) grantEntry(g *Grant) kmsapi.GrantListEntry {
	e := kmsapi.GrantListEntry{
		KeyId:             new(keyARN(g.Region, g.Account, g.Key)),
		GrantId:           new(g.ID),
		Name:              new(g.Name),
		CreationDate:      new(g.Created),
		GranteePrincipal:  s.shown(g.Grantee),
		RetiringPrincipal: s.shown(g.Retiring),
		IssuingAccount:    new(rootARN(g.Issuer)),
		Operations:        g.Operations,
	}
	if len(g.Equals) > 0 || len(g.Subset) > 0 {
		e.Constraints = &kmsapi.GrantConstraints{EncryptionContextEquals: g.Equals, EncryptionContextSubset: g.Subset}
	}
	return e
}
