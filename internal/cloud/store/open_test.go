package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func openFolder(t *testing.T, dir string, opts Options) *DB {
	t.Helper()
	db, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func closeDB(t *testing.T, db *DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReopenFindsEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by", "open")
	db := openFolder(t, dir, Options{})
	update(t, db, func(tx *Tx) {
		for i := range 1000 {
			users.Put(tx, fmt.Sprintf("%04d", i), &user{N: i, Groups: []string{fmt.Sprint(i % 7)}})
		}
	})
	closeDB(t, db)

	db = openFolder(t, dir, Options{})
	defer closeDB(t, db)
	view(t, db, func(tx *Tx) {
		if n := len(keysOf(users.Scan(tx, "", ""))); n != 1000 {
			t.Errorf("%d rows", n)
		}
		if n := len(keysOf(usersByGroup.Scan(tx, "3", ""))); n != 143 {
			t.Errorf("%d rows in the group", n)
		}
		if u := users.Get(tx, "0999"); u == nil || u.N != 999 {
			t.Errorf("got %+v", u)
		}
	})
}

func TestFolderIsPrivateAndLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	db := openFolder(t, dir, Options{})
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second Open gives %v", err)
	}
	update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
	if err := db.Reset(t.Context()); err != nil { // puts another file in place
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("after Reset a second Open gives %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	for _, entry := range append(entries, nil) {
		name := dir
		if entry != nil {
			name = filepath.Join(dir, entry.Name())
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", info.Name(), info.Mode())
		}
	}
	closeDB(t, db)
	closeDB(t, openFolder(t, dir, Options{}))
}

func TestOpenRefusesWhatIsNoFolderAndNoDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, Options{}); err == nil {
		t.Error("a file was opened as a folder")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, boltName), make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time shows that the lock was given back
		if _, err := Open(dir, Options{}); err == nil || errors.Is(err, ErrLocked) {
			t.Errorf("a file of zeros was opened as a database: %v", err)
		}
	}
}

func none(*Tx) error { return nil }

func TestNewerFolderIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		stored header
		want   error
	}{
		"this version":   {header{formatVersion, 2}, nil},
		"newer schema":   {header{formatVersion, 3}, ErrNewer},
		"newer format":   {header{formatVersion + 1, 2}, ErrNewer},
		"no such format": {header{0, 2}, ErrCorrupt},
		"no such schema": {header{formatVersion, -1}, ErrCorrupt},
	} {
		dir := t.TempDir()
		db := openFolder(t, dir, Options{Migrations: []Migration{none, none}})
		update(t, db, func(tx *Tx) { headers.Put(tx, headerKey, &test.stored) })
		closeDB(t, db)
		db, err := Open(dir, Options{Migrations: []Migration{none, none}})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if db != nil {
			closeDB(t, db)
		}
	}
}

func TestFormatVersionIsThereFromTheStart(t *testing.T) {
	db := openFolder(t, t.TempDir(), Options{Migrations: []Migration{none}})
	defer closeDB(t, db)
	view(t, db, func(tx *Tx) {
		if h := headers.Get(tx, headerKey); h == nil || *h != (header{1, 1}) {
			t.Errorf("the header of a new folder is %+v", h)
		}
	})
}

func TestMigrationsRunOnceAndInOrder(t *testing.T) {
	type oldUser struct{ FullName string }
	oldUsers := NewTable[oldUser](users.name)
	dir := t.TempDir()
	wrong := func(*Tx) error { t.Error("a migration ran that should not"); return nil }
	db := openFolder(t, dir, Options{Migrations: []Migration{wrong}}) // a new folder needs none
	update(t, db, func(tx *Tx) { oldUsers.Put(tx, "a", &oldUser{"alice"}) })
	closeDB(t, db)

	rename := func(tx *Tx) error {
		for key, u := range oldUsers.Scan(tx, "", "") {
			users.Put(tx, key, &user{Name: u.FullName})
		}
		return nil
	}
	fails := func(tx *Tx) error {
		users.Delete(tx, "a")
		return errTest
	}
	if _, err := Open(dir, Options{Migrations: []Migration{wrong, rename, fails}}); !errors.Is(err, errTest) {
		t.Fatalf("a failing migration gives %v", err)
	}
	runs := 0
	works := func(tx *Tx) error {
		runs++
		if u := users.Get(tx, "a"); u == nil || u.Name != "alice" {
			t.Errorf("the migrations before left %+v", u)
		}
		return nil
	}
	for range 2 {
		closeDB(t, openFolder(t, dir, Options{Migrations: []Migration{wrong, wrong, works}}))
	}
	if runs != 1 {
		t.Errorf("ran %d times", runs)
	}
}

func TestReindexFillsANewIndex(t *testing.T) {
	plain := NewTable[user]("test.reindexed")
	indexed := NewTable[user]("test.reindexed")
	byName := indexed.Index("name", func(u *user) []string { return []string{u.Name} })
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			indexed.Put(tx, "gone", &user{Name: "stale"})
			plain.Delete(tx, "gone") // leaves its entry behind
			plain.Put(tx, "a", &user{Name: "alice"})
			plain.Put(tx, "b", &user{Name: "bob"})
		})
		update(t, db, indexed.Reindex)
		view(t, db, func(tx *Tx) {
			if byName.Get(tx, "alice") == nil || byName.Get(tx, "bob") == nil || byName.Get(tx, "stale") != nil {
				t.Error("the index does not hold the rows")
			}
		})
	})
}
