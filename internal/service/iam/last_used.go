package iam

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// uses remembers when access keys and roles were last used. A use is noted in
// memory, at most once a second for each; the store learns of it once in a
// while. What a crash may lose is less than AWS leaves out, who says that last
// used dates lag by hours.
type uses struct {
	latest  lookup[string, *use]
	flushed atomic.Int64 // Unix time of the last flush
	mu      sync.Mutex   // held while flushing
}

// use is the use of one key or role.
type use struct {
	last atomic.Pointer[LastUse]
	kept *LastUse // what the store has; guarded by uses.mu
}

// flushAfter is how many seconds a use may be in memory only.
const flushAfter = 60

// Used implements credentials.UserKeys. It takes the unique id of a role
// (AROA…) as well, for RoleLastUsed.
func (s *Service) Used(id, service, region string, at time.Time) {
	u, ok := s.uses.latest.get(id)
	if !ok {
		u = new(use)
		s.uses.latest.put(id, u)
	}
	last := u.last.Load()
	if last != nil && last.At.Unix() >= at.Unix() && last.Service == service && last.Region == region {
		return
	}
	u.last.Store(&LastUse{At: at.UTC().Truncate(time.Second), Service: service, Region: region})

	due := s.uses.flushed.Load()
	if at.Unix()-due >= flushAfter && s.uses.flushed.CompareAndSwap(due, at.Unix()) && due != 0 {
		go s.flush()
	}
}

func (s *Service) flush() {
	if err := s.uses.flush(context.Background(), s.store); err != nil {
		s.log.Warn("last uses not kept", "cause", err)
	}
}

// flush writes what the store does not have yet.
func (u *uses) flush(ctx context.Context, db *store.DB) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	news := make(map[string]*LastUse)
	for id, use := range u.latest.entries() {
		if last := use.last.Load(); last != nil && last != use.kept {
			news[id] = last
		}
	}
	if len(news) == 0 {
		return nil
	}
	err := db.Update(ctx, func(tx *store.Tx) error {
		for id, last := range news {
			if exists(tx, id) {
				lastUses.Put(tx, id, last)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, last := range news {
		if use, ok := u.latest.get(id); ok {
			use.kept = last
		}
	}
	return nil
}

// exists reports whether a key or role that was used is still there.
func exists(tx *store.Tx, id string) bool {
	return accessKeys.Get(tx, id) != nil || rolesByID.Get(tx, id) != nil
}

// lastUse is when a key or role was last used; nil for never.
func (s *Service) lastUse(tx *store.Tx, id string) *LastUse {
	if u, ok := s.uses.latest.get(id); ok {
		if last := u.last.Load(); last != nil {
			return last
		}
	}
	return lastUses.Get(tx, id)
}

// forgetUse drops the last use of a key or role that is deleted.
func (s *Service) forgetUse(tx *store.Tx, id string) {
	lastUses.Delete(tx, id)
	tx.OnCommit(func() { s.uses.latest.drop(id) })
}
