package blob

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// crashFS is a disk in memory that knows what is durable. It fails when a test
// tells it to, fills up, and loses power: afterCrash gives what is left.
type crashFS struct {
	mu    sync.Mutex
	root  *node
	steps int                             // operations so far
	fail  func(op string, step int) error // nil: none fails
	room  int                             // bytes until it is full; negative: endless
	short bool                            // writes take half and say so without an error
}

// node is a file or a folder.
type node struct {
	content, synced  []byte
	entries, durable map[string]*node // of a folder
}

func newFolder() *node {
	return &node{entries: make(map[string]*node), durable: make(map[string]*node)}
}

func newCrashFS() *crashFS { return &crashFS{root: newFolder(), room: -1} }

var (
	errInjected = errors.New("injected fault")
	errPower    = errors.New("the power is gone")
)

// step counts an operation and says whether it fails. f.mu is held.
func (f *crashFS) step(op string) error {
	f.steps++
	if f.fail == nil {
		return nil
	}
	return f.fail(op, f.steps)
}

// find gives a node, nil when there is none. f.mu is held.
func (f *crashFS) find(path string) *node {
	n := f.root
	for _, name := range strings.Split(path, "/") {
		if name == "." || name == "" {
			continue
		}
		if n = n.entries[name]; n == nil {
			return nil
		}
	}
	return n
}

// at runs an operation on the folder that a path leads to.
func (f *crashFS) at(op, path string, do func(folder *node, name string) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step(op); err != nil {
		return err
	}
	folder := f.find(filepath.Dir(path))
	if folder == nil {
		return fs.ErrNotExist
	}
	return do(folder, filepath.Base(path))
}

func (f *crashFS) mkdir(dir string) error {
	return f.at("mkdir", dir, func(folder *node, name string) error {
		if folder.entries[name] == nil {
			folder.entries[name] = newFolder()
		}
		return nil
	})
}

func (f *crashFS) list(dir string) (names []string, err error) {
	err = f.at("list", filepath.Join(dir, "x"), func(folder *node, _ string) error {
		names = slices.Sorted(maps.Keys(folder.entries))
		return nil
	})
	return names, err
}

func (f *crashFS) create(path string) (created file, err error) {
	err = f.at("create", path, func(folder *node, name string) error {
		if folder.entries[name] != nil {
			return fs.ErrExist
		}
		n := new(node)
		folder.entries[name] = n
		created = &crashFile{f, n}
		return nil
	})
	return created, err
}

func (f *crashFS) open(path string) (opened readFile, err error) {
	err = f.at("open", path, func(folder *node, name string) error {
		n := folder.entries[name]
		if n == nil {
			return fs.ErrNotExist
		}
		opened = &crashFile{f, n}
		return nil
	})
	return opened, err
}

func (f *crashFS) remove(path string) error {
	return f.at("remove", path, func(folder *node, name string) error {
		n := folder.entries[name]
		if n == nil {
			return fs.ErrNotExist
		}
		delete(folder.entries, name)
		if f.room >= 0 {
			f.room += len(n.content)
		}
		return nil
	})
}

func (f *crashFS) syncDir(dir string) error {
	return f.at("syncDir", filepath.Join(dir, "x"), func(folder *node, _ string) error {
		folder.durable = maps.Clone(folder.entries)
		return nil
	})
}

// crashFile is an open file: its node, which has a life without a name too.
type crashFile struct {
	fs *crashFS
	*node
}

func (f *crashFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step("write"); err != nil {
		f.content = append(f.content, p[:len(p)/2]...) // torn
		return len(p) / 2, err
	}
	if f.fs.short {
		f.content = append(f.content, p[:len(p)/2]...)
		return len(p) / 2, nil
	}
	n := len(p)
	if f.fs.room >= 0 {
		n = min(n, f.fs.room)
		f.fs.room -= n
	}
	f.content = append(f.content, p[:n]...)
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (f *crashFile) ReadAt(p []byte, off int64) (n int, err error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step("read"); err != nil {
		return 0, err
	}
	if off < int64(len(f.content)) {
		n = copy(p, f.content[off:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (f *crashFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step("sync"); err != nil {
		return err
	}
	f.synced = slices.Clone(f.content)
	return nil
}

func (f *crashFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.fs.step("close")
}

// survival says what of that which was not synced is there after a crash.
type survival func() bool

var survivals = map[string]func() survival{
	"nothing unsynced survives": func() survival { return func() bool { return false } },
	"everything survives":       func() survival { return func() bool { return true } },
	"some of it survives": func() survival {
		r := rand.New(rand.NewPCG(1, 2))
		return func() bool { return r.IntN(2) == 0 }
	},
}

// afterCrash is the disk when the power is back.
func (f *crashFS) afterCrash(survives survival) *crashFS {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := newCrashFS()
	after.root = f.root.afterCrash(survives)
	return after
}

func (n *node) afterCrash(survives survival) *node {
	if n.entries == nil {
		content := n.synced
		if survives() {
			content = n.content
			if survives() { // of some pages only the size was written
				content = append(slices.Clone(n.synced), make([]byte, len(n.content)-len(n.synced))...)
			}
		}
		return &node{content: slices.Clone(content), synced: slices.Clone(content)}
	}
	left := newFolder()
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		if n.durable[name] == n.entries[name] || survives() {
			left.entries[name] = n.entries[name].afterCrash(survives)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.durable)) {
		if n.entries[name] == nil && !survives() { // the removal was lost
			left.entries[name] = n.durable[name].afterCrash(survives)
		}
	}
	left.durable = maps.Clone(left.entries)
	return left
}

// files gives the names of all files.
func (f *crashFS) files() (names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var walk func(n *node)
	walk = func(n *node) {
		for name, child := range n.entries {
			if child.entries != nil {
				walk(child)
			} else {
				names = append(names, name)
			}
		}
	}
	walk(f.root)
	slices.Sort(names)
	return names
}

// folders gives the names of the folders for files.
func (f *crashFS) folders() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.root.entries["blobs"].entries))
}

// set changes how the disk behaves.
func (f *crashFS) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}
