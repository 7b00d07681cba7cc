package blob

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestBrokenDatabase breaks the database under a blob that is being kept. Nobody
// can know then which rows a restart will find, so no file is removed until
// there has been one.
func TestBrokenDatabase(t *testing.T) {
	w := newDiskWorld(t)
	content := random(100_000)
	kept := w.keep(content, Key{})
	writer := w.Create(Key{})
	_, err := writer.Write(content)
	w.must(err)
	b, err := writer.Commit()
	w.must(err)
	breakFile(t, filepath.Join(w.dir, "store", "store.db"))
	err = w.db.Update(t.Context(), func(tx *store.Tx) error {
		w.Drop(tx, kept)
		w.Keep(tx, b)
		return nil
	})
	if !errors.Is(err, store.ErrFailed) {
		t.Fatalf("the Update gave %v", err)
	}
	writer.Abort()
	if err := w.Sweep(t.Context()); !errors.Is(err, store.ErrFailed) {
		t.Errorf("the sweep gave %v", err)
	}
	w.must(w.Store.Close())
	for _, blob := range []Blob{kept, b} {
		if _, err := os.Stat(w.path(blob.ID)); err != nil {
			t.Error(err)
		}
	}

	w.must(w.db.Close())
	w.db, err = store.Open(filepath.Join(w.dir, "store"), store.Options{})
	w.must(err)
	w.Store, err = Open(filepath.Join(w.dir, "blob"), w.db, Options{})
	w.must(err)
	w.wants(kept, content, Key{})
	if n := len(w.files()); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	w.must(w.Store.Close())
	w.must(w.db.Close())
}

// breakFile has what is written to an open file go to a device that is full.
func breakFile(t *testing.T, path string) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != path {
			continue
		}
		var fd int
		for _, digit := range filepath.Base(link) {
			fd = 10*fd + int(digit-'0')
		}
		if err := syscall.Dup3(int(full.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("%s is not open", path)
}
