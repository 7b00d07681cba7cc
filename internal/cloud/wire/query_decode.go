package wire

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// node is a part of a parameter's key: Tags.member.1.Key is four, one within
// the other.
type node struct {
	name     string
	value    string
	hasValue bool
	children []*node
}

// tree arranges the parameters by the parts of their keys. They come sorted, so
// each belongs at or behind the last child of every level.
func (f *Form) tree() (*node, error) {
	root := new(node)
	for _, p := range f.params {
		n, key, more := root, p.key, true
		for depth := 0; more; depth++ {
			if depth == maxDepth {
				return nil, malformedInput("Parameter names nest too deeply")
			}
			var name string
			name, key, more = strings.Cut(key, ".")
			last := len(n.children) - 1
			if last < 0 || n.children[last].name != name {
				n.children = append(n.children, &node{name: name})
				last++
			}
			n = n.children[last]
		}
		n.value, n.hasValue = p.value, true
	}
	return root, nil
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// structure decodes a structure. Parameters that the plan does not know are
// passed over.
func (n *node) structure(plan *structure, v reflect.Value) error {
	for i := range plan.members {
		m := &plan.members[i]
		name := m.name
		if m.kind == kindList && m.tag.Flattened && m.elem.tag.Name != "" {
			name = m.elem.tag.Name
		}
		if c := n.child(name); c != nil {
			if err := c.decode(&m.shape, v.Field(m.index)); err != nil {
				return err
			}
		}
	}
	return nil
}

// decode decodes what the node holds into v.
func (n *node) decode(s *shape, v reflect.Value) error {
	switch s.kind {
	case kindStruct:
		if n.value != "" {
			return malformedInput("Expected null")
		}
		return n.structure(s.fields, s.settable(v))
	case kindList:
		return n.list(s, v)
	case kindMap:
		return n.mapping(s, v)
	}
	if len(n.children) > 0 {
		return malformedInput("Start of structure or map found where not expected.")
	}
	return setText(s, v, n.value)
}

// list decodes a list. An empty one is sent as the empty value of its name.
func (n *node) list(s *shape, v reflect.Value) error {
	elems, err := n.elements(s, s.elemName(), "Expected list or null")
	if err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(s.typ, len(elems), len(elems)))
	for i, e := range elems {
		if err := e.decode(s.elem, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) mapping(s *shape, v reflect.Value) error {
	entries, err := n.elements(s, "entry", "Expected map or null")
	if err != nil {
		return err
	}
	v.Set(reflect.MakeMap(s.typ))
	keyName, valueName := s.entryNames()
	for _, e := range entries {
		k, val := e.child(keyName), e.child(valueName)
		if k == nil || val == nil {
			return malformedInput("Unexpected map entry termination")
		}
		key, elem := reflect.New(s.typ.Key()).Elem(), reflect.New(s.typ.Elem()).Elem()
		if err := k.decode(s.key, key); err != nil {
			return err
		}
		if err := val.decode(s.elem, elem); err != nil {
			return err
		}
		v.SetMapIndex(key, elem)
	}
	return nil
}

// elements gives the nodes of the elements of a list or map in the order of
// their numbers, which may have gaps. Unless flattened they stand below a node
// of the given name.
func (n *node) elements(s *shape, name, scalar string) ([]*node, error) {
	if n.value != "" {
		return nil, malformedInput(scalar)
	}
	if !s.tag.Flattened {
		switch {
		case len(n.children) == 0:
			return nil, nil
		case len(n.children) > 1 || n.children[0].name != name || n.children[0].hasValue:
			return nil, malformedInput("Unexpected list element termination")
		}
		n = n.children[0]
	}
	numbers := make(map[*node]int, len(n.children))
	for i, c := range n.children {
		number, err := strconv.Atoi(c.name)
		if err != nil || number < 1 || c.name[0] == '+' || c.name[0] == '0' {
			return nil, malformedInput("Unexpected list element termination")
		}
		numbers[n.children[i]] = number
	}
	slices.SortFunc(n.children, func(a, b *node) int { return cmp.Compare(numbers[a], numbers[b]) })
	return n.children, nil
}

// setText sets a scalar from its text.
func setText(s *shape, v reflect.Value, text string) error {
	switch s.kind {
	case kindString:
		s.settable(v).SetString(text)
		return nil
	case kindEnum:
		v.SetString(s.enum.decode([]byte(text)))
		return nil
	case kindBool:
		if text == "true" || text == "false" {
			s.settable(v).SetBool(text == "true")
			return nil
		}
	case kindInt:
		if n, err := strconv.ParseInt(text, 10, s.typ.Bits()); err == nil {
			s.settable(v).SetInt(n)
			return nil
		}
	case kindFloat:
		if f, err := strconv.ParseFloat(text, s.typ.Bits()); err == nil {
			s.settable(v).SetFloat(f)
			return nil
		}
	case kindTime:
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			s.settable(v).Set(reflect.ValueOf(t.UTC()))
			return nil
		}
	case kindBlob:
		blob, err := decodeBase64(s, []byte(text))
		if err == nil {
			v.SetBytes(blob)
			return nil
		}
	}
	if s.tag.Sensitive || len(text) > maxEcho {
		return malformedInput("STRING_VALUE can not be converted to " + javaName(s))
	}
	return malformedInput(fmt.Sprintf("'%s' can not be converted to %s", text, javaName(s)))
}

func malformedInput(message string) error {
	return api.Errorf("MalformedInput", 400, "%s", message)
}
