package listing

import "strings"

// Encode writes a name as encoding-type=url has it in answers: the form encoding
// of the HTML standard, blanks as +, with slashes left alone.
func Encode(name string) string {
	plain := true
	for i := range len(name) {
		plain = plain && unreserved[name[i]]
	}
	if plain {
		return name
	}
	var b strings.Builder
	b.Grow(len(name) + 16)
	for i := range len(name) {
		switch c := name[i]; {
		case unreserved[c]:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"

// unreserved are the bytes that stay as they are.
var unreserved = func() (table [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_*/") {
		table[c] = true
	}
	return table
}()
