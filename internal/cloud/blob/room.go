package blob

import "errors"

// ErrFull says that the disk has no more room for content.
var ErrFull = errors.New("blob: no more room for content on the disk")

// Not all of the disk is for content. The store needs some for what it changes,
// deletions among that, which are what makes room; the audit log needs some to
// tell of every call. Content that took the last of it would have changes fail
// that bring none, or, worse, have them made without a record.
const (
	reserve      = 64 << 20
	reserveShare = 16 // of a small disk it is this part
)

// measured is a file system that knows its size.
type measured interface {
	// space gives how many bytes are free on the disk of a folder, and how many it
	// has.
	space(dir string) (free, size int64, err error)
}

// claim sees to it that there is room for n bytes of content. It counts them as
// taken until release, since others ask before they are written.
func (s *Store) claim(n int) (release func(), err error) {
	taken := s.taken.Add(int64(n))
	release = func() { s.taken.Add(int64(-n)) }
	if !s.has(taken) {
		release()
		return nil, ErrFull
	}
	return release, nil
}

// has reports whether there is room for n bytes. A disk that does not know has
// room until a write fails.
func (s *Store) has(n int64) bool {
	disk, ok := s.fs.(measured)
	if !ok {
		return true
	}
	free, size, err := disk.space(s.dir)
	return err != nil || size <= 0 || free-n >= min(reserve, size/reserveShare)
}
