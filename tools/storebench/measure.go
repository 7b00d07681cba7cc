package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fortlet/fortlet/tools/storebench/engine"
	"github.com/fortlet/fortlet/tools/storebench/engine/bbolt"
	"github.com/fortlet/fortlet/tools/storebench/engine/store"
)

// rounds is how often each lane is measured. The lanes take turns, so that a
// disk that others use at the same time slows all of them, and the median
// counts.
const rounds = 7

// lane is one way of committing with a number of writers.
type lane struct {
	name      string
	writers   int
	op        func() error
	perSecond []float64
}

// measure fills a folder for each candidate and prints durable commits per
// second for every way of committing.
func measure(dir string, size int, length time.Duration) error {
	var lanes []*lane
	for _, c := range candidates {
		e, err := fill(c.open, c.folder(dir, size), size)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		defer e.Close()
		for _, way := range ways(e) {
			for _, writers := range []int{1, 64} {
				lanes = append(lanes, &lane{name: c.name + ", " + way.name, writers: writers, op: change(e, way.commit, size)})
			}
		}
	}
	bare, done, err := bareDisk(dir)
	if err != nil {
		return err
	}
	defer done()
	lanes = append(lanes, bare)
	syscall.Sync() // what the filling left in memory is not to be paid for later
	for range rounds {
		for _, l := range lanes {
			perSecond, err := rate(l.writers, length, l.op)
			if err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
			l.perSecond = append(l.perSecond, perSecond)
		}
	}
	for _, l := range lanes {
		slices.Sort(l.perSecond)
		fmt.Printf("%-28s %8d keys %3d writers: %7.0f commits/s (%.0f to %.0f)\n", l.name, size, l.writers,
			l.perSecond[rounds/2], l.perSecond[0], l.perSecond[rounds-1])
	}
	return nil
}

type way struct {
	name   string
	commit func([]engine.Pair) error
}

func ways(e engine.Engine) []way {
	switch e := e.(type) {
	case bbolt.Engine:
		return []way{{"Update", e.Commit}, {"Batch", e.Batch}, {"group commit", newSequencer(e).commit}}
	case store.Engine:
		return []way{{"Update", e.Commit}}
	default:
		return []way{{"its own commit", e.Commit}, {"group commit", newSequencer(e).commit}}
	}
}

// fill opens a new folder and puts its rows.
func fill(open engine.Opener, folder string, size int) (engine.Engine, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	e, err := open(folder)
	if err != nil {
		return nil, err
	}
	const step = 10_000
	for from := 0; from < size; from += step {
		pairs := make([]engine.Pair, 0, step)
		for n := from; n < min(from+step, size); n++ {
			pairs = append(pairs, engine.Pair{Key: engine.Key(n), Value: engine.Value()})
		}
		if err := e.Load(pairs); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, e.Sync()
}

// change reads one row at random and writes it durably.
func change(e engine.Engine, commit func([]engine.Pair) error, size int) func() error {
	return func() error {
		key := engine.Key(rand.IntN(size))
		if found, err := e.Get(key); err != nil || !found {
			return fmt.Errorf("row %q found %t: %w", key, found, err)
		}
		return commit([]engine.Pair{{Key: key, Value: engine.Value()}})
	}
}

// bareDisk is the disk alone: append 512 bytes, fdatasync.
func bareDisk(dir string) (l *lane, done func(), err error) {
	f, err := os.Create(filepath.Join(dir, "bare"))
	if err != nil {
		return nil, nil, err
	}
	buf := make([]byte, 512)
	op := func() error {
		if _, err := f.Write(buf); err != nil {
			return err
		}
		return syscall.Fdatasync(int(f.Fd()))
	}
	return &lane{name: "append and fdatasync", writers: 1, op: op}, func() {
		f.Close()
		os.Remove(f.Name())
	}, nil
}

// rate is how often per second op runs in that many goroutines.
func rate(writers int, length time.Duration, op func() error) (float64, error) {
	var (
		group  sync.WaitGroup
		count  atomic.Int64
		failed atomic.Pointer[error]
	)
	start := time.Now()
	for range writers {
		group.Go(func() {
			for time.Since(start) < length && failed.Load() == nil {
				if err := op(); err != nil {
					failed.Store(&err)
					return
				}
				count.Add(1)
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(start).Seconds(), nil
}
