// Package pebble is the candidate github.com/cockroachdb/pebble.
package pebble

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/fortlet/fortlet/tools/storebench/engine"
)

// Engine is a Pebble database.
type Engine struct{ db *pebble.DB }

// Open opens a database with Pebble's defaults, a small cache, and no log.
func Open(dir string) (engine.Engine, error) {
	cache := pebble.NewCache(8 << 20)
	defer cache.Unref()
	db, err := pebble.Open(dir, &pebble.Options{
		Cache:              cache,
		FormatMajorVersion: pebble.FormatNewest,
		Logger:             quiet{},
	})
	return Engine{db}, err
}

// Get reads the newest value.
func (e Engine) Get(key []byte) (bool, error) {
	_, closer, err := e.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, closer.Close()
}

func (e Engine) write(pairs []engine.Pair, opts *pebble.WriteOptions) error {
	b := e.db.NewBatch()
	for _, p := range pairs {
		if err := b.Set(p.Key, p.Value, nil); err != nil {
			return err
		}
	}
	return b.Commit(opts)
}

// Commit commits a batch with a sync, which concurrent commits share.
func (e Engine) Commit(pairs []engine.Pair) error { return e.write(pairs, pebble.Sync) }

// Load is Commit without a sync.
func (e Engine) Load(pairs []engine.Pair) error { return e.write(pairs, pebble.NoSync) }

// Sync makes what Load put durable.
func (e Engine) Sync() error { return e.db.Flush() }

// Close closes the database.
func (e Engine) Close() error { return e.db.Close() }

type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	pebble.DefaultLogger.Fatalf(format, args...)
}
