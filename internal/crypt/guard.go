package crypt

import (
	"context"
	"sync"
)

// guard holds the output that is being written, so that a signal can put it
// away while the writer still waits for its input.
type guard struct {
	mu      sync.Mutex // guards all below, and the output's commit
	out     output
	aborted bool
}

func (g *guard) hold(out output) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.aborted {
		out.abort()
		return context.Canceled
	}
	g.out = out
	return nil
}

// hidden reports whether nothing of the output is seen yet.
func (g *guard) hidden() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out != nil && g.out.hidden()
}

// commit lets the output be seen, unless it has been put away.
func (g *guard) commit() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.aborted {
		return context.Canceled
	}
	out := g.out
	g.out = nil
	return out.commit()
}

// discard puts away the output, of which nothing is seen. After commit there is
// none.
func (g *guard) discard() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop()
}

// abort puts away the output and every further one.
func (g *guard) abort() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.aborted = true
	g.drop()
}

func (g *guard) drop() {
	if g.out != nil {
		g.out.abort()
		g.out = nil
	}
}
