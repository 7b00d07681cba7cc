package audit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
)

// Position is a place in the log: behind the record Seq, where Since goes on.
// The zero Position is the beginning.
type Position struct {
	Seq uint64
	// File and Offset are where the record's line ends. They save the search
	// for it and are checked: a position whose log was restored from a backup is
	// still a position.
	File   int
	Offset int64
}

// placed is a line with the position behind it.
type placed struct {
	line   []byte // valid until the next one
	file   int
	offset int64
}

// Since gives the events behind a position that a filter selects, oldest first,
// and moves the position along, also over what is not selected: who keeps it
// goes on from there next time and misses nothing. A line that cannot be read
// yields an error and is passed over; an error of the disk ends the iteration.
//
// It gives what was appended when the iteration begins, after it is on disk: a
// number is never given to a second record once somebody has seen the first.
func (l *Log) Since(ctx context.Context, p *Position, f Filter) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		l.mu.Lock()
		v, head := l.journal.view(), l.head.Seq
		l.mu.Unlock()
		if head <= p.Seq {
			return
		}
		if err := l.Sync(ctx); err != nil {
			yield(nil, err)
			return
		}
		s := newScreen(&f)
		for at, err := range v.oldestFirst(*p) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			seq, ok := lineSeq(at.line)
			if ok && (seq <= p.Seq || seq > head) {
				continue
			}
			if ok {
				*p = Position{seq, at.file, at.offset}
			}
			e, err := s.read(at.line)
			if (e != nil || err != nil) && !yield(e, err) {
				return
			}
		}
	}
}

// lineSeq is the number of the record in a line; a header has none.
func lineSeq(line []byte) (seq uint64, ok bool) {
	_, content, ok := open(line)
	if !ok {
		return 0, false
	}
	return parseSeq(content)
}

// oldestFirst gives the lines of the epoch from some place on that is not
// behind p.
func (v *diskView) oldestFirst(p Position) iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		number, offset, err := v.seek(p)
		if err != nil {
			yield(placed{}, err)
			return
		}
		for ; number <= v.number; number, offset = number+1, 0 {
			more, err := v.forward(number, offset, yield)
			if err != nil {
				yield(placed{}, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// seek finds where to begin: at the position, if it is what it says, or else at
// the beginning of the newest file that holds only what is not behind it.
func (v *diskView) seek(p Position) (number int, offset int64, err error) {
	if v.holds(p) {
		return p.File, p.Offset, nil
	}
	for n := v.number; n > 0; n-- {
		h, err := v.header(n)
		if errors.Is(err, fs.ErrNotExist) {
			return n + 1, 0, nil // somebody has moved the oldest files away
		}
		if err != nil {
			return 0, 0, err
		}
		if h.First <= p.Seq+1 || h.Epoch != v.epoch {
			return n, 0, nil
		}
	}
	return 1, 0, nil // not reached: the first file is behind no position
}

// holds reports whether a position's record ends where it says: whether the
// line that begins there has the next number.
func (v *diskView) holds(p Position) bool {
	if p.File < 1 || p.File > v.number || p.Offset <= 0 {
		return false
	}
	next := uint64(0)
	_, err := v.forward(p.File, p.Offset, func(at placed, _ error) bool {
		next, _ = lineSeq(at.line)
		return false
	})
	return err == nil && next == p.Seq+1
}

func (v *diskView) header(number int) (header, error) {
	name := fileName(number)
	f, err := v.fs.read(filepath.Join(v.dir, name))
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	end, err := v.end(f, number)
	if err != nil {
		return header{}, err
	}
	h, _, err := readHeader(f, name, end)
	return h, err
}

// end is where the complete lines of a file end.
func (v *diskView) end(f file, number int) (int64, error) {
	if number == v.number {
		return v.size, nil
	}
	return size(f)
}

// forward gives the lines of one file from an offset on, none if it is of
// another epoch. It reports whether to go on with the next.
func (v *diskView) forward(number int, offset int64, yield func(placed, error) bool) (more bool, err error) {
	name := fileName(number)
	f, err := v.fs.read(filepath.Join(v.dir, name))
	if err != nil {
		return false, err
	}
	defer f.Close()
	end, err := v.end(f, number)
	if err != nil {
		return false, err
	}
	h, _, err := readHeader(f, name, end)
	if err != nil || h.Epoch != v.epoch {
		return err == nil, err
	}
	r := bufio.NewReaderSize(io.NewSectionReader(f, offset, end-offset), chunk)
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			var rest []byte
			line = bytes.Clone(line)
			rest, err = r.ReadBytes('\n')
			line = append(line, rest...)
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		offset += int64(len(line))
		if !yield(placed{trimNewline(line), number, offset}, nil) {
			return false, nil
		}
	}
}

// oldestFirst goes through the lines behind a position. What has been
// overwritten meanwhile is gone.
func (m *memory) oldestFirst(p Position) iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		m.mu.RLock()
		seq, last := max(p.Seq+1, m.first), m.last
		m.mu.RUnlock()
		for ; seq <= last; seq++ {
			line := m.line(seq)
			if line != nil && !yield(placed{line: trimNewline(line)}, nil) {
				return
			}
		}
	}
}
