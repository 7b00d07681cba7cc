package s3

import (
	"hash"
	"io"
	"sync"
)

// piece is how much of a body is in hand at once.
type piece struct {
	n    int
	data [pieceSize]byte
}

const (
	pieceSize = 128 << 10
	// piecesAhead is how far a hash may fall behind.
	piecesAhead = 4
)

var pieces = sync.Pool{New: func() any { return new(piece) }}

func (p *piece) bytes() []byte { return p.data[:p.n] }

// fill reads until the piece is full or r ends, which alone is io.EOF.
// (io.ReadFull would not tell a body that ends from one that breaks off.)
func (p *piece) fill(r io.Reader) (err error) {
	for p.n = 0; p.n < pieceSize && err == nil; {
		var n int
		n, err = r.Read(p.data[p.n:])
		p.n += n
	}
	return err
}

// beside computes a hash in a goroutine of its own.
type beside struct {
	full, free chan *piece
	taken      int // pieces that are under way
}

func hashBeside(h hash.Hash) *beside {
	b := &beside{full: make(chan *piece, piecesAhead), free: make(chan *piece, piecesAhead), taken: 1}
	go func() {
		defer close(b.free)
		for p := range b.full {
			h.Write(p.bytes())
			b.free <- p
		}
	}()
	return b
}

// hash hands over a piece, which is only to be read from now on.
func (b *beside) hash(p *piece) { b.full <- p }

// next gives a piece to fill.
func (b *beside) next() *piece {
	select {
	case p := <-b.free:
		return p
	default:
	}
	if b.taken < piecesAhead {
		b.taken++
		return pieces.Get().(*piece)
	}
	return <-b.free
}

// end waits until everything is hashed.
func (b *beside) end() {
	close(b.full)
	for p := range b.free {
		pieces.Put(p)
	}
}
