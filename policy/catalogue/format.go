package catalogue

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The data file is gzip over what follows. Numbers are unsigned varints (of
// encoding/binary); a text is its length and its bytes; a reference is an index
// into a table.
//
//	magic   the line below
//	number  format version
//	text    source
//	table   texts that occur often
//	table   lists of references to them: condition keys, dependent actions, ARNs
//	list    global condition keys: reference name, reference type
//	list    services: prefix, name, RCP, condition keys, resource types, actions
//
// Most actions of a service have the same condition keys as others, so a list
// that is kept once is what makes both the file and the catalogue small.
const (
	magic = "fortlet action catalogue\n"
	// formatVersion grows when the layout changes: a program reads its own only.
	formatVersion = 1
	// maxSize bounds what a small file can unpack to.
	maxSize = 64 << 20
)

// Errors of [Decode].
var (
	ErrFormat  = errors.New("not a catalogue of actions")
	ErrVersion = errors.New("catalogue of another format version")
)

// Decode reads a catalogue that [Catalogue.Encode] wrote.
func Decode(r io.Reader) (*Catalogue, error) {
	text, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	rest, found := strings.CutPrefix(text, magic)
	if !found {
		return nil, ErrFormat
	}
	d := &decoder{rest: rest}
	if version := d.number(); version != formatVersion {
		return nil, fmt.Errorf("%w: %d, not %d", ErrVersion, version, formatVersion)
	}
	c := d.catalogue()
	if d.bad || d.rest != "" {
		return nil, ErrFormat
	}
	c.index()
	return c, nil
}

// unpack gives the content as one string, which all names then share.
func unpack(r io.Reader) (string, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(1 << 20)
	_, err = io.Copy(&b, io.LimitReader(z, maxSize))
	return b.String(), err
}
