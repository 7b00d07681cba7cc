package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// owner is a row that refers to a blob, as those of S3 do.
type owner struct{ Blob Blob }

var owners = store.NewTable[owner]("test.owner")

// world is a store of blobs with its database.
type world struct {
	testing.TB
	*Store
	db  *store.DB
	dir string // "" in memory
}

// worlds are the ways in which a Store can be kept. Every test of what it does
// runs over all of them.
var worlds = map[string]func(t testing.TB) *world{
	"memory": newWorld,
	"disk":   newDiskWorld,
}

func newWorld(t testing.TB) *world {
	db := store.Memory()
	w := &world{t, Memory(db), db, ""}
	t.Cleanup(func() { w.Close(); db.Close() })
	return w
}

func newDiskWorld(t testing.TB) *world {
	w := &world{TB: t, dir: t.TempDir()}
	var err error
	if w.db, err = store.Open(filepath.Join(w.dir, "store"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.db.Close() })
	if w.Store, err = Open(filepath.Join(w.dir, "blob"), w.db, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Store.Close() })
	return w
}

func inEachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	for name, newWorld := range worlds {
		t.Run(name, func(t *testing.T) { test(t, newWorld(t)) })
	}
}

func (w *world) commit(content []byte, keys ...Key) Blob {
	w.Helper()
	writer := w.Create(keys...)
	_, err := writer.Write(content)
	w.must(err)
	b, err := writer.Commit()
	w.must(err)
	return b
}

// keep puts a blob and keeps it.
func (w *world) keep(content []byte, keys ...Key) Blob {
	w.Helper()
	b := w.commit(content, keys...)
	w.update(func(tx *store.Tx) { w.Keep(tx, b); owners.Put(tx, b.ID, &owner{b}) })
	return b
}

func (w *world) drop(b Blob) {
	w.Helper()
	w.update(func(tx *store.Tx) { w.Drop(tx, b); owners.Delete(tx, b.ID) })
}

func (w *world) update(fn func(tx *store.Tx)) {
	w.Helper()
	w.must(w.db.Update(w.Context(), func(tx *store.Tx) error { fn(tx); return nil }))
}

// read gives all of a blob.
func (w *world) read(b Blob, keys ...Key) ([]byte, error) {
	r, err := w.Read(context.Background(), b, 0, b.Size, keys...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// wants sees that a blob holds something.
func (w *world) wants(b Blob, content []byte, keys ...Key) {
	w.Helper()
	if got, err := w.read(b, keys...); err != nil || !bytes.Equal(got, content) {
		w.Errorf("blob %v has %d bytes that are not the %d written, %v", b, len(got), len(content), err)
	}
}

// files gives the paths of all files on the disk, after what was to be removed
// has been.
func (w *world) files() (paths []string) {
	w.Helper()
	w.must(w.Sweep(w.Context()))
	paths, err := filepath.Glob(filepath.Join(w.dir, "blob", "*", "*"))
	w.must(err)
	return paths
}

// count counts the files of a store in memory as it is.
func (w *world) count() (n int) {
	disk := w.fs.(*memoryFS)
	disk.mu.Lock()
	defer disk.mu.Unlock()
	for _, folder := range disk.folders {
		for _, file := range folder {
			if file != nil {
				n++
			}
		}
	}
	return n
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// change rewrites a blob's file.
func (w *world) change(b Blob, change func(sealed []byte) []byte) {
	w.Helper()
	sealed, err := os.ReadFile(w.path(b.ID))
	w.must(err)
	w.must(os.WriteFile(w.path(b.ID), change(sealed), 0o600))
}

func random(size int) []byte {
	p := make([]byte, size)
	rand.Read(p)
	return p
}

func randomKey() Key { return Key(random(32)) }
