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

// xmlStyle is in what the XML of one service differs from that of another.
type xmlStyle struct {
	millis bool // times have milliseconds even where there are none: S3
}

// appendXMLStruct appends a structure's members that are there, without an
// element around them.
func (x xmlStyle) appendXMLStruct(b []byte, plan *structure, v reflect.Value) []byte {
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		if !m.outside && (!m.absent(f) || m.alwaysWritten()) {
			b = x.appendXMLMember(b, m, m.deref(f))
		}
	}
	return b
}

func (x xmlStyle) appendXMLMember(b []byte, m *member, v reflect.Value) []byte {
	switch {
	case m.kind == kindList && m.tag.Flattened:
		return x.appendXMLList(b, &m.shape, v, m.elementName())
	case m.kind == kindMap && m.tag.Flattened:
		return x.appendXMLMap(b, &m.shape, v, m.name)
	case m.kind == kindStruct && m.fields.attributes != nil:
		return x.appendXMLElement(b, m.name, &m.shape, v)
	}
	start := len(b)
	b = append(b, m.xmlOpen...)
	open := len(b)
	b = x.appendXML(b, &m.shape, v)
	if len(b) == open {
		return append(b[:start], m.xmlEmpty...)
	}
	return append(b, m.xmlClose...)
}

// appendXML appends a value that is there.
func (x xmlStyle) appendXML(b []byte, s *shape, v reflect.Value) []byte {
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
		return appendTime(b, timeOf(v), s.timeFormat(), x.millis)
	case kindBlob:
		return base64.StdEncoding.AppendEncode(b, v.Bytes())
	case kindStruct:
		return x.appendXMLStruct(b, s.fields, v)
	case kindList:
		return x.appendXMLList(b, s, v, s.elemName())
	case kindMap:
		return x.appendXMLMap(b, s, v, "entry")
	}
	return b
}

func (x xmlStyle) appendXMLList(b []byte, s *shape, v reflect.Value, name string) []byte {
	for i := range v.Len() {
		b = x.appendXMLElement(b, name, s.elem, v.Index(i))
	}
	return b
}

func (x xmlStyle) appendXMLMap(b []byte, s *shape, v reflect.Value, name string) []byte {
	keyName, valueName := s.entryNames()
	for _, key := range sortedKeys(v) {
		b = append(append(append(b, '<'), name...), '>')
		b = x.appendXMLElement(b, keyName, s.key, key)
		b = x.appendXMLElement(b, valueName, s.elem, v.MapIndex(key))
		b = append(append(append(b, "</"...), name...), '>')
	}
	return b
}

func (x xmlStyle) appendXMLElement(b []byte, name string, s *shape, v reflect.Value) []byte {
	b = append(append(b, '<'), name...)
	if s.kind == kindStruct && s.fields.attributes != nil {
		b = x.appendXMLAttributes(b, s, v)
	}
	b = append(b, '>')
	b = x.appendXML(b, s, v)
	return append(append(append(b, "</"...), name...), '>')
}

// appendXMLAttributes appends the attributes of a structure's element, and the
// namespace that they are of.
func (x xmlStyle) appendXMLAttributes(b []byte, s *shape, v reflect.Value) []byte {
	if s.tag.XMLPrefix != "" {
		b = append(append(append(b, " xmlns:"...), s.tag.XMLPrefix...), `="`...)
		b = append(appendXMLText(b, s.tag.XMLNamespace), '"')
	}
	for _, i := range s.fields.attributes {
		m := &s.fields.members[i]
		if f := v.Field(m.index); !m.absent(f) {
			b = append(append(append(b, ' '), m.name...), `="`...)
			b = append(x.appendXML(b, &m.shape, m.deref(f)), '"')
		}
	}
	return b
}

// timeOf is the time in v, which as a rule need not be copied out.
func timeOf(v reflect.Value) time.Time {
	if v.CanAddr() {
		return *v.Addr().Interface().(*time.Time)
	}
	return v.Interface().(time.Time)
}

// appendISO8601 appends a time to the millisecond, in UTC.
func appendISO8601(b []byte, t time.Time, millis bool) []byte {
	t = t.UTC()
	ms := t.Nanosecond() / int(time.Millisecond)
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(b, "2006-01-02T15:04:05Z")
	}
	hour, minute, second := t.Clock()
	b = append(appendTwo(appendTwo(b, year/100), year%100), '-')
	b = append(appendTwo(b, int(month)), '-')
	b = append(appendTwo(b, day), 'T')
	b = append(appendTwo(b, hour), ':')
	b = append(appendTwo(b, minute), ':')
	b = appendTwo(b, second)
	if ms > 0 || millis {
		b = append(b, '.', byte('0'+ms/100))
		b = appendTwo(b, ms%100)
	}
	return append(b, 'Z')
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

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
		b = appendXMLText(b, fieldText(fields[name]))
		b = append(append(append(b, "</"...), name...), '>')
	}
	return b
}

// fieldText is the value of a member of an error.
func fieldText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return fmt.Sprint(v)
}
