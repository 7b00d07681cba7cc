package blob

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

func keeping(w *world, b Blob) func(tx *store.Tx) {
	return func(tx *store.Tx) { w.Keep(tx, b) }
}

// contentSizes are an inline one and one in a file.
var contentSizes = []int{100, 100_000}

func TestGone(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		for _, size := range contentSizes {
			content := random(size)
			b := w.keep(content, Key{})
			open, err := w.Read(t.Context(), b, 0, b.Size, Key{})
			w.must(err)
			w.drop(b)
			w.must(w.Sweep(t.Context()))
			if _, err := w.read(b, Key{}); !errors.Is(err, ErrGone) {
				t.Errorf("after the drop: %v", err)
			}
			if _, err := w.Hold(t.Context(), b); !errors.Is(err, ErrGone) {
				t.Errorf("held after the drop: %v", err)
			}
			if got, err := io.ReadAll(open); err != nil || len(got) != size {
				t.Errorf("opened before the drop: %d bytes, %v", len(got), err)
			}
			w.must(open.Close())
			w.drop(b) // again: nothing happens
		}
		if files := w.files(); len(files) > 0 {
			t.Errorf("%q are left", files)
		}
		w.forgotten()
	})
}

// What is held can be opened and read after its drop, as often as one likes.
func TestHold(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		content := random(100_000)
		blobs := []Blob{w.keep(content, Key{}), w.keep(content[:20], Key{}), w.keep(nil, Key{})}
		first, err := w.Hold(t.Context(), blobs...)
		w.must(err)
		second, err := w.Hold(t.Context(), blobs[0], blobs[0])
		w.must(err)
		for _, b := range blobs {
			w.drop(b)
		}
		for _, release := range []func(){first, second} {
			w.must(w.Sweep(t.Context()))
			w.wants(blobs[0], content, Key{})
			release()
			release() // does nothing
		}
		for _, b := range blobs {
			if _, err := w.Hold(t.Context(), b); !errors.Is(err, ErrGone) {
				t.Errorf("held after all: %v", err)
			}
		}
		if files := w.files(); len(files) != 0 {
			t.Errorf("%q are left", files)
		}
		w.forgotten()

		kept := w.keep(content, Key{})
		if _, err := w.Hold(t.Context(), kept, blobs[1]); !errors.Is(err, ErrGone) {
			t.Errorf("held with one that is gone: %v", err)
		}
		w.forgotten()
	})
}

// forgotten sees that of no blob anything is remembered.
func (w *world) forgotten() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) > 0 || len(w.pending) > 0 {
		w.Errorf("held %v, pending %v", w.held, w.pending)
	}
}

// Keep and Drop are undone with their transaction.
func TestRollback(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		for _, size := range contentSizes {
			content := random(size)
			writer := w.Create(Key{})
			_, err := writer.Write(content)
			w.must(err)
			b, err := writer.Commit()
			w.must(err)
			failing := func(fn func(tx *store.Tx)) {
				t.Helper()
				if err := w.db.Update(t.Context(), func(tx *store.Tx) error { fn(tx); return errInjected }); err != errInjected {
					t.Fatal(err)
				}
			}
			failing(keeping(w, b))
			w.must(w.Sweep(t.Context()))
			w.update(keeping(w, b)) // it can be tried again
			writer.Abort()          // and is kept now
			failing(func(tx *store.Tx) { w.Drop(tx, b) })
			w.must(w.Sweep(t.Context()))
			w.wants(b, content, Key{})

			writer = w.Create(Key{})
			_, err = writer.Write(content)
			w.must(err)
			b, err = writer.Commit()
			w.must(err)
			failing(keeping(w, b))
			writer.Abort()
			w.must(w.Sweep(t.Context()))
			if _, err := w.read(b, Key{}); !errors.Is(err, ErrGone) {
				t.Errorf("after the abort: %v", err)
			}
		}
		w.forgotten()
	})
}

func TestKeepMisused(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		panics := func(what string, b Blob) {
			t.Helper()
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			w.update(keeping(w, b))
		}
		panics("never made", Blob{ID: newID(time.Now())})
		panics("kept twice", w.keep(nil, Key{}))
		writer := w.Create(Key{})
		panics("not committed", Blob{ID: writer.id})
		_, err := writer.Commit()
		w.must(err)
		writer.Abort()
		panics("aborted", Blob{ID: writer.id})
		if _, err := writer.Write([]byte{1}); err == nil {
			t.Error("written after the commit")
		}
		if _, err := writer.Commit(); err == nil {
			t.Error("committed twice")
		}
	})
}

