package blob

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// doom has a file removed, by a goroutine that lives as long as there are any.
// s.mu is held.
func (s *Store) doom(id string) {
	s.doomed = append(s.doomed, id)
	if !s.removing && !s.closed {
		s.removing = true
		s.running.Go(s.removeDoomed)
	}
}

func (s *Store) removeDoomed() {
	for ids := s.nextDoomed(); len(ids) > 0; ids = s.nextDoomed() {
		if err := s.removeOrphans(s.background, ids); err != nil && s.background.Err() == nil {
			s.log.Warn("blobs are left to the next sweep", "cause", err)
		}
	}
}

func (s *Store) nextDoomed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := s.doomed
	s.doomed = nil
	s.removing = len(ids) > 0
	return ids
}

// removeOrphans removes those files that no row keeps and nobody needs.
func (s *Store) removeOrphans(ctx context.Context, ids []string) error {
	ids, err := s.orphans(ctx, ids)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		if err := s.fs.remove(s.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// orphans gives those that no row keeps and nobody needs.
func (s *Store) orphans(ctx context.Context, ids []string) (orphans []string, err error) {
	// First what is pending, then the rows: a blob goes from the one to the
	// other, so it is found in one of them.
	ids = s.unneeded(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	// A database that has failed does not know which rows a restart will find.
	// An Update that does nothing asks it.
	if err := s.db.Update(ctx, func(*store.Tx) error { return nil }); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if contents.Get(tx, id) == nil {
				orphans = append(orphans, id)
			}
		}
		return nil
	})
	return orphans, err
}

// unneeded gives those that are neither being made nor held.
func (s *Store) unneeded(ids []string) (rest []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		h := s.held[id]
		switch {
		case h != nil:
			h.doomed = true // look again when it is released
		case s.pending[id] == nil:
			rest = append(rest, id)
		}
	}
	return rest
}
