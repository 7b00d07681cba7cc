// Package bbolt is the candidate go.etcd.io/bbolt.
package bbolt

import (
	"path/filepath"

	"go.etcd.io/bbolt"

	"github.com/fortlet/fortlet/tools/storebench/engine"
)

// Engine is a bbolt file with one bucket.
type Engine struct{ db *bbolt.DB }

var rows = []byte("rows")

// Open opens a file with the options that internal/cloud/store would use.
func Open(dir string) (engine.Engine, error) {
	db, err := bbolt.Open(filepath.Join(dir, "bolt.db"), 0o600, &bbolt.Options{
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: 1 << 36,
		NoStatistics:    true,
	})
	return Engine{db}, err
}

// Get reads in a transaction of its own.
func (e Engine) Get(key []byte) (found bool, err error) {
	err = e.db.View(func(tx *bbolt.Tx) error {
		found = tx.Bucket(rows).Get(key) != nil
		return nil
	})
	return found, err
}

func put(pairs []engine.Pair) func(tx *bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(rows)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if err := b.Put(p.Key, p.Value); err != nil {
				return err
			}
		}
		return nil
	}
}

// Commit is bbolt's Update.
func (e Engine) Commit(pairs []engine.Pair) error { return e.db.Update(put(pairs)) }

// Batch is bbolt's own way to let concurrent commits share a sync.
func (e Engine) Batch(pairs []engine.Pair) error { return e.db.Batch(put(pairs)) }

// Load is Commit without a sync.
func (e Engine) Load(pairs []engine.Pair) error {
	e.db.NoSync = true
	defer func() { e.db.NoSync = false }()
	return e.db.Update(put(pairs))
}

// Sync makes what Load put durable.
func (e Engine) Sync() error { return e.db.Sync() }

// Close closes the file.
func (e Engine) Close() error { return e.db.Close() }
