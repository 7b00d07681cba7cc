package store

import "strings"

// The bytes with a meaning in keys. Parts are joined by sep, the lowest byte,
// so that a key sorts before those that continue it. The two bytes that would
// be mistaken are written as esc and one more byte.
const (
	sep     = '\x00'
	esc     = '\x01'
	escSep  = '\x01'
	escSelf = '\x02'
)

// Key joins parts to one key. Different parts give different keys, and keys
// sort as their parts do, part by part. A single part without control bytes is
// its own key.
func Key(parts ...string) string {
	if len(parts) == 1 && plain(parts[0]) {
		return parts[0]
	}
	return join(parts, false)
}

// Prefix gives what the keys that begin with these parts, and have more, begin
// with: the prefix of all users of an account is Prefix(account).
func Prefix(parts ...string) string { return join(parts, true) }

// Parts gives back the parts of a key that Key has joined.
func Parts(key string) []string {
	parts := strings.Split(key, string(sep))
	for i, part := range parts {
		parts[i] = unescape(part)
	}
	return parts
}

func join(parts []string, open bool) string {
	size := len(parts)
	for _, part := range parts {
		size += len(part)
	}
	var b strings.Builder
	b.Grow(size)
	for i, part := range parts {
		if i > 0 {
			b.WriteByte(sep)
		}
		escape(&b, part)
	}
	if open && len(parts) > 0 {
		b.WriteByte(sep)
	}
	return b.String()
}

func plain(part string) bool {
	for i := range len(part) {
		if part[i] <= esc {
			return false
		}
	}
	return true
}

func escape(b *strings.Builder, part string) {
	if plain(part) {
		b.WriteString(part)
		return
	}
	for i := range len(part) {
		switch part[i] {
		case sep:
			b.WriteByte(esc)
			b.WriteByte(escSep)
		case esc:
			b.WriteByte(esc)
			b.WriteByte(escSelf)
		default:
			b.WriteByte(part[i])
		}
	}
}

func unescape(part string) string {
	if strings.IndexByte(part, esc) < 0 {
		return part
	}
	return unescaper.Replace(part)
}

var unescaper = strings.NewReplacer(
	string(esc)+string(escSep), string(sep),
	string(esc)+string(escSelf), string(esc),
)
