package esdk

import (
	"container/list"
	"context"
	"crypto/sha512"
	"sync"
	"time"
)

// A Cache keeps the materials of caching managers: see [NewCachingManager]. It
// holds data keys in the clear, and clears each one when its age is over or its
// place is needed. Several managers may share one, at the same time.
type Cache struct {
	capacity int

	mu      sync.Mutex
	entries map[cacheID]*list.Element // of *cacheEntry
	recent  list.List                 // most recently used first
	flights map[cacheID]*flight
}

// A cacheID is the identity of an entry.
type cacheID [sha512.Size]byte

// A cacheEntry holds the materials of one kind: one of the two is set.
type cacheEntry struct {
	id         cacheID
	encryption *EncryptionMaterials
	decryption *DecryptionMaterials
	created    time.Time
	messages   uint64 // encrypted with it
	bytes      int64
	expiry     *time.Timer
}

// A flight is a call for materials that others wait for. Its fields are read
// when done is closed.
type flight struct {
	done  chan struct{}
	err   error
	alone bool // err is the caller's own: its context has ended
}

// NewCache makes a cache for as many materials; 0 is for 1000. When it is full,
// the entry goes that was not used for the longest time.
func NewCache(entries int) *Cache {
	if entries <= 0 {
		entries = 1000
	}
	return &Cache{
		capacity: entries,
		entries:  make(map[cacheID]*list.Element),
		flights:  make(map[cacheID]*flight),
	}
}

// Len is the number of materials in the cache.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

// Clear empties the cache and clears the data keys in it.
func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Front(); e != nil; e = c.recent.Front() {
		c.drop(e)
	}
}

// get hands the entry of id to use, which says whether it is still good; if it
// is not, it is dropped. Where there is none, fetch is called to make one, for
// each id by one caller at a time; the others wait and look again. get returns
// when use or fetch was done for this caller.
func (c *Cache) get(ctx context.Context, id cacheID, use func(*cacheEntry) bool, fetch func() error) error {
	for {
		f, leader := c.find(id, use)
		if f == nil {
			return nil
		}
		if leader {
			return c.lead(ctx, id, f, fetch)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if f.err != nil && !f.alone {
			return f.err
		}
	}
}

// find uses the entry of id, or gives the call that will make it: one under
// way, or one that this caller is to lead.
func (c *Cache) find(id cacheID, use func(*cacheEntry) bool) (f *flight, leader bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[id]; ok {
		if use(e.Value.(*cacheEntry)) {
			c.recent.MoveToFront(e)
			return nil, false
		}
		c.drop(e)
	}
	f, ok := c.flights[id]
	if !ok {
		f = &flight{done: make(chan struct{})}
		c.flights[id] = f
	}
	return f, !ok
}

func (c *Cache) lead(ctx context.Context, id cacheID, f *flight, fetch func() error) error {
	defer func() {
		c.mu.Lock()
		delete(c.flights, id)
		c.mu.Unlock()
		close(f.done)
	}()
	f.err = fetch()
	f.alone = ctx.Err() != nil
	return f.err
}

// put stores e for at most age.
func (c *Cache) put(e *cacheEntry, age time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[e.id]; ok {
		c.drop(old)
	}
	if len(c.entries) >= c.capacity {
		c.drop(c.recent.Back())
	}
	e.created = time.Now()
	elem := c.recent.PushFront(e)
	c.entries[e.id] = elem
	e.expiry = time.AfterFunc(age, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.entries[e.id] == elem {
			c.drop(elem)
		}
	})
}

// drop removes an entry and clears its data key, of which every message had a
// copy of its own. c.mu is held.
func (c *Cache) drop(elem *list.Element) {
	e := c.recent.Remove(elem).(*cacheEntry)
	delete(c.entries, e.id)
	e.expiry.Stop()
	if e.encryption != nil {
		clear(e.encryption.DataKey)
	}
	if e.decryption != nil {
		clear(e.decryption.DataKey)
	}
}
