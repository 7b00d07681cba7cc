package audit

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// fileSystem is the disk as this package needs it. Tests put failures in
// between.
type fileSystem interface {
	mkdir(dir string) error
	list(dir string) ([]string, error)
	create(path string) (file, error) // empty, whatever was there
	open(path string) (file, error)   // for reading and writing
	read(path string) (file, error)   // for reading
	rename(from, to string) error
	remove(path string) error
	syncDir(dir string) error
}

type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Stat() (fs.FileInfo, error)
}

type osFS struct{}

func (osFS) mkdir(dir string) error { return os.MkdirAll(dir, 0o700) }

func (osFS) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (osFS) create(path string) (file, error) {
	return openFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func (osFS) open(path string) (file, error) { return openFile(path, os.O_RDWR) }

func (osFS) read(path string) (file, error) { return openFile(path, os.O_RDONLY) }

// openFile keeps a nil *os.File from becoming a file that is not nil.
func openFile(path string, flag int) (file, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osFS) rename(from, to string) error { return os.Rename(from, to) }
func (osFS) remove(path string) error     { return os.Remove(path) }

func (osFS) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func size(f file) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
