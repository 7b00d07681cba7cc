package store

import (
	"context"
	"fmt"
	"iter"
)

// await waits until b is decided. One of those who wait becomes the leader and
// makes the batch durable for all; meanwhile the next batch forms. So there is
// no goroutine of the store's own, and nothing runs when nothing is written.
func (db *DB) await(b *batch) error {
	for {
		select {
		case <-b.done:
			return b.err
		case db.leader <- struct{}{}:
			db.lead()
		}
	}
}

func (db *DB) lead() {
	defer release(db.leader)
	db.flush()
}

// flush makes the forming batch durable, if there is one. The caller leads.
func (db *DB) flush() {
	b := db.depart()
	if b == nil {
		return
	}
	defer close(b.done)
	b.err = db.commit(b)
	if b.err != nil {
		return
	}
	for _, hook := range b.hooks {
		hook()
	}
}

// depart moves the forming batch on its way.
func (db *DB) depart() *batch {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.inflight, db.forming = db.forming, nil
	return db.inflight
}

// commit applies b and publishes the version that it makes, or ends all
// commits.
func (db *DB) commit(b *batch) (err error) {
	// A panic of the engine is a failed commit like any other: it must not
	// leave those who wait for the batch waiting.
	defer func() {
		if r := recover(); r != nil {
			err = db.failWith(fmt.Errorf("panic: %v", r))
		}
	}()
	if err := db.failure(); err != nil {
		return err // b was formed on top of a batch that failed
	}
	if err := db.engine.apply(b.all()); err != nil {
		return db.failWith(err)
	}
	return db.advance(func(version uint64) { db.cache.drop(b, version) })
}

// advance publishes what the engine now holds as the next version, after
// forget has dropped from the cache what is no longer so.
func (db *DB) advance(forget func(version uint64)) error {
	snap, err := db.engine.snapshot()
	if err != nil {
		return db.failWith(err)
	}
	old := db.newest.Load()
	forget(old.version + 1)
	db.mu.Lock()
	db.publish(old.version+1, snap)
	db.inflight = nil
	db.mu.Unlock()
	old.retire()
	return nil
}

func (db *DB) publish(version uint64, snap snapshot) {
	db.live.Add(1)
	db.newest.Store(&state{version: version, snap: snap, closed: db.live.Done})
}

// failWith refuses every commit from now on. Views go on with the last durable
// version.
func (db *DB) failWith(cause error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.failed == nil {
		db.failed = failure(cause)
	}
	return db.failed
}

func (db *DB) failure() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.failed
}

// Reset forgets every row of every table that is not Permanent, durably and at
// once.
func (db *DB) Reset(ctx context.Context) error {
	if err := take(ctx, db.turn); err != nil {
		return err
	}
	defer release(db.turn)
	if err := take(ctx, db.leader); err != nil {
		return err
	}
	defer release(db.leader)
	db.flush()
	db.mu.Lock()
	err := db.refusal()
	db.mu.Unlock()
	if err != nil {
		return err
	}
	if err := db.engine.replace(db.permanent()); err != nil {
		return db.failWith(err)
	}
	return db.advance(db.cache.clear)
}

// permanent gives what outlives a Reset.
func (db *DB) permanent() iter.Seq2[string, []byte] {
	snap := db.newest.Load().snap
	return func(yield func(string, []byte) bool) {
		c := snap.cursor()
		key, value, ok := c.seek("")
		for ok && key < classRow && yield(key, value) {
			key, value, ok = c.next()
		}
	}
}
