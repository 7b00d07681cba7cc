package body

import (
	"unicode"
	"unicode/utf8"
)

// AppendFold appends name in the form in which names are compared. Names that
// some origin takes for the same become the same:
//
//   - upper and lower case: Unicode simple folding, as encoding/json does it; the
//     dotted and dotless i, which are i to Java's equalsIgnoreCase; and the letters
//     that are several in upper case, so that "ßn" is SSN to who compares by
//     upper() in Python or JavaScript;
//   - '-' and '_' do not count: CGI and WSGI make one of X-Ssn and X_Ssn, and
//     protobuf, Spring and others make one of first_name and firstName.
func AppendFold(dst, name []byte) []byte {
	for i := 0; i < len(name); {
		c := name[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '-' || c == '_':
			case 'A' <= c && c <= 'Z':
				dst = append(dst, c+'a'-'A')
			default:
				dst = append(dst, c)
			}
			continue
		}
		r, n := utf8.DecodeRune(name[i:])
		i += n
		if letters, ok := several[r]; ok {
			dst = append(dst, letters...)
			continue
		}
		dst = utf8.AppendRune(dst, foldRune(r))
	}
	return dst
}

// several are the characters that fold to more than one, all of them ASCII
// (Unicode's CaseFolding.txt, status F), and the two of i.
var several = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st",
	'ı': "i", 'İ': "i",
}

// foldRune gives the one character that stands for all that fold to the same.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}
