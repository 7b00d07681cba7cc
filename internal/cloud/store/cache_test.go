package store

import (
	"fmt"
	"sync"
	"testing"
)

func TestSameRowSamePointer(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			users.Put(tx, "a", &user{ID: "1", Groups: []string{"g"}})
			users.Put(tx, "b", &user{})
		})
		first := getUser(t, db, "a")
		update(t, db, func(tx *Tx) {
			users.Put(tx, "b", &user{N: 1}) // another row
			if users.Get(tx, "a") != first {
				t.Error("an Update has another pointer")
			}
		})
		view(t, db, func(tx *Tx) {
			if users.Get(tx, "a") != first || usersByID.Get(tx, "1") != first {
				t.Error("the row did not change and its pointer did")
			}
			for key, u := range users.Scan(tx, "", "") {
				if u != users.Get(tx, key) {
					t.Errorf("Scan and Get give two pointers for %q", key)
				}
			}
		})
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{ID: "2"}) })
		if second := getUser(t, db, "a"); second == first || second.ID != "2" {
			t.Errorf("the row changed, its pointer did not: %+v", second)
		}
		update(t, db, func(tx *Tx) { users.Delete(tx, "a") })
		if u := getUser(t, db, "a"); u != nil {
			t.Errorf("deleted, still %+v", u)
		}
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{ID: "3"}) })
		if u := getUser(t, db, "a"); u == nil || u.ID != "3" {
			t.Errorf("absence was remembered: %+v", u)
		}
	})
}

func TestReadersWhoMissTogetherGetOnePointer(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for round := range 50 {
			update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{N: round}) })
			got := make([]*user, 4)
			var group sync.WaitGroup
			for i := range got {
				group.Go(func() { got[i] = getUser(t, db, "a") })
			}
			group.Wait()
			for _, u := range got {
				if u != got[0] || u.N != round {
					t.Fatalf("round %d: %p %+v and %p", round, u, u, got[0])
				}
			}
		}
	})
}

func TestOldReaderLeavesNothingInTheCache(t *testing.T) {
	c := newCache()
	c.clear(5) // the last commit made version 5
	if got := c.add(&users.table, "a", 1, 4, "old", 10); got != "old" {
		t.Errorf("the reader of version 4 gets %v", got)
	}
	if c.get(&users.table, "a", 1, 5) != nil || c.get(&users.table, "a", 1, 4) != nil {
		t.Error("the row of version 4 is there")
	}
	c.add(&users.table, "a", 1, 5, "new", 10)
	if c.get(&users.table, "a", 1, 4) != nil {
		t.Error("the reader of version 4 gets the row of version 5")
	}
	if e := c.get(&users.table, "a", 1, 6); e == nil || e.row != "new" {
		t.Error("the row is forgotten though nothing changed it")
	}
	if got := c.add(&users.table, "a", 1, 5, "twin", 10); got != "new" {
		t.Errorf("a second reader gets its own row %v", got)
	}
	b := newBatch()
	b.writes.Set("a", &write{hash: 1})
	c.drop(b, 6)
	if c.get(&users.table, "a", 1, 6) != nil {
		t.Error("a changed row is still there")
	}
	if c.bytes != 0 {
		t.Errorf("%d bytes counted for nothing", c.bytes)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	hot := users.rowHash("hot")
	for i := range 200_000 {
		key := fmt.Sprint(i)
		c.add(&users.table, key, users.rowHash(key), 1, key, 100)
		if i%100 == 0 && c.get(&users.table, "hot", hot, 1) == nil {
			c.add(&users.table, "hot", hot, 1, "hot", 100)
		}
	}
	if c.get(&users.table, "hot", hot, 1) == nil {
		t.Error("a row in steady use was dropped")
	}
	if c.bytes > cacheBytes {
		t.Errorf("%d bytes, allowed %d", c.bytes, cacheBytes)
	}
	total := 0
	sets := *c.sets.Load()
	for i := range sets {
		for way := range sets[i] {
			if e := sets[i][way].Load(); e != nil {
				total += e.size
			}
		}
	}
	if total != c.bytes {
		t.Errorf("%d bytes there, %d counted", total, c.bytes)
	}
	c.add(&users.table, "giant", 1, 1, "giant", cacheBytes)
	if c.get(&users.table, "giant", 1, 1) != nil {
		t.Error("a giant was let in")
	}
}
