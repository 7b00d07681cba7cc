package blob

import "github.com/fortlet/fortlet/internal/cloud/store"

// pending is a blob that was begun and is not kept yet. No sweep takes it away.
type pending struct {
	file      bool // it has one, or may have
	committed bool
	sealed    []byte // of inline content that is committed
}

func (s *Store) markFile(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[id].file = true
}

func (s *Store) commit(id string, sealed []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pending[id]
	p.committed, p.sealed = true, sealed
}

// Keep keeps a committed blob, in the transaction that writes the row which
// refers to it. Unless that commits, it is as if Keep had not been called.
func (s *Store) Keep(tx *store.Tx, b Blob) {
	s.mu.Lock()
	p := s.pending[b.ID]
	s.mu.Unlock()
	if p == nil || !p.committed {
		panic("blob: kept twice, or without a commit, or after an abort")
	}
	contents.Put(tx, b.ID, &content{Sealed: p.sealed})
	tx.OnCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pending, b.ID)
	})
}

// Drop forgets a blob, in the transaction that deletes the row which refers to
// it. Its file is removed some time after the commit, when nobody holds it any
// more.
func (s *Store) Drop(tx *store.Tx, b Blob) {
	row := contents.Get(tx, b.ID)
	if row == nil {
		return
	}
	contents.Delete(tx, b.ID)
	tx.OnCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if h := s.held[b.ID]; h != nil {
			h.dropped = row
		} else if !b.Inline {
			s.doom(b.ID)
		}
	})
}

// discard forgets what was begun, if it is not kept.
func (s *Store) discard(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pending[id]
	if p == nil {
		return
	}
	delete(s.pending, id)
	if p.file {
		s.doom(id)
	}
}
