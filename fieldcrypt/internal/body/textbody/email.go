package textbody

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// RFC 5321 section 4.5.3.1; RFC 1035 section 2.3.4.
const (
	maxLocal  = 64
	maxDomain = 255
	maxLabel  = 63
)

// findEmail looks for at signs and from each both ways.
func findEmail(b []byte, from int) (start, end int) {
	for i := from; ; i++ {
		at := bytes.IndexByte(b[i:], '@')
		if at < 0 {
			return -1, -1
		}
		i += at
		if end := domainEnd(b, i+1); end > 0 {
			if start := localStart(b, i, from); start < i {
				return start, end
			}
		}
	}
}

// localStart gives where the local part before b[at] begins: as far back as
// there are characters that it may have, but not before from. It is at if
// there is no local part.
func localStart(b []byte, at, from int) int {
	from = max(from, at-maxLocal)
	if at > from && b[at-1] == '"' {
		if open := bytes.IndexByte(b[from:at-1], '"'); open >= 0 {
			return from + open
		}
		return at
	}
	i := at
	for i > from {
		r, size := utf8.DecodeLastRune(b[from:i])
		if !localRune(r) {
			break
		}
		i -= size
	}
	return i
}

// localRune says whether r may stand in a local part that is not quoted: RFC
// 5322's atext and the dot, and the letters of RFC 6531.
func localRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r-'0' <= 9 && r >= '0' || r|0x20 >= 'a' && r|0x20 <= 'z' ||
			bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~."), byte(r)) >= 0
	}
	return r != utf8.RuneError && unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// domainEnd gives the end of the domain at b[i:], or 0: two labels or more,
// the last of which begins with a letter.
func domainEnd(b []byte, i int) (end int) {
	limit := min(len(b), i+maxDomain)
	for labels := 1; ; labels++ {
		n, letter := label(b[i:limit])
		if n == 0 {
			return end
		}
		i += n
		if labels >= 2 && letter && n >= 2 {
			end = i
		}
		if i >= limit || b[i] != '.' {
			return end
		}
		i++
	}
}

// label gives the length of the label at the start of b, without hyphens at
// its end, and whether it begins with a letter.
func label(b []byte) (n int, letter bool) {
	i := 0
	for i < len(b) && i < maxLabel {
		r, size := utf8.DecodeRune(b[i:])
		if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && (r != '-' || i == 0) {
			break
		}
		if i == 0 {
			letter = unicode.IsLetter(r)
		}
		i += size
		if r != '-' {
			n = i
		}
	}
	return n, letter
}
