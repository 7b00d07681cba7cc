package audit

import (
	"crypto/sha256"
	"encoding/hex"
)

// Chain is a place in the chain of lines: the SHA-256 of the place before it
// followed by the line's content. Before the first line it is zero.
type Chain [sha256.Size]byte

// String gives the place as lines show it.
func (c Chain) String() string { return hex.EncodeToString(c[:]) }

// MarshalText gives the place as lines show it.
func (c Chain) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, c[:]), nil }

// UnmarshalText reads a place as lines show it.
func (c *Chain) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(c)) {
		return hex.ErrLength
	}
	_, err := hex.Decode(c[:], text)
	return err
}

// A line is its place in the chain, its content and a newline:
//
//	{"chain":"0f…9a",CONTENT}\n
//
// The content, brace included, is what the place covers.
const (
	lineStart = `{"chain":"`
	lineMid   = `",`
	hexSize   = 2 * sha256.Size
	prefix    = len(lineStart) + hexSize + len(lineMid)
)

// newLine makes room for a line's prefix, which seal fills in.
func newLine(buf []byte) []byte {
	if cap(buf) < prefix {
		buf = make([]byte, prefix, 512)
	}
	return buf[:prefix]
}

// seal completes a line whose content is written and gives its place.
//
// The place before goes right in front of the content for a moment, where the
// prefix will be: so the hash takes one pass over one piece of memory.
func seal(line []byte, previous *Chain) Chain {
	copy(line[prefix-len(previous):], previous[:])
	place := sha256.Sum256(line[prefix-len(previous) : len(line)-1])
	copy(line, lineStart)
	hex.Encode(line[len(lineStart):], place[:])
	copy(line[len(lineStart)+hexSize:], lineMid)
	return place
}

// open splits a line, without its newline, into its place and content.
func open(line []byte) (place Chain, content []byte, ok bool) {
	if len(line) <= prefix || string(line[:len(lineStart)]) != lineStart ||
		string(line[prefix-len(lineMid):prefix]) != lineMid {
		return place, nil, false
	}
	if place.UnmarshalText(line[len(lineStart):len(lineStart)+hexSize]) != nil {
		return place, nil, false
	}
	return place, line[prefix:], true
}

// follow computes the place of content after previous.
func follow(previous Chain, content []byte) (place Chain) {
	h := sha256.New()
	h.Write(previous[:])
	h.Write(content)
	h.Sum(place[:0])
	return place
}
