package wire

import (
	"reflect"
	"time"
)

// hidden stands in CloudTrail for a value that must not be recorded.
const hidden = `"HIDDEN_DUE_TO_SECURITY_REASONS"`

// AppendTrail appends an input or output, a pointer to its generated struct, as
// the requestParameters or responseElements of a CloudTrail record: JSON with
// names like keyId, the values of sensitive members hidden, and without blobs,
// which CloudTrail leaves out. It appends null if nothing is there. What is
// bound to HTTP it writes as CloudTrail has it for S3; see AppendRequestTrail.
func AppendTrail(b []byte, v any) []byte {
	val := reflect.ValueOf(v)
	if !val.IsValid() || val.IsNil() {
		return append(b, "null"...)
	}
	plan := structureOf(val.Type().Elem())
	if plan.bound == nil {
		return appendTrailOf(b, plan, val.Elem())
	}
	return orNull(b, appendBoundTrail(b, plan, val.Elem()))
}

// appendTrailOf is AppendTrail for what is recorded member by member, wherever
// those stood in the message: all but S3.
func appendTrailOf(b []byte, plan *structure, v reflect.Value) []byte {
	return orNull(b, appendTrailStruct(b, plan, v))
}

// orNull is what was appended to b, or null in place of an empty object.
func orNull(b, with []byte) []byte {
	if len(with)-len(b) == len("{}") {
		return append(b, "null"...)
	}
	return with
}

func appendTrailStruct(b []byte, plan *structure, v reflect.Value) []byte {
	b = append(b, '{')
	start := len(b)
	for i := range plan.members {
		m := &plan.members[i]
		f := v.Field(m.index)
		if m.kind == kindBlob || m.kind == kindStream || m.absent(f) {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, m.trailKey...)
		b = appendTrail(b, &m.shape, m.deref(f))
	}
	return append(b, '}')
}

func appendTrail(b []byte, s *shape, v reflect.Value) []byte {
	if s.tag.Sensitive {
		return append(b, hidden...)
	}
	switch s.kind {
	case kindBlob:
		return append(b, hidden...)
	case kindEnum:
		if v.String() == emptyEnum {
			return append(b, `""`...)
		}
		return appendJSONString(b, v.String())
	case kindTime:
		return append(appendTrailTime(append(b, '"'), v.Interface().(time.Time)), '"')
	case kindStruct:
		return appendTrailStruct(b, s.fields, v)
	case kindList:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendTrail(b, s.elem, v.Index(i))
		}
		return append(b, ']')
	case kindMap:
		return appendTrailMap(b, s, v)
	}
	return appendJSON(b, s, v)
}

func appendTrailMap(b []byte, s *shape, v reflect.Value) []byte {
	switch {
	case s.key.tag.Sensitive:
		return append(b, hidden...)
	case s.strings && !s.elem.tag.Sensitive:
		return appendJSONStrings(b, v.Interface().(map[string]string))
	}
	b = append(b, '{')
	for i, key := range sortedKeys(v) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSONString(b, key.String()), ':')
		b = appendTrail(b, s.elem, v.MapIndex(key))
	}
	return append(b, '}')
}

// appendTrailTime appends a time as CloudTrail has it within parameters:
// Aug 10, 2022, 10:38:27 PM.
func appendTrailTime(b []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(b, "Jan 2, 2006, 3:04:05 PM")
}
