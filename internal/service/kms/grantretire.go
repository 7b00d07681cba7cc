package kms

import (
	"context"
	"slices"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// RevokeGrant deletes a grant for someone who administers the key.
func (s *Service) RevokeGrant(ctx context.Context, in *kmsapi.RevokeGrantInput) (*kmsapi.RevokeGrantOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:RevokeGrant", shared: true})
	if err != nil {
		return nil, err
	}
	if err := checkGrantID(*in.GrantId); err != nil {
		return nil, err
	}
	g, err := s.grant(ctx, store.Key(o.Account, o.Region, o.ID, *in.GrantId))
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, errGrantNotFound(*in.GrantId)
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.RevokeGrantOutput{}, s.endGrant(ctx, g)
}

func checkGrantID(id string) error {
	if len(id) != 64 || !isHex(id) {
		return kmsapi.ErrInvalidGrantIdException("Grant ID %s is not valid", id)
	}
	return nil
}

func errGrantNotFound(id string) error {
	return kmsapi.ErrNotFoundException("Grant ID %s not found", id)
}

func (s *Service) grant(ctx context.Context, row string) (g *Grant, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		g = grants.Get(tx, row)
		return nil
	})
	return g, err
}

func (s *Service) endGrant(ctx context.Context, g *Grant) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if !removeGrant(tx, g) {
			return errGrantNotFound(g.ID)
		}
		return nil
	})
}

// RetireGrant deletes a grant for someone whom the grant itself lets do so.
func (s *Service) RetireGrant(ctx context.Context, in *kmsapi.RetireGrantInput) (*kmsapi.RetireGrantOutput, error) {
	r, err := s.retirement(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.authorizeRetirement(ctx, r); err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.RetireGrantOutput{}, s.endGrant(ctx, r.grant)
}

// retirement is a grant that is to be retired.
type retirement struct {
	key   identifier
	id    string
	grant *Grant // nil: there is none
}

// retirement finds the grant by its token, or by its id and key.
func (s *Service) retirement(ctx context.Context, in *kmsapi.RetireGrantInput) (r *retirement, err error) {
	switch {
	case in.GrantToken != nil && in.KeyId == nil && in.GrantId == nil:
		r, err = s.retirementByToken(*in.GrantToken)
	case in.GrantToken == nil && in.KeyId != nil && in.GrantId != nil:
		r, err = retirementByID(cloud.From(ctx), *in.KeyId, *in.GrantId)
	default:
		err = errValidation("You must specify either a GrantToken, or a GrantId and KeyId.")
	}
	if err != nil {
		return nil, err
	}
	r.grant, err = s.grant(ctx, store.Key(r.key.account, r.key.region, r.key.key, r.id))
	return r, err
}

func (s *Service) retirementByToken(token string) (*retirement, error) {
	row, err := s.openGrantToken(token)
	if err != nil {
		return nil, err
	}
	parts := store.Parts(row)
	return &retirement{key: identifier{account: parts[0], region: parts[1], key: parts[2]}, id: parts[3]}, nil
}

func retirementByID(call *cloud.Call, keyID, id string) (*retirement, error) {
	if err := checkGrantID(id); err != nil {
		return nil, err
	}
	key, err := parseIdentifier(call, keyID, false)
	return &retirement{key: key, id: id}, err
}

// authorizeRetirement asks the grant, not the key's policy: the retiring
// principal may retire it, and the grantee where the grant says so. Where the
// retiring principal is an account, its policies say who in it may. So do
// those of the account that made the grant.
func (s *Service) authorizeRetirement(ctx context.Context, r *retirement) error {
	a := &access{action: "kms:RetireGrant"}
	if r.grant == nil {
		return s.noGrant(ctx, r, a)
	}
	t, err := s.existing(ctx, r.key)
	if err != nil {
		return err
	}
	if t.key == nil {
		return s.refuse(ctx, r.key, a, thisResource)
	}
	g := r.grant
	accounts := []string{rootARN(g.Issuer)}
	if _, ok := g.Retiring.account(); ok {
		accounts = append(accounts, g.Retiring.ARN)
	}
	c := &conditions{service: s, ctx: ctx, call: cloud.From(ctx), key: t.key.Key, access: a}
	err = authz.Check(ctx, authz.Request{
		Action:       a.action,
		Resource:     t.key.arn,
		Owner:        t.key.Account,
		ResourceType: "AWS::KMS::Key",
		Policy:       delegation(accounts...),
		Gate:         true,
		Grant:        func() (string, bool) { return g.ID, c.mayRetire(g) },
		Tags:         t.key.Tags,
		Keys:         c,
	})
	return hidden(err, thisResource)
}

// noGrant answers for a grant that does not exist: it says so to those of the
// key's account who may retire grants.
func (s *Service) noGrant(ctx context.Context, r *retirement, a *access) error {
	call := cloud.From(ctx)
	if r.key.account != call.Account() {
		return s.refuse(ctx, r.key, a, thisResource)
	}
	c := &conditions{service: s, ctx: ctx, call: call, access: a}
	if err := authz.Check(ctx, authz.Request{Action: a.action, Resource: r.key.String(), Keys: c}); err != nil {
		return err
	}
	return errGrantNotFound(r.id)
}

// mayRetire reports whether the grant names the caller as one who may retire
// it.
func (c *conditions) mayRetire(g *Grant) bool {
	names := c.granteeNames()
	if g.Retiring != (Principal{}) && slices.Contains(names, g.Retiring.name()) {
		return true
	}
	return slices.Contains(g.Operations, kmsapi.GrantOperationRetireGrant) && slices.Contains(names, g.Grantee.name())
}
