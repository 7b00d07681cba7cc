package store

import (
	"fmt"
	"hash/maphash"
	"iter"
	"strings"
)

// Table is a typed table: rows of T by primary key. Declare it once, as a
// package variable, under a name that begins with the service's.
type Table[T any] struct{ table }

// table is a Table without its type.
type table struct {
	name    string
	class   string
	prefix  string // of the engine keys of rows
	hash    uint64
	decode  func([]byte) (any, error)
	indexes []*index
}

// The first byte of an engine key says what outlives a Reset: all below
// classRow.
const (
	classHeader    = "h"
	classPermanent = "p"
	classRow       = "r"
)

// After the name of the table comes what kind of key it is.
const (
	kindRow   = "\x00"
	kindIndex = "\x01"
)

// TableOption is an option of NewTable.
type TableOption func(*table)

// Permanent makes the rows of a table survive Reset.
func Permanent() TableOption {
	return func(t *table) { t.class = classPermanent }
}

// NewTable declares a table. The name is part of the stored format, and so are
// the names of T's fields: to change them takes a Migration.
func NewTable[T any](name string, opts ...TableOption) *Table[T] {
	if name == "" || !plain(name) {
		panic(fmt.Sprintf("store: invalid table name %q", name))
	}
	t := &Table[T]{table{
		name:  name,
		class: classRow,
		hash:  maphash.String(seed, name),
		decode: func(value []byte) (any, error) {
			row := new(T)
			return row, decoding.Unmarshal(value, row)
		},
	}}
	for _, opt := range opts {
		opt(&t.table)
	}
	t.prefix = t.class + name + kindRow
	return t
}

// Name gives the table's name.
func (t *Table[T]) Name() string { return t.name }

// Get gives the row of key, nil when there is none.
func (t *Table[T]) Get(tx *Tx, key string) *T {
	row, _ := tx.row(&t.table, key).(*T)
	return row
}

// Put sets the row of key.
func (t *Table[T]) Put(tx *Tx, key string, row *T) {
	if !tx.mayWrite() {
		return
	}
	value, err := encoding.Marshal(row)
	if err != nil {
		tx.fail(fmt.Errorf("store: row of table %s: %w", t.name, err))
		return
	}
	tx.write(&t.table, key, row, value)
}

// Delete removes the row of key, if there is one.
func (t *Table[T]) Delete(tx *Tx, key string) {
	if tx.mayWrite() {
		tx.write(&t.table, key, nil, nil)
	}
}

// Scan gives the rows whose keys begin with prefix and come after `after` (""
// for all), in ascending order of keys. A page's last key is the next page's
// `after`.
func (t *Table[T]) Scan(tx *Tx, prefix, after string) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for engineKey, at := range tx.scan(t.prefix+prefix, t.prefix+after) {
			key := strings.TrimPrefix(engineKey, t.prefix)
			row, _ := tx.scanned(&t.table, key, at).(*T)
			if row == nil || !yield(key, row) {
				return
			}
		}
	}
}

func (t *table) rowHash(key string) uint64 {
	// The table's hash is spread so that equal keys of two tables differ in
	// all bits.
	return maphash.String(seed, key) ^ t.hash*0x9e3779b97f4a7c15
}
