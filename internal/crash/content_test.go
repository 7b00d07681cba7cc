package crash

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
)

// piece is the content that one request brings. Nobody has to keep it: it
// follows from name and size, with which it begins, so that whoever reads
// content can tell what it should be, byte for byte.
type piece struct {
	Name string // no two have the same
	Size int    // 0, or at least headSize
}

// headSize is how long the name and size are with which a piece begins. They
// are the seed of all that follows.
const headSize = 32

func (p piece) bytes() []byte {
	head := fmt.Appendf(nil, "%-20s%12d", p.Name, p.Size)
	content := make([]byte, p.Size)
	rand.NewChaCha8([headSize]byte(head)).Read(content[copy(content, head):])
	return content
}

var errTorn = errors.New("content that nobody has written")

// piecesOf tells which pieces content consists of.
func piecesOf(content []byte) (list []piece, err error) {
	for at := 0; at < len(content); {
		var p piece
		rest := content[at:]
		if _, err := fmt.Sscanf(string(rest[:min(headSize, len(rest))]), "%s%d", &p.Name, &p.Size); err != nil || p.Size < headSize || p.Size > len(rest) {
			return nil, fmt.Errorf("%w: at %d of %d begins %.32q", errTorn, at, len(content), rest)
		}
		if !bytes.Equal(p.bytes(), rest[:p.Size]) {
			return nil, fmt.Errorf("%w: at %d of %d is not %+v", errTorn, at, len(content), p)
		}
		list = append(list, p)
		at += p.Size
	}
	return list, nil
}

// size is how long the content of some pieces is.
func size(list []piece) (n int) {
	for _, p := range list {
		n += p.Size
	}
	return n
}

// What decides about content: up to inlineSize it lies in a row of the store,
// beyond that in a file of segments (docs/decisions/0005-object-content.md).
const (
	inlineSize  = 32 << 10
	segmentSize = 64 << 10
	tagSize     = 16
	partSize    = 5 << 20 // the least of a part, unless it is the last
	maxContent  = 6 << 20
)

// newPiece makes a piece of any size.
func (w *writer) newPiece() piece {
	size := 0
	switch n := w.rnd.IntN(16); {
	case n < 2:
	case n < 5:
		size = 1 << 10
	case n < 7:
		size = headSize + w.rnd.IntN(inlineSize)
	case n < 10:
		size = inlineSize - 1 + w.rnd.IntN(3)
	case n < 12:
		size = segmentSize*(1+w.rnd.IntN(2)) - 1 + w.rnd.IntN(3)
	case n < 15:
		size = headSize + w.rnd.IntN(512<<10)
	default:
		size = 1<<20 + w.rnd.IntN(maxContent-1<<20)
	}
	return piece{w.newName("piece"), size}
}

// fileSize is how large the file is that holds content of a size.
func fileSize(content int) int { return content + (content/segmentSize+1)*tagSize }
