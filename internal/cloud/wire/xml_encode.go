package wire

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// appendXMLStruct appends a structure's members that are there, without an
// element around them.
func appendXMLStruct(b []byte, plan *structure, v reflect.Value) []byte {
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		if !m.absent(f) || m.alwaysWritten() {
			b = appendXMLMember(b, m, m.deref(f))
		}
	}
	return b
}

func appendXMLMember(b []byte, m *member, v reflect.Value) []byte {
	switch {
	case m.kind == kindList && m.tag.Flattened:
		name := m.elem.tag.Name
		if name == "" {
			name = m.name
		}
		return appendXMLList(b, &m.shape, v, name)
	case m.kind == kindMap && m.tag.Flattened:
		return appendXMLMap(b, &m.shape, v, m.name)
	}
	start := len(b)
	b = append(b, m.xmlOpen...)
	open := len(b)
	b = appendXML(b, &m.shape, v)
	if len(b) == open {
		return append(b[:start], m.xmlEmpty...)
	}
	return append(b, m.xmlClose...)
}

// appendXML appends a value that is there.
func appendXML(b []byte, s *shape, v reflect.Value) []byte {
	switch s.kind {
	case kindString, kindEnum:
		return appendXMLText(b, v.String())
	case kindBool:
		return strconv.AppendBool(b, v.Bool())
	case kindInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case kindFloat:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, s.typ.Bits())
	case kindTime:
		return appendISO8601(b, v.Interface().(time.Time))
	case kindBlob:
		return base64.StdEncoding.AppendEncode(b, v.Bytes())
	case kindStruct:
		return appendXMLStruct(b, s.fields, v)
	case kindList:
		return appendXMLList(b, s, v, s.elemName())
	case kindMap:
		return appendXMLMap(b, s, v, "entry")
	}
	return b
}

func appendXMLList(b []byte, s *shape, v reflect.Value, name string) []byte {
	for i := range v.Len() {
		b = appendXMLElement(b, name, s.elem, v.Index(i))
	}
	return b
}

func appendXMLMap(b []byte, s *shape, v reflect.Value, name string) []byte {
	keyName, valueName := s.entryNames()
	for _, key := range sortedKeys(v) {
		b = append(append(append(b, '<'), name...), '>')
		b = appendXMLElement(b, keyName, s.key, key)
		b = appendXMLElement(b, valueName, s.elem, v.MapIndex(key))
		b = append(append(append(b, "</"...), name...), '>')
	}
	return b
}

func appendXMLElement(b []byte, name string, s *shape, v reflect.Value) []byte {
	b = append(append(append(b, '<'), name...), '>')
	b = appendXML(b, s, v)
	return append(append(append(b, "</"...), name...), '>')
}

// appendISO8601 appends a time to the millisecond, in UTC.
func appendISO8601(b []byte, t time.Time) []byte {
	t = t.UTC()
	if t.Nanosecond() < int(time.Millisecond) {
		return t.AppendFormat(b, "2006-01-02T15:04:05Z")
	}
	return t.AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// appendXMLText appends character data. What XML has no way to write becomes
// U+FFFD.
func appendXMLText(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if xmlPlain[c] {
			i++
			continue
		}
		n := 1
		escape := xmlEscape(c)
		if c >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError && r != '\ufffe' && r != '\uffff' {
				i += n
				continue
			}
		}
		b = append(append(b, s[start:i]...), escape...)
		i += n
		start = i
	}
	return append(b, s[start:]...)
}

// xmlPlain marks the bytes that stand for themselves in character data.
var xmlPlain = plainBytes(`&<>"`)

// plainBytes marks all of ASCII but control characters and those given.
func plainBytes(special string) (plain [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		plain[c] = strings.IndexByte(special, c) < 0
	}
	return plain
}

func xmlEscape(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\t':
		return "&#x9;"
	case '\n':
		return "&#xA;"
	case '\r':
		return "&#xD;"
	}
	return "\ufffd"
}

// appendXMLFields appends the further members of an error, by name.
func appendXMLFields(b []byte, fields map[string]any) []byte {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		b = append(append(append(b, '<'), name...), '>')
		b = appendXMLText(b, fmt.Sprint(fields[name]))
		b = append(append(append(b, "</"...), name...), '>')
	}
	return b
}
