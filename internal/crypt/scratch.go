package crypt

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// scratch is a file that is being written. Where the system can, it has no name
// until it is complete, so that nothing is left of it even when the process is
// killed or the power fails; elsewhere it has a hidden one, and is readable by
// its owner only.
type scratch struct {
	*os.File
	name string // empty: it has none yet
}

// openScratch is openUnnamed, save in tests.
var openScratch = openUnnamed

// newScratch makes a scratch in the folder of path. It gives the permissions
// that a file made with perm gets.
func newScratch(path string, perm fs.FileMode) (*scratch, fs.FileMode, error) {
	s := new(scratch)
	var err error
	s.File, err = openScratch(filepath.Dir(path), perm)
	if errors.Is(err, errors.ErrUnsupported) {
		s.name = hiddenName(path)
		s.File, err = os.OpenFile(s.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := s.Stat()
	if err == nil && s.name != "" {
		err = s.Chmod(0o600)
	}
	if err != nil {
		s.discard()
		return nil, 0, err
	}
	return s, info.Mode().Perm(), nil
}

func hiddenName(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text())
}

// rename gives the file its name, and takes it from what has it.
func (s *scratch) rename(path string) error {
	if s.name == "" {
		name := hiddenName(path)
		if err := linkUnnamed(s.File, name); err != nil {
			return err
		}
		s.name = name
	}
	if err := os.Rename(s.name, path); err != nil {
		return err
	}
	s.name = ""
	return nil
}

// link gives the file its name if nothing has it.
func (s *scratch) link(path string) error {
	if s.name == "" {
		return linkUnnamed(s.File, path)
	}
	return os.Link(s.name, path)
}

// discard closes the file, and removes it if it is not complete.
func (s *scratch) discard() {
	s.Close()
	if s.name != "" {
		os.Remove(s.name)
	}
}
