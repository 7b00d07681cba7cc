package store

import (
	"iter"
	"strings"
)

// Tx is one transaction. It serves the goroutine that runs the function it was
// given to, and ends with that function.
type Tx struct {
	db       *DB
	state    *state // the durable version it stands on; nil once it has ended
	err      error  // the first failure, which outlives what the function returns
	*changes        // nil in a View
}

// changes is what only an Update has.
type changes struct {
	own    layer
	layers [3]*layer // what is not in the engine yet, newest first: own, then batches
	base   *batch    // the newest batch that was there at the start
	hooks  []func()
}

// OnCommit has fn called after the transaction is durable and visible to new
// ones and before Update returns. The functions of one transaction run in
// order, those of several in the order of their commits, and they hold up
// every commit meanwhile: set a flag, wake a worker, nothing more, and above all
// no Update. Without a commit they are forgotten.
func (tx *Tx) OnCommit(fn func()) {
	if tx.mayWrite() {
		tx.hooks = append(tx.hooks, fn)
	}
}

func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

func (tx *Tx) mayWrite() bool {
	tx.check()
	if tx.changes == nil {
		tx.fail(ErrReadOnly)
	}
	return tx.err == nil
}

// check panics when a transaction is used after its end, which would read
// memory that the engine may have given back.
func (tx *Tx) check() {
	if tx.state == nil {
		panic("store: transaction used after its end")
	}
}

// pending gives the newest write of key that is not in the engine yet.
func (tx *Tx) pending(key string) *write {
	for _, l := range tx.layers {
		if l == nil {
			continue
		}
		if w, ok := l.Get(key); ok {
			return w
		}
	}
	return nil
}

// row gives the decoded row of a key, nil when there is none.
func (tx *Tx) row(t *table, key string) any {
	tx.check()
	if tx.err != nil {
		return nil
	}
	hash := t.rowHash(key)
	if tx.changes != nil {
		if w := tx.pending(t.prefix + key); w != nil {
			return tx.decodePending(t, w)
		}
	}
	if e := tx.db.cache.get(t, key, hash, tx.state.version); e != nil {
		return e.row
	}
	value, err := tx.state.snap.get(t.prefix + key)
	if err != nil {
		tx.fail(err)
		return nil
	}
	return tx.cacheRow(t, key, hash, value)
}

// cacheRow decodes what the snapshot holds and leaves it in the cache.
func (tx *Tx) cacheRow(t *table, key string, hash uint64, value []byte) any {
	row := tx.decode(t, value)
	if tx.err != nil {
		return nil
	}
	return tx.db.cache.add(t, strings.Clone(key), hash, tx.state.version, row, len(key)+len(value))
}

func (tx *Tx) decodePending(t *table, w *write) any {
	if w.rowOf != t {
		w.row, w.rowOf = tx.decode(t, w.value), t
	}
	return w.row
}

func (tx *Tx) decode(t *table, value []byte) any {
	if value == nil {
		return nil
	}
	row, err := t.decode(value)
	if err != nil {
		tx.fail(corrupt("row of table %s: %v", t.name, err))
		return nil
	}
	return row
}

// found is a key of a scan with its value: either still pending or from the
// snapshot.
type found struct {
	pending *write
	value   []byte
}

// scan gives the engine keys with a prefix, from the first that is after
// `after`, in order. The function may write while it scans: changes behind the
// scan do not matter to it, those ahead are seen.
func (tx *Tx) scan(prefix, after string) iter.Seq2[string, found] {
	return func(yield func(string, found) bool) {
		tx.check()
		m := newMerge(tx, prefix, after)
		for tx.err == nil {
			key, at, ok := m.next()
			if !ok || !yield(key, at) {
				return
			}
			tx.check()
		}
	}
}

// scanned gives the row of a scanned key.
func (tx *Tx) scanned(t *table, key string, at found) any {
	if at.pending != nil {
		return tx.decodePending(t, at.pending)
	}
	hash := t.rowHash(key)
	if e := tx.db.cache.get(t, key, hash, tx.state.version); e != nil {
		return e.row
	}
	return tx.cacheRow(t, key, hash, at.value)
}
