package blob

import (
	"context"
	"sync"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// held is a blob that somebody holds.
type held struct {
	users   int
	dropped *content // the row of one that was dropped meanwhile
	doomed  bool     // its file was to be removed meanwhile
}

// Hold keeps blobs readable until release is called, whoever drops them
// meanwhile: for content in several blobs that is to be read to the end. It is
// ErrGone when one of them is gone already.
func (s *Store) Hold(ctx context.Context, blobs ...Blob) (release func(), err error) {
	s.mu.Lock()
	for _, b := range blobs {
		h := s.held[b.ID]
		if h == nil {
			h = new(held)
			s.held[b.ID] = h
		}
		h.users++
	}
	s.mu.Unlock()
	release = sync.OnceFunc(func() { s.release(blobs) })
	// What is there now is not removed any more.
	err = s.db.View(ctx, func(tx *store.Tx) error {
		for _, b := range blobs {
			if contents.Get(tx, b.ID) == nil && s.droppedRow(b.ID) == nil {
				return ErrGone
			}
		}
		return nil
	})
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (s *Store) release(blobs []Blob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range blobs {
		h := s.held[b.ID]
		if h.users--; h.users > 0 {
			continue
		}
		delete(s.held, b.ID)
		if (h.dropped != nil || h.doomed) && !b.Inline {
			s.doom(b.ID)
		}
	}
}

// droppedRow gives the row of a blob that was dropped while it was held.
func (s *Store) droppedRow(id string) *content {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[id]; h != nil {
		return h.dropped
	}
	return nil
}
