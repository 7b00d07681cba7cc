package crypt

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// openUnnamed makes a file without a name in a folder: see O_TMPFILE in open(2).
func openUnnamed(folder string, perm fs.FileMode) (*os.File, error) {
	fd, err := unix.Open(folder, unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, uint32(perm.Perm()))
	switch {
	// What kernels and file systems say that do not know it.
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EISDIR), errors.Is(err, unix.EINVAL):
		return nil, errors.ErrUnsupported
	case err != nil:
		return nil, &fs.PathError{Op: "create file in", Path: folder, Err: err}
	}
	if _, err := os.Stat(inProc(fd)); err != nil { // no /proc: it could not be given a name
		unix.Close(fd)
		return nil, errors.ErrUnsupported
	}
	return os.NewFile(uintptr(fd), folder), nil
}

// linkUnnamed gives the file a name that nothing has.
func linkUnnamed(f *os.File, path string) error {
	err := unix.Linkat(unix.AT_FDCWD, inProc(int(f.Fd())), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &fs.PathError{Op: "create", Path: path, Err: err}
	}
	return nil
}

func inProc(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }
