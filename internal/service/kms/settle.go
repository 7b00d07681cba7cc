package kms

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// settle does for a key, and the keys of its multi-Region set, what time has
// brought.
func (s *Service) settle(ctx context.Context, k *Key) error {
	now := cloud.From(ctx).Time
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current := keys.Get(tx, k.row())
		if current == nil {
			return nil
		}
		return s.settleSet(tx, current.set(tx), now)
	})
}

// sweepBatch bounds how many keys a sweep settles, so that no call has to pay
// for all.
const sweepBatch = 32

// sweep settles keys that nobody uses any more. It runs along with changes
// that come by.
func (s *Service) sweep(tx *store.Tx, now time.Time) error {
	var due []*Key
	for _, k := range dueAt.Range(tx, "", timeKey(now)) {
		if due = append(due, k); len(due) == sweepBatch {
			break
		}
	}
	for _, k := range due {
		if current := keys.Get(tx, k.row()); current != nil {
			if err := s.settleSet(tx, current.set(tx), now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) settleSet(tx *store.Tx, set []*Key, now time.Time) error {
	set = s.settleDeletions(tx, set, now)
	for i, k := range set {
		set[i] = wipeExpired(tx, k, now)
	}
	for _, k := range set {
		if (k.Primary || !k.MultiRegion) && k.rotationDue(now) {
			return s.rotateDue(tx, set, now)
		}
	}
	return nil
}

// settleDeletions destroys the keys whose waiting period is over and gives
// those that stay. The waiting period of a primary key begins when its last
// replica is gone.
func (s *Service) settleDeletions(tx *store.Tx, set []*Key, now time.Time) []*Key {
	var stay []*Key
	var last time.Time // when the last of the gone keys went
	for _, k := range set {
		if !k.gone(now) {
			stay = append(stay, k)
			continue
		}
		s.destroy(tx, k)
		if k.Deletion.Date.After(last) {
			last = k.Deletion.Date
		}
	}
	if len(stay) != 1 || stay[0].Deletion == nil || !stay[0].Deletion.Date.IsZero() {
		return stay
	}
	if last.IsZero() {
		last = now // the replicas went by another way than their deletion
	}
	k := stay[0].clone()
	k.Deletion.Date = last.AddDate(0, 0, int(k.Deletion.WindowDays))
	keys.Put(tx, k.row(), k)
	return s.settleDeletions(tx, []*Key{k}, now)
}

// destroy removes a key with everything that belongs to it.
func (s *Service) destroy(tx *store.Tx, k *Key) {
	row := k.row()
	for _, name := range k.Aliases {
		aliases.Delete(tx, store.Key(k.Account, k.Region, name))
	}
	for grant := range grants.Scan(tx, store.Prefix(k.Account, k.Region, k.ID), "") {
		grants.Delete(tx, grant)
	}
	grantCounts.Delete(tx, row)
	usages.Delete(tx, row)
	keys.Delete(tx, row)
	tx.OnCommit(func() {
		s.keys.drop(row)
		s.usage.Delete(row)
	})
}

// wipeExpired removes imported material that has expired.
func wipeExpired(tx *store.Tx, k *Key, now time.Time) *Key {
	expired := false
	for i := range k.Materials {
		expired = expired || len(k.Materials[i].Sealed) > 0 && k.Materials[i].expired(now)
	}
	if !expired {
		return k
	}
	k = k.clone()
	for i := range k.Materials {
		if k.Materials[i].expired(now) {
			k.Materials[i].Sealed = nil
		}
	}
	keys.Put(tx, k.row(), k)
	return k
}
