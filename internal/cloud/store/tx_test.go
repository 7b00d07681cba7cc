package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

func TestConcurrentCountersLoseNothing(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		const writers, rounds = 16, 50
		var group sync.WaitGroup
		for range writers {
			group.Go(func() {
				for range rounds {
					if err := db.Update(t.Context(), increment("counter")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if u := getUser(t, db, "counter"); u == nil || u.N != writers*rounds {
			t.Errorf("counter is %+v, want %d", u, writers*rounds)
		}
	})
}

func increment(key string) func(tx *Tx) error {
	return func(tx *Tx) error {
		next := user{N: 1}
		if u := users.Get(tx, key); u != nil {
			next.N = u.N + 1
		}
		users.Put(tx, key, &next)
		return nil
	}
}

// Two doctors are on call and each goes home if the other stays: the classic
// case that snapshot isolation gets wrong.
func TestNoWriteSkew(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for round := range 20 {
			update(t, db, func(tx *Tx) {
				users.Put(tx, "alice", &user{N: 1})
				users.Put(tx, "bob", &user{N: 1})
			})
			goHome := func(who string) func(tx *Tx) error {
				return func(tx *Tx) error {
					if users.Get(tx, "alice").N+users.Get(tx, "bob").N < 2 {
						return errTest
					}
					users.Put(tx, who, &user{N: 0})
					return nil
				}
			}
			errs := make([]error, 2)
			var group sync.WaitGroup
			for i, who := range []string{"alice", "bob"} {
				group.Go(func() { errs[i] = db.Update(t.Context(), goHome(who)) })
			}
			group.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("round %d: %v and %v, want exactly one to go", round, errs[0], errs[1])
			}
		}
	})
}

func TestErrorUndoesOnlyItsOwnFunction(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) { users.Put(tx, "kept", &user{ID: "1"}) })
		err := db.Update(t.Context(), func(tx *Tx) error {
			users.Put(tx, "kept", &user{ID: "2"})
			users.Put(tx, "new", &user{ID: "3"})
			users.Delete(tx, "kept")
			tx.OnCommit(func() { t.Error("OnCommit ran without a commit") })
			return errTest
		})
		if !errors.Is(err, errTest) {
			t.Fatalf("got %v", err)
		}
		update(t, db, func(tx *Tx) { users.Put(tx, "after", &user{ID: "4"}) })
		view(t, db, func(tx *Tx) {
			if u := users.Get(tx, "kept"); u == nil || u.ID != "1" {
				t.Errorf("kept is %+v", u)
			}
			if users.Get(tx, "new") != nil || usersByID.Get(tx, "2") != nil || usersByID.Get(tx, "3") != nil {
				t.Error("a row of the refused function is visible")
			}
			if usersByID.Get(tx, "1") == nil || users.Get(tx, "after") == nil {
				t.Error("a row of another function is gone")
			}
		})
	})
}

func TestPanicAndGoexitRollBack(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for name, leave := range map[string]func(){
			"panic":  func() { panic("by the test") },
			"goexit": runtime.Goexit,
		} {
			var group sync.WaitGroup
			group.Go(func() {
				defer func() { recover() }()
				db.Update(t.Context(), func(tx *Tx) error {
					users.Put(tx, name, &user{})
					leave()
					return nil
				})
			})
			group.Wait()
			update(t, db, func(tx *Tx) {
				if users.Get(tx, name) != nil {
					t.Errorf("%s: the row is visible", name)
				}
			})
		}
	})
}

func TestUpdateReadsItsOwnWrites(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			row := &user{ID: "1"}
			users.Put(tx, "a", row)
			row.ID = "changed after Put"
			if u := users.Get(tx, "a"); u == nil || u.ID != "1" {
				t.Errorf("after Put: %+v", u)
			}
			if usersByID.Get(tx, "1") != users.Get(tx, "a") {
				t.Error("index and key give different rows")
			}
			users.Delete(tx, "a")
			if users.Get(tx, "a") != nil || usersByID.Get(tx, "1") != nil {
				t.Error("still there after Delete")
			}
		})
	})
}

