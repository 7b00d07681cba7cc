package store

import (
	"sync"
	"sync/atomic"
)

// state is one durable version of the database. Views and Updates pin the
// newest; the snapshot is closed when the version is retired and nobody has it
// pinned any more.
type state struct {
	version uint64
	snap    snapshot
	pins    [shards]pinCount
	retired atomic.Bool

	closing sync.Once
	closed  func() // told after the snapshot was closed
}

// shards is how many counters the pins of a state are spread over, so that
// readers on different processors do not fight for one cache line.
const shards = 16

type pinCount struct {
	n atomic.Int64
	_ [56]byte
}

// pinShards hands out shards with an affinity to processors, which is what a
// sync.Pool has.
var (
	pinShards = sync.Pool{New: func() any { return &shard{nextShard.Add(1) % shards} }}
	nextShard atomic.Uint32
)

type shard struct{ i uint32 }

// pin gives the newest state, pinned, or nil when there is none.
func pin(newest *atomic.Pointer[state], sh *shard) *state {
	for {
		s := newest.Load()
		if s == nil {
			return nil
		}
		s.pins[sh.i].n.Add(1)
		// Whoever retires s first unpublishes it and then counts pins: either
		// the count saw this one, or this load sees that s was replaced.
		if newest.Load() == s {
			return s
		}
		s.unpin(sh)
	}
}

func (s *state) unpin(sh *shard) {
	s.pins[sh.i].n.Add(-1)
	if s.retired.Load() {
		s.closeIfUnpinned()
	}
}

// retire is called once, after s is no longer the published state.
func (s *state) retire() {
	s.retired.Store(true)
	s.closeIfUnpinned()
}

func (s *state) closeIfUnpinned() {
	for i := range s.pins {
		if s.pins[i].n.Load() != 0 {
			return
		}
	}
	s.closing.Do(func() {
		s.snap.close()
		s.closed()
	})
}
