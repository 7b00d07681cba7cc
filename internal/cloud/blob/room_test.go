package blob

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// measuredFS is a disk in memory that knows its size. It is written by one
// goroutine.
type measuredFS struct {
	*memoryFS
	free, size int64
	err        error
}

func (f *measuredFS) space(string) (free, size int64, err error) { return f.free, f.size, f.err }

func (f *measuredFS) create(path string) (file, error) {
	created, err := f.memoryFS.create(path)
	return &measuredFile{created, f}, err
}

type measuredFile struct {
	file
	fs *measuredFS
}

func (f *measuredFile) Write(p []byte) (int, error) {
	f.fs.free -= int64(len(p))
	return f.file.Write(p)
}

func newMeasuredWorld(t *testing.T, fs *measuredFS) *world {
	t.Helper()
	fs.memoryFS = newMemoryFS()
	w := &world{TB: t, db: store.Memory()}
	var err error
	w.Store, err = open("memory", w.db, Options{}, fs)
	w.must(err)
	t.Cleanup(func() { w.Store.Close(); w.db.Close() })
	return w
}

// put writes content of a size and lets go of it.
func (w *world) put(size int) error {
	writer := w.Create(Key{})
	defer writer.Abort()
	if _, err := writer.Write(make([]byte, size)); err != nil {
		return err
	}
	_, err := writer.Commit()
	return err
}

// TestReserve: the last of a disk is not for content, however small it is and
// wherever it is to lie.
func TestReserve(t *testing.T) {
	for name, c := range map[string]struct {
		disk measuredFS
		size int
		full bool
	}{
		"a large disk":                   {measuredFS{free: reserve + 2<<20, size: 1 << 40}, 1 << 20, false},
		"a large disk and its reserve":   {measuredFS{free: reserve + 1<<20, size: 1 << 40}, 1 << 20, true},
		"its reserve, and a row":         {measuredFS{free: reserve + 1<<10, size: 1 << 40}, 2 << 10, true},
		"its reserve, and nothing":       {measuredFS{free: reserve - 1, size: 1 << 40}, 0, true},
		"a small disk":                   {measuredFS{free: 2 << 20, size: 16 << 20}, 900 << 10, false},
		"a small disk and its reserve":   {measuredFS{free: 2 << 20, size: 16 << 20}, 1100 << 10, true},
		"a disk that does not know":      {measuredFS{}, 1 << 20, false},
		"a disk that cannot be asked":    {measuredFS{err: errInjected}, 1 << 20, false},
		"a disk with less than it fills": {measuredFS{free: 0, size: 1 << 30}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newMeasuredWorld(t, &c.disk)
			if err := w.put(c.size); errors.Is(err, ErrFull) != c.full || !c.full && err != nil {
				t.Errorf("content of %d bytes: %v", c.size, err)
			}
			if n := w.taken.Load(); n != 0 {
				t.Errorf("%d bytes are still taken", n)
			}
		})
	}
}

// TestClaimsAddUp: what many are about to write together is not taken for what
// each of them writes.
func TestClaimsAddUp(t *testing.T) {
	const claims, each = 100, 1 << 20
	w := newMeasuredWorld(t, &measuredFS{free: reserve + 10*each, size: 1 << 40})
	var all sync.WaitGroup
	releases := make(chan func(), claims)
	for range claims {
		all.Go(func() {
			if release, err := w.claim(each); err == nil {
				releases <- release
			} else if !errors.Is(err, ErrFull) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(releases) > 10 {
		t.Errorf("%d claims were granted where there is room for 10", len(releases))
	}
	for range len(releases) {
		(<-releases)()
	}
	for range 10 {
		if _, err := w.claim(each); err != nil {
			t.Error("there is room again:", err)
		}
	}
}

// TestRoomOfDisk asks a real disk.
func TestRoomOfDisk(t *testing.T) {
	disk, ok := any(osFS{}).(measured)
	if !ok {
		t.Skip("disks are not asked on this system")
	}
	if free, size, err := disk.space(t.TempDir()); err != nil || free < 0 || size < free || size == 0 {
		t.Errorf("%d of %d bytes are free, %v", free, size, err)
	}
	if _, _, err := disk.space(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a folder that is missing has room")
	}
}

// TestFullDiskReads: what was kept before the disk was full is read, and may be
// dropped.
func TestFullDiskReads(t *testing.T) {
	disk := &measuredFS{free: 1 << 40, size: 1 << 40}
	w := newMeasuredWorld(t, disk)
	content := bytes.Repeat([]byte("content"), 100_000)
	b := w.keep(content, Key{})
	disk.free = 0
	if err := w.put(len(content)); !errors.Is(err, ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	w.wants(b, content, Key{})
	w.drop(b)
	w.must(w.Sweep(t.Context()))
	if _, err := w.read(b, Key{}); !errors.Is(err, ErrGone) {
		t.Errorf("after the drop: %v", err)
	}
	disk.free = 1 << 40
	w.must(w.put(len(content)))
}
