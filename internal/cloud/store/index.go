package store

import (
	"fmt"
	"iter"
	"strings"
)

// Index finds the rows of a table by values that it derives from them.
type Index[T any] struct {
	index
	rows *Table[T]
}

// index is an Index without its type. An entry is an engine key without value:
// prefix, value, primary key.
type index struct {
	table  *table
	prefix string
	values func(row any) []string
}

// Index declares an index: keys derives from a row the values under which it
// is found, none or one or many. Declare it beside the table, as a package
// variable; for a table that already has rows add a Migration that calls
// Reindex.
func (t *Table[T]) Index(name string, keys func(row *T) []string) *Index[T] {
	if name == "" || !plain(name) {
		panic(fmt.Sprintf("store: invalid index name %q", name))
	}
	i := &Index[T]{rows: t, index: index{
		table:  &t.table,
		prefix: t.class + t.name + kindIndex + name + string(sep),
		values: func(row any) []string {
			if row, _ := row.(*T); row != nil {
				return keys(row)
			}
			return nil
		},
	}}
	t.indexes = append(t.indexes, &i.index)
	return i
}

// Scan gives the rows whose index holds value, in ascending order of primary
// keys, from the first that comes after `after` ("" for all).
func (i *Index[T]) Scan(tx *Tx, value, after string) iter.Seq2[string, *T] {
	prefix := i.entry(value, "")
	return func(yield func(string, *T) bool) {
		for entry := range tx.scan(prefix, prefix+after) {
			key := strings.TrimPrefix(entry, prefix)
			row := i.row(tx, key)
			if row == nil || !yield(key, row) {
				return
			}
		}
	}
}

// Range gives the rows with an index value from `from` up to but not including
// `to`, in ascending order of values and then primary keys. A row with several
// such values comes once for each.
func (i *Index[T]) Range(tx *Tx, from, to string) iter.Seq2[string, *T] {
	first, end := i.prefix+escaped(from), i.prefix+escaped(to)
	return func(yield func(string, *T) bool) {
		for entry := range tx.scan(i.prefix, first) {
			if entry >= end {
				return
			}
			_, key, _ := strings.Cut(entry[len(i.prefix):], string(sep))
			row := i.row(tx, key)
			if row == nil || !yield(key, row) {
				return
			}
		}
	}
}

// First gives the first row, by primary key, whose index holds value, with its
// key; or a nil row.
func (i *Index[T]) First(tx *Tx, value string) (string, *T) {
	for key, row := range i.Scan(tx, value, "") {
		return key, row
	}
	return "", nil
}

// Get is First for an index that holds a value at most once.
func (i *Index[T]) Get(tx *Tx, value string) *T {
	_, row := i.First(tx, value)
	return row
}

// row gives the row of an entry, which must be there.
func (i *Index[T]) row(tx *Tx, key string) *T {
	row := i.rows.Get(tx, key)
	if row == nil {
		tx.fail(corrupt("index entry of table %s without its row", i.table.name))
	}
	return row
}

func (i *index) entry(value, key string) string {
	return i.prefix + escaped(value) + string(sep) + key
}

func escaped(value string) string { return Key(value) }

// Reindex writes all index entries of a table anew, for a Migration that adds
// or changes an index.
func (t *Table[T]) Reindex(tx *Tx) {
	if !tx.mayWrite() {
		return
	}
	for entry := range tx.scan(t.class+t.name+kindIndex, "") {
		tx.own.Set(entry, &write{})
	}
	for key, row := range t.Scan(tx, "", "") {
		for _, i := range t.indexes {
			tx.reindex(i, key, nil, row)
		}
	}
}
