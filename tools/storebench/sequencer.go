package main

import (
	"sync"

	"github.com/fortlet/fortlet/tools/storebench/engine"
)

// sequencer is group commit in its shortest form, the one of
// internal/cloud/store: one of those who wait commits for all, while the next
// group forms.
type sequencer struct {
	engine engine.Engine
	leader chan struct{}

	mu      sync.Mutex
	forming *group
}

type group struct {
	pairs []engine.Pair
	done  chan struct{}
	err   error
}

func newSequencer(e engine.Engine) *sequencer {
	return &sequencer{engine: e, leader: make(chan struct{}, 1)}
}

func (s *sequencer) commit(pairs []engine.Pair) error {
	g := s.join(pairs)
	for {
		select {
		case <-g.done:
			return g.err
		case s.leader <- struct{}{}:
			s.flush()
			<-s.leader
		}
	}
}

func (s *sequencer) join(pairs []engine.Pair) *group {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forming == nil {
		s.forming = &group{done: make(chan struct{})}
	}
	s.forming.pairs = append(s.forming.pairs, pairs...)
	return s.forming
}

func (s *sequencer) flush() {
	s.mu.Lock()
	g := s.forming
	s.forming = nil
	s.mu.Unlock()
	if g != nil {
		g.err = s.engine.Commit(g.pairs)
		close(g.done)
	}
}
