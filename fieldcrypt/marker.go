package fieldcrypt

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
)

// A Marker is what stands in the place of the values that one version of one
// key seals: ciphertext in base64 between a prefix and a suffix that tell the
// key. '#' brackets them because base64 has none.
//
//	#ssn.2#3q2+7w==#2.ssn#        the value itself is sealed
//	#ssn.2.json#3q2+7w==#2.ssn#   what is sealed is JSON source
//
// A key may have a literal prefix and suffix instead, for code that looks for
// those.
type Marker struct {
	Key     string // [a-z][a-z0-9_-]{0,31}
	Version int    // 1 to 999999
	// Prefix and Suffix replace those of the grammar, where both are given. Each
	// is #[0-9A-Za-z_.-]+#.
	Prefix, Suffix string
}

// MaxMarker is the length of the longest marker, in bytes. What is longer is
// not sealed, and not found.
const MaxMarker = 1 << 20

const (
	maxKeyName = 32
	maxVersion = 999999
	maxLiteral = 64
	maxBracket = maxLiteral // longer than any prefix of the grammar
)

// What may stand in a marker.
var (
	digit            = table("0123456789")
	keyCharacter     = table(lower + "0123456789_-")
	bracketCharacter = table(letters + "0123456789._-")
	base64Character  = table(letters + "0123456789+/=")
)

const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

type characters [256]bool

func table(of string) *characters {
	t := new(characters)
	for _, c := range []byte(of) {
		t[c] = true
	}
	return t
}

// only reports whether s consists of these characters.
func (t *characters) only(s []byte) bool {
	for _, c := range s {
		if !t[c] {
			return false
		}
	}
	return true
}

// Literal reports whether the marker has a prefix and a suffix of its own. It
// cannot name an encoding then.
func (m Marker) Literal() bool { return m.Prefix != "" || m.Suffix != "" }

// String is the key and its version, "ssn.2".
func (m Marker) String() string { return m.Key + "." + strconv.Itoa(m.Version) }

// Validate tells what is wrong with the marker.
func (m Marker) Validate() error {
	if !isKeyName([]byte(m.Key)) {
		return fmt.Errorf("%w: key name %q is not a lower-case letter and at most 31 of a-z, 0-9, - and _", ErrMarker, m.Key)
	}
	if m.Version < 1 || m.Version > maxVersion {
		return fmt.Errorf("%w: version %d of key %s is not 1 to %d", ErrMarker, m.Version, m.Key, maxVersion)
	}
	if !m.Literal() {
		return nil
	}
	for _, bracket := range []string{m.Prefix, m.Suffix} {
		if err := checkLiteral(bracket); err != nil {
			return fmt.Errorf("%w of key %s", err, m)
		}
	}
	if m.Prefix == m.Suffix {
		return fmt.Errorf("%w: prefix and suffix of key %s are both %s", ErrMarker, m, m.Prefix)
	}
	return nil
}

// Append appends a marker with a ciphertext to dst.
func (m Marker) Append(dst []byte, e Encoding, ciphertext []byte) ([]byte, error) {
	prefix, suffix, err := m.brackets(e)
	if err != nil {
		return dst, err
	}
	if n := len(prefix) + base64.StdEncoding.EncodedLen(len(ciphertext)) + len(suffix); n > MaxMarker {
		return dst, fmt.Errorf("%w: its marker would have %d bytes, the longest has %d", ErrTooLong, n, MaxMarker)
	}
	dst = append(dst, prefix...)
	dst = base64.StdEncoding.AppendEncode(dst, ciphertext)
	return append(dst, suffix...), nil
}

// brackets are what stands around the base64.
func (m Marker) brackets(e Encoding) (prefix, suffix string, err error) {
	switch {
	case !e.known():
		return "", "", fmt.Errorf("%w: no encoding is called %q", ErrEncoding, e)
	case m.Literal() && e != Plain:
		return "", "", fmt.Errorf("%w: the markers %s…%s of key %s cannot say that a value is %s source", ErrEncoding, m.Prefix, m.Suffix, m, e)
	case m.Literal():
		return m.Prefix, m.Suffix, nil
	case e == Plain:
		prefix = "#" + m.String() + "#"
	default:
		prefix = "#" + m.String() + "." + string(e) + "#"
	}
	return prefix, "#" + strconv.Itoa(m.Version) + "." + m.Key + "#", nil
}

func (e Encoding) known() bool { return e == Plain || e == JSON || e == Form || e == XML }

func isKeyName(s []byte) bool {
	return len(s) > 0 && len(s) <= maxKeyName && 'a' <= s[0] && s[0] <= 'z' && keyCharacter.only(s)
}

// checkLiteral wants a literal prefix or suffix that cannot be taken for one of
// the grammar's.
func checkLiteral(s string) error {
	if len(s) < 3 || len(s) > maxLiteral || s[0] != '#' || s[len(s)-1] != '#' || !bracketCharacter.only([]byte(s[1:len(s)-1])) {
		return fmt.Errorf("%w: %q is not 1 to %d of A-Z, a-z, 0-9, '.', '-' and '_' between two #", ErrMarker, s, maxLiteral-2)
	}
	inner := []byte(s[1 : len(s)-1])
	if _, ok := parsePrefix(inner); ok || isSuffix(inner) {
		return fmt.Errorf("%w: %s is a marker's prefix or suffix already", ErrMarker, s)
	}
	return nil
}

// A label is what a prefix says.
type label struct {
	literal                 *Marker // the key that it is a literal prefix of, or nil
	name, version, encoding []byte
}

// parsePrefix reads what stands between the '#' of a prefix of the grammar.
func parsePrefix(inner []byte) (l label, ok bool) {
	var rest []byte
	var encoded bool
	l.name, rest, _ = bytes.Cut(inner, []byte{'.'})
	l.version, l.encoding, encoded = bytes.Cut(rest, []byte{'.'})
	return l, isKeyName(l.name) && isVersion(l.version) &&
		Encoding(l.encoding).known() && encoded == (len(l.encoding) > 0)
}

// appendSuffix appends the suffix that belongs to the prefix.
func (l *label) appendSuffix(dst []byte) []byte {
	if l.literal != nil {
		return append(dst, l.literal.Suffix...)
	}
	dst = append(append(dst, '#'), l.version...)
	dst = append(append(dst, '.'), l.name...)
	return append(dst, '#')
}

// sealed is what a marker with this prefix says.
func (l *label) sealed(ciphertext []byte) *Sealed {
	if l.literal != nil {
		return &Sealed{Key: l.literal.Key, Version: l.literal.Version, Ciphertext: ciphertext}
	}
	version, _ := strconv.Atoi(string(l.version)) // isVersion
	return &Sealed{Key: string(l.name), Version: version, Encoding: Encoding(l.encoding), Ciphertext: ciphertext}
}

// isSuffix reports whether inner is what stands between the '#' of a suffix.
func isSuffix(inner []byte) bool {
	version, name, _ := bytes.Cut(inner, []byte{'.'})
	return isVersion(version) && isKeyName(name)
}

// isVersion wants a number without leading zeros: a version has one spelling.
func isVersion(b []byte) bool {
	return len(b) > 0 && len(b) <= len("999999") && b[0] != '0' && digit.only(b)
}
