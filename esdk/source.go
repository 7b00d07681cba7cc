package esdk

import "io"

// batch is how much is read and written at once, if frames are shorter.
const batch = 64 << 10

// source is where the bytes of a message come from: all of them at once, or a
// reader and a buffer before it.
type source struct {
	r    io.Reader // nil: buf is the whole message
	buf  []byte    // buf[at:] has been read and not been taken
	at   int
	full bool  // the last read filled all the room it had
	err  error // of r
}

// need makes sure that n bytes are at hand, and returns those that are. Where it
// has to read, it reads up to want bytes. The result is valid until need is
// called again.
//
// The buffer grows with what arrives, not with what a message claims to have.
func (s *source) need(n, want int) ([]byte, error) {
	for len(s.buf)-s.at < n {
		if s.r == nil {
			return nil, ErrTruncated
		}
		if s.err != nil {
			return nil, truncated(s.err)
		}
		s.fill(max(n, want))
	}
	return s.buf[s.at:], nil
}

// fill reads once, at most as much as makes want bytes at hand.
func (s *source) fill(want int) {
	have := len(s.buf) - s.at
	if s.at > 0 && (have == 0 || want > cap(s.buf)-s.at) {
		copy(s.buf, s.buf[s.at:])
		s.buf, s.at = s.buf[:have], 0
	}
	if want > cap(s.buf) && (s.full || cap(s.buf) == 0) {
		grown := make([]byte, have, max(firstBuffer, min(want, max(batch, 2*cap(s.buf)))))
		copy(grown, s.buf)
		s.buf = grown
	}
	room := s.buf[len(s.buf):min(cap(s.buf), s.at+want)]
	for range maxEmptyReads {
		n, err := s.r.Read(room)
		if n < 0 || n > len(room) {
			panic("esdk: a reader returned an impossible count")
		}
		s.buf, s.full, s.err = s.buf[:len(s.buf)+n], n == len(room), err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// firstBuffer is enough for most headers and for short messages.
const firstBuffer = 4 << 10

// maxEmptyReads is how often a reader may give nothing, as in package bufio.
const maxEmptyReads = 100

// take counts the next n bytes as read.
func (s *source) take(n int) { s.at += n }

// end reports whether nothing follows: nil, ErrTrailing, or the reader's error.
func (s *source) end() error {
	for s.at == len(s.buf) && s.r != nil && s.err == nil {
		s.fill(1)
	}
	if s.at < len(s.buf) {
		return ErrTrailing
	}
	if s.err != nil && s.err != io.EOF {
		return s.err
	}
	return nil
}

// truncated is what the end of the source means within a message.
func truncated(err error) error {
	if err == io.EOF {
		return ErrTruncated
	}
	return err
}
