package kms

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// change finds a key, authorizes a change of it and makes the change: fn gets a
// copy of the key, which is stored when fn returns no error.
//
// Permission is asked for before the transaction, so that those who have none
// hold up nobody. Should the key have changed in between, its new policy is
// asked again: what is done is allowed by the key as it is then.
func (s *Service) change(ctx context.Context, keyID string, a access, fn func(tx *store.Tx, k *Key) error) (*Key, error) {
	t, err := s.find(ctx, keyID, false)
	if err != nil {
		return nil, err
	}
	return s.changeTarget(ctx, t, &a, fn)
}

// changeTarget is change for a key that is found already.
func (s *Service) changeTarget(ctx context.Context, t *target, a *access, fn func(tx *store.Tx, k *Key) error) (*Key, error) {
	if err := s.authorize(ctx, t, a); err != nil {
		return nil, err
	}
	var changed *Key
	err := s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if err := s.sweep(tx, cloud.From(ctx).Time); err != nil {
			return err
		}
		k, err := s.again(ctx, tx, t, a)
		if err != nil {
			return err
		}
		changed = k.clone()
		if err := fn(tx, changed); err != nil {
			return err
		}
		keys.Put(tx, changed.row(), changed)
		return nil
	})
	return changed, err
}

// again gives the key of a target as it is in a transaction, authorized.
func (s *Service) again(ctx context.Context, tx *store.Tx, t *target, a *access) (*Key, error) {
	row := t.key.row()
	k := keys.Get(tx, row)
	if k == t.key.Key {
		return k, nil
	}
	if k == nil || k.gone(cloud.From(ctx).Time) {
		return nil, errKeyNotFound(t.key.arn)
	}
	o, err := s.open(k, row)
	if err != nil {
		return nil, err
	}
	return k, s.authorize(ctx, &target{id: t.id, key: o}, a)
}
