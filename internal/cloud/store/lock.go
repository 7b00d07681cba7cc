//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

const lockName = "LOCK"

// lockFolder takes a folder for this process until the file that it gives is
// closed, which the system does for a process that dies. The lock is not the
// data file's own because that is replaced by another file on a Reset.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
