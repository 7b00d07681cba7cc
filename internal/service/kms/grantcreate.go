package kms

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateGrant makes a grant, or with the name and everything else of an
// existing grant finds it again. The grant holds at once.
func (s *Service) CreateGrant(ctx context.Context, in *kmsapi.CreateGrantInput) (*kmsapi.CreateGrantOutput, error) {
	t, err := s.find(ctx, *in.KeyId, false)
	if err != nil {
		return nil, err
	}
	g := newGrant(cloud.From(ctx), in)
	a := grantAccess(in, g)
	if err := s.authorize(ctx, t, &a); err != nil {
		return nil, err
	}
	if err := t.key.checkGrant(ctx, g); err != nil {
		return nil, err
	}
	if err := s.resolveGrant(ctx, g, in); err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	g.Account, g.Region, g.Key = t.key.Account, t.key.Region, t.key.ID
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := s.again(ctx, tx, t, &a); err != nil {
			return err
		}
		return addGrant(tx, t.key.row(), g)
	})
	if err != nil {
		return nil, err
	}
	return &kmsapi.CreateGrantOutput{GrantId: new(g.ID), GrantToken: new(s.newGrantToken(g.row()))}, nil
}

func newGrant(call *cloud.Call, in *kmsapi.CreateGrantInput) *Grant {
	g := &Grant{
		ID:      newGrantID(),
		Name:    deref(in.Name),
		Created: seconds(call.Time),
		Issuer:  call.Account(),
	}
	// The order of the operations and their repetition mean nothing.
	g.Operations = slices.Compact(slices.Sorted(slices.Values(in.Operations)))
	if c := in.Constraints; c != nil {
		g.Equals, g.Subset = c.EncryptionContextEquals, c.EncryptionContextSubset
	}
	return g
}

func newGrantID() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func grantAccess(in *kmsapi.CreateGrantInput, g *Grant) access {
	operations := make([]string, len(g.Operations))
	for i, o := range g.Operations {
		operations[i] = string(o)
	}
	constraint := ""
	switch {
	case len(g.Equals) > 0:
		constraint = "EncryptionContextEquals"
	case len(g.Subset) > 0:
		constraint = "EncryptionContextSubset"
	}
	// What a policy says of the encryption context it says of the context that
	// the grant will ask for.
	context := maps.Clone(g.Subset)
	if context == nil {
		context = map[string]string{}
	}
	maps.Copy(context, g.Equals)
	return access{
		action:  "kms:CreateGrant",
		shared:  true,
		tokens:  in.GrantTokens,
		context: context,
		grant:   g,
		keys: []conditionKey{
			{name: "grantoperations", list: operations},
			condition("granteeprincipal", *in.GranteePrincipal),
			condition("retiringprincipal", deref(in.RetiringPrincipal)),
			condition("grantconstrainttype", constraint),
		},
	}
}

// checkGrant checks that the grant fits the key.
func (o *opened) checkGrant(ctx context.Context, g *Grant) error {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return err
	}
	if len(g.Operations) == 0 {
		return errValidation("A grant must allow at least one operation.")
	}
	allowed := o.grantOperations()
	for _, operation := range g.Operations {
		if !slices.Contains(allowed, operation) {
			return errValidation("Grant operation %s is not supported by %s with key spec %s and key usage %s.", operation, o.arn, o.Spec, o.Usage)
		}
	}
	for _, constraint := range []map[string]string{g.Equals, g.Subset} {
		if err := o.checkConstraint(constraint); err != nil {
			return err
		}
	}
	return nil
}

func (o *opened) checkConstraint(pairs map[string]string) error {
	if len(pairs) == 0 {
		return nil
	}
	if !o.symmetric() {
		return errValidation("Grant constraints are supported only for symmetric encryption KMS keys.")
	}
	if len(pairs) > maxConstraintPairs {
		return errValidation("A grant constraint can have up to %d encryption context pairs.", maxConstraintPairs)
	}
	for _, value := range pairs {
		if len(value) > maxConstraintValue {
			return errValidation("The encryption context value in a grant constraint cannot exceed %d characters.", maxConstraintValue)
		}
	}
	return nil
}

// resolveGrant finds out who the grant's principals are.
func (s *Service) resolveGrant(ctx context.Context, g *Grant, in *kmsapi.CreateGrantInput) (err error) {
	if g.Grantee, err = s.principal(ctx, *in.GranteePrincipal); err != nil || in.RetiringPrincipal == nil {
		return err
	}
	g.Retiring, err = s.principal(ctx, *in.RetiringPrincipal)
	return err
}

// addGrant stores a grant, unless it repeats one of the same name.
func addGrant(tx *store.Tx, row string, g *Grant) error {
	if g.Name != "" {
		grantee := store.Key(g.Account, g.Region, g.Key, g.Grantee.name())
		for _, other := range byGrantee.Scan(tx, grantee, "") {
			if other.same(g) {
				g.ID = other.ID
				return nil
			}
		}
	}
	count := deref(grantCounts.Get(tx, row))
	if count.Grants++; count.Grants > maxGrants {
		return kmsapi.ErrLimitExceededException("The key has %d grants, which is the quota.", maxGrants)
	}
	grantCounts.Put(tx, row, &count)
	grants.Put(tx, g.row(), g)
	return nil
}

// removeGrant deletes a grant and says whether it was there.
func removeGrant(tx *store.Tx, g *Grant) bool {
	if grants.Get(tx, g.row()) == nil {
		return false
	}
	row := store.Key(g.Account, g.Region, g.Key)
	count := deref(grantCounts.Get(tx, row))
	count.Grants--
	grantCounts.Put(tx, row, &count)
	grants.Delete(tx, g.row())
	return true
}
