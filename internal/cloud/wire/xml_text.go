package wire

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// unescape gives character data or an attribute's value as it is meant. What
// needs no change is returned as it is, the rest is good until the next call.
func (x *xmlScanner) unescape(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 {
		return x.plain(raw)
	}
	out := x.scratch[:0]
	for {
		n := bytes.IndexByte(raw, '&')
		if n < 0 {
			n = len(raw)
		}
		var err error
		if out, err = appendLines(out, raw[:n]); err != nil {
			return nil, err
		}
		if raw = raw[n:]; len(raw) == 0 {
			x.scratch = out
			return out, nil
		}
		n = bytes.IndexByte(raw, ';')
		r := rune(-1)
		if n > 0 && n <= len("&#x10FFFF;") {
			r = reference(string(raw[1:n]))
		}
		if r < 0 {
			return nil, errXML
		}
		out = utf8.AppendRune(out, r)
		raw = raw[n+1:]
	}
}

// reference is the character that an entity or character reference names, -1
// if it names none.
func reference(name string) rune {
	switch name {
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "amp":
		return '&'
	case "apos":
		return '\''
	case "quot":
		return '"'
	}
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !isChar(rune(n)) {
		return -1
	}
	return rune(n)
}

// plain is unescape for text in which an ampersand is itself, or is not.
func (x *xmlScanner) plain(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw, checkChars(raw)
	}
	out, err := appendLines(x.scratch[:0], raw)
	x.scratch = out
	return out, err
}

// appendLines appends text with its line ends made \n, as XML wants it.
func appendLines(out, raw []byte) ([]byte, error) {
	if err := checkChars(raw); err != nil {
		return out, err
	}
	for {
		line, rest, more := bytes.Cut(raw, []byte("\r"))
		out = append(out, line...)
		if !more {
			return out, nil
		}
		out = append(out, '\n')
		raw = bytes.TrimPrefix(rest, []byte("\n"))
	}
}

// checkChars refuses what is no character of XML 1.0. That the text is UTF-8
// has been checked.
func checkChars(raw []byte) error {
	for i, c := range raw {
		if c < ' ' && !isSpace(c) {
			return errXML
		}
		if c == 0xef && i+2 < len(raw) && raw[i+1] == 0xbf && raw[i+2] >= 0xbe {
			return errXML // U+FFFE and U+FFFF
		}
	}
	return nil
}

func isChar(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case 0xd800 <= r && r <= 0xdfff, r == 0xfffe, r == 0xffff:
		return false
	}
	return r <= utf8.MaxRune
}
