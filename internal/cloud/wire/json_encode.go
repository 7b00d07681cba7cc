package wire

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// appendJSONStruct appends a structure's members that are there. A list or map
// that the model requires is written even when empty: there is always one.
func appendJSONStruct(b []byte, plan *structure, v reflect.Value) []byte {
	return appendJSONMembers(b, plan, v, false)
}

// appendJSONMembers is appendJSONStruct, of the members that stand in the body
// alone if so wanted.
func appendJSONMembers(b []byte, plan *structure, v reflect.Value, inBody bool) []byte {
	b = append(b, '{')
	start := len(b)
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		if m.absent(f) && !m.alwaysWritten() || inBody && m.tag.Location != "" {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, m.jsonKey...)
		b = appendJSON(b, &m.shape, m.deref(f))
	}
	return append(b, '}')
}

// alwaysWritten reports whether an output has the member even when it is nil.
func (m *member) alwaysWritten() bool {
	return m.tag.Required && (m.kind == kindList || m.kind == kindMap)
}

// appendJSON appends a value that is there.
func appendJSON(b []byte, s *shape, v reflect.Value) []byte {
	switch s.kind {
	case kindString, kindEnum:
		return appendJSONString(b, v.String())
	case kindBool:
		return strconv.AppendBool(b, v.Bool())
	case kindInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case kindFloat:
		return appendJSONFloat(b, v.Float(), s.typ.Bits())
	case kindTime:
		return appendJSONTime(b, s, v.Interface().(time.Time))
	case kindBlob:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v.Bytes())
		return append(b, '"')
	case kindStruct:
		return appendJSONStruct(b, s.fields, v)
	case kindList:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, s.elem, v.Index(i))
		}
		return append(b, ']')
	case kindMap:
		return appendJSONMap(b, s, v)
	}
	return append(b, "null"...)
}

func appendJSONMap(b []byte, s *shape, v reflect.Value) []byte {
	if s.strings {
		return appendJSONStrings(b, v.Interface().(map[string]string))
	}
	b = append(b, '{')
	for i, key := range sortedKeys(v) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, key.String())
		b = append(b, ':')
		b = appendJSON(b, s.elem, v.MapIndex(key))
	}
	return append(b, '}')
}

// appendJSONStrings is appendJSONMap for encryption contexts and their like.
func appendJSONStrings(b []byte, m map[string]string) []byte {
	keys := make([]string, 0, 8)
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSONString(b, key), ':')
		b = appendJSONString(b, m[key])
	}
	return append(b, '}')
}

// appendJSONTime appends a time: a number, unless the model asks for a text.
func appendJSONTime(b []byte, s *shape, t time.Time) []byte {
	if s.tag.TimestampFormat == "" {
		return appendEpoch(b, t)
	}
	f := s.timeFormat()
	if f == timeEpoch {
		return appendEpoch(b, t)
	}
	return append(appendTime(append(b, '"'), t, f, false), '"')
}

// sortedKeys orders a map, so that the same output is the same text.
func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// appendEpoch appends a time as seconds since 1970, to the millisecond.
func appendEpoch(b []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		b = append(b, '-')
		ms = -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if ms %= 1000; ms != 0 {
		b = append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return b
}

func appendJSONFloat(b []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, bits)
}

// appendJSONString appends a quoted string. What is not UTF-8 becomes U+FFFD.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if jsonPlain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendJSONEscape(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// jsonPlain marks the bytes that stand for themselves in a JSON string.
var jsonPlain = plainBytes(`"\`)

func appendJSONEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	case c >= utf8.RuneSelf:
		return append(b, "\ufffd"...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}