// A sweep leaves alone what is being made, kept or held, and what is not ours.
func TestSweep(t *testing.T) {
	w := newDiskWorld(t)
	content := random(500_000)
	making := w.Create(Key{})
	_, err := making.Write(content)
	w.must(err)
	committed, kept, dropped := w.commit(content, Key{}), w.keep(content, Key{}), w.keep(content, Key{})
	release, err := w.Hold(t.Context(), dropped)
	w.must(err)
	w.drop(dropped)

	folder := filepath.Join(w.dir, "blob", kept.ID[30:])
	orphan := filepath.Join(folder, newID(time.Now())[:30]+kept.ID[30:]+suffix)
	foreign := []string{
		filepath.Join(w.dir, "blob", "README"),
		filepath.Join(folder, "README"),
		filepath.Join(folder, kept.ID+".v2"),
		filepath.Join(folder, "0123"+suffix),
		filepath.Join(folder, "0000000000000000000000000000000_"+suffix),
	}
	for _, path := range append(foreign, orphan) {
		w.must(os.WriteFile(path, nil, 0o600))
	}
	for range 2 {
		w.must(w.Sweep(t.Context()))
	}
	if _, err := os.Stat(orphan); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the orphan is there: %v", err)
	}
	for _, path := range foreign {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		os.Remove(path)
	}
	if n := len(w.files()); n != 4 {
		t.Errorf("%d files, want 4", n)
	}
	w.update(keeping(w, committed))
	w.wants(committed, content, Key{})
	w.wants(dropped, content, Key{})
	release()
	release() // does nothing
	b, err := making.Commit()
	w.must(err)
	w.update(keeping(w, b))
	w.wants(b, content, Key{})
	if n := len(w.files()); n != 3 {
		t.Errorf("%d files, want 3", n)
	}
}

// After a reset of the store its files are orphans, save those that are just
// being made.
func TestReset(t *testing.T) {
	w := newDiskWorld(t)
	content := random(100_000)
	old := w.keep(content, Key{})
	fresh := w.commit(content, Key{})
	w.must(w.db.Reset(t.Context()))
	if n := len(w.files()); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	w.update(keeping(w, fresh))
	w.wants(fresh, content, Key{})
	if _, err := w.read(old, Key{}); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

// What the last process left behind is found by the next one.
func TestRestart(t *testing.T) {
	w := newDiskWorld(t)
	content := random(100_000)
	kept, inline := w.keep(content, Key{}), w.keep(content[:10], Key{})
	w.commit(content, Key{}) // and never kept
	w.must(w.Store.Close())
	w.drop(kept) // cannot be removed any more
	if writer := w.Create(Key{}); true {
		if _, err := writer.Write(content); !errors.Is(err, ErrClosed) {
			t.Errorf("written after Close: %v", err)
		}
		if _, err := writer.Commit(); !errors.Is(err, ErrClosed) {
			t.Errorf("committed after Close: %v", err)
		}
		writer.Abort()
	}
	var err error
	w.Store, err = Open(filepath.Join(w.dir, "blob"), w.db, Options{})
	w.must(err)
	if files := w.files(); len(files) != 0 {
		t.Errorf("%q are left", files)
	}
	w.wants(inline, content[:10], Key{})
	w.must(w.Store.Close())
}

// Of a database that cannot be asked nothing is known to be an orphan.
func TestSweepWithoutDatabase(t *testing.T) {
	l := newLife(t)
	if err := l.put("object 1", random(100_000)); err != nil {
		t.Fatal(err)
	}
	l.db.Close()
	if err := l.put("object 1", random(100_000)); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the Update: %v", err)
	}
	if err := l.blobs.Sweep(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the sweep: %v", err)
	}
	l.close()
	if n := len(l.fs.files()); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}

// TestConcurrent has many replace, delete and read the same few objects. What
// is read is always one of the contents that were written.
func TestConcurrent(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		key := randomKey()
		contents := map[int64][]byte{}
		var sizes []int64
		for _, size := range []int64{10, 1000, inlineSize + 1, 200_000} {
			contents[size] = random(int(size))
			sizes = append(sizes, size)
		}
		names := []string{"a", "b", "c"}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 40 {
					b := w.commit(contents[sizes[rand.IntN(len(sizes))]], key)
					name := names[rand.IntN(len(names))]
					w.update(func(tx *store.Tx) {
						if old := owners.Get(tx, name); old != nil {
							w.Drop(tx, old.Blob)
						}
						w.Keep(tx, b)
						owners.Put(tx, name, &owner{b})
					})
				}
			})
			group.Go(func() {
				for range 200 {
					w.readNewest(names[rand.IntN(len(names))], contents, key)
				}
			})
		}
		group.Go(func() {
			for range 20 {
				w.must(w.Sweep(context.Background()))
			}
		})
		group.Wait()
		want := 0
		w.update(func(tx *store.Tx) {
			for _, row := range owners.Scan(tx, "", "") {
				if !row.Blob.Inline && w.dir != "" {
					want++
				}
			}
		})
		if n := len(w.files()); n != want {
			t.Errorf("%d files, want %d", n, want)
		}
	})
}

// readNewest reads an object, as often as it is replaced meanwhile.
func (w *world) readNewest(name string, contents map[int64][]byte, key Key) {
	for {
		var row *owner
		w.must(w.db.View(context.Background(), func(tx *store.Tx) error {
			row = owners.Get(tx, name)
			return nil
		}))
		if row == nil {
			return
		}
		got, err := w.read(row.Blob, key)
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil || string(got) != string(contents[row.Blob.Size]) {
			w.Errorf("%d bytes, %v", len(got), err)
		}
		return
	}
}
