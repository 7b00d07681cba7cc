package kms

import (
	"context"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// UpdatePrimaryRegion makes a replica the primary key and the primary key a
// replica. It takes permission for both.
func (s *Service) UpdatePrimaryRegion(ctx context.Context, in *kmsapi.UpdatePrimaryRegionInput) (*kmsapi.UpdatePrimaryRegionOutput, error) {
	a := &access{action: "kms:UpdatePrimaryRegion", keys: []conditionKey{condition("primaryregion", *in.PrimaryRegion)}}
	from, err := s.find(ctx, *in.KeyId, false)
	if err != nil {
		return nil, err
	}
	if err := s.authorize(ctx, from, a); err != nil {
		return nil, err
	}
	if err := from.key.requireReplicable(ctx); err != nil {
		return nil, err
	}
	to, err := s.lookup(ctx, identifier{account: from.id.account, region: *in.PrimaryRegion, key: from.key.ID})
	if err != nil {
		return nil, err
	}
	if err := s.authorize(ctx, to, a); err != nil {
		return nil, err
	}
	_, err = s.changeTarget(ctx, from, a, func(tx *store.Tx, k *Key) error {
		next, err := s.again(ctx, tx, to, a)
		if err != nil {
			return err
		}
		return movePrimary(tx, k, next, cloud.From(ctx).Time)
	})
	return &kmsapi.UpdatePrimaryRegionOutput{}, err
}

// movePrimary makes next the primary key in the place of k, which the caller
// stores.
func movePrimary(tx *store.Tx, k, next *Key, now time.Time) error {
	if !k.Primary {
		return errReplica(k)
	}
	if next.Region == k.Region {
		return errValidation("%s is the primary key already.", k.ARN())
	}
	if err := next.requireUsable(now); err != nil {
		return err
	}
	k.Primary = false
	next = next.clone()
	next.Primary = true
	keys.Put(tx, next.row(), next)
	return nil
}
