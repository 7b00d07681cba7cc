// Package store is Fortlet's own internal/cloud/store, measured whole: typed
// rows, serializable transactions, cache.
package store

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/tools/storebench/engine"
)

type row struct{ Value []byte }

var rows = store.NewTable[row]("bench.row")

// Engine is a database of Fortlet.
type Engine struct{ db *store.DB }

// Open opens a database in a folder.
func Open(dir string) (engine.Engine, error) {
	db, err := store.Open(dir, store.Options{})
	return Engine{db}, err
}

// Get reads in a View of its own.
func (e Engine) Get(key []byte) (found bool, err error) {
	err = e.db.View(context.Background(), func(tx *store.Tx) error {
		found = rows.Get(tx, string(key)) != nil
		return nil
	})
	return found, err
}

// Commit puts all pairs in an Update of its own.
func (e Engine) Commit(pairs []engine.Pair) error {
	return e.db.Update(context.Background(), func(tx *store.Tx) error {
		for _, p := range pairs {
			rows.Put(tx, string(p.Key), &row{p.Value})
		}
		return nil
	})
}

// Load is Commit.
func (e Engine) Load(pairs []engine.Pair) error { return e.Commit(pairs) }

// Sync has nothing to do.
func (e Engine) Sync() error { return nil }

// Close closes the database.
func (e Engine) Close() error { return e.db.Close() }
