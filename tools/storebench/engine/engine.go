// Package engine says what is asked of a candidate, and which rows it is asked
// to keep.
package engine

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Engine is a candidate: an ordered map whose commits are durable when they
// return. Goroutines may call it at once.
type Engine interface {
	Get(key []byte) (found bool, err error)
	// Commit puts all pairs, durably.
	Commit(pairs []Pair) error
	// Load puts pairs quickly, Sync makes them durable.
	Load(pairs []Pair) error
	Sync() error
	Close() error
}

// Opener opens a candidate in a folder that exists.
type Opener func(dir string) (Engine, error)

// Pair is a row.
type Pair struct{ Key, Value []byte }

// A row is about what Fortlet keeps of a user, a key or an object.
const valueSize = 300

// Key is the key of row n.
func Key(n int) []byte { return fmt.Appendf(nil, "iam.user\x00111122223333\x00user-%08d", n) }

// Value makes a value that does not compress, so that no engine gains from
// compression.
func Value() []byte {
	b := make([]byte, 0, valueSize+8)
	for len(b) < valueSize {
		b = binary.LittleEndian.AppendUint64(b, rand.Uint64())
	}
	return b[:valueSize]
}
