package store

import (
	"context"
	"errors"
	"os"
	"testing"
)

// users is the table of most tests.
type user struct {
	Name   string
	ID     string
	Groups []string
	N      int
}

var (
	users        = NewTable[user]("test.user")
	usersByID    = users.Index("id", func(u *user) []string { return []string{u.ID} })
	usersByGroup = users.Index("group", func(u *user) []string { return u.Groups })

	accounts       = NewTable[user]("test.account", Permanent())
	accountsByName = accounts.Index("name", func(u *user) []string { return []string{u.Name} })
)

var errTest = errors.New("refused by the test")

// engines makes each engine empty.
var engines = map[string]func(t *testing.T) engine{
	"memory": func(*testing.T) engine { return newMemory() },
	"disk":   func(t *testing.T) engine { return diskEngine(t, t.TempDir()) },
}

func diskEngine(t *testing.T, dir string) engine {
	t.Helper()
	e, err := openBolt(dir, os.OpenFile)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// onEveryEngine runs a test on an empty database of each engine.
func onEveryEngine(t *testing.T, test func(t *testing.T, db *DB)) {
	for name, make := range engines {
		t.Run(name, func(t *testing.T) { test(t, openTest(t, make(t))) })
	}
}

func openTest(t *testing.T, e engine) *DB {
	t.Helper()
	db, err := open(e, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// update and view run fn and fail the test on an error.
func update(t testing.TB, db *DB, fn func(tx *Tx)) {
	t.Helper()
	if err := db.Update(context.Background(), func(tx *Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *DB, fn func(tx *Tx)) {
	t.Helper()
	if err := db.View(context.Background(), func(tx *Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func getUser(t testing.TB, db *DB, key string) (u *user) {
	t.Helper()
	view(t, db, func(tx *Tx) { u = users.Get(tx, key) })
	return u
}
