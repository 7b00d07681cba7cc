package lambdaevent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// An object is a JSON object whose members keep their order and, unless they
// are set, the bytes of their values: what this package does not know comes out
// as it came in, large numbers and new members of AWS's too.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

var errNoObject = errors.New("not a JSON object")

// UnmarshalJSON implements json.Unmarshaler. A name that stands twice is an
// error: which of them counts is a matter of taste.
func (o *object) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errNoObject
	}
	*o = object{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if o.get(name) != nil {
			return fmt.Errorf("member %.64q twice", name)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, member{name, value})
	}
	return nil
}

// get gives the value of a member, or nil.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// into decodes the value of a member that there has to be.
func (o object) into(name string, to any) error {
	value := o.get(name)
	if value == nil || string(value) == "null" {
		return fmt.Errorf("no %s", name)
	}
	if json.Unmarshal(value, to) != nil {
		// What json has to say may have a part of the value in it.
		return fmt.Errorf("%s is not of the type that it should be", name)
	}
	return nil
}

// set gives a member another value.
func (o *object) set(name string, value json.RawMessage) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, member{name, value})
}

// encoded is the object as JSON.
func (o object) encoded() json.RawMessage {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, encode(m.name)...)
		b = append(b, ':')
		b = append(b, m.value...)
	}
	return append(b, '}')
}

// encode writes a string, or what is made of strings, without escapes for the
// sake of HTML.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // of strings there is none
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
