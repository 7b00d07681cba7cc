package xmlbody

import "unicode/utf8"

// Classes of ASCII characters.
const (
	notText      = 1 << iota // means more in character data than itself
	notAttribute             // means more in an attribute than itself
	space                    // S of the specification
	nameChar                 // may stand in a name
	nameStart                // may begin a name
)

var classes = func() (t [utf8.RuneSelf]uint8) {
	for c := range t {
		switch {
		case c < ' ' || c == '<' || c == '&' || c == '>':
			t[c] = notText | notAttribute
		case c == ']':
			t[c] = notText
		case c == '"' || c == '\'':
			t[c] = notAttribute
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':':
			t[c] = nameChar | nameStart
		case '0' <= c && c <= '9' || c == '-' || c == '.':
			t[c] = nameChar
		}
	}
	for _, c := range " \t\r\n" {
		t[c] |= space
	}
	return t
}()

func isSpace(c byte) bool { return c < utf8.RuneSelf && classes[c]&space != 0 }

// isChar is the production Char of XML 1.0.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		' ' <= r && r <= 0xd7ff || 0xe000 <= r && r <= 0xfffd || 0x10000 <= r && r <= 0x10ffff
}

// isNameStart is the production NameStartChar of XML 1.0, fifth edition.
func isNameStart(r rune) bool {
	if r < utf8.RuneSelf {
		return classes[r]&nameStart != 0
	}
	return 0xc0 <= r && r <= 0xd6 || 0xd8 <= r && r <= 0xf6 || 0xf8 <= r && r <= 0x2ff ||
		0x370 <= r && r <= 0x37d || 0x37f <= r && r <= 0x1fff || 0x200c <= r && r <= 0x200d ||
		0x2070 <= r && r <= 0x218f || 0x2c00 <= r && r <= 0x2fef || 0x3001 <= r && r <= 0xd7ff ||
		0xf900 <= r && r <= 0xfdcf || 0xfdf0 <= r && r <= 0xfffd || 0x10000 <= r && r <= 0xeffff
}

// isNameChar is the production NameChar.
func isNameChar(r rune) bool {
	if r < utf8.RuneSelf {
		return classes[r]&nameChar != 0
	}
	return isNameStart(r) || r == 0xb7 || 0x300 <= r && r <= 0x36f || 0x203f <= r && r <= 0x2040
}
