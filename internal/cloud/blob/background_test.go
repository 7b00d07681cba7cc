package blob

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Files are removed at once when nobody needs them any more, without a sweep.
func TestRemoval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		want := func(n int) {
			t.Helper()
			synctest.Wait()
			if got := w.count(); got != n {
				t.Errorf("%d files, want %d", got, n)
			}
		}
		content := random(100_000)
		writer := w.Create(Key{})
		_, err := writer.Write(random(500_000))
		w.must(err)
		want(1)
		writer.Abort()
		want(0)

		writer = w.Create(Key{})
		_, err = writer.Write(content)
		w.must(err)
		_, err = writer.Commit()
		w.must(err)
		want(1)
		writer.Abort()
		want(0)

		one, two := w.keep(content, Key{}), w.keep(content, Key{})
		w.drop(one)
		want(1)
		first, err := w.Hold(t.Context(), two)
		w.must(err)
		second, err := w.Hold(t.Context(), two)
		w.must(err)
		w.drop(two)
		first()
		want(1)
		second()
		want(0)

		// Held when it was about to be removed.
		one = w.keep(content, Key{})
		w.mu.Lock()
		w.held[one.ID] = &held{users: 1}
		w.doom(one.ID)
		w.mu.Unlock()
		w.update(func(tx *store.Tx) { contents.Delete(tx, one.ID) })
		want(1)
		w.release([]Blob{one})
		want(0)
	})
}

// What could not be removed is at the next sweep.
func TestRegularSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t)
		defer l.close()
		broken := func(op string, _ int) error {
			if op == "remove" {
				return errInjected
			}
			return nil
		}
		for name, sweep := range map[string]func(){
			"regular": func() { time.Sleep(sweepInterval) },
			"soon":    func() { l.blobs.SweepSoon(); l.blobs.SweepSoon() },
		} {
			l.fs.set(func() { l.fs.fail = broken })
			if err := l.put("object 1", random(100_000)); err != nil {
				t.Fatal(err)
			}
			if err := l.delete("object 1"); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if n := len(l.fs.files()); n != 1 {
				t.Errorf("%s: %d files, want the one that cannot be removed", name, n)
			}
			l.fs.set(func() { l.fs.fail = nil })
			sweep()
			synctest.Wait()
			if n := len(l.fs.files()); n != 0 {
				t.Errorf("%s: %d files are left", name, n)
			}
		}
	})
}

// A folder that the last process made, and could not make durable, is made so by
// the next one.
func TestFolderOfDeadProcess(t *testing.T) {
	l := newLife(t)
	l.fs.set(func() {
		l.fs.fail = func(op string, _ int) error {
			if op == "syncDir" {
				return errInjected
			}
			return nil
		}
	})
	for len(l.fs.folders()) < 256 {
		if l.put("object 1", make([]byte, inlineSize+1)) == nil {
			t.Fatal("put without a durable folder")
		}
	}
	l.fs.set(func() { l.fs.fail = nil })
	l.close()
	l.open()
	if err := l.put("object 1", []byte("content of a file"+string(make([]byte, inlineSize)))); err != nil {
		t.Fatal(err)
	}
	l.close()
	l.fs = l.fs.afterCrash(func() bool { return false })
	l.open()
	defer l.close()
	l.check()
}
