package esdk

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Context is an encryption context: public pairs that are bound to a message.
// Whoever decrypts sees them and can rely on them; whoever changes them breaks
// the message. They are not secret.
//
// Keys that begin with "aws-crypto-" are reserved. All the pairs of a message
// have to fit into 65,535 bytes.
type Context map[string]string

const (
	reservedPrefix = "aws-crypto-"
	// publicKeyName is the pair that holds a signing message's verification key.
	publicKeyName = "aws-crypto-public-key"
)

// maxField is the most that the message's 2-byte lengths and counts can say.
const maxField = 1<<16 - 1

// checkCallers refuses what a caller must not put into a context.
func (c Context) checkCallers() error {
	for k, v := range c {
		if strings.HasPrefix(k, reservedPrefix) {
			return fmt.Errorf("%w: key %q is reserved", ErrContext, k)
		}
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("%w: the pair of key %q is not UTF-8", ErrContext, k)
		}
	}
	return nil
}

// checkHolds refuses c unless it has each of the expected pairs.
func (c Context) checkHolds(expected Context) error {
	for k, v := range expected {
		if got, ok := c[k]; !ok || got != v {
			return fmt.Errorf("%w: the message is not bound to the expected value of %q", ErrContext, k)
		}
	}
	return nil
}

// AppendBinary appends the serialization of c as it is authenticated everywhere:
// in messages, and by keyrings. An empty context is no bytes.
// Source: framework/structures.md, encryption context, serialization.
func (c Context) AppendBinary(b []byte) ([]byte, error) { return c.appendTo(b, nil, false) }

// appendTo appends the serialization of the pairs of c whose keys are in keep,
// or are not, as told.
func (c Context) appendTo(b []byte, names []string, keep bool) ([]byte, error) {
	var room [8]string // most contexts are small: sorting them allocates nothing
	keys := room[:0]
	for k := range c {
		if slices.Contains(names, k) == keep {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return b, nil
	}
	slices.Sort(keys) // Go's strings compare by their bytes, as the format asks
	start := len(b)
	b = binary.BigEndian.AppendUint16(b, uint16(min(len(keys), maxField)))
	for _, k := range keys {
		v := c[k]
		if len(k) > maxField || len(v) > maxField {
			return nil, fmt.Errorf("%w: a key or value is longer than %d bytes", ErrContext, maxField)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(k)))
		b = append(b, k...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(v)))
		b = append(b, v...)
	}
	if len(b)-start > maxField { // which a count of pairs beyond 65,535 is, too
		return nil, fmt.Errorf("%w: its serialization is longer than %d bytes", ErrContext, maxField)
	}
	return b, nil
}

// parseContext reads the pairs that a message stores. It does not insist on
// their order, which some older writers got wrong beyond ASCII: the header is
// authenticated by the bytes it has, never by writing it again.
func parseContext(b []byte) (Context, error) {
	if len(b) == 0 {
		return Context{}, nil
	}
	s := string(b) // once, for all keys and values
	if len(s) < 2 {
		return nil, malformed("encryption context")
	}
	count := int(s[0])<<8 | int(s[1])
	s = s[2:]
	c := make(Context, min(count, len(s)/4+1))
	for range count {
		var k, v string
		var ok bool
		if k, s, ok = cutField(s); !ok {
			return nil, malformed("encryption context")
		}
		if v, s, ok = cutField(s); !ok {
			return nil, malformed("encryption context")
		}
		if _, double := c[k]; double {
			return nil, malformed("encryption context has a key twice")
		}
		c[k] = v
	}
	if count == 0 || s != "" {
		return nil, malformed("encryption context")
	}
	return c, nil
}

// cutField cuts a field that begins with its 2-byte length off s.
func cutField(s string) (field, rest string, ok bool) {
	if len(s) < 2 {
		return "", s, false
	}
	n := int(s[0])<<8 | int(s[1])
	if s = s[2:]; len(s) < n || !utf8.ValidString(s[:n]) {
		return "", s, false
	}
	return s[:n], s[n:], true
}

// clone returns a copy of c that may be added to.
func (c Context) clone() Context {
	if c == nil {
		return Context{}
	}
	return maps.Clone(c)
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }
