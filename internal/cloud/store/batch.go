package store

import (
	"iter"

	"github.com/tidwall/btree"
)

// layer is writes that are not in the engine yet, by engine key.
type layer = btree.Map[string, *write]

// write is a change of one engine key.
type write struct {
	value []byte // encoded; nil deletes
	hash  uint64 // of the row for the cache, 0 for index entries

	// What Updates have decoded from value; guarded by DB.turn.
	row   any
	rowOf *table
}

// batch is what one engine commit makes durable: the writes of one or more
// transactions.
type batch struct {
	writes layer
	hooks  []func()
	done   chan struct{} // closed when err is final
	err    error
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// join adds the writes and hooks of a transaction that ran on top of b.
func (b *batch) join(tx *Tx) {
	if b.writes.Len() == 0 {
		b.writes = tx.own
	} else {
		tx.own.Scan(func(key string, w *write) bool {
			b.writes.Set(key, w)
			return true
		})
	}
	b.hooks = append(b.hooks, tx.hooks...)
}

// all gives the writes in order.
func (b *batch) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		b.writes.Scan(func(key string, w *write) bool { return yield(key, w.value) })
	}
}
