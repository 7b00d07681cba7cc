package jsonbody

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendEscaped appends text as it usually stands in a string: without escapes
// but for '"', '\' and control characters, written as encoding/json does when it
// does not care for HTML.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		}
	}
	return append(dst, text[from:]...)
}

// unescape appends the text of what stands between the quotes of a string that
// has been checked.
func unescape(dst, inner []byte) []byte {
	for i := 0; i < len(inner); {
		n, r := unit(inner[i:])
		if r < 0 {
			dst = append(dst, inner[i:i+n]...)
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		i += n
	}
	return dst
}

// unit gives the length of the first character of checked source, and what it
// stands for, which is -1 if it stands for itself.
func unit(source []byte) (int, rune) {
	if source[0] != '\\' {
		n := 1
		for n < len(source) && !utf8.RuneStart(source[n]) {
			n++
		}
		return n, -1
	}
	switch c := source[1]; c {
	case 'b':
		return 2, '\b'
	case 'f':
		return 2, '\f'
	case 'n':
		return 2, '\n'
	case 'r':
		return 2, '\r'
	case 't':
		return 2, '\t'
	case 'u':
		if r := hex4(source[2:]); !isSurrogate(r) {
			return 6, r
		}
		return 12, pairOf(source)
	default:
		return 2, rune(c)
	}
}

func isSurrogate(r rune) bool { return utf16.IsSurrogate(r) }

// pairOf gives the character of two escapes, or -1 if they are no pair.
func pairOf(b []byte) rune {
	if b[6] != '\\' || b[7] != 'u' {
		return -1
	}
	r := utf16.DecodeRune(hex4(b[2:]), hex4(b[8:]))
	if r == utf8.RuneError {
		return -1
	}
	return r
}

// hex4 reads four hexadecimal digits, or gives -1.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
