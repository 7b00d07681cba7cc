package multipartbody

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

var errDisposition = fmt.Errorf("%w: Content-Disposition of a part", body.ErrSyntax)

// readDisposition reads Content-Disposition: form-data; name="..." and perhaps
// filename and filename*, in that order, as all clients write it. A parser that
// looks for name= anywhere then finds the same name.
func (h *header) readDisposition(value []byte) error {
	kind, rest := cutToken(value)
	if !foldEqual(kind, "form-data") {
		return fmt.Errorf("%w: a part that is no form-data", body.ErrUnsupported)
	}
	named := false
	for i := 0; len(rest) > 0; i++ {
		name, text, after, ok := parameter(rest)
		if !ok {
			return errDisposition
		}
		rest = after
		switch {
		case i == 0 && foldEqual(name, "name"):
			if err := checkName(text); err != nil {
				return err
			}
			h.name, named = text, true
		case i == 1 && foldEqual(name, "filename"):
			h.files = append(h.files, text)
		case (i == 1 || i == 2) && foldEqual(name, "filename*"):
			h.files = append(h.files, text)
			rest = bytes.TrimLeft(rest, " \t")
			if len(rest) > 0 {
				return errDisposition // no parser looks for more
			}
		default:
			return errDisposition
		}
	}
	if !named {
		return errDisposition
	}
	return nil
}

// checkName refuses names that stand for others with some parsers: encoded
// words (RFC 2047) and backslashes.
func checkName(name []byte) error {
	if !utf8.Valid(name) || bytes.Contains(name, []byte("=?")) || bytes.IndexByte(name, '\\') >= 0 {
		return fmt.Errorf("%w: a field name that parsers read in different ways", body.ErrUnsupported)
	}
	return nil
}

// parameter reads one parameter with the semicolon before it.
func parameter(b []byte) (name, value, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t")
	if len(b) == 0 || b[0] != ';' {
		return nil, nil, nil, false
	}
	name, b = cutToken(bytes.TrimLeft(b[1:], " \t"))
	if len(name) == 0 || len(b) < 2 || b[0] != '=' {
		return nil, nil, nil, false
	}
	if b[1] != '"' {
		value, rest = cutToken(b[1:])
		// Single quotes are quotes to PHP.
		return name, value, rest, len(value) > 0 && (bytes.IndexByte(value, '\'') < 0 || bytes.HasSuffix(name, []byte("*")))
	}
	b = b[2:]
	end := bytes.IndexByte(b, '"')
	// A quote after a backslash ends the value for some parsers only.
	if end < 0 || end > 0 && b[end-1] == '\\' {
		return nil, nil, nil, false
	}
	return name, b[:end:end], b[end+1:], true
}

// cutToken cuts b where its first token ends.
func cutToken(b []byte) (token, rest []byte) {
	n := 0
	for n < len(b) && isToken(b[n:n+1]) {
		n++
	}
	return b[:n], b[n:]
}

// rule is the rule that selects the field, or NoRule. Browsers write quotes and
// line ends in names in percent encoding, which some origins decode: either
// reading may select.
func (h *header) rule(names *body.Names) int {
	if rule := names.Rule(h.name); rule >= 0 {
		return rule
	}
	if bytes.IndexByte(h.name, '%') < 0 {
		return body.NoRule
	}
	return names.Rule(percentDecoded(h.name))
}

// names gives what a client has named in a part, in every reading.
func (h *header) names() [][]byte {
	names := append([][]byte{h.name}, h.files...)
	for _, name := range names {
		if bytes.IndexByte(name, '%') >= 0 {
			names = append(names, percentDecoded(name))
		}
	}
	return names
}

func percentDecoded(name []byte) []byte {
	var out []byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '%' && i+2 < len(name) {
			hi, ok1 := unhex(name[i+1])
			lo, ok2 := unhex(name[i+2])
			if ok1 && ok2 {
				c = hi<<4 | lo
				i += 2
			}
		}
		out = append(out, c)
	}
	return out
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