func TestViewSeesOneStateOnly(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		const accounts, total = 10, 1000
		key := func(i int) string { return fmt.Sprintf("account-%d", i) }
		update(t, db, func(tx *Tx) {
			for i := range accounts {
				users.Put(tx, key(i), &user{N: total / accounts})
			}
		})
		var writers, readers sync.WaitGroup
		done := make(chan struct{})
		for w := range 4 {
			writers.Go(func() {
				for round := range 60 {
					from, to := key((w+round)%accounts), key((w*3+round*7+1)%accounts)
					if from == to {
						continue
					}
					update(t, db, func(tx *Tx) {
						a, b := *users.Get(tx, from), *users.Get(tx, to)
						a.N, b.N = a.N-1, b.N+1
						users.Put(tx, from, &a)
						users.Put(tx, to, &b)
					})
				}
			})
		}
		for range 2 {
			readers.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					view(t, db, func(tx *Tx) {
						byGet, byScan := 0, 0
						for i := range accounts {
							byGet += users.Get(tx, key(i)).N
						}
						for _, u := range users.Scan(tx, "account-", "") {
							byScan += u.N
						}
						if byGet != total || byScan != total {
							t.Errorf("a View sees %d by Get and %d by Scan, want %d", byGet, byScan, total)
						}
					})
				}
			})
		}
		writers.Wait()
		close(done)
		readers.Wait()
	})
}

func TestViewKeepsItsStateWhileOthersCommit(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) {
			users.Put(tx, "a", &user{N: 1, ID: "1"})
			users.Put(tx, "b", &user{N: 1})
		})
		view(t, db, func(old *Tx) {
			first := users.Get(old, "a")
			update(t, db, func(tx *Tx) {
				users.Put(tx, "a", &user{N: 2, ID: "2"})
				users.Delete(tx, "b")
				users.Put(tx, "c", &user{N: 2})
			})
			getUser(t, db, "a") // leaves the new row in the cache
			getUser(t, db, "b")
			if u := users.Get(old, "a"); u == nil || u.N != 1 || first.N != 1 {
				t.Errorf("a is now %+v", u)
			}
			if u := users.Get(old, "b"); u == nil || u.N != 1 {
				t.Errorf("b is now %+v", u)
			}
			if users.Get(old, "c") != nil || usersByID.Get(old, "2") != nil || usersByID.Get(old, "1") == nil {
				t.Error("the View sees a later commit")
			}
		})
		if u := getUser(t, db, "a"); u.N != 2 {
			t.Errorf("a new View sees %+v", u)
		}
		if u := getUser(t, db, "b"); u != nil {
			t.Errorf("a new View sees the deleted %+v", u)
		}
	})
}

func TestOnCommit(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		var order []int
		update(t, db, func(tx *Tx) {
			users.Put(tx, "a", &user{N: 7})
			tx.OnCommit(func() {
				order = append(order, 1)
				if u := getUser(t, db, "a"); u == nil || u.N != 7 {
					t.Errorf("OnCommit does not see its own commit but %+v", u)
				}
			})
			tx.OnCommit(func() { order = append(order, 2) })
		})
		update(t, db, func(tx *Tx) { tx.OnCommit(func() { order = append(order, 3) }) })
		if fmt.Sprint(order) != "[1 2 3]" {
			t.Errorf("ran %v", order)
		}
	})
}

func TestViewRefusesWrites(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		for name, write := range map[string]func(tx *Tx){
			"Put":      func(tx *Tx) { users.Put(tx, "a", &user{}) },
			"Delete":   func(tx *Tx) { users.Delete(tx, "a") },
			"Reindex":  func(tx *Tx) { users.Reindex(tx) },
			"OnCommit": func(tx *Tx) { tx.OnCommit(func() {}) },
		} {
			err := db.View(t.Context(), func(tx *Tx) error { write(tx); return nil })
			if !errors.Is(err, ErrReadOnly) {
				t.Errorf("%s in a View: %v", name, err)
			}
		}
	})
}

