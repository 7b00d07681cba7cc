package wire

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// xmlDecoder fills structures from a document. An element that the plan does not
// know is refused, as AWS validates against a schema: a misspelt BlockPublicAcls
// that is passed over would leave open what the caller meant to close.
// Attributes that it does not know are passed over, and in names of elements
// their prefixes.
type xmlDecoder struct{ xmlScanner }

// decodeXML decodes a document whose root element has the given name.
func decodeXML(text []byte, root string, s *shape, v reflect.Value) error {
	d := xmlDecoder{xmlScanner{buf: text, open: make([][]byte, 0, 8)}}
	name, err := d.document()
	if err == nil && string(name) != root {
		err = errXML
	}
	if err == nil {
		err = d.value(s, v)
	}
	if err == nil {
		err = d.end()
	}
	return err
}

func malformedXML() *api.Error {
	return api.Errorf("MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema")
}

// value decodes the element that was opened last, to its end.
func (d *xmlDecoder) value(s *shape, v reflect.Value) error {
	switch s.kind {
	case kindStruct:
		return d.structure(s.fields, s.settable(v))
	case kindList:
		v.Set(reflect.MakeSlice(s.typ, 0, 0))
		return d.list(s, v)
	case kindMap:
		v.Set(reflect.MakeMap(s.typ))
		return d.mapping(s, v)
	}
	text, err := d.text()
	if err != nil {
		return err
	}
	return setXMLText(s, v, text)
}

// structure decodes the content of an element into a structure.
func (d *xmlDecoder) structure(plan *structure, v reflect.Value) error {
	for _, i := range plan.attributes {
		if err := d.attribute(&plan.members[i], v); err != nil {
			return err
		}
	}
	return d.children(func(name []byte) error {
		i, known := plan.byElement[string(name)]
		if !known {
			return errXML
		}
		m := &plan.members[i]
		f := v.Field(m.index)
		switch {
		case m.kind == kindList && m.tag.Flattened:
			return d.element(&m.shape, f)
		case m.kind == kindMap && m.tag.Flattened:
			if f.IsNil() {
				f.Set(reflect.MakeMap(m.typ))
			}
			return d.entry(&m.shape, f)
		case !m.absent(f):
			return errXML // it is there twice
		}
		return d.value(&m.shape, f)
	})
}

// attribute decodes an attribute of the element that was opened last. The model
// has its name with the prefix that AWS uses; another may be bound to the same.
func (d *xmlDecoder) attribute(m *member, v reflect.Value) error {
	_, want, prefixed := strings.Cut(m.name, ":")
	if !prefixed {
		want = m.name
	}
	for _, a := range d.attrs {
		if local := localName(a.name); string(local) != want || prefixed != (len(local) < len(a.name)) || bytes.HasPrefix(a.name, []byte("xmlns:")) {
			continue
		}
		text, err := d.unescape(a.value)
		if err != nil {
			return err
		}
		return setXMLText(&m.shape, v.Field(m.index), text)
	}
	return nil
}

// children calls f for each child of the element that was opened last, whose
// name it gets and which it must take to its end. Text between is refused.
func (d *xmlDecoder) children(f func(name []byte) error) error {
	for {
		token, data, err := d.next()
		switch {
		case err != nil:
			return err
		case token == xmlEnd:
			return nil
		case token == xmlStart:
			err = f(data)
		case token == xmlText && len(bytes.Trim(data, " \t\r\n")) > 0:
			err = errXML
		}
		if err != nil {
			return err
		}
	}
}

// list decodes the elements of a list within the element around them.
func (d *xmlDecoder) list(s *shape, v reflect.Value) error {
	want := s.elemName()
	return d.children(func(name []byte) error {
		if string(name) != want {
			return errXML
		}
		return d.element(s, v)
	})
}

// element decodes the element that was opened last as a further one of a list.
func (d *xmlDecoder) element(s *shape, v reflect.Value) error {
	n := v.Len()
	if n == maxList {
		return errXML
	}
	v.Grow(1)
	v.SetLen(n + 1)
	return d.value(s.elem, v.Index(n))
}

func (d *xmlDecoder) mapping(s *shape, v reflect.Value) error {
	return d.children(func(name []byte) error {
		if string(name) != "entry" {
			return errXML
		}
		return d.entry(s, v)
	})
}

// entry decodes the element that was opened last as a further entry of a map.
func (d *xmlDecoder) entry(s *shape, v reflect.Value) error {
	keyName, valueName := s.entryNames()
	key, elem := reflect.New(s.typ.Key()).Elem(), reflect.New(s.typ.Elem()).Elem()
	var hasKey, hasValue bool
	err := d.children(func(name []byte) error {
		switch {
		case string(name) == keyName && !hasKey:
			hasKey = true
			return d.value(s.key, key)
		case string(name) == valueName && !hasValue:
			hasValue = true
			return d.value(s.elem, elem)
		}
		return errXML
	})
	if err == nil && !(hasKey && hasValue) {
		err = errXML
	}
	if err == nil {
		v.SetMapIndex(key, elem)
	}
	return err
}

// text takes the character data of the element that was opened last, to its
// end. Elements within are refused.
func (d *xmlDecoder) text() ([]byte, error) {
	var all []byte
	for {
		token, data, err := d.next()
		switch {
		case err != nil:
			return nil, err
		case token == xmlEnd:
			return all, nil
		case token == xmlStart:
			return nil, errXML
		case token == xmlText && all == nil && d.at("</"):
			all = data // the rule: no further token overwrites it
		case token == xmlText:
			all = append(all, data...)
		}
	}
}

// setXMLText sets a scalar from its text. White space around counts in strings
// alone.
func setXMLText(s *shape, v reflect.Value, text []byte) error {
	if s.kind == kindString {
		s.settable(v).SetString(string(text))
		return nil
	}
	text = bytes.TrimSpace(text)
	if s.kind == kindEnum {
		v.SetString(s.enum.decode(text))
		return nil
	}
	if !setRestText(s, v, string(text), s.timeFormat()) {
		return errXML
	}
	return nil
}
