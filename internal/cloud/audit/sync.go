package audit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// round is one sync of the journal and those who wait for it.
type round struct {
	done chan struct{}
	err  error // set before done is closed
}

// Sync returns when every record that was appended before is on disk. Callers
// at the same time share the disk's work: all who come while one sync runs
// wait for the next, together. When ctx ends, only the waiting does.
func (l *Log) Sync(ctx context.Context) error {
	l.mu.Lock()
	if l.failed != nil || l.synced == l.head.Seq || !l.journal.durable() {
		defer l.mu.Unlock()
		return l.failed
	}
	r := l.join()
	l.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join enters the next round and sees to it that there will be one. mu is held.
func (l *Log) join() *round {
	if l.next == nil {
		l.next = &round{done: make(chan struct{})}
	}
	if !l.flusher {
		l.flusher = true
		go l.flush()
	}
	return l.next
}

// flush serves rounds until nobody waits.
func (l *Log) flush() {
	for {
		l.syncing.Lock()
		l.mu.Lock()
		r, upTo, err := l.next, l.head.Seq, l.failed
		l.next = nil
		l.flusher = r != nil
		l.mu.Unlock()
		if r != nil && err == nil {
			err = l.syncUpTo(upTo)
		}
		l.syncing.Unlock()
		if r == nil {
			return
		}
		r.err = err
		close(r.done)
	}
}

// syncUpTo makes the records up to a number durable. The lock syncing is held.
func (l *Log) syncUpTo(seq uint64) error {
	err := l.journal.sync()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		return l.fail(err)
	}
	l.synced = max(l.synced, seq)
	return nil
}

// fail reports an error of the journal, and remembers one after which the log
// cannot go on. mu is held.
func (l *Log) fail(err error) error {
	err = fmt.Errorf("audit log: %w", err)
	if errors.As(err, new(*syncError)) {
		l.failed = err
	}
	return err
}

// arm starts the timer that syncs records which nobody waits for. It runs
// once, and only after something was written: an idle log does nothing. mu is
// held.
func (l *Log) arm() {
	if l.armed || !l.journal.durable() {
		return
	}
	l.armed = true
	if l.timer != nil {
		l.timer.Reset(l.opts.SyncEvery)
		return
	}
	l.timer = time.AfterFunc(l.opts.SyncEvery, l.background)
}

func (l *Log) background() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = false // what comes during this sync starts the timer again
	if l.failed == nil && l.synced < l.head.Seq {
		l.join()
	}
}
