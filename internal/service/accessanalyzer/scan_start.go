package accessanalyzer

import (
	"context"
	"errors"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// StartResourceScan looks at a resource at once, and has done so when it
// answers.
func (s *Service) StartResourceScan(ctx context.Context, in *analyzerapi.StartResourceScanInput) (*analyzerapi.StartResourceScanOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "StartResourceScan"})
	if err != nil {
		return nil, err
	}
	t, ok := newTarget(*in.ResourceArn, a.Account)
	switch {
	case !ok || !t.inRegion(a.Region):
		return nil, errField("resourceArn", "The analyzer does not analyze %s.", *in.ResourceArn)
	case t.kind == bucketType && in.ResourceOwnerAccount != nil:
		t.owner = *in.ResourceOwnerAccount
	case in.ResourceOwnerAccount != nil && *in.ResourceOwnerAccount != t.owner:
		return nil, errField("resourceOwnerAccount", "The resource %s is not of the account %s.", t.arn, *in.ResourceOwnerAccount)
	}
	z, err := s.zone(ctx, a)
	if err != nil {
		return nil, err
	}
	if !z.Accounts[t.owner] {
		return nil, errField("resourceOwnerAccount", "The account %s is not in the zone of trust of the analyzer.", t.owner)
	}
	if t.owner != a.Account {
		if err := s.lendRole(ctx, t.owner, a.Region); err != nil {
			return nil, err
		}
	}
	v, err := s.look(ctx, a, z, t)
	switch {
	case errors.Is(err, errNoRole):
		return nil, errOther("The account %s has no role %s.", t.owner, roleName)
	case err != nil:
		return nil, err
	case v.gone && !s.known(ctx, a, t.arn):
		return nil, errNotFound(t.arn, resourceKind)
	}
	return &analyzerapi.StartResourceScanOutput{}, s.keep(ctx, a, t, v, now(cloud.From(ctx)))
}

// known reports whether a resource was analyzed before.
func (s *Service) known(ctx context.Context, a *Analyzer, arn string) (ok bool) {
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		ok = resources.Get(tx, resourceKey(a.ID, arn)) != nil
		return nil
	})
	return ok && err == nil
}
