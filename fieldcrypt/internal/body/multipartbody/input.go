package multipartbody

import (
	"errors"
	"io"
)

// inputSize is how much of a body is in memory. It has to hold a delimiter with
// its line ends many times.
const inputSize = 32 << 10

// An input is a reader that can look ahead.
type input struct {
	src      io.Reader
	buf      [inputSize]byte
	pos, end int
	base     int64 // where in the body buf begins
	eof      bool
	used     int // the most of buf that has been filled
}

func (in *input) offset() int64 { return in.base + int64(in.pos) }

func (in *input) buffered() []byte { return in.buf[in.pos:in.end] }

// fill makes at least n bytes be buffered, if the body has so many.
func (in *input) fill(n int) error {
	if in.end-in.pos >= n {
		return nil
	}
	in.base += int64(in.pos)
	in.end = copy(in.buf[:], in.buf[in.pos:in.end])
	in.pos = 0
	for empty := 0; in.end < n && !in.eof; {
		k, err := in.src.Read(in.buf[in.end:])
		in.end += k
		in.used = max(in.used, in.end)
		switch {
		case errors.Is(err, io.EOF):
			in.eof = true
		case err != nil:
			return err
		case k > 0:
			empty = 0
		default:
			if empty++; empty == 100 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}

// accept goes past text if it comes next.
func (in *input) accept(text string) (bool, error) {
	if err := in.fill(len(text)); err != nil {
		return false, err
	}
	if in.end-in.pos < len(text) || string(in.buf[in.pos:in.pos+len(text)]) != text {
		return false, nil
	}
	in.pos += len(text)
	return true, nil
}

// ended says whether all has been read.
func (in *input) ended() (bool, error) {
	err := in.fill(1)
	return in.pos == in.end, err
}
