package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// life is a world of a few named objects over a disk that may fail, and what
// its users have been told of it.
type life struct {
	t     *testing.T
	fs    *crashFS
	db    *store.DB
	blobs *Store
	key   Key
	known map[string][]byte // what was acknowledged
}

func newLife(t *testing.T) *life {
	l := &life{t: t, fs: newCrashFS(), db: store.Memory(), key: Key{1}, known: make(map[string][]byte)}
	l.open()
	return l
}

func (l *life) open() {
	l.t.Helper()
	var err error
	if l.blobs, err = open("blobs", l.db, Options{}, l.fs); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) close() { l.blobs.Close() }

var errNever = errors.New("this does not happen")

// put replaces an object, as its owner would.
func (l *life) put(name string, content []byte) error {
	w := l.blobs.Create(l.key)
	defer w.Abort()
	if _, err := w.Write(content); err != nil {
		return err
	}
	b, err := w.Commit()
	if err != nil {
		return err
	}
	err = l.db.Update(context.Background(), func(tx *store.Tx) error {
		if old := owners.Get(tx, name); old != nil {
			l.blobs.Drop(tx, old.Blob)
		}
		l.blobs.Keep(tx, b)
		owners.Put(tx, name, &owner{b})
		return nil
	})
	if err == nil {
		l.known[name] = content
	}
	return err
}

func (l *life) delete(name string) error {
	err := l.db.Update(context.Background(), func(tx *store.Tx) error {
		if old := owners.Get(tx, name); old != nil {
			l.blobs.Drop(tx, old.Blob)
			owners.Delete(tx, name)
		}
		return nil
	})
	if err == nil {
		delete(l.known, name)
	}
	return err
}

