package wire

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
)

// kind says how a value is written, which is more than its Go kind tells.
type kind uint8

const (
	kindString kind = iota
	kindEnum
	kindBool
	kindInt
	kindFloat
	kindTime
	kindBlob
	kindStream
	kindStruct
	kindList
	kindMap
)

// shape is a type as one member, list element, map key or map value uses it:
// the Go type and what the tags say.
type shape struct {
	kind    kind
	typ     reflect.Type // without the pointer
	pointer bool         // the value is held by a pointer
	tag     api.Tag
	pattern *api.Pattern
	enum    *enumeration
	fields  *structure // of a struct
	elem    *shape     // of a list; the value of a map
	key     *shape     // of a map
	checked bool       // elements have constraints, or members that may have
	strings bool       // a map[string]string, which has a fast path
}

// enumeration is the set of values of an enum type.
type enumeration struct {
	values []string
	// known gives a value of the set by itself, so that decoding one from
	// bytes allocates nothing.
	known map[string]string
}

// structure is a struct type.
type structure struct {
	typ     reflect.Type
	members []member
	byName  map[string]int // index of members by wire name
	// byElement is the index of the members that stand in an XML body by the
	// name of their element there.
	byElement  map[string]int
	attributes []int    // members that are attributes of the element, in XML
	checks     []int    // members that can break a constraint
	bound      *binding // nil if all members stand in the body
}

// member is a field of a structure.
type member struct {
	shape
	index int    // of the Go field
	name  string // on the wire
	path  string // in messages and CloudTrail: keyId for KeyId

	jsonKey  string // "KeyId":
	trailKey string // "keyId":
	xmlOpen  string // <KeyId>
	xmlClose string // </KeyId>
	xmlEmpty string // <KeyId/>

	// outside says that the member is no element of an XML body: it stands
	// elsewhere in the message, or is an attribute.
	outside bool
}

var structures sync.Map // reflect.Type -> *structure

// structureOf gives the plan of a struct type. It panics on a type that
// tools/apigen cannot have written.
func structureOf(t reflect.Type) *structure {
	if s, ok := structures.Load(t); ok {
		return s.(*structure)
	}
	compiler := compiler{}
	s := compiler.structure(t)
	// Others may have compiled the same types meanwhile. Their plans say the
	// same, and each is complete in itself.
	for t, s := range compiler {
		structures.LoadOrStore(t, s)
	}
	return s
}

// compiler holds the plans under way, so that a type may refer to itself.
type compiler map[reflect.Type]*structure

func (c compiler) structure(t reflect.Type) *structure {
	if s, ok := structures.Load(t); ok {
		return s.(*structure)
	}
	if s, ok := c[t]; ok {
		return s
	}
	s := &structure{typ: t, byName: map[string]int{}, byElement: map[string]int{}}
	c[t] = s
	for i := range t.NumField() {
		f := t.Field(i)
		m := member{shape: c.shape(f.Type, f.Tag, api.TagMember), index: i, path: lowerFirst(f.Name)}
		m.name = m.tag.Name
		m.jsonKey = `"` + m.name + `":`
		m.trailKey = `"` + m.path + `":`
		m.xmlOpen, m.xmlClose, m.xmlEmpty = "<"+m.name+">", "</"+m.name+">", "<"+m.name+"/>"
		s.byName[m.name] = i
		if m.tag.Required || m.mayBreak() {
			s.checks = append(s.checks, i)
		}
		s.members = append(s.members, m)
	}
	s.bind()
	return s
}

