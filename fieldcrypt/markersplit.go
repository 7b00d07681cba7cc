package fieldcrypt

import (
	"bytes"
	"io"
	"iter"
)

// A Piece is a part of a text: a marker, or what stands between two.
type Piece struct {
	Text   []byte  // the bytes as they are, the marker's too; valid until the next piece
	Sealed *Sealed // nil: no marker
}

// Split cuts a text into its pieces, of which every byte is in one. It holds
// no more of it in memory than MaxMarker and what one Read gives.
func (f *Finder) Split(src io.Reader) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		s := splitter{finder: f, src: src}
		for {
			piece, err := s.next()
			if err == io.EOF {
				return
			}
			if !yield(piece, err) || err != nil {
				return
			}
		}
	}
}

// splitter is the state of one Split.
type splitter struct {
	finder  *Finder
	src     io.Reader
	buf     []byte // buf[start:] is still to be given out
	start   int
	scanned int // of a marker that buf[start:] may be the beginning of
	err     error
}

// next gives the next piece, or io.EOF.
func (s *splitter) next() (Piece, error) {
	for {
		rest := s.buf[s.start:]
		hash := bytes.IndexByte(rest, '#')
		switch {
		case len(rest) > 0 && hash < 0:
			return s.take(len(rest), nil), nil
		case hash > 0:
			return s.take(hash, nil), nil
		case hash == 0:
			sealed, n, more := s.finder.match(rest, s.scanned)
			if sealed != nil {
				return s.take(n, sealed), nil
			}
			if !more || s.err != nil {
				return s.take(untilHash(rest), nil), nil
			}
			s.scanned = n
		case s.err != nil:
			return Piece{}, s.err
		}
		s.read()
	}
}

// untilHash is the length of a text that begins with a '#' that is no marker's.
func untilHash(text []byte) int {
	if next := bytes.IndexByte(text[1:], '#'); next >= 0 {
		return 1 + next
	}
	return len(text)
}

func (s *splitter) take(n int, sealed *Sealed) Piece {
	piece := Piece{Text: s.buf[s.start : s.start+n], Sealed: sealed}
	s.start += n
	s.scanned = 0
	return piece
}

// read reads more behind what is left. The buffer grows only for a marker that
// fills it.
func (s *splitter) read() {
	const least = 32 << 10
	if s.start > 0 {
		s.buf = append(s.buf[:0], s.buf[s.start:]...)
		s.start = 0
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, max(least, 2*cap(s.buf))), s.buf...)
	}
	n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	s.err = err
}
