package wire

import (
	"bytes"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep values of a request may nest. No API comes near it.
const maxDepth = 64

// errSyntax is a text that is no JSON.
var errSyntax = errors.New("wire: malformed JSON")

// jsonDecoder reads a JSON text front to back. This file finds where values
// begin and end; json_decode.go gives them their meaning.
type jsonDecoder struct {
	buf   []byte
	pos   int
	depth int
	text  []byte // of strings with escapes, reused
	// request is the plan of an input that has members outside of the body,
	// which count from there alone; nil otherwise.
	request *structure
}

// peek skips white space and returns the next byte, or 0 at the end.
func (d *jsonDecoder) peek() byte {
	for d.pos < len(d.buf) {
		switch c := d.buf[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

// expect takes the byte c, with white space before it.
func (d *jsonDecoder) expect(c byte) error {
	if d.peek() != c {
		return errSyntax
	}
	d.pos++
	return nil
}

// literal takes null, true or false.
func (d *jsonDecoder) literal(text string) error {
	if len(d.buf)-d.pos < len(text) || string(d.buf[d.pos:d.pos+len(text)]) != text {
		return errSyntax
	}
	d.pos += len(text)
	return nil
}

// enter opens an object or array, and leave closes it.
func (d *jsonDecoder) enter(open byte) error {
	if d.depth++; d.depth > maxDepth {
		return errSyntax
	}
	return d.expect(open)
}

// more reports whether another element follows in an object or array that
// close ends, and takes the comma before it, or the end.
func (d *jsonDecoder) more(first bool, end byte) (bool, error) {
	c := d.peek()
	switch {
	case c == end:
		d.pos++
		d.depth--
		return false, nil
	case first:
		return true, nil
	case c == ',':
		d.pos++
		// A comma promises an element.
		if d.peek() == end {
			return false, errSyntax
		}
		return true, nil
	}
	return false, errSyntax
}

// key takes the name of an object's member and the colon behind it. What it
// returns holds until the next string is read.
func (d *jsonDecoder) key() ([]byte, error) {
	if d.peek() != '"' {
		return nil, errSyntax
	}
	name, err := d.string()
	if err != nil {
		return nil, err
	}
	return name, d.expect(':')
}

// string takes a string, which begins here, and returns its text. What it
// returns holds until the next string is read.
func (d *jsonDecoder) string() ([]byte, error) {
	start := d.pos + 1
	ascii := true
	for i := start; i < len(d.buf); i++ {
		switch c := d.buf[i]; {
		case c == '"':
			text := d.buf[start:i]
			if !ascii && !utf8.Valid(text) {
				return nil, errSyntax
			}
			d.pos = i + 1
			return text, nil
		case c == '\\':
			return d.escapedString(start, i)
		case c < ' ':
			return nil, errSyntax
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, errSyntax
}

// escapedString is string for one that has its first escape at i.
func (d *jsonDecoder) escapedString(start, i int) ([]byte, error) {
	text := append(d.text[:0], d.buf[start:i]...)
	for i < len(d.buf) {
		switch c := d.buf[i]; {
		case c == '"':
			if !utf8.Valid(text) {
				return nil, errSyntax
			}
			d.pos, d.text = i+1, text
			return text, nil
		case c < ' ':
			return nil, errSyntax
		case c == '\\':
			var n int
			if text, n = unescape(text, d.buf[i+1:]); n == 0 {
				return nil, errSyntax
			}
			i += 1 + n
		default:
			text = append(text, c)
			i++
		}
	}
	return nil, errSyntax
}

// unescape appends what an escape stands for; rest begins behind the
// backslash. It returns the length of the escape, 0 if it is none.
func unescape(text, rest []byte) ([]byte, int) {
	if len(rest) == 0 {
		return text, 0
	}
	switch c := rest[0]; c {
	case '"', '\\', '/':
		return append(text, c), 1
	case 'b':
		return append(text, '\b'), 1
	case 'f':
		return append(text, '\f'), 1
	case 'n':
		return append(text, '\n'), 1
	case 'r':
		return append(text, '\r'), 1
	case 't':
		return append(text, '\t'), 1
	case 'u':
		r, ok := hex4(rest[1:])
		if !ok {
			return text, 0
		}
		if !utf16.IsSurrogate(r) {
			return utf8.AppendRune(text, r), 5
		}
		// Half of a pair is no character, whatever decoders make of it.
		if len(rest) < 11 || rest[5] != '\\' || rest[6] != 'u' {
			return text, 0
		}
		low, ok := hex4(rest[7:])
		if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
			return text, 0
		}
		return utf8.AppendRune(text, r), 11
	}
	return text, 0
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for _, c := range s[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// number takes a number and returns its text, and whether it is written as an
// integer.
func (d *jsonDecoder) number() (text []byte, integer bool, err error) {
	rest := d.buf[d.pos:]
	i := 0
	if i < len(rest) && rest[i] == '-' {
		i++
	}
	n := digits(rest[i:])
	if n == 0 || n > 1 && rest[i] == '0' {
		return nil, false, errSyntax
	}
	i += n
	integer = true
	if i < len(rest) && rest[i] == '.' {
		n := digits(rest[i+1:])
		if n == 0 {
			return nil, false, errSyntax
		}
		i += 1 + n
		integer = false
	}
	if i < len(rest) && (rest[i] == 'e' || rest[i] == 'E') {
		i++
		if i < len(rest) && (rest[i] == '+' || rest[i] == '-') {
			i++
		}
		n := digits(rest[i:])
		if n == 0 {
			return nil, false, errSyntax
		}
		i += n
		integer = false
	}
	d.pos += i
	return rest[:i], integer, nil
}

// digits counts the decimal digits that s begins with.
func digits(s []byte) int {
	if n := bytes.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }); n >= 0 {
		return n
	}
	return len(s)
}

// skip takes a value of any kind.
func (d *jsonDecoder) skip() (err error) {
	switch c := d.peek(); c {
	case '"':
		_, err = d.string()
	case 't':
		err = d.literal("true")
	case 'f':
		err = d.literal("false")
	case 'n':
		err = d.literal("null")
	case '{', '[':
		err = d.skipNested(c)
	default:
		_, _, err = d.number()
	}
	return err
}

func (d *jsonDecoder) skipNested(open byte) error {
	end := byte(']')
	if open == '{' {
		end = '}'
	}
	if err := d.enter(open); err != nil {
		return err
	}
	for first := true; ; first = false {
		if more, err := d.more(first, end); !more {
			return err
		}
		if open == '{' {
			if _, err := d.key(); err != nil {
				return err
			}
		}
		if err := d.skip(); err != nil {
			return err
		}
	}
}
