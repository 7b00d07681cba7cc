package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// DB is a database. Its methods may be called by many goroutines at once.
type DB struct {
	engine engine
	cache  *cache
	newest atomic.Pointer[state] // the last durable version; nil once closed
	live   sync.WaitGroup        // states whose snapshot is open

	// turn is held while an Update function runs, leader while a batch is made
	// durable. Both are channels of one place, so that waiting for them can end
	// otherwise. Who needs both takes turn first.
	turn, leader chan struct{}

	mu       sync.Mutex // held for moments only, guards what follows
	closed   bool
	failed   error  // why no further commit is possible
	forming  *batch // takes the writes of finished functions; nil when there are none
	inflight *batch // is being made durable; nil when none is
}

// Memory makes a database that keeps nothing on disk.
func Memory() *DB {
	return must(newDB(newMemory()))
}

func newDB(e engine) (*DB, error) {
	db := &DB{
		engine: e,
		cache:  newCache(),
		turn:   make(chan struct{}, 1),
		leader: make(chan struct{}, 1),
	}
	snap, err := e.snapshot()
	if err != nil {
		return nil, err
	}
	db.publish(1, snap)
	return db, nil
}

// View runs fn on the last durable state.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := pinShards.Get().(*shard)
	defer pinShards.Put(sh)
	state := pin(&db.newest, sh)
	if state == nil {
		return ErrClosed
	}
	defer state.unpin(sh)
	tx := &Tx{db: db, state: state}
	defer tx.end()
	return tx.outcome(fn(tx))
}

// Update runs fn, alone among Updates and exactly once, and returns when what
// it wrote is durable. Once fn has returned, ctx no longer matters.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	if err := take(ctx, db.turn); err != nil {
		return err
	}
	commit, err := db.run(fn)
	if commit == nil {
		return err
	}
	// Also an error waits: it may come from what fn read of a transaction that
	// is not durable yet, as "already exists" does.
	if failed := db.await(commit); failed != nil {
		return failed
	}
	return err
}

// run runs fn in its turn. It gives the batch whose commit decides whether
// what fn saw and wrote is true, nil when that is certain already.
func (db *DB) run(fn func(tx *Tx) error) (*batch, error) {
	defer release(db.turn)
	sh := pinShards.Get().(*shard)
	defer pinShards.Put(sh)
	tx, err := db.begin(sh)
	if err != nil {
		return nil, err
	}
	defer tx.state.unpin(sh)
	defer tx.end()
	if err := tx.outcome(fn(tx)); err != nil {
		return tx.base, err
	}
	return db.finish(tx)
}

// begin makes the transaction of an Update, on top of the batches that are
// under way.
func (db *DB) begin(sh *shard) (*Tx, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.refusal(); err != nil {
		return nil, err
	}
	tx := &Tx{db: db, state: pin(&db.newest, sh), changes: new(changes)}
	tx.layers[0] = &tx.own
	for i, b := range [...]*batch{db.inflight, db.forming} {
		if b != nil {
			tx.layers[2-i], tx.base = &b.writes, b
		}
	}
	return tx, nil
}

// finish gives the writes of a transaction to the forming batch.
func (db *DB) finish(tx *Tx) (*batch, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.refusal(); err != nil {
		return nil, err
	}
	if tx.own.Len() == 0 && len(tx.hooks) == 0 {
		return tx.base, nil
	}
	if db.forming == nil {
		db.forming = newBatch()
	}
	db.forming.join(tx)
	return db.forming, nil
}

// refusal says why there can be no Update, if so. The caller holds mu.
func (db *DB) refusal() error {
	if db.closed {
		return ErrClosed
	}
	return db.failed
}

// Close waits for what runs and closes the database.
func (db *DB) Close() error {
	db.turn <- struct{}{}
	defer release(db.turn)
	db.leader <- struct{}{}
	defer release(db.leader)
	db.flush()

	db.mu.Lock()
	closed := db.closed
	db.closed = true
	db.mu.Unlock()
	if closed {
		return nil
	}
	if last := db.newest.Swap(nil); last != nil {
		last.retire()
	}
	db.live.Wait()
	return db.engine.close()
}

// take takes a place in a channel of one, unless ctx ends first.
func take(ctx context.Context, place chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case place <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func release(place chan struct{}) { <-place }

func (tx *Tx) end() { tx.state = nil }

// outcome gives what the function returned, unless the engine failed it.
func (tx *Tx) outcome(returned error) error {
	if tx.err != nil {
		return tx.err
	}
	return returned
}

func failure(cause error) error { return fmt.Errorf("%w: %w", ErrFailed, cause) }
