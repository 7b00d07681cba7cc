package fieldcrypt

import (
	"bytes"
	"encoding/base64"
	"fmt"
)

// A Finder finds markers in any text: those of the grammar, and literal ones
// that it was told of. Several goroutines may use it at once.
type Finder struct {
	literals []Marker
}

// NewFinder makes a finder that knows the literal ones among markers. Those of
// the grammar it finds without being told.
func NewFinder(markers ...Marker) (*Finder, error) {
	f := new(Finder)
	taken := map[string]Marker{}
	for _, m := range markers {
		if err := m.Validate(); err != nil {
			return nil, err
		}
		if !m.Literal() {
			continue
		}
		for _, bracket := range []string{m.Prefix, m.Suffix} {
			if other, ok := taken[bracket]; ok {
				return nil, fmt.Errorf("%w: keys %s and %s both have %s", ErrMarker, other, m, bracket)
			}
			taken[bracket] = m
		}
		f.literals = append(f.literals, m)
	}
	return f, nil
}

// Find finds the first marker in a text, which is text[start:end]. Where there
// is none, s is nil.
func (f *Finder) Find(text []byte) (s *Sealed, start, end int) {
	for {
		next := bytes.IndexByte(text[start:], '#')
		if next < 0 {
			return nil, len(text), len(text)
		}
		start += next
		if s, n, _ := f.match(text[start:], 0); s != nil {
			return s, start, start + n
		}
		start++
	}
}

// match reads the marker that text, which begins with '#', begins with. Without
// one s is nil, and more tells whether text could become one: then n is how far
// it has been read, for the next call to go on from.
func (f *Finder) match(text []byte, from int) (s *Sealed, n int, more bool) {
	open := bytes.IndexByte(text[1:min(len(text), maxBracket)], '#')
	if open < 0 {
		// Not every '#' at the end of what was read may hold up a stream.
		return nil, 0, len(text) < maxBracket && bracketCharacter.only(text[1:])
	}
	open += 2 // the length of the prefix
	l, ok := f.prefix(text[:open])
	if !ok {
		return nil, 0, false
	}
	n = max(from, open)
	for n < len(text) && base64Character[text[n]] {
		n++
	}
	var buf [maxBracket]byte
	suffix := l.appendSuffix(buf[:0])
	end := n + len(suffix)
	switch {
	case end > MaxMarker:
		return nil, 0, false
	case len(text) < end && bytes.HasPrefix(suffix, text[n:]):
		return nil, n, true
	case len(text) < end || !bytes.Equal(text[n:end], suffix):
		return nil, 0, false
	}
	ciphertext, ok := decodeBase64(text[open:n])
	if !ok {
		return nil, 0, false
	}
	return l.sealed(ciphertext), end, false
}

// prefix reads a prefix, both '#' included.
func (f *Finder) prefix(text []byte) (label, bool) {
	for i := range f.literals {
		if string(text) == f.literals[i].Prefix {
			return label{literal: &f.literals[i]}, true
		}
	}
	return parsePrefix(text[1 : len(text)-1])
}

// strict refuses what Append would not have written: a ciphertext has one
// spelling.
var strict = base64.StdEncoding.Strict()

func decodeBase64(text []byte) ([]byte, bool) {
	if len(text) == 0 || len(text)%4 != 0 {
		return nil, false
	}
	out, err := strict.AppendDecode(nil, text)
	return out, err == nil
}
