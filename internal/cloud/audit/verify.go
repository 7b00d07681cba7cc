package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// CorruptError is a log that is not as it was written.
type CorruptError struct {
	File   string // its name in the folder
	Line   int    // 1 is the header; 0 where only the file is known
	Reason string
}

func (e *CorruptError) Error() string {
	switch {
	case e.File == "":
		return "audit log: " + e.Reason
	case e.Line == 0:
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Result is what Verify has found to be whole.
type Result struct {
	Files   int
	Records uint64
	Resets  int
	Head    Head // the end of the chain
	// Torn counts bytes after the last complete line: of a record that was
	// being written when the process stopped. Open will cut them off.
	Torn int64
}

// Verify reads the whole log in dir and proves that no line was changed,
// removed, inserted or moved since it was written; otherwise it fails with a
// *CorruptError that names the first such line. Heads that were noted before
// must lie on the chain: they prove that its end was not cut off or made anew.
func Verify(dir string, known ...Head) (Result, error) { return verify(osFS{}, dir, nil, known) }

// Verify verifies the log as it is at this moment. A log in memory has nothing
// to verify.
func (l *Log) Verify(known ...Head) (Result, error) {
	l.mu.Lock()
	v, _ := l.journal.view().(*diskView)
	head := l.head
	l.mu.Unlock()
	if v == nil {
		return Result{Head: head}, nil
	}
	return verify(v.fs, v.dir, v, append(slices.Clip(known), head))
}

// verify verifies the files of a folder, up to the end that a view has seen if
// there is one.
func verify(fsys fileSystem, dir string, upTo *diskView, known []Head) (Result, error) {
	numbers, err := fileNumbers(fsys, dir)
	if err != nil {
		return Result{}, err
	}
	w := &walk{known: slices.Clone(known)}
	w.reach(Head{})
	for i, n := range numbers {
		if upTo != nil && n > upTo.number {
			break
		}
		last := i == len(numbers)-1 || upTo != nil && n == upTo.number
		if n != i+1 {
			return w.Result, &CorruptError{fileName(i + 1), 0, "the file is missing"}
		}
		if err := w.file(fsys, dir, n, upTo, last); err != nil {
			return w.Result, err
		}
	}
	return w.Result, w.reachedAll()
}

// walk is the way along the chain.
type walk struct {
	Result
	known []Head
	epoch int

	name string // of the file and line it is at
	line int
}

func (w *walk) corrupt(reason string) error { return &CorruptError{w.name, w.line, reason} }

func (w *walk) file(fsys fileSystem, dir string, number int, upTo *diskView, last bool) error {
	w.name, w.line = fileName(number), 0
	f, err := fsys.read(filepath.Join(dir, w.name))
	if err != nil {
		return err
	}
	defer f.Close()
	end, err := size(f)
	if err != nil {
		return err
	}
	if upTo != nil && last {
		if end < upTo.size {
			return w.corrupt("the file is shorter than it was")
		}
		end = upTo.size
	}
	w.Files++
	return w.lines(bufio.NewReaderSize(io.NewSectionReader(f, 0, end), chunk), number, last)
}

func (w *walk) lines(r *bufio.Reader, number int, last bool) error {
	var long []byte // a line that does not fit into the reader's buffer
	for {
		part, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err != nil && err != io.EOF {
			return err
		}
		line := part
		if len(long) > 0 {
			long = append(long, part...)
			line = long
		}
		if err == io.EOF {
			return w.end(line, last)
		}
		w.line++
		if err := w.next(bytes.TrimSuffix(line, []byte{'\n'}), number); err != nil {
			return err
		}
		long = long[:0]
	}
}

// end looks at what follows the last newline of a file.
func (w *walk) end(rest []byte, last bool) error {
	w.line++
	switch {
	case w.line == 1:
		return w.corrupt("the header is missing")
	case len(rest) > 0 && !last:
		return w.corrupt("the line is cut short")
	}
	w.Torn = int64(len(rest))
	return nil
}

// next takes one line.
func (w *walk) next(line []byte, number int) error {
	place, content, ok := open(line)
	if !ok {
		return w.corrupt("the line is no line of the log")
	}
	if follow(w.Head.Chain, content) != place {
		return w.corrupt("the line does not continue the chain")
	}
	if w.line == 1 {
		if err := w.header(content, number); err != nil {
			return err
		}
		w.reach(Head{w.Head.Seq, place})
		return nil
	}
	if seq, ok := parseSeq(content); !ok || seq != w.Head.Seq+1 {
		return w.corrupt("the line is out of order")
	}
	w.Records++
	w.reach(Head{w.Head.Seq + 1, place})
	return nil
}

// header takes the first line of a file.
func (w *walk) header(content []byte, number int) error {
	h, ok := parseHeader(content)
	switch {
	case !ok:
		return w.corrupt("the first line is no header")
	case h.Format > format:
		return newer(w.name, h.Format)
	case h.File != number || h.First != w.Head.Seq+1 || h.Previous != w.Head.Chain:
		return w.corrupt("the header is of another place in the log")
	case h.Epoch != w.epoch && h.Epoch != w.epoch+1:
		return w.corrupt("the header is of another epoch")
	}
	if number > 1 && h.Epoch != w.epoch {
		w.Resets++
	}
	w.epoch = h.Epoch
	return nil
}

// reach moves the end of what was verified, and crosses off what was known.
func (w *walk) reach(h Head) {
	w.Head = h
	w.known = slices.DeleteFunc(w.known, func(k Head) bool { return k == h })
}

// reachedAll fails if something that was known did not lie on the way.
func (w *walk) reachedAll() error {
	if len(w.known) == 0 {
		return nil
	}
	w.line = 0
	return w.corrupt(fmt.Sprintf("the chain does not lead through record %d as it was noted", w.known[0].Seq))
}
