package wire

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
)

// Validate checks an input, a pointer to the operation's input type, against
// the constraints of the model and reports all violations in AWS's words.
func Validate(op *api.Operation, in any) error {
	v := validator{dialect: dialects[op.Service.Name]}
	if v.dialect.validate != nil {
		return v.dialect.validate(structureOf(op.Input), reflect.ValueOf(in).Elem())
	}
	v.structure(structureOf(op.Input), reflect.ValueOf(in).Elem())
	if message := v.message(); message != "" {
		e := api.Errorf(validationCode(op.Service.Protocol), 400, "%s", message)
		if v.itemized {
			e.Fields = map[string]any{"reason": "fieldValidationFailed", "fieldList": v.items}
		}
		return e
	}
	return nil
}

// message tells all that was found, "" if nothing was.
func (v *validator) message() string {
	switch n := len(v.violations); {
	case n > 1:
		return fmt.Sprintf("%d validation errors detected: %s", n, strings.Join(v.violations, "; "))
	case n == 1:
		return "1 validation error detected: " + v.violations[0]
	}
	return v.sentence
}

// validationCode is what services of a protocol call a violation.
func validationCode(p api.Protocol) string {
	if p == api.Query || p == api.EC2 {
		return "ValidationError"
	}
	return "ValidationException"
}

// validator collects violations on its way through an input.
type validator struct {
	violations []string
	items      []fieldFault
	path       []string // where it is: tags, 1, member, key
	dialect
	sentence string // the first that the dialect has, which is said only for want of violations
}

// fieldFault is a violation in the list of them.
type fieldFault struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

func (v *validator) structure(plan *structure, val reflect.Value) {
	for _, i := range plan.checks {
		m := &plan.members[i]
		f := val.Field(m.index)
		if m.absent(f) {
			if m.tag.Required {
				v.path = append(v.path, m.path)
				v.violation("null", "Member must not be null")
				v.path = v.path[:len(v.path)-1]
			}
			continue
		}
		v.path = append(v.path, m.path)
		v.value(&m.shape, m.deref(f))
		v.path = v.path[:len(v.path)-1]
	}
}

// value checks a member, or a structure within a list or map.
func (v *validator) value(s *shape, val reflect.Value) {
	if s.kind == kindStruct {
		v.structure(s.fields, val)
		return
	}
	broken := s.broken(val, v.reticent)
	if len(broken) > 0 && v.plainly != nil && s.mismatch(val) {
		broken = v.inSentence(val, broken)
	}
	for _, c := range broken {
		v.violation(s.render(val), c)
	}
	switch {
	case !s.checked:
	case s.kind == kindList:
		v.list(s, val)
	case s.kind == kindMap:
		v.mapping(s, val)
	}
}

// inSentence takes the pattern, which comes first, from what a value breaks if
// the dialect has a sentence for it. What is empty breaks nothing else.
func (v *validator) inSentence(val reflect.Value, broken []string) []string {
	member := v.path[len(v.path)-1]
	words := v.plainly(member)
	if words == "" {
		return broken
	}
	if v.sentence == "" {
		v.sentence = "The specified value for " + member + " is invalid. " + words
	}
	if val.Len() == 0 {
		return nil
	}
	return broken[1:]
}

// list checks the elements of a list. AWS reports a structure where it stands,
// but one scalar that is wrong as a fault of the whole list.
func (v *validator) list(s *shape, val reflect.Value) {
	for i := range val.Len() {
		if s.elem.nested() {
			v.path = append(v.path, strconv.Itoa(i+1), "member")
			v.value(s.elem, val.Index(i))
			v.path = v.path[:len(v.path)-2]
		} else if len(s.elem.broken(val.Index(i), v.reticent)) > 0 {
			v.violation(s.render(val), "Member must satisfy constraint: "+s.elem.constraints(v.reticent))
			return
		}
	}
}

func (v *validator) mapping(s *shape, val reflect.Value) {
	brokenKey, brokenValue := false, false
	for _, key := range sortedKeys(val) {
		brokenKey = brokenKey || len(s.key.broken(key, v.reticent)) > 0
		elem := val.MapIndex(key)
		if s.elem.nested() {
			v.path = append(v.path, key.String(), "member")
			v.value(s.elem, elem)
			v.path = v.path[:len(v.path)-2]
		} else {
			brokenValue = brokenValue || len(s.elem.broken(elem, v.reticent)) > 0
		}
	}
	if brokenKey {
		v.violation(s.render(val), "Map keys must satisfy constraint: "+s.key.constraints(v.reticent))
	}
	if brokenValue {
		v.violation(s.render(val), "Map value must satisfy constraint: "+s.elem.constraints(v.reticent))
	}
}

