package store

import "iter"

// engine is what a database stands on: an ordered map of byte strings that
// changes one batch at a time. Calls of apply, replace and snapshot never
// overlap; snapshots are read by many goroutines.
type engine interface {
	// snapshot gives the state after the last apply or replace that succeeded.
	snapshot() (snapshot, error)
	// apply makes all writes durable, or fails. After a failure the engine is
	// only closed.
	apply(writes iter.Seq2[string, []byte]) error
	// replace makes writes the whole content, durably and all at once.
	replace(writes iter.Seq2[string, []byte]) error
	// close frees what the engine holds, after every snapshot was closed.
	close() error
}

// snapshot is one state of an engine, unchanging until it is closed. The bytes
// it gives live as long as the snapshot and must not be changed.
type snapshot interface {
	// get gives the value of key, nil when there is none.
	get(key string) ([]byte, error)
	cursor() cursor
	close() error
}

// cursor walks a snapshot in ascending order of keys. Both calls answer false
// at the end.
type cursor interface {
	// seek goes to the first key at or after key.
	seek(key string) (string, []byte, bool)
	next() (string, []byte, bool)
}
