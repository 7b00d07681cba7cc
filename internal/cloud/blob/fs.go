package blob

import (
	"errors"
	"io"
	"os"
)

// fileSystem is the disk as this package needs it. Tests put failures in
// between.
type fileSystem interface {
	mkdir(dir string) error             // with its parents; existing is no error
	list(dir string) ([]string, error)  // the names in it
	create(path string) (file, error)   // for writing; it must not exist
	open(path string) (readFile, error) // for reading
	remove(path string) error
	syncDir(dir string) error
}

type file interface {
	io.WriteCloser
	Sync() error
}

type readFile interface {
	io.ReaderAt
	io.Closer
}

type osFS struct{}

func (osFS) mkdir(dir string) error { return os.MkdirAll(dir, 0o700) }

func (osFS) list(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

func (osFS) create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err // not a nil *os.File in a file
	}
	return f, nil
}

func (osFS) open(path string) (readFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osFS) remove(path string) error { return os.Remove(path) }

func (osFS) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