// nested reports whether elements of this shape have violations of their own.
func (s *shape) nested() bool {
	return s.kind == kindStruct || s.kind == kindList || s.kind == kindMap
}

func (v *validator) violation(value, constraint string) {
	switch {
	case v.reticent:
		value = ""
	case value != "":
		value += " "
	}
	v.violations = append(v.violations, fmt.Sprintf("Value %sat '%s' failed to satisfy constraint: %s",
		value, strings.Join(v.path, "."), constraint))
	if v.itemized {
		v.items = append(v.items, fieldFault{strings.Join(v.path, "."), constraint})
	}
}

// broken lists the constraints that a value breaks, not those of its elements.
func (s *shape) broken(v reflect.Value, reticent bool) (list []string) {
	if s.kind == kindEnum {
		if _, ok := s.enum.known[v.String()]; !ok {
			return []string{s.enumConstraint(reticent)}
		}
		return nil
	}
	if s.mismatch(v) {
		list = append(list, s.patternConstraint())
	}
	if s.tag.Min == nil && s.tag.Max == nil {
		return list
	}
	size := s.size(v)
	if s.tag.Max != nil && size > *s.tag.Max {
		list = append(list, s.maxConstraint())
	}
	if s.tag.Min != nil && size < *s.tag.Min {
		list = append(list, s.minConstraint())
	}
	return list
}

func (s *shape) mismatch(v reflect.Value) bool {
	return s.pattern != nil && !s.pattern.MatchString(v.String())
}

// size is what Min and Max bound.
func (s *shape) size(v reflect.Value) float64 {
	switch s.kind {
	case kindInt:
		return float64(v.Int())
	case kindFloat:
		return v.Float()
	case kindString:
		return float64(utf8.RuneCountInString(v.String()))
	}
	return float64(v.Len())
}

// constraints lists all constraints of a list element, map key or map value.
func (s *shape) constraints(reticent bool) string {
	var list []string
	if s.tag.Max != nil {
		list = append(list, s.maxConstraint())
	}
	if s.tag.Min != nil {
		list = append(list, s.minConstraint())
	}
	if s.pattern != nil {
		list = append(list, s.patternConstraint())
	}
	if s.enum != nil {
		list = append(list, s.enumConstraint(reticent))
	}
	if reticent {
		list = append(list, "Member must not be null")
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func (s *shape) maxConstraint() string {
	return "Member must have " + s.measure() + " less than or equal to " + formatBound(*s.tag.Max)
}

func (s *shape) minConstraint() string {
	return "Member must have " + s.measure() + " greater than or equal to " + formatBound(*s.tag.Min)
}

func (s *shape) patternConstraint() string {
	return "Member must satisfy regular expression pattern: " + s.pattern.Source
}

func (s *shape) enumConstraint(reticent bool) string {
	if reticent {
		return "Member must satisfy enum value set"
	}
	return "Member must satisfy enum value set: [" + strings.Join(s.enum.values, ", ") + "]"
}

func (s *shape) measure() string {
	if s.kind == kindInt || s.kind == kindFloat {
		return "value"
	}
	return "length"
}

func formatBound(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// maxEcho is the length up to which an error repeats a value.
const maxEcho = 4096

// render writes a value for a violation, in quotes; nothing at all if it is
// sensitive or too long.
func (s *shape) render(v reflect.Value) string {
	if s.secret() {
		return ""
	}
	text := s.format(v)
	if len(text) > maxEcho {
		return ""
	}
	return "'" + text + "'"
}

// secret reports whether a value or anything within may not be shown.
func (s *shape) secret() bool {
	return s.tag.Sensitive || s.elem != nil && s.elem.secret() || s.key != nil && s.key.secret()
}

// format writes a value as Java's toString does.
func (s *shape) format(v reflect.Value) string {
	switch s.kind {
	case kindBool:
		return strconv.FormatBool(v.Bool())
	case kindInt:
		return strconv.FormatInt(v.Int(), 10)
	case kindFloat:
		return strconv.FormatFloat(v.Float(), 'g', -1, s.typ.Bits())
	case kindBlob:
		return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%[1]d]", v.Len())
	case kindList:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = s.elem.format(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case kindMap:
		var parts []string
		for _, key := range sortedKeys(v) {
			parts = append(parts, key.String()+"="+s.elem.format(v.MapIndex(key)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case kindStruct:
		return s.typ.Name() // its members may be sensitive
	}
	return strings.TrimPrefix(v.String(), emptyEnum)
}
