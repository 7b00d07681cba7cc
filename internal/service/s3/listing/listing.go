// Package listing pages through keys in the way of S3's list operations: those
// with a prefix, in the order of their bytes, grouped at a delimiter, so many at
// a time.
//
// It knows no store. List asks a Source for keys in order from some point on,
// and when a group has been shown it asks again for what comes behind it. What
// a page costs depends on the page alone, never on how many keys lie in the
// bucket or beneath a common prefix.
//
// Encode is the encoding of the names in an answer, Token and ParseToken are the
// continuation tokens of ListObjectsV2.
package listing

import (
	"iter"
	"strings"
)

// Query says what a page is to show.
type Query struct {
	Prefix string // the keys that begin with it
	// Delimiter makes one common prefix of the keys that are equal up to its
	// first occurrence behind Prefix. "" groups none.
	Delimiter string
	// After is what came last on the page before, a key or a common prefix, or
	// any other string: only what is greater is shown. A common prefix is
	// greater only if all of its keys are.
	After string
	Max   int // entries, keys and common prefixes alike
}

// Source gives what there is to list, in ascending order, from the first key
// that is greater than after. It may leave out keys without the query's prefix.
// Several entries may be of one key; they are shown one by one. Asked for what is
// behind the query's own After, a source that has several entries of that key
// may begin among them.
type Source[T any] func(after string) iter.Seq2[string, T]

// Entry is a line of a page.
type Entry[T any] struct {
	Key    string // or the common prefix
	Common bool   // a common prefix, without a value
	Value  T
}

// Page is what List gives.
type Page[T any] struct {
	Entries []Entry[T] // in order
	// Truncated says that there is more. The next page comes after Last.
	Truncated bool
}

// Last is what the page ends with, "" when it is empty.
func (p Page[T]) Last() string {
	if len(p.Entries) == 0 {
		return ""
	}
	return p.Entries[len(p.Entries)-1].Key
}

// List gives one page.
func List[T any](q Query, source Source[T]) Page[T] {
	var p Page[T]
	if q.Max <= 0 {
		return p // S3 calls it complete
	}
	after, shown := q.After, ""
	if common, ok := q.common(q.After); ok {
		after, shown = beyond(common), common
	}
	for more := true; more; {
		if shown, more = p.fill(q, source(after), shown); more {
			after = beyond(shown)
		}
	}
	return p
}

// fill adds keys up to and including the first common prefix that is not the
// one shown last. That is returned with true if what lies behind it is to be
// asked for.
func (p *Page[T]) fill(q Query, keys iter.Seq2[string, T], shown string) (string, bool) {
	for key, value := range keys {
		if !strings.HasPrefix(key, q.Prefix) {
			if key < q.Prefix {
				continue
			}
			break
		}
		common, ok := q.common(key)
		switch {
		case ok && common == shown:
			continue
		case len(p.Entries) == q.Max:
			p.Truncated = true
			return "", false
		case ok:
			p.Entries = append(p.Entries, Entry[T]{Key: common, Common: true})
			return common, true
		}
		p.Entries = append(p.Entries, Entry[T]{Key: key, Value: value})
	}
	return "", false
}

// common gives the common prefix that a key belongs to.
func (q Query) common(key string) (string, bool) {
	if q.Delimiter == "" || !strings.HasPrefix(key, q.Prefix) {
		return "", false
	}
	i := strings.Index(key[len(q.Prefix):], q.Delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(q.Prefix)+i+len(q.Delimiter)], true
}

// beyond gives what lies behind the keys with a prefix. The byte is in no UTF-8
// text; keys that are none, and so lie behind it, fill passes over.
func beyond(prefix string) string { return prefix + "\xff" }
