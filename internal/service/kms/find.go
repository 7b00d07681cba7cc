package kms

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// target is what a key identifier leads to. That there is no key is for
// authorize to say, to those who may know.
type target struct {
	id  identifier
	key *opened // nil: there is none
	// unborn: the key is an AWS managed key that nobody has used yet. It comes
	// into being when somebody may.
	unborn bool
}

// find looks up the key that an identifier names.
func (s *Service) find(ctx context.Context, text string, aliases bool) (*target, error) {
	call := cloud.From(ctx)
	id, err := parseIdentifier(call, text, aliases)
	if err != nil {
		return nil, err
	}
	return s.lookup(ctx, id)
}

func (s *Service) lookup(ctx context.Context, id identifier) (*target, error) {
	t, err := s.existing(ctx, id)
	if err == nil && t.key == nil && id.alias != "" {
		t.key, err = s.unborn(ctx, id)
		t.unborn = t.key != nil
	}
	return t, err
}

// existing looks up a key and, before that, does what time has brought to it.
func (s *Service) existing(ctx context.Context, id identifier) (*target, error) {
	now := cloud.From(ctx).Time
	k, row, err := s.read(ctx, id)
	if err == nil && k != nil && k.due(now) {
		if err = s.settle(ctx, k); err == nil {
			k, row, err = s.read(ctx, id)
		}
	}
	t := &target{id: id}
	if err != nil || k == nil || k.gone(now) {
		return t, err
	}
	t.key, err = s.open(k, row)
	return t, err
}

// read reads the row that an identifier leads to, nil when there is none.
func (s *Service) read(ctx context.Context, id identifier) (k *Key, row string, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		key := id.key
		if id.alias != "" {
			a := aliases.Get(tx, store.Key(id.account, id.region, id.alias))
			if a == nil {
				return nil
			}
			key = a.Key
		}
		row = store.Key(id.account, id.region, key)
		k = keys.Get(tx, row)
		return nil
	})
	return k, row, err
}

// due reports that time has brought something that is to be done before the
// key is used.
func (k *Key) due(now time.Time) bool {
	if due := k.destructionDue(); !due.IsZero() && !now.Before(due) {
		return true
	}
	return k.rotationDue(now) || k.Deletion != nil && k.Deletion.Date.IsZero()
}