func TestKeysAreChecked(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		long := strings.Repeat("k", MaxKey)
		for name, put := range map[string]func(tx *Tx){
			"empty":            func(tx *Tx) { users.Put(tx, "", &user{}) },
			"long":             func(tx *Tx) { users.Put(tx, long, &user{}) },
			"long index value": func(tx *Tx) { users.Put(tx, "a", &user{ID: long}) },
		} {
			err := db.Update(t.Context(), func(tx *Tx) error {
				users.Put(tx, "b", &user{})
				put(tx)
				return nil
			})
			if !errors.Is(err, ErrKey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if getUser(t, db, "b") != nil {
			t.Error("part of a refused transaction is there")
		}
		longest := long[:MaxKey-len(users.prefix)]
		plain := NewTable[user](users.name)
		update(t, db, func(tx *Tx) { plain.Put(tx, longest, &user{N: 1}) })
		view(t, db, func(tx *Tx) {
			if plain.Get(tx, longest) == nil {
				t.Error("the longest key is not found")
			}
		})
	})
}

func TestUnencodableRowIsRefused(t *testing.T) {
	bad := NewTable[struct{ F func() }]("test.bad")
	onEveryEngine(t, func(t *testing.T, db *DB) {
		err := db.Update(t.Context(), func(tx *Tx) error {
			bad.Put(tx, "a", &struct{ F func() }{func() {}})
			return nil
		})
		if err == nil {
			t.Error("accepted")
		}
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
	})
}

func TestTransactionEndsWithItsFunction(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
		var kept *Tx
		view(t, db, func(tx *Tx) { kept = tx })
		defer func() {
			if recover() == nil {
				t.Error("used after its end without a panic")
			}
		}()
		users.Get(kept, "a")
	})
}

func TestContextEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := Memory()
		inside, leave := make(chan struct{}), make(chan struct{})
		go db.Update(t.Context(), func(tx *Tx) error { close(inside); <-leave; return nil })
		<-inside
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() {
			result <- db.Update(ctx, func(*Tx) error { t.Error("ran although refused"); return nil })
		}()
		synctest.Wait()
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("Update gave %v", err)
		}
		close(leave)
		if err := db.View(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("View gave %v", err)
		}
		if err := db.Reset(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Reset gave %v", err)
		}
	})
}

func TestCloseWaitsForViews(t *testing.T) {
	for name, make_ := range engines {
		t.Run(name, func(t *testing.T) {
			db, err := open(make_(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{N: 1, Name: "outlives"}) })
			closed := make(chan error)
			var kept *user
			view(t, db, func(tx *Tx) {
				go func() { closed <- db.Close() }()
				for db.View(context.Background(), func(*Tx) error { return nil }) == nil {
					runtime.Gosched() // until Close has begun
				}
				kept = users.Get(tx, "a")
			})
			if err := <-closed; err != nil {
				t.Fatal(err)
			}
			if kept == nil || kept.Name != "outlives" {
				t.Errorf("read while closing: %+v", kept)
			}
			nothing := func(*Tx) error { return nil }
			for name, err := range map[string]error{
				"View":   db.View(t.Context(), nothing),
				"Update": db.Update(t.Context(), nothing),
				"Reset":  db.Reset(t.Context()),
			} {
				if !errors.Is(err, ErrClosed) {
					t.Errorf("%s after Close: %v", name, err)
				}
			}
			if err := db.Close(); err != nil {
				t.Errorf("second Close: %v", err)
			}
		})
	}
}

func TestNoGoroutineWhenIdle(t *testing.T) {
	before := runtime.NumGoroutine()
	onEveryEngine(t, func(t *testing.T, db *DB) {
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
		// The subtest itself is one.
		if n := runtime.NumGoroutine(); n > before+1 {
			t.Errorf("%d goroutines, %d before", n, before)
		}
	})
}
