package crypt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An output is where one message goes. After the last Write, finish takes the
// time that it takes, and commit lets the result be seen. abort may be called
// at any time, from another goroutine too. One that is hidden shows nothing
// before finish.
type output interface {
	io.Writer
	hidden() bool
	finish() error
	commit() error
	abort()
}

// bufferSize is how much is read and written at once.
const bufferSize = 256 << 10

// openOutput opens where an item goes: a file, or a pipe or device.
func (j *Job) openOutput(it item) (output, error) {
	if it.to == Stream {
		return j.newStream(j.Stdout, nil), nil
	}
	path := realPath(it.to)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := makeFolders(filepath.Dir(it.from), filepath.Dir(path)); err != nil {
			return nil, err
		}
		return newFileOutput(path, it.perm, nil, j.Existing == KeepExisting)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "write", Path: it.to, Err: errors.New("is a folder")}
	}
	// What may not be written may not be replaced either. This opens pipes and
	// devices, too.
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return j.newStream(f, f), nil
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return newFileOutput(path, it.perm, info, j.Existing == KeepExisting)
}

// makeFolders makes the folder of an output, and those above it, as open as the
// input's are: what a closed folder kept from others is not to be had in a copy.
func makeFolders(from, to string) error {
	if isDir(to) {
		return nil
	}
	if err := makeFolders(filepath.Dir(from), filepath.Dir(to)); err != nil {
		return err
	}
	perm := fs.FileMode(0o777)
	if info, err := os.Stat(from); err == nil {
		perm = info.Mode().Perm() | 0o700
	}
	if err := os.Mkdir(to, perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// fileOutput is a file that appears whole or not at all.
type fileOutput struct {
	*bufio.Writer
	scratch *scratch
	path    string
	perm    fs.FileMode
	keep    bool // what is at path by now
}

func newFileOutput(path string, perm fs.FileMode, old fs.FileInfo, keep bool) (*fileOutput, error) {
	if old != nil {
		perm = old.Mode().Perm()
	}
	s, made, err := newScratch(path, perm)
	if err != nil {
		return nil, err
	}
	if old == nil {
		perm = made
	}
	return &fileOutput{bufio.NewWriterSize(s, bufferSize), s, path, perm, keep}, nil
}

func (o *fileOutput) finish() error {
	if err := o.Flush(); err != nil {
		return err
	}
	if err := o.scratch.Chmod(o.perm); err != nil {
		return err
	}
	return o.scratch.Sync()
}

func (o *fileOutput) commit() (err error) {
	if o.keep {
		err = o.scratch.link(o.path)
	} else {
		err = o.scratch.rename(o.path)
	}
	o.scratch.discard()
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(o.path))
}

func (o *fileOutput) hidden() bool { return true }

func (o *fileOutput) abort() { o.scratch.discard() }

// syncFolder makes a new name last.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}

// streamOutput is a pipe, a device or a terminal. What has been written to it
// cannot be taken back.
type streamOutput struct {
	w     io.Writer
	close io.Closer
	held  *bytes.Buffer // nil: nothing is held
}

func (j *Job) newStream(w io.Writer, close io.Closer) *streamOutput {
	o := &streamOutput{w: w, close: close}
	if j.Buffer {
		o.held = new(bytes.Buffer)
	}
	return o
}

func (o *streamOutput) Write(b []byte) (int, error) {
	if o.held != nil {
		return o.held.Write(b)
	}
	return o.w.Write(b)
}

func (o *streamOutput) finish() error {
	if o.held == nil {
		return nil
	}
	_, err := o.held.WriteTo(o.w)
	return err
}

func (o *streamOutput) hidden() bool { return o.held != nil }

func (o *streamOutput) commit() error {
	if o.close == nil {
		return nil
	}
	return o.close.Close()
}

func (o *streamOutput) abort() {
	if o.close != nil {
		o.close.Close()
	}
}
