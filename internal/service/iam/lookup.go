package iam

import (
	"maps"
	"sync"
	"sync/atomic"
)

// lookup is a map for values that are read far more often than they are added.
// Reads of what is there take no lock and allocate nothing.
type lookup[K comparable, V any] struct {
	read atomic.Pointer[map[K]V] // never changed once it is here

	mu   sync.Mutex // guards what follows
	all  map[K]V
	late int // reads that found in all what read lacked
}

// lookupMax bounds a lookup: past it, it starts over.
const lookupMax = 1 << 16

func (l *lookup[K, V]) get(key K) (V, bool) {
	if m := l.read.Load(); m != nil {
		if v, ok := (*m)[key]; ok {
			return v, true
		}
	}
	return l.getLate(key)
}

// getLate looks among the newest entries. They move to where reads need no
// lock when copying all entries costs no more than the locked reads did.
func (l *lookup[K, V]) getLate(key K) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.all[key]
	if ok {
		if l.late++; l.late >= len(l.all) {
			l.publish()
		}
	}
	return v, ok
}

func (l *lookup[K, V]) publish() {
	l.read.Store(new(maps.Clone(l.all)))
	l.late = 0
}

// put sets an entry.
func (l *lookup[K, V]) put(key K, v V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil || len(l.all) >= lookupMax {
		l.all = make(map[K]V)
		l.read.Store(nil)
	}
	_, had := l.all[key]
	l.all[key] = v
	if had && l.read.Load() != nil {
		l.publish() // it may be there with its old value
	}
}

// drop removes an entry.
func (l *lookup[K, V]) drop(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, had := l.all[key]; had {
		delete(l.all, key)
		l.publish()
	}
}

// clear removes all entries.
func (l *lookup[K, V]) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = nil
	l.publish()
}

// entries gives a copy of all entries.
func (l *lookup[K, V]) entries() map[K]V {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.all)
}
