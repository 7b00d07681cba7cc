package store

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// cache holds decoded rows so that a hot Get neither asks the engine nor
// decodes. Reads take no lock.
//
// It stays coherent with snapshots by one rule: an entry is right for every
// version from the one it was read at until a commit changes the row, and that
// commit drops the entry before its version is published. Who reads an older
// version than the last commit may use what fits but inserts nothing.
type cache struct {
	sets atomic.Pointer[[]set]

	mu    sync.Mutex // held to change sets
	floor uint64     // versions below it insert nothing
	bytes int        // encoded size of all entries
	hand  int        // where eviction goes on
}

const (
	cacheWays    = 4
	cacheMinSets = 1 << 6
	cacheMaxSets = 1 << 14
	cacheBytes   = 8 << 20
	// cacheOverhead is what an entry costs beside its row, roughly.
	cacheOverhead = 160
)

// set is where rows of one hash may be.
type set [cacheWays]atomic.Pointer[cached]

// cached is a decoded row, or with a nil row the knowledge that there is none.
type cached struct {
	hash  uint64
	table *table
	key   string
	row   any
	from  uint64 // the version at which it was read
	size  int
	used  atomic.Bool // since the eviction hand last came by
}

var seed = maphash.MakeSeed()

func newCache() *cache {
	c := new(cache)
	c.clear(0)
	return c
}

// get gives the entry of a row if it is right at version.
func (c *cache) get(t *table, key string, hash, version uint64) *cached {
	sets := *c.sets.Load()
	s := &sets[hash&uint64(len(sets)-1)]
	for i := range s {
		e := s[i].Load()
		if e != nil && e.is(t, key, hash) && e.from <= version {
			if !e.used.Load() {
				e.used.Store(true)
			}
			return e
		}
	}
	return nil
}

// add offers a row read at version and gives the row to use: that of another
// reader when it came first, so that all of them have the same.
func (c *cache) add(t *table, key string, hash, version uint64, row any, size int) any {
	size += cacheOverhead
	if size > cacheBytes/64 {
		return row // one giant would push out everything else
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if version < c.floor {
		return row
	}
	slot := c.slot(t, key, hash)
	if e := slot.Load(); e != nil {
		if e.is(t, key, hash) {
			return e.row
		}
		c.bytes -= e.size
	}
	slot.Store(&cached{hash: hash, table: t, key: key, row: row, from: version, size: size})
	for c.bytes += size; c.bytes > cacheBytes; {
		c.evict()
	}
	return row
}

// slot finds where a row goes: where it is, or an empty place, or else a place
// whose row was not used lately. A full set first makes the table larger.
func (c *cache) slot(t *table, key string, hash uint64) *atomic.Pointer[cached] {
	sets := *c.sets.Load()
	s := &sets[hash&uint64(len(sets)-1)]
	var empty, idle *atomic.Pointer[cached]
	for i := range s {
		switch e := s[i].Load(); {
		case e == nil:
			empty = &s[i]
		case e.is(t, key, hash):
			return &s[i]
		case !e.used.Swap(false):
			idle = &s[i]
		}
	}
	switch {
	case empty != nil:
		return empty
	case len(sets) < cacheMaxSets:
		c.grow(sets)
		return c.slot(t, key, hash)
	case idle != nil:
		return idle
	}
	return &s[hash>>62]
}

// grow doubles the number of sets. Entries of one old set spread over two new
// ones, so all of them find a place.
func (c *cache) grow(old []set) {
	sets := make([]set, 2*len(old))
	for i := range old {
		for way := range old[i] {
			if e := old[i][way].Load(); e != nil {
				sets[e.hash&uint64(len(sets)-1)][way].Store(e)
			}
		}
	}
	c.sets.Store(&sets)
}

// evict takes the hand one place further and drops what was not used since it
// last came by.
func (c *cache) evict() {
	sets := *c.sets.Load()
	c.hand = (c.hand + 1) % (len(sets) * cacheWays)
	slot := &sets[c.hand/cacheWays][c.hand%cacheWays]
	if e := slot.Load(); e != nil && !e.used.Swap(false) {
		slot.Store(nil)
		c.bytes -= e.size
	}
}

// drop forgets the rows that a commit changes. It is called before the new
// version is published.
func (c *cache) drop(b *batch, version uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.floor = version
	sets := *c.sets.Load()
	b.writes.Scan(func(_ string, w *write) bool {
		s := &sets[w.hash&uint64(len(sets)-1)]
		for i := range s {
			if e := s[i].Load(); e != nil && e.hash == w.hash {
				s[i].Store(nil)
				c.bytes -= e.size
			}
		}
		return true
	})
}

// clear forgets everything.
func (c *cache) clear(version uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sets := make([]set, cacheMinSets)
	c.sets.Store(&sets)
	c.floor, c.bytes, c.hand = version, 0, 0
}

func (e *cached) is(t *table, key string, hash uint64) bool {
	return e.hash == hash && e.table == t && e.key == key
}
