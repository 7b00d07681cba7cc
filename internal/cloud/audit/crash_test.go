package audit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// crashFS is a disk that forgets on a power cut what was not synced: of a
// file's end any part may be lost, and names that their folder has not synced.
type crashFS struct {
	quickFS
	synced  map[string]int64  // size of a file that is safe
	pending map[string]string // names that may still be lost, with their old ones
}

func newCrashFS() *crashFS {
	return &crashFS{synced: make(map[string]int64), pending: make(map[string]string)}
}

type crashFile struct {
	file
	fs   *crashFS
	path func() string
}

func (c *crashFS) create(path string) (file, error) {
	f, err := c.quickFS.create(path)
	if err != nil {
		return nil, err
	}
	c.synced[path] = 0
	return &crashFile{f, c, func() string { return c.nameNow(path) }}, nil
}

// nameNow follows a file through its renaming.
func (c *crashFS) nameNow(path string) string {
	if _, ok := c.synced[path]; !ok {
		return strings.TrimSuffix(path, tempSuffix)
	}
	return path
}

func (c *crashFS) open(path string) (file, error) {
	f, err := c.quickFS.open(path)
	if err != nil {
		return nil, err
	}
	return &crashFile{f, c, func() string { return path }}, nil
}

func (c *crashFS) rename(from, to string) error {
	c.pending[to] = from
	c.synced[to] = c.synced[from]
	delete(c.synced, from)
	return c.quickFS.rename(from, to)
}

func (c *crashFS) syncDir(string) error {
	clear(c.pending)
	return nil
}

func (f *crashFile) Sync() error {
	n, err := size(f.file)
	f.fs.synced[f.path()] = n
	return err
}

func (f *crashFile) Truncate(n int64) error {
	f.fs.synced[f.path()] = min(f.fs.synced[f.path()], n)
	return f.file.Truncate(n)
}

// cut is the power cut.
func (c *crashFS) cut(t *testing.T, rnd *rand.Rand) {
	t.Helper()
	for path, safe := range c.synced {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		keep := safe + rnd.Int64N(info.Size()-safe+1)
		if err := os.Truncate(path, keep); err != nil {
			t.Fatal(err)
		}
		c.synced[path] = keep
	}
	for name, old := range c.pending {
		if rnd.IntN(2) == 0 {
			os.Rename(name, old)
			c.synced[old] = c.synced[name]
			delete(c.synced, name)
		}
	}
	clear(c.pending)
}

// TestPowerCuts appends, syncs, resets and cuts the power at random, many
// times over on one log: whatever Sync has promised must be there, in a chain
// that verifies.
func TestPowerCuts(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 2))
			dir, fsys := t.TempDir(), newCrashFS()
			var safe Head // what was promised
			for range 20 {
				l := openLog(t, dir, Options{fs: fsys, MaxFile: 4000, SyncEvery: 1 << 62})
				if l.Head().Seq < safe.Seq {
					t.Fatalf("record %d was promised, the log ends at %d", safe.Seq, l.Head().Seq)
				}
				if _, err := l.Verify(safe); err != nil {
					t.Fatal(err)
				}
				for range rnd.IntN(20) {
					switch rnd.IntN(10) {
					case 0:
						if err := l.Sync(t.Context()); err != nil {
							t.Fatal(err)
						}
						safe = l.Head()
					case 1:
						if err := l.Reset(numbered(0)); err != nil {
							t.Fatal(err)
						}
					default:
						appendAll(t, l, 0, 0)
					}
				}
				l.journal.close() // the process is gone, and has synced nothing
				fsys.cut(t, rnd)
				if _, err := Verify(dir, safe); err != nil {
					t.Fatal(err)
				}
			}
			if files, _ := filepath.Glob(filepath.Join(dir, "*"+nameSuffix)); len(files) < 2 {
				t.Errorf("only %d files: nothing has rotated", len(files))
			}
		})
	}
}
