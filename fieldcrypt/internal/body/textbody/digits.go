package textbody

import (
	"unicode"
	"unicode/utf8"
)

// digit gives the value of the digit at b[i:] and its length, which is 0 if
// there is none. The digits of all scripts count, as many languages' own
// conversions to a number read them all.
func digit(b []byte, i int) (value byte, size int) {
	if i >= len(b) {
		return 0, 0
	}
	if c := b[i]; c < utf8.RuneSelf {
		if c-'0' > 9 {
			return 0, 0
		}
		return c - '0', 1
	}
	r, size := utf8.DecodeRune(b[i:])
	if !unicode.IsDigit(r) {
		return 0, 0
	}
	return digitValue(r), size
}

// digitValue relies on Unicode's promise that decimal digits come in rows of
// ten, in order.
func digitValue(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	return 0
}

// afterDigit says whether a digit ends right before b[i].
func afterDigit(b []byte, i int) bool {
	if i == 0 {
		return false
	}
	if c := b[i-1]; c < utf8.RuneSelf {
		return c-'0' <= 9
	}
	r, _ := utf8.DecodeLastRune(b[:i])
	return unicode.IsDigit(r)
}

// maxSeparators is how many separators may stand between two groups: " - ".
const maxSeparators = 3

// separators gives the length of what parts two groups of digits at b[i:].
func separators(b []byte, i int) int {
	n := 0
	for range maxSeparators {
		size := separator(b, i+n)
		if size == 0 {
			break
		}
		n += size
	}
	return n
}

// separator gives the length of one separator: a space, a dash or a dot, of
// whatever kind, or a format character such as the zero-width space.
func separator(b []byte, i int) int {
	if i >= len(b) {
		return 0
	}
	if c := b[i]; c < utf8.RuneSelf {
		if c == ' ' || c == '-' || c == '.' || c == '\t' {
			return 1
		}
		return 0
	}
	r, size := utf8.DecodeRune(b[i:])
	if unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf) {
		return size
	}
	return 0
}

// nextGroup gives the first place from there on where a row of digits begins,
// or -1.
func nextGroup(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		c := b[i]
		switch {
		case c < utf8.RuneSelf:
			if c-'0' > 9 {
				continue
			}
		case !utf8.RuneStart(c):
			continue
		default:
			if _, size := digit(b, i); size == 0 {
				continue
			}
		}
		if !afterDigit(b, i) {
			return i
		}
	}
	return -1
}
