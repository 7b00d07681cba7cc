package store

import (
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// faulty is an engine whose calls fail when told to.
type faulty struct {
	engine
	before    func() error // before the batch is applied
	after     func() error // after it was applied
	snapshots error
	reads     error
	applied   int
}

func (f *faulty) apply(writes iter.Seq2[string, []byte]) error {
	if f.before != nil {
		if err := f.before(); err != nil {
			return err
		}
	}
	if err := f.engine.apply(writes); err != nil {
		return err
	}
	f.applied++
	if f.after != nil {
		return f.after()
	}
	return nil
}

func (f *faulty) replace(writes iter.Seq2[string, []byte]) error {
	if f.before != nil {
		return f.before()
	}
	return f.engine.replace(writes)
}

func (f *faulty) snapshot() (snapshot, error) {
	if f.snapshots != nil {
		return nil, f.snapshots
	}
	s, err := f.engine.snapshot()
	return faultySnapshot{s, f}, err
}

type faultySnapshot struct {
	snapshot
	engine *faulty
}

func (s faultySnapshot) get(key string) ([]byte, error) {
	if s.engine.reads != nil {
		return nil, s.engine.reads
	}
	return s.snapshot.get(key)
}

var errDisk = errors.New("the disk is on fire")

func isCorrupt(err error) bool { return errors.Is(err, ErrCorrupt) }

func TestFailedCommitEndsAllCommits(t *testing.T) {
	disk := func() error { return errDisk }
	for failure, inject := range map[string]func(f *faulty){
		"before the batch is applied": func(f *faulty) { f.before = disk },
		"after the batch is applied":  func(f *faulty) { f.after = disk },
		"when it is read back":        func(f *faulty) { f.snapshots = errDisk },
		"by a panic":                  func(f *faulty) { f.before = func() error { panic(errDisk.Error()) } },
	} {
		for name, make := range engines {
			t.Run(name+" "+failure, func(t *testing.T) {
				f := &faulty{engine: make(t)}
				db := openTest(t, f)
				update(t, db, func(tx *Tx) { users.Put(tx, "kept", &user{ID: "1", N: 1}) })
				inject(f)
				refused := func(what string, err error) {
					t.Helper()
					if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), errDisk.Error()) {
						t.Errorf("%s: %v", what, err)
					}
				}
				refused("the commit", db.Update(t.Context(), func(tx *Tx) error {
					users.Put(tx, "kept", &user{ID: "1", N: 2})
					users.Put(tx, "refused", &user{ID: "2"})
					tx.OnCommit(func() { t.Error("OnCommit ran") })
					return nil
				}))
				f.before, f.after, f.snapshots = nil, nil, nil
				refused("the next Update", db.Update(t.Context(), func(tx *Tx) error { t.Error("it ran"); return nil }))
				refused("Reset", db.Reset(t.Context()))
				view(t, db, func(tx *Tx) {
					if u := users.Get(tx, "kept"); u == nil || u.N != 1 {
						t.Errorf("the acknowledged row is %+v", u)
					}
					if users.Get(tx, "refused") != nil || usersByID.Get(tx, "2") != nil {
						t.Error("a refused row is visible")
					}
				})
			})
		}
	}
}

func TestFailedResetEndsAllCommits(t *testing.T) {
	onFaulty(t, func(t *testing.T, f *faulty, db *DB) {
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
		f.before = func() error { return errDisk }
		if err := db.Reset(t.Context()); !errors.Is(err, ErrFailed) || !errors.Is(err, errDisk) {
			t.Errorf("Reset gave %v", err)
		}
		if getUser(t, db, "a") == nil {
			t.Error("the row is gone although Reset failed")
		}
	})
}

func onFaulty(t *testing.T, test func(t *testing.T, f *faulty, db *DB)) {
	for name, make := range engines {
		t.Run(name, func(t *testing.T) {
			f := &faulty{engine: make(t)}
			test(t, f, openTest(t, f))
		})
	}
}

func TestReadErrorOutlivesTheFunction(t *testing.T) {
	onFaulty(t, func(t *testing.T, f *faulty, db *DB) {
		update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
		f.reads = errDisk
		read := func(tx *Tx) error {
			if users.Get(tx, "a") != nil {
				t.Error("read through a broken engine")
			}
			users.Put(tx, "b", &user{})
			return errTest
		}
		if err := db.View(t.Context(), read); !errors.Is(err, errDisk) {
			t.Errorf("View gave %v", err)
		}
		if err := db.Update(t.Context(), read); !errors.Is(err, errDisk) {
			t.Errorf("Update gave %v", err)
		}
		f.reads = nil
		update(t, db, func(tx *Tx) { users.Put(tx, "c", &user{}) }) // a read error is no failed commit
		if getUser(t, db, "a") == nil || getUser(t, db, "b") != nil {
			t.Error("the failed read left something behind")
		}
	})
}

// gated makes the first commit wait, so that others queue behind it.
func gated(t *testing.T) (f *faulty, db *DB, waiting, gate chan struct{}) {
	waiting, gate = make(chan struct{}), make(chan struct{})
	f = &faulty{engine: newMemory()}
	db, err := open(f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	f.before = func() error {
		once.Do(func() { close(waiting); <-gate })
		return nil
	}
	return f, db, waiting, gate
}

func TestCommitsShareOneSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, db, waiting, gate := gated(t)
		before := f.applied
		var group sync.WaitGroup
		add := func() {
			group.Go(func() {
				if err := db.Update(t.Context(), increment("counter")); err != nil {
					t.Error(err)
				}
			})
		}
		add()
		<-waiting
		for range 20 {
			add()
		}
		synctest.Wait() // all 20 have run and wait for their commit
		if db.forming == nil || f.applied != before {
			t.Error("they do not wait")
		}
		if u := getUser(t, db, "counter"); u != nil {
			t.Errorf("a View sees %+v, which is not durable", u)
		}
		close(gate)
		group.Wait()
		if n := f.applied - before; n != 2 {
			t.Errorf("%d commits for 21 transactions, want 2", n)
		}
		if u := getUser(t, db, "counter"); u.N != 21 {
			t.Errorf("counter is %d", u.N)
		}
	})
}

// What stands on a commit that fails must fail too: the rows, and also the
// error of one that found the other's row.
func TestFailureReachesWhoBuiltOnIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, db, waiting, gate := gated(t)
		first := f.before
		f.before = func() error { first(); return errDisk }
		results := make(chan error, 4)
		run := func(fn func(tx *Tx) error) {
			go func() { results <- db.Update(t.Context(), fn) }()
		}
		run(increment("a"))
		<-waiting
		run(increment("a"))
		run(func(tx *Tx) error { // "already exists"
			if users.Get(tx, "a") == nil {
				t.Error("does not see the pending row")
			}
			return errTest
		})
		run(func(tx *Tx) error { users.Get(tx, "a"); return nil })
		synctest.Wait()
		if len(results) > 0 {
			t.Errorf("answered %v before it was known whether that is so", <-results)
		}
		close(gate)
		for range 4 {
			if err := <-results; !errors.Is(err, ErrFailed) {
				t.Errorf("got %v", err)
			}
		}
		if getUser(t, db, "a") != nil {
			t.Error("a refused row is visible")
		}
	})
}
