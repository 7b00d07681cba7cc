package store

import (
	"errors"
	"fmt"
)

var (
	// ErrLocked says that another process has the folder.
	ErrLocked = errors.New("in use by another process")
	// ErrNewer says that a newer program has written the folder.
	ErrNewer = errors.New("written by a newer version")
	// ErrClosed says that the database is closed.
	ErrClosed = errors.New("store: closed")
	// ErrFailed says that a commit could not be made durable. It comes with the
	// cause, to the commit itself and to every later Update.
	ErrFailed = errors.New("store: a commit could not be made durable; updates are refused until restart")
	// ErrKey says that a key is empty or longer than MaxKey.
	ErrKey = errors.New("store: invalid key")
	// ErrReadOnly says that a View tried to write.
	ErrReadOnly = errors.New("store: write in a read-only transaction")
	// ErrCorrupt says that something in the file cannot be what was written.
	ErrCorrupt = errors.New("store: corrupt data")
)

// MaxKey is the longest key, in bytes, of a row together with the name of its
// table, and of an index entry with its value, name and primary key. Every
// engine that may come can index that much.
const MaxKey = 2600

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, fmt.Errorf(format, args...))
}
