package audit

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// disk keeps lines in numbered files of a folder.
type disk struct {
	fs  fileSystem
	dir string
	max int64 // size of a file

	file   file
	number int
	epoch  int
	start  int64 // end of the first line
	size   int64 // end of the last complete line
	torn   bool  // a failed write may have left something after it
}

var _ journal = (*disk)(nil)

const (
	namePrefix = "audit-"
	nameSuffix = ".jsonl"
	tempSuffix = ".tmp"
)

func fileName(number int) string { return fmt.Sprintf("%s%08d%s", namePrefix, number, nameSuffix) }

// fileNumbers gives the numbers of a log's files, ascending.
func fileNumbers(fsys fileSystem, dir string) ([]int, error) {
	names, err := fsys.list(dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(name, namePrefix+"%d"+nameSuffix, &n); err == nil && name == fileName(n) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// removeTemps removes what a crash while a file began has left. Such a file
// has never been part of the log.
func removeTemps(fsys fileSystem, dir string) error {
	names, err := fsys.list(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, namePrefix) && strings.HasSuffix(name, tempSuffix) {
			if err := fsys.remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *disk) write(_ uint64, line []byte) error {
	if d.torn {
		if err := d.repair(); err != nil {
			return err
		}
	}
	if _, err := d.file.WriteAt(line, d.size); err != nil {
		d.torn = true
		return errors.Join(err, d.repair())
	}
	d.size += int64(len(line))
	return nil
}

// repair cuts off what a failed write left, such as the part of a line that a
// full disk still took. Until it succeeds nothing more is written.
func (d *disk) repair() error {
	if err := d.file.Truncate(d.size); err != nil {
		return err
	}
	d.torn = false
	return nil
}

func (d *disk) full(length int) bool {
	return d.size > d.start && d.size+int64(length) > d.max // one record fits always
}

// begin makes the new file complete under another name first, so that a file
// of the log always has its first line. The file before is synced already when
// the new one appears: a log can lose its end with the power, never its middle.
func (d *disk) begin(line func(header) []byte, reset bool) (err error) {
	if d.file != nil {
		if d.torn {
			if err := d.repair(); err != nil {
				return err
			}
		}
		if err := d.file.Sync(); err != nil {
			return &syncError{err}
		}
	}
	h := header{Format: format, File: d.number + 1, Epoch: max(d.epoch, 1)}
	if reset {
		h.Epoch++
	}
	first := line(h)
	f, err := d.create(h.File, first)
	if err != nil {
		return err
	}
	if d.file != nil {
		d.file.Close() // synced above, nothing is left to fail
	}
	d.file, d.number, d.epoch = f, h.File, h.Epoch
	d.start, d.size = int64(len(first)), int64(len(first))
	return nil
}

// create makes a file of the log with its first line.
func (d *disk) create(number int, first []byte) (_ file, err error) {
	path := filepath.Join(d.dir, fileName(number))
	f, err := d.fs.create(path + tempSuffix)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
			d.fs.remove(path + tempSuffix)
		}
	}()
	if _, err = f.WriteAt(first, 0); err != nil {
		return nil, err
	}
	if err = f.Sync(); err != nil {
		return nil, err
	}
	if err = d.fs.rename(path+tempSuffix, path); err != nil {
		return nil, err
	}
	if err = d.fs.syncDir(d.dir); err != nil {
		// The name may or may not last. Taking it back leaves the log as it
		// was, and the next attempt free to use the number.
		return nil, errors.Join(err, d.fs.remove(path))
	}
	return f, nil
}

func (d *disk) sync() error {
	if err := d.file.Sync(); err != nil {
		return &syncError{err}
	}
	return nil
}

func (d *disk) durable() bool { return true }
func (d *disk) close() error  { return d.file.Close() }

// syncError is a failed fsync. What it leaves on the disk nobody knows, and a
// second fsync would report success. Only a new start, which reads the files,
// can tell.
type syncError struct{ err error }

func (e *syncError) Error() string { return "sync: " + e.err.Error() }
func (e *syncError) Unwrap() error { return e.err }

func (d *disk) view() view {
	return &diskView{fs: d.fs, dir: d.dir, number: d.number, epoch: d.epoch, size: d.size}
}
