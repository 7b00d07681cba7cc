package formbody

import (
	"bytes"
	"fmt"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// class says what a byte is in a form.
type class uint8

const (
	refused class = iota
	ordinary
	percent
	equals
	ampersand
)

// classes tell what a byte is. Bytes that are not ASCII are ordinary: that they
// should have been escaped changes nothing in what they mean.
var classes = func() (t [256]class) {
	for c := range t {
		if c >= ' ' && c != 0x7f {
			t[c] = ordinary
		}
	}
	for _, c := range `"<>;` {
		t[c] = refused
	}
	t['%'], t['='], t['&'] = percent, equals, ampersand
	return t
}()

// errBracket is the error for what ends a name to qs.
var errBracket = fmt.Errorf("%w: ]= in a value of a form", body.ErrSyntax)

// Syntax is how values of forms are written.
var Syntax body.Syntax = syntax{}

type syntax struct{}

func (syntax) Encoding() string { return "form" }

func (syntax) Quote() string { return "" }

func (syntax) Escape(dst, text []byte) ([]byte, error) { return appendEscaped(dst, text), nil }

func (syntax) Decode(source []byte) ([]byte, error) {
	for i := 0; i < len(source); i++ {
		switch classes[source[i]] {
		case ordinary, equals:
		case percent:
			if i+2 >= len(source) || !isHex(source[i+1]) || !isHex(source[i+2]) {
				return nil, fmt.Errorf("%w: escape without two hexadecimal digits", body.ErrSyntax)
			}
		default:
			return nil, fmt.Errorf("%w: character that has to be escaped in a form", body.ErrSyntax)
		}
	}
	if bytes.Contains(source, []byte("]=")) || bytes.Contains(bytes.ToUpper(source), []byte("%5D=")) {
		return nil, errBracket
	}
	return unescape(nil, source), nil
}

func (syntax) Offsets(v *body.Value) []int {
	offsets := make([]int, 0, len(v.Text)+1)
	for i := 0; i < len(v.Source); i++ {
		offsets = append(offsets, i)
		if v.Source[i] == '%' {
			i += 2
		}
	}
	return append(offsets, len(v.Source))
}

// appendEscaped appends text as url.QueryEscape writes it.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range text {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~':
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// unescape appends the text of source that has been checked.
func unescape(dst, source []byte) []byte {
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '+':
			dst = append(dst, ' ')
		case '%':
			dst = append(dst, unhex(source[i+1])<<4|unhex(source[i+2]))
			i += 2
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
