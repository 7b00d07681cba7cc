package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// document decodes the whole text as one structure.
func (d *jsonDecoder) document(plan *structure, v reflect.Value) error {
	return d.whole(d.structure(plan, v))
}

// whole is the outcome of decoding all that there is.
func (d *jsonDecoder) whole(err error) error {
	if err == nil && d.peek() != 0 || err == nil && d.pos != len(d.buf) {
		err = errSyntax
	}
	if errors.Is(err, errSyntax) {
		// AWS says no more about a body that it cannot parse.
		return api.Errorf("SerializationException", 400, "").WithCause(err)
	}
	return err
}

// structure decodes an object. Members that the plan does not know are skipped,
// null means absent, and of a repeated name the last counts.
func (d *jsonDecoder) structure(plan *structure, v reflect.Value) error {
	if err := d.enter('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		if more, err := d.more(first, '}'); !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		i, known := plan.byName[string(name)]
		switch {
		case !known, plan == d.request && plan.members[i].outside:
			err = d.skip()
		case d.peek() == 'n':
			if err = d.literal("null"); err == nil {
				v.Field(plan.members[i].index).SetZero()
			}
		default:
			m := &plan.members[i]
			err = d.value(&m.shape, v.Field(m.index))
		}
		if err != nil {
			return err
		}
	}
}

// value decodes what comes next, which is not null, into v.
func (d *jsonDecoder) value(s *shape, v reflect.Value) error {
	switch c := d.peek(); c {
	case '"':
		text, err := d.string()
		if err != nil {
			return err
		}
		return d.setString(s, v, text)
	case 't', 'f':
		return d.boolean(s, v, c == 't')
	case '{':
		return d.object(s, v)
	case '[':
		return d.array(s, v)
	case 'n':
		// Lists and maps have no place for an element that is not there.
		return mismatch(s, "NULL_VALUE")
	default:
		text, integer, err := d.number()
		if err != nil {
			return err
		}
		return setNumber(s, v, text, integer)
	}
}

func (d *jsonDecoder) setString(s *shape, v reflect.Value, text []byte) error {
	switch s.kind {
	case kindString:
		s.settable(v).SetString(string(text))
		return nil
	case kindEnum:
		v.SetString(s.enum.decode(text))
		return nil
	case kindBlob:
		blob, err := decodeBase64(s, text)
		if err != nil {
			return err
		}
		v.SetBytes(blob)
		return nil
	case kindFloat:
		if f, ok := unusualFloats[string(text)]; ok {
			s.settable(v).SetFloat(f)
			return nil
		}
	case kindTime:
		if f := s.timeFormat(); s.tag.TimestampFormat != "" && f != timeEpoch {
			if t, ok := parseTime(string(text), f); ok {
				s.settable(v).Set(reflect.ValueOf(t))
				return nil
			}
		}
	}
	return mismatch(s, "STRING_VALUE")
}

// unusualFloats are those that JSON has no numbers for.
var unusualFloats = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}

// decode gives the enum value that was sent, in a string of its own only if it
// is none of the set. Validate tells those.
func (e *enumeration) decode(text []byte) string {
	if v, ok := e.known[string(text)]; ok {
		return v
	}
	if len(text) == 0 {
		return emptyEnum
	}
	return string(text)
}

func (d *jsonDecoder) boolean(s *shape, v reflect.Value, value bool) error {
	text, token := "false", "FALSE_VALUE"
	if value {
		text, token = "true", "TRUE_VALUE"
	}
	if err := d.literal(text); err != nil {
		return err
	}
	if s.kind != kindBool {
		return mismatch(s, token)
	}
	s.settable(v).SetBool(value)
	return nil
}

func (d *jsonDecoder) object(s *shape, v reflect.Value) error {
	switch s.kind {
	case kindStruct:
		return d.structure(s.fields, s.settable(v))
	case kindMap:
		return d.mapping(s, v)
	}
	return serialization("Start of structure or map found where not expected.")
}

func (d *jsonDecoder) mapping(s *shape, v reflect.Value) error {
	if err := d.enter('{'); err != nil {
		return err
	}
	if s.strings {
		m := map[string]string{}
		v.Set(reflect.ValueOf(m))
		return d.stringMapping(s, m)
	}
	v.Set(reflect.MakeMap(s.typ))
	elem := reflect.New(s.typ.Elem()).Elem()
	for first := true; ; first = false {
		if more, err := d.more(first, '}'); !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		key := reflect.ValueOf(string(name)).Convert(s.typ.Key())
		elem.SetZero()
		if err := d.value(s.elem, elem); err != nil {
			return err
		}
		v.SetMapIndex(key, elem)
	}
}

