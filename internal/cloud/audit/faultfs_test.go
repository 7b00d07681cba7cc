package audit

import (
	"errors"
	"path/filepath"
	"sync"
	"syscall"
)

// quickFS is the disk without waiting for it.
type quickFS struct{ osFS }

type quickFile struct{ file }

func (quickFile) Sync() error        { return nil }
func (quickFS) syncDir(string) error { return nil }

func (q quickFS) create(path string) (file, error) {
	f, err := q.osFS.create(path)
	return quickFile{f}, err
}

func (q quickFS) open(path string) (file, error) {
	f, err := q.osFS.open(path)
	return quickFile{f}, err
}

// faultFS is the disk with failures that a test asks for.
type faultFS struct {
	quickFS

	mu    sync.Mutex
	fail  map[string]error // by operation
	room  int64            // bytes until the disk is full; negative is endless
	syncs int
	// onSync, if set, is called within each fsync of a file.
	onSync func()
}

func newFaultFS() *faultFS { return &faultFS{fail: make(map[string]error), room: -1} }

var errInjected = errors.New("injected fault")

func (f *faultFS) set(op string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail[op] = err
}

func (f *faultFS) setRoom(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = n
}

func (f *faultFS) err(op string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fail[op]
}

func (f *faultFS) create(path string) (file, error) {
	if err := f.err("create"); err != nil {
		return nil, err
	}
	return f.wrap(f.quickFS.create(path))
}

func (f *faultFS) open(path string) (file, error) { return f.wrap(f.quickFS.open(path)) }

func (f *faultFS) rename(from, to string) error {
	if err := f.err("rename"); err != nil {
		return err
	}
	return f.quickFS.rename(from, to)
}

func (f *faultFS) syncDir(dir string) error {
	if err := f.err("syncDir"); err != nil {
		return err
	}
	return f.quickFS.syncDir(dir)
}

func (f *faultFS) wrap(inner file, err error) (file, error) {
	if err != nil {
		return nil, err
	}
	return &faultFile{inner, f}, nil
}

type faultFile struct {
	file
	fs *faultFS
}

func (f *faultFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.err("write"); err != nil {
		return 0, err
	}
	f.fs.mu.Lock()
	room := f.fs.room
	if room >= 0 {
		f.fs.room = max(0, room-int64(len(p)))
	}
	f.fs.mu.Unlock()
	if room >= 0 && room < int64(len(p)) { // takes what fits, as a full disk does
		n, _ := f.file.WriteAt(p[:room], off)
		return n, syscall.ENOSPC
	}
	return f.file.WriteAt(p, off)
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.fs.err("truncate"); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

func (f *faultFile) Sync() error {
	f.fs.mu.Lock()
	f.fs.syncs++
	hook := f.fs.onSync
	f.fs.mu.Unlock()
	if hook != nil {
		hook()
	}
	return f.fs.err("sync")
}

func (f *faultFS) syncCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.syncs
}

func pathOf(dir string, number int) string { return filepath.Join(dir, fileName(number)) }
