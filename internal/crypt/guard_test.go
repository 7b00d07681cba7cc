package crypt

import (
	"context"
	"errors"
	"testing"
)

// noted is an output that notes what becomes of it.
type noted struct {
	output
	committed, aborted bool
}

func (n *noted) commit() error { n.committed = true; return nil }
func (n *noted) abort()        { n.aborted = true }

// Once a signal has put the output away nothing is seen any more, not of this
// output and of no further one.
func TestGuard(t *testing.T) {
	var g guard
	first, second := new(noted), new(noted)
	if err := g.hold(first); err != nil {
		t.Fatal(err)
	}
	g.abort()
	if err := g.commit(); !errors.Is(err, context.Canceled) || first.committed || !first.aborted {
		t.Errorf("commit after abort: %v, %+v", err, first)
	}
	if err := g.hold(second); !errors.Is(err, context.Canceled) || !second.aborted {
		t.Errorf("another output after abort: %v, %+v", err, second)
	}
	if g.hidden() {
		t.Error("there is an output")
	}
}