// shape compiles a use of a type; what the tags say of it stands under key.
func (c compiler) shape(t reflect.Type, tags reflect.StructTag, key string) shape {
	tag, err := api.ParseTag(tags.Get(key))
	if err != nil {
		panic(fmt.Sprintf("wire: %s: %v", t, err))
	}
	s := shape{typ: t, tag: tag}
	if t.Kind() == reflect.Pointer {
		s.typ, s.pointer = t.Elem(), true
	}
	if tag.Pattern != "" {
		if s.pattern, err = api.CompilePattern(tag.Pattern); err != nil {
			panic(fmt.Sprintf("wire: %s: %v", t, err))
		}
	}
	prefix := ""
	if key != api.TagMember {
		prefix = key + "."
	}
	s.kind = kindOf(s.typ)
	switch s.kind {
	case kindEnum:
		s.enum = newEnumeration(reflect.Zero(s.typ).Interface().(api.Enum).Values())
	case kindStruct:
		s.fields = c.structure(s.typ)
	case kindList:
		elem := c.shape(s.typ.Elem(), tags, prefix+api.TagElem)
		s.elem, s.checked = &elem, elem.mayBreak()
	case kindMap:
		k, v := c.shape(s.typ.Key(), tags, prefix+api.TagKey), c.shape(s.typ.Elem(), tags, prefix+api.TagElem)
		s.key, s.elem, s.checked = &k, &v, k.mayBreak() || v.mayBreak()
		s.strings = s.typ == reflect.TypeFor[map[string]string]()
	}
	return s
}

func kindOf(t reflect.Type) kind {
	switch t {
	case reflect.TypeFor[time.Time]():
		return kindTime
	case reflect.TypeFor[[]byte]():
		return kindBlob
	case reflect.TypeFor[io.Reader]():
		return kindStream
	}
	switch t.Kind() {
	case reflect.String:
		if t.Implements(reflect.TypeFor[api.Enum]()) {
			return kindEnum
		}
		return kindString
	case reflect.Bool:
		return kindBool
	case reflect.Int32, reflect.Int64:
		return kindInt
	case reflect.Float32, reflect.Float64:
		return kindFloat
	case reflect.Struct:
		return kindStruct
	case reflect.Slice:
		return kindList
	case reflect.Map:
		return kindMap
	}
	panic(fmt.Sprintf("wire: type %s is not one of an API", t))
}

func newEnumeration(values []string) *enumeration {
	e := &enumeration{values: slices.Clip(values), known: map[string]string{}}
	for _, v := range values {
		e.known[v] = v
	}
	return e
}

// mayBreak reports whether a value can break a constraint.
func (s *shape) mayBreak() bool {
	return s.kind == kindStruct || s.enum != nil || s.pattern != nil || s.tag.Min != nil || s.tag.Max != nil || s.checked
}

// absent reports whether a member or element is not there.
func (s *shape) absent(v reflect.Value) bool {
	switch s.kind {
	case kindEnum:
		return v.Len() == 0
	case kindBlob, kindList, kindMap, kindStream:
		return v.IsNil()
	default:
		return s.pointer && v.IsNil()
	}
}

// deref gives the value itself of a value that is there.
func (s *shape) deref(v reflect.Value) reflect.Value {
	if s.pointer {
		return v.Elem()
	}
	return v
}

// settable gives the value itself to be set, making it if it is held by a
// pointer.
func (s *shape) settable(v reflect.Value) reflect.Value {
	if s.pointer {
		v.Set(reflect.New(s.typ))
		return v.Elem()
	}
	return v
}

// elemName is the name of a list's elements in XML and query.
func (s *shape) elemName() string {
	if s.elem.tag.Name != "" {
		return s.elem.tag.Name
	}
	return "member"
}

// entryNames are the names of a map's keys and values in XML and query.
func (s *shape) entryNames() (key, value string) {
	key, value = "key", "value"
	if s.key.tag.Name != "" {
		key = s.key.tag.Name
	}
	if s.elem.tag.Name != "" {
		value = s.elem.tag.Name
	}
	return key, value
}

// emptyEnum stands in a decoded input for an enum member that was sent as the
// empty string, since that means absent in the generated types. No enumeration
// has this value, so Validate refuses it.
const emptyEnum = "\x00"

// lowerFirst writes a name the way AWS does in messages and CloudTrail: keyId
// for KeyId, sAMLAssertion for SAMLAssertion.
func lowerFirst(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + strings.Clone(name[n:])
}
