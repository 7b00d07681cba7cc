package lint

import (
	"slices"
	"unicode/utf8"
)

// place is a part of the document: how to come there, and its bytes.
type place struct {
	path       []PathElement
	start, end int
}

// of is the place of the value that a member of this one has.
func (p place) of(m *member) place {
	return place{p.step(PathElement{Value: m.name}), m.value.start, m.value.end}
}

// name is the place of a member's name.
func (p place) name(m *member) place {
	return place{p.step(PathElement{Key: m.name}), m.start, m.end}
}

// item is the place of an item of this array.
func (p place) item(i int, n *node) place {
	return place{p.step(PathElement{Index: &i}), n.start, n.end}
}

func (p place) step(e PathElement) []PathElement {
	return append(slices.Clip(p.path), e)
}

// positions turns byte offsets into lines, columns and offsets in characters.
type positions struct {
	text string
	last int // where the previous answer was
	at   Position
}

func newPositions(text string) *positions {
	return &positions{text: text, at: Position{Line: 1}}
}

// find is the position of an offset, which is not before the one asked last.
func (p *positions) find(offset int) Position {
	for p.last < offset && p.last < len(p.text) {
		c, size := utf8.DecodeRuneInString(p.text[p.last:])
		p.last += size
		p.at.Offset++
		p.at.Column++
		if c == '\n' {
			p.at.Line++
			p.at.Column = 0
		}
	}
	return p.at
}
