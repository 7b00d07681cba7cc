package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestBrokenFile breaks the file under a running database: what the engine
// writes to goes to a device that fails as a broken disk does.
func TestBrokenFile(t *testing.T) {
	for name, broken := range map[string]struct {
		device string
		flag   int
		cause  error
	}{
		"the disk is full":           {"/dev/full", os.O_RDWR, syscall.ENOSPC},
		"writes fail":                {os.DevNull, os.O_RDONLY, syscall.EBADF},
		"writes pass, sync does not": {os.DevNull, os.O_RDWR, syscall.EINVAL},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var file *os.File
			e, err := openBolt(dir, func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			})
			if err != nil {
				t.Fatal(err)
			}
			db := openTest(t, e)
			for range 20 { // so that the file need not grow any more
				update(t, db, func(tx *Tx) {
					users.Put(tx, "kept", &user{ID: "1"})
					users.Put(tx, "uncached", &user{})
				})
			}
			device, err := os.OpenFile(broken.device, broken.flag, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Dup3(int(device.Fd()), int(file.Fd()), syscall.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			device.Close()

			err = db.Update(t.Context(), func(tx *Tx) error {
				users.Put(tx, "kept", &user{ID: "2"})
				users.Put(tx, "refused", &user{})
				return nil
			})
			if !errors.Is(err, ErrFailed) || !errors.Is(err, broken.cause) {
				t.Errorf("the Update gave %v", err)
			}
			if err := db.Update(t.Context(), none); !errors.Is(err, ErrFailed) {
				t.Errorf("the next Update gave %v", err)
			}
			check := func(db *DB) {
				t.Helper()
				view(t, db, func(tx *Tx) {
					if u := users.Get(tx, "kept"); u == nil || u.ID != "1" || users.Get(tx, "uncached") == nil {
						t.Errorf("an acknowledged row is %+v", u)
					}
					if users.Get(tx, "refused") != nil || usersByID.Get(tx, "2") != nil {
						t.Error("a refused row is visible")
					}
				})
			}
			check(db)
			closeDB(t, db)

			db = openFolder(t, dir, Options{})
			defer closeDB(t, db)
			check(db)
			update(t, db, func(tx *Tx) { users.Put(tx, "refused", &user{}) })
		})
	}
}

// A Reset that cannot write its file leaves everything as it was.
func TestBrokenReset(t *testing.T) {
	dir := t.TempDir()
	e, err := openBolt(dir, func(name string, flag int, mode os.FileMode) (*os.File, error) {
		if filepath.Ext(name) == ".new" {
			return nil, syscall.ENOSPC
		}
		return os.OpenFile(name, flag, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
	db := openTest(t, e)
	update(t, db, func(tx *Tx) { users.Put(tx, "a", &user{}) })
	if err := db.Reset(t.Context()); !errors.Is(err, ErrFailed) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Reset gave %v", err)
	}
	if getUser(t, db, "a") == nil {
		t.Error("the row is gone")
	}
	closeDB(t, db)
	db = openFolder(t, dir, Options{})
	defer closeDB(t, db)
	if getUser(t, db, "a") == nil {
		t.Error("the row is gone after a restart")
	}
}
