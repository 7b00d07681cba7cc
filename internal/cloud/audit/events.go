package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"time"
)

// ErrNotFound is the answer where no record is what was asked for.
var ErrNotFound = errors.New("no such record")

// Entry is a record as it was logged.
type Entry struct {
	Seq         uint64 // its number, by which pages continue
	Record      Record
	Event       json.RawMessage // the CloudTrail event, byte for byte
	Explanation json.RawMessage // nil when there is none
}

// Events gives the events of this epoch that a filter selects, newest first:
// those that were appended when the iteration begins. A line that cannot be
// read yields an error and does not end the iteration.
func (l *Log) Events(f Filter) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		l.mu.Lock()
		v := l.journal.view()
		l.mu.Unlock()
		s := newScreen(&f)
		for line, err := range v.newestFirst(f.Start) {
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			e, err := s.read(line)
			if (e != nil || err != nil) && !yield(e, err) {
				return
			}
		}
	}
}

// Find gives the newest event of a request, or ErrNotFound.
func (l *Log) Find(requestID string) (*Entry, error) {
	for e, err := range l.Events(Filter{RequestID: requestID}) {
		if e != nil || !errors.As(err, new(*CorruptError)) {
			return e, err
		}
	}
	return nil, fmt.Errorf("request %s: %w", requestID, ErrNotFound)
}

// read decodes a line that the filter selects; for any other it gives nil.
func (s *screen) read(line []byte) (*Entry, error) {
	_, content, ok := open(line)
	if !ok {
		return nil, &CorruptError{Reason: "a line is no record"}
	}
	if !s.may(content) {
		return nil, nil
	}
	var parsed struct {
		Seq                uint64
		Event, Explanation json.RawMessage
	}
	if err := json.Unmarshal(append([]byte{'{'}, content...), &parsed); err != nil {
		return nil, &CorruptError{Reason: "a line is no record"}
	}
	if parsed.Event == nil {
		return nil, nil // a header
	}
	e := &Entry{Seq: parsed.Seq, Event: parsed.Event, Explanation: parsed.Explanation}
	if err := json.Unmarshal(parsed.Event, &e.Record); err != nil {
		return nil, &CorruptError{Reason: fmt.Sprintf("record %d is no event", parsed.Seq)}
	}
	if !s.match(&e.Record) {
		return nil, nil
	}
	e.Record.Explanation = e.Explanation
	return e, nil
}

// diskView is the log up to an end.
type diskView struct {
	fs     fileSystem
	dir    string
	number int // of the newest file
	epoch  int
	size   int64 // of the newest file
}

func (v *diskView) newestFirst(since time.Time) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for n := v.number; n > 0; n-- {
			h, more, err := v.file(n, yield)
			if err != nil {
				yield(nil, err)
				return
			}
			// All that older files hold was written before this one began.
			if !more || h.Created.Before(since.Add(-tolerance)) {
				return
			}
		}
	}
}

// tolerance is how far the clock may have been set back while a log was
// written, or a call's time may lie after its record's writing.
const tolerance = 15 * time.Minute

// file gives the lines of one file. It reports whether to go on with the one
// before.
func (v *diskView) file(number int, yield func([]byte, error) bool) (h header, more bool, err error) {
	name := fileName(number)
	f, err := v.fs.read(filepath.Join(v.dir, name))
	if err != nil {
		return h, false, err
	}
	defer f.Close()
	end, err := v.end(f, number)
	if err != nil {
		return h, false, err
	}
	h, _, err = readHeader(f, name, end)
	if err != nil || h.Epoch != v.epoch {
		return h, false, err
	}
	for line, err := range backward(f, end) {
		if err != nil {
			return h, false, err
		}
		if !yield(line, nil) {
			return h, false, nil
		}
	}
	return h, true, nil
}
