package store

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// bolt is the engine on disk: one bucket of a bbolt file in a folder that it
// has locked.
type bolt struct {
	path string
	open opener
	lock *os.File
	file *boltFile
	gone sync.WaitGroup // files of before a replace that are being closed
}

// opener opens a file as os.OpenFile does. Tests give one that hands out files
// which fail.
type opener func(name string, flag int, mode os.FileMode) (*os.File, error)

const (
	boltName = "store.db"
	// boltLimit is how large the file can become. All of it is mapped from the
	// start, which costs address space and nothing else: bbolt maps a file
	// anew when it outgrows the map, and waits for all readers first, of which
	// there always is one here. (On a 32-bit machine 1 GiB has to do.)
	boltLimit = 1 << (30 + 6*(^uint(0)>>63))
	// boltGrowth is how much the file grows at a time. Each time costs a sync.
	boltGrowth = 1 << 20
)

var boltBucket = []byte("rows")

func openBolt(dir string, open opener) (*bolt, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	b := &bolt{path: filepath.Join(dir, boltName), open: open, lock: lock}
	// What a replace left that did not come to its end.
	if err = os.Remove(b.unfinished()); err == nil || errors.Is(err, os.ErrNotExist) {
		b.file, err = b.openFile(b.path)
	}
	if err == nil {
		err = b.syncFolder()
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *bolt) unfinished() string { return b.path + ".new" }

func (b *bolt) openFile(path string) (*boltFile, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		OpenFile:        b.open,
		InitialMmapSize: boltLimit,
		MaxSize:         boltLimit,
		FreelistType:    bbolt.FreelistMapType,
		NoStatistics:    true,
		Timeout:         1, // the folder is locked: there is nobody to wait for
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	db.AllocSize = boltGrowth
	f := &boltFile{db: db}
	f.users.Store(1)
	return f, nil
}

// syncFolder makes names durable that were made or changed.
func (b *bolt) syncFolder() error {
	dir, err := os.Open(filepath.Dir(b.path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (b *bolt) apply(writes iter.Seq2[string, []byte]) error { return b.file.apply(writes) }

// replace writes a new file and puts it in the old one's place. That takes as
// long as the new content does, and gives the old one's space back.
func (b *bolt) replace(writes iter.Seq2[string, []byte]) error {
	if err := os.Remove(b.unfinished()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	next, err := b.openFile(b.unfinished())
	if err != nil {
		return err
	}
	if err := next.fill(writes); err != nil {
		return errors.Join(err, next.db.Close())
	}
	if err := os.Rename(b.unfinished(), b.path); err != nil {
		return errors.Join(err, next.db.Close())
	}
	old := b.file
	b.file = next
	old.replaced = &b.gone
	b.gone.Add(1)
	old.release()
	return b.syncFolder()
}

func (b *bolt) snapshot() (snapshot, error) { return b.file.snapshot() }

func (b *bolt) close() error {
	var err error
	if b.file != nil {
		err = b.file.release()
	}
	b.gone.Wait()
	return errors.Join(err, b.lock.Close())
}

// boltFile is an open bbolt file, in use by the engine and its snapshots.
type boltFile struct {
	db       *bbolt.DB
	users    atomic.Int64
	replaced *sync.WaitGroup // set when another file took its place
}

// release ends one use, and the last use closes the file.
func (f *boltFile) release() error {
	if f.users.Add(-1) > 0 {
		return nil
	}
	if f.replaced == nil {
		return f.db.Close()
	}
	// The system frees the blocks of a file without a name when it is closed.
	// For a large one that takes longer than a Reset may.
	go func() {
		defer f.replaced.Done()
		f.db.Close()
	}()
	return nil
}

func (f *boltFile) apply(writes iter.Seq2[string, []byte]) error {
	return f.db.Update(func(tx *bbolt.Tx) error {
		rows, err := tx.CreateBucketIfNotExists(boltBucket)
		if err != nil {
			return err
		}
		for key, value := range writes {
			if value == nil {
				err = rows.Delete([]byte(key))
			} else {
				err = rows.Put([]byte(key), value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// fill applies writes to a file that nobody knows yet, with a single sync.
func (f *boltFile) fill(writes iter.Seq2[string, []byte]) error {
	f.db.NoSync = true
	defer func() { f.db.NoSync = false }()
	if err := f.apply(writes); err != nil {
		return err
	}
	return f.db.Sync()
}

func (f *boltFile) snapshot() (snapshot, error) {
	tx, err := f.db.Begin(false)
	if err != nil {
		return nil, err
	}
	f.users.Add(1)
	return &boltSnapshot{file: f, tx: tx, rows: tx.Bucket(boltBucket)}, nil
}

// boltSnapshot is a read-only bbolt transaction. Goroutines share it, which
// works because reads of such a transaction change nothing but counters that
// are atomic. (etcd shares them in the same way.)
type boltSnapshot struct {
	file *boltFile
	tx   *bbolt.Tx
	rows *bbolt.Bucket // nil in a file that is still empty
}

func (s *boltSnapshot) get(key string) ([]byte, error) {
	if s.rows == nil {
		return nil, nil
	}
	return s.rows.Get([]byte(key)), nil
}

func (s *boltSnapshot) cursor() cursor {
	if s.rows == nil {
		return noCursor{}
	}
	return boltCursor{s.rows.Cursor()}
}

func (s *boltSnapshot) close() error {
	return errors.Join(s.tx.Rollback(), s.file.release())
}

type boltCursor struct{ at *bbolt.Cursor }

func (c boltCursor) seek(key string) (string, []byte, bool) {
	k, v := c.at.Seek([]byte(key))
	return string(k), v, k != nil
}

func (c boltCursor) next() (string, []byte, bool) {
	k, v := c.at.Next()
	return string(k), v, k != nil
}

type noCursor struct{}

func (noCursor) seek(string) (string, []byte, bool) { return "", nil, false }
func (noCursor) next() (string, []byte, bool)       { return "", nil, false }