func (l *life) get(name string) (content []byte, err error) {
	var row *owner
	if err := l.db.View(context.Background(), func(tx *store.Tx) error {
		row = owners.Get(tx, name)
		return nil
	}); err != nil || row == nil {
		return nil, err
	}
	r, err := l.blobs.Read(context.Background(), row.Blob, 0, row.Blob.Size, l.key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// The contents of a life: inline, a part of a segment, several segments, and
// more than a buffer.
var lifeSizes = []int{100, inlineSize + 1, 2 * segmentSize, bufferSegments*segmentSize + 7}

// live does what a life consists of, until something fails in a way that ends
// it. What fails in another way is not acknowledged, and that is all.
func (l *life) live(ends error) error {
	for round := range 2 {
		for i, size := range lifeSizes {
			content := bytes.Repeat([]byte{byte(round), byte(i), 'x', '\n'}, size/4)
			if err := l.put(fmt.Sprint("object ", i), content); errors.Is(err, ends) {
				return err
			}
		}
		if err := l.delete("object 2"); errors.Is(err, ends) {
			return err
		}
		if err := l.blobs.Sweep(context.Background()); errors.Is(err, ends) {
			return err
		}
	}
	return nil
}

// check sees that all that was acknowledged is there, and nothing else.
func (l *life) check() {
	l.t.Helper()
	if err := l.blobs.Sweep(l.t.Context()); err != nil {
		l.t.Fatalf("sweep: %v", err)
	}
	var files []string
	for i := range lifeSizes {
		name := fmt.Sprint("object ", i)
		content, err := l.get(name)
		if err != nil {
			l.t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(content, l.known[name]) {
			l.t.Errorf("%s has %d bytes that are not the %d acknowledged", name, len(content), len(l.known[name]))
		}
	}
	if err := l.db.View(l.t.Context(), func(tx *store.Tx) error {
		for _, row := range owners.Scan(tx, "", "") {
			if !row.Blob.Inline {
				files = append(files, row.Blob.ID+suffix)
			}
		}
		return nil
	}); err != nil {
		l.t.Fatal(err)
	}
	slices.Sort(files)
	if got := l.fs.files(); !slices.Equal(got, files) {
		l.t.Errorf("the files are %q, want those that are kept: %q", got, files)
	}
}

// TestCrash lets the power fail at every operation of the disk: nothing that
// was acknowledged is lost, nothing torn is read, and the next sweep leaves no
// file without its row.
func TestCrash(t *testing.T) {
	for name, survives := range survivals {
		t.Run(name, func(t *testing.T) {
			for at := 1; ; at++ {
				l := newLife(t)
				l.fs.set(func() {
					l.fs.steps = 0
					l.fs.fail = func(_ string, step int) error {
						if step >= at {
							return errPower
						}
						return nil
					}
				})
				err := l.live(errPower)
				l.close()
				if err == nil {
					if at < 30 { // two files may share a folder
						t.Fatalf("a life of %d operations is too short to prove anything", at)
					}
					return
				}
				l.fs = l.fs.afterCrash(survives())
				l.open()
				l.check()
				// Life goes on.
				if err := l.live(errNever); err != nil {
					t.Error(err)
				}
				l.check()
				l.close()
				if t.Failed() {
					t.Fatalf("after a crash at operation %d", at)
				}
			}
		})
	}
}

// TestFault lets every operation of the disk fail once, and what follows it go
// on. Which operation is the nth differs a little between lives, since two files
// may share a folder and some work is done in the background; so a pass over all
// of them can miss a kind of operation, and is then made again.
func TestFault(t *testing.T) {
	kinds := []string{"mkdir", "list", "create", "write", "sync", "close", "syncDir", "remove"}
	seen := make(map[string]bool)
	missing := func() []string {
		return slices.DeleteFunc(slices.Clone(kinds), func(op string) bool { return seen[op] })
	}
	const passes = 5
	for pass := 0; pass < passes && len(missing()) > 0; pass++ {
		failEachOnce(t, seen)
	}
	for _, op := range missing() {
		t.Errorf("%s has not failed", op)
	}
}

// failEachOnce lives a life for each operation of one, in which that operation
// fails, and notes the kinds that failed. What runs in the background makes a
// life longer or shorter by a few operations, so the end has come only when
// several in a row were not met.
func failEachOnce(t *testing.T, seen map[string]bool) {
	const enough = 10
	for at, missed := 1, 0; missed < enough; at++ {
		l := newLife(t)
		hit := false
		l.fs.set(func() {
			l.fs.steps = 0
			l.fs.fail = func(op string, step int) error {
				if step != at {
					return nil
				}
				hit, seen[op] = true, true
				return errInjected
			}
		})
		if err := l.live(errNever); err != nil {
			t.Fatal(err)
		}
		l.fs.set(func() { l.fs.fail = nil })
		l.check()
		l.close()
		if t.Failed() {
			t.Fatalf("after a fault at operation %d", at)
		}
		if missed++; hit {
			missed = 0
		}
	}
}

// TestFailedRead: what the disk does not give is an error, at once or later.
func TestFailedRead(t *testing.T) {
	l := newLife(t)
	defer l.close()
	if err := l.put("object 3", bytes.Repeat([]byte("content "), 100_000)); err != nil {
		t.Fatal(err)
	}
	for fails := 1; fails <= 4; fails++ {
		n := 0
		l.fs.set(func() {
			l.fs.fail = func(op string, _ int) error {
				if op == "open" || op == "read" {
					if n++; n == fails {
						return errInjected
					}
				}
				return nil
			}
		})
		if _, err := l.get("object 3"); !errors.Is(err, errInjected) {
			t.Errorf("when operation %d fails: %v", fails, err)
		}
	}
}

// TestFullDisk: a disk that is full gives clean errors, loses nothing, and takes
// what it is given when there is room again.
func TestFullDisk(t *testing.T) {
	for room := 0; room < 400_000; room += 33_333 {
		l := newLife(t)
		if err := l.put("object 1", bytes.Repeat([]byte("old"), 50_000)); err != nil {
			t.Fatal(err)
		}
		l.fs.set(func() { l.fs.room = room })
		for range 3 {
			if err := l.put("object 1", bytes.Repeat([]byte("new"), 150_000)); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("with %d bytes: %v", room, err)
			}
		}
		l.check()
		l.fs.set(func() {
			if l.fs.room != room {
				t.Errorf("of %d bytes %d have come back", room, l.fs.room)
			}
			l.fs.room = -1
		})
		if err := l.put("object 1", bytes.Repeat([]byte("new"), 150_000)); err != nil {
			t.Fatal(err)
		}
		l.check()
		l.close()
	}
}

// TestShortWrite: a file that takes less than it was given is an error, also
// when it does not say so.
func TestShortWrite(t *testing.T) {
	l := newLife(t)
	defer l.close()
	l.fs.set(func() { l.fs.short = true })
	if err := l.put("object 1", make([]byte, 100_000)); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	l.fs.set(func() { l.fs.short = false })
	l.check()
}
