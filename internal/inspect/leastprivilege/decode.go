package leastprivilege

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// CorruptError is a log file that is not as CloudTrail writes them.
type CorruptError struct {
	File   string
	Offset int64 // in the file's content, decompressed
	Err    error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s: offset %d: %v", e.File, e.Offset, e.Err)
}

// Unwrap is what was wrong.
func (e *CorruptError) Unwrap() error { return e.Err }

// maxRecord bounds one record. CloudTrail's own bound is 256 KB; the reader
// takes some of what follows as well.
const maxRecord = 4 << 20

var (
	errTooLong   = errors.New("a record is longer than 4 MiB")
	errNoRecords = errors.New(`no log file of CloudTrail: an object with the member "Records" is expected`)
	errTrailing  = errors.New("something follows the end of the log file")
)

// budget lets so many bytes pass until it is filled up again, so that no file
// makes the decoder hold more than a record.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// decodeLog gives the records of one log file, gzipped or not, to yield until
// that says no.
func decodeLog(file string, content io.Reader, q *Query, yield func(*Record) bool) (more bool, err error) {
	plain, err := unzip(content)
	if err != nil {
		return false, &CorruptError{file, 0, err}
	}
	l := &logDecoder{budget: &budget{plain, maxRecord}}
	l.dec = json.NewDecoder(l.budget)
	if more, err = l.records(q, yield); err != nil {
		return false, &CorruptError{file, l.dec.InputOffset(), err}
	}
	return more, nil
}

// unzip looks whether content is gzipped. What a file is called says little: S3
// and browsers decompress without being asked.
func unzip(content io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(content, 64<<10)
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	return gzip.NewReader(b)
}

type logDecoder struct {
	*budget
	dec *json.Decoder
}

// records reads {"Records":[…]} without ever holding more than one of them.
func (l *logDecoder) records(q *Query, yield func(*Record) bool) (more bool, err error) {
	if err := l.until(json.Delim('{')); err != nil {
		return false, err
	}
	found := false
	for l.dec.More() {
		name, err := l.dec.Token()
		if err != nil {
			return false, unexpected(err)
		}
		if name != "Records" {
			if err := l.dec.Decode(new(json.RawMessage)); err != nil {
				return false, unexpected(err)
			}
			continue
		}
		found = true
		if more, err := l.list(q, yield); !more || err != nil {
			return false, err
		}
	}
	if err := l.until(json.Delim('}')); err != nil {
		return false, err
	}
	if !found {
		return false, errNoRecords
	}
	// The end is read too: only there gzip tells whether all of it was right.
	if _, err := l.dec.Token(); err == nil {
		return false, errTrailing
	} else if !errors.Is(err, io.EOF) {
		return false, unexpected(err)
	}
	return true, nil
}

// until takes one delimiter.
func (l *logDecoder) until(d json.Delim) error {
	t, err := l.dec.Token()
	if err != nil {
		return unexpected(err)
	}
	if t != d {
		return errNoRecords
	}
	return nil
}

func (l *logDecoder) list(q *Query, yield func(*Record) bool) (more bool, err error) {
	if err := l.until(json.Delim('[')); err != nil {
		return false, err
	}
	var raw json.RawMessage
	for l.dec.More() {
		l.left = maxRecord
		raw = raw[:0]
		if err := l.dec.Decode(&raw); err != nil {
			return false, unexpected(err)
		}
		r, err := q.Decode(raw)
		if err != nil {
			return false, err
		}
		if r != nil && !yield(r) {
			return false, nil
		}
	}
	return true, l.until(json.Delim(']'))
}

// unexpected makes of the end of a file that comes too early an error that says
// so.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
