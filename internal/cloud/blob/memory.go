package blob

import (
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
)

// memoryFS is the disk of a store that keeps nothing.
type memoryFS struct {
	mu      sync.Mutex
	folders map[string]map[string]*memoryFile // by path, then by name; a folder in a folder is nil there
}

func newMemoryFS() *memoryFS {
	return &memoryFS{folders: make(map[string]map[string]*memoryFile)}
}

// split gives the folder that a path leads to, and the name in it. m.mu is held.
func (m *memoryFS) split(path string) (folder map[string]*memoryFile, name string) {
	return m.folders[filepath.Dir(path)], filepath.Base(path)
}

func (m *memoryFS) mkdir(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.folders[dir] != nil {
		return nil
	}
	m.folders[dir] = make(map[string]*memoryFile)
	if parent, name := m.split(dir); parent != nil {
		parent[name] = nil
	}
	return nil
}

func (m *memoryFS) list(dir string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Keys(m.folders[dir])), nil
}

func (m *memoryFS) create(path string) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, name := m.split(path)
	f := new(memoryFile)
	folder[name] = f
	return f, nil
}

func (m *memoryFS) open(path string) (readFile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, name := m.split(path)
	if f := folder[name]; f != nil {
		return f, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memoryFS) remove(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, name := m.split(path)
	delete(folder, name)
	return nil
}

func (*memoryFS) syncDir(string) error { return nil }

// memoryFile is first written by one goroutine, then read by many. It is kept
// in the pieces in which it came, as growing it would copy it.
type memoryFile struct {
	pieces [][]byte
	ends   []int64 // of the pieces
	size   int64
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.size += int64(len(p))
	f.pieces, f.ends = append(f.pieces, slices.Clone(p)), append(f.ends, f.size)
	return len(p), nil
}

func (f *memoryFile) ReadAt(p []byte, off int64) (n int, err error) {
	i, _ := slices.BinarySearch(f.ends, off+1)
	for ; i < len(f.pieces) && n < len(p); i++ {
		start := f.ends[i] - int64(len(f.pieces[i]))
		n += copy(p[n:], f.pieces[i][off+int64(n)-start:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (*memoryFile) Sync() error  { return nil }
func (*memoryFile) Close() error { return nil }