// stringMapping is mapping for a map of strings, whose brace is taken.
func (d *jsonDecoder) stringMapping(s *shape, m map[string]string) error {
	for first := true; ; first = false {
		if more, err := d.more(first, '}'); !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		key := string(name)
		if d.peek() != '"' {
			// No string, so this fails, in the words for whatever it is.
			return d.value(s.elem, reflect.New(s.elem.typ).Elem())
		}
		text, err := d.string()
		if err != nil {
			return err
		}
		m[key] = string(text)
	}
}

func (d *jsonDecoder) array(s *shape, v reflect.Value) error {
	if s.kind != kindList {
		return serialization("Start of list found where not expected")
	}
	if err := d.enter('['); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(s.typ, 0, 0))
	for n := 0; ; n++ {
		if more, err := d.more(n == 0, ']'); !more {
			return err
		}
		v.Grow(1)
		v.SetLen(n + 1)
		if err := d.value(s.elem, v.Index(n)); err != nil {
			return err
		}
	}
}

// setNumber sets a number. AWS takes the integer part where an integer is
// asked for.
func setNumber(s *shape, v reflect.Value, text []byte, integer bool) error {
	switch s.kind {
	case kindInt:
		n, err := strconv.ParseInt(string(text), 10, s.typ.Bits())
		if err != nil && !integer {
			n, err = truncate(text, s.typ.Bits())
		}
		if err == nil {
			s.settable(v).SetInt(n)
			return nil
		}
	case kindFloat:
		if f, err := strconv.ParseFloat(string(text), s.typ.Bits()); err == nil {
			s.settable(v).SetFloat(f)
			return nil
		}
	case kindTime:
		if t, ok := fromEpoch(text); ok {
			s.settable(v).Set(reflect.ValueOf(t))
			return nil
		}
	}
	return mismatch(s, "NUMBER_VALUE")
}

// truncate gives the integer part of a number that has a fraction or exponent.
func truncate(text []byte, bits int) (int64, error) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, err
	}
	// Not below the limit: a float64 cannot hold the largest int64.
	limit := math.Ldexp(1, bits-1)
	if f <= -limit || f >= limit {
		return 0, strconv.ErrRange
	}
	return int64(f), nil
}

// maxEpoch is the end of the year 9999, past which times cannot be written.
const maxEpoch = 253402300799

// fromEpoch reads seconds since 1970, to the millisecond.
func fromEpoch(text []byte) (time.Time, bool) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.Abs(f) > maxEpoch {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), true
}

// decodeBase64 decodes a blob. An error repeats the text as AWS does, unless
// that is sensitive.
func decodeBase64(s *shape, text []byte) ([]byte, error) {
	blob := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(blob, text)
	// The decoder passes over line ends, which are no part of the alphabet.
	if err == nil && base64.StdEncoding.EncodedLen(n) == len(text) {
		return blob[:n], nil
	}
	value := ""
	if !s.tag.Sensitive && len(text) <= maxEcho {
		value = "'" + string(text) + "' "
	}
	if len(text)%4 != 0 {
		return nil, serialization("%scan not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: %d", value, len(text))
	}
	return nil, serialization("%scan not be converted to a Blob: Invalid Base64 character", value)
}

// mismatch is the error for a token that a shape cannot take.
func mismatch(s *shape, token string) error {
	switch s.kind {
	case kindList:
		return serialization("Expected list or null")
	case kindMap:
		return serialization("Expected map or null")
	case kindStruct:
		return serialization("Expected null")
	}
	return serialization("%s can not be converted to %s", token, javaName(s))
}

// javaName names a type as AWS does in messages, with its article.
func javaName(s *shape) string {
	switch s.kind {
	case kindBool:
		return "a Boolean"
	case kindInt:
		if s.typ.Bits() == 64 {
			return "a Long"
		}
		return "an Integer"
	case kindFloat:
		if s.typ.Bits() == 32 {
			return "a Float"
		}
		return "a Double"
	case kindTime:
		return "milliseconds since epoch"
	case kindBlob, kindStream:
		return "a Blob"
	}
	return "a String"
}

func serialization(format string, args ...any) error {
	return api.Errorf("SerializationException", 400, "%s", fmt.Sprintf(format, args...))
}
