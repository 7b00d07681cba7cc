package store

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func fillForReset(t testing.TB, db *DB, rows int) {
	t.Helper()
	update(t, db, func(tx *Tx) {
		accounts.Put(tx, "1", &user{Name: "first"})
		for i := range rows {
			users.Put(tx, fmt.Sprint(i), &user{ID: fmt.Sprint(i), Groups: []string{"g"}})
		}
	})
}

func checkReset(t *testing.T, db *DB) {
	t.Helper()
	view(t, db, func(tx *Tx) {
		t.Helper()
		if n := len(keysOf(users.Scan(tx, "", ""))); n > 0 || users.Get(tx, "1") != nil || usersByID.Get(tx, "1") != nil {
			t.Errorf("%d rows are left", n)
		}
		if n := len(keysOf(usersByGroup.Scan(tx, "g", ""))); n > 0 {
			t.Errorf("%d index entries are left", n)
		}
		if accounts.Get(tx, "1") == nil || accountsByName.Get(tx, "first") == nil {
			t.Error("the permanent row is gone")
		}
		if headers.Get(tx, headerKey) == nil {
			t.Error("the header is gone")
		}
	})
}

func TestResetKeepsPermanentRows(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for range 3 {
			fillForReset(t, db, 500)
			getUser(t, db, "1") // into the cache
			if err := db.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkReset(t, db)
		}
		update(t, db, func(tx *Tx) { users.Put(tx, "1", &user{N: 1}) })
		if u := getUser(t, db, "1"); u == nil || u.N != 1 {
			t.Errorf("after Reset a new row is %+v", u)
		}
	})
}

func TestViewSurvivesReset(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		fillForReset(t, db, 500)
		view(t, db, func(tx *Tx) {
			if err := db.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(keysOf(users.Scan(tx, "", ""))); n != 500 {
				t.Errorf("a View from before sees %d rows", n)
			}
		})
		checkReset(t, db)
	})
}

func TestResetAmongUpdates(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		fillForReset(t, db, 10)
		var group sync.WaitGroup
		for w := range 4 {
			group.Go(func() {
				for i := range 30 {
					// Both or none: a Reset comes before or after, never between.
					update(t, db, func(tx *Tx) {
						users.Put(tx, Key("pair", fmt.Sprint(w), "a"), &user{N: i})
						users.Put(tx, Key("pair", fmt.Sprint(w), "b"), &user{N: i})
					})
				}
			})
		}
		for range 5 {
			if err := db.Reset(t.Context()); err != nil {
				t.Error(err)
			}
			view(t, db, func(tx *Tx) {
				if n := len(keysOf(users.Scan(tx, Prefix("pair"), ""))); n%2 != 0 {
					t.Errorf("half a pair: %d rows", n)
				}
			})
		}
		group.Wait()
		if err := db.Reset(t.Context()); err != nil {
			t.Error(err)
		}
		checkReset(t, db)
	})
}

func TestResetIsDurableAndGivesSpaceBack(t *testing.T) {
	dir := t.TempDir()
	db := openFolder(t, dir, Options{})
	b := bolt{path: filepath.Join(dir, boltName)}
	size := func() int64 {
		info, err := os.Stat(b.path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	fillForReset(t, db, 20_000)
	before := size()
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeDB(t, db)
	if after := size(); after > before/2 {
		t.Errorf("the file has %d bytes, before it had %d", after, before)
	}
	// A Reset that a crash cut short leaves a file with any content.
	if err := os.WriteFile(b.unfinished(), []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	db = openFolder(t, dir, Options{})
	defer closeDB(t, db)
	checkReset(t, db)
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkReset(t, db)
}
