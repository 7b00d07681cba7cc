package xmlbody

import (
	"bytes"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// maxAttributes is how many attributes one element may have. Every one is
// compared with those before it.
const maxAttributes = 256

// attributes is what is known of the attributes of the tag at hand.
type attributes struct {
	seen  []byte // their names, one after the other
	ends  []int
	quote byte   // of the last one
	at    []byte // room for "@name"
}

// lastAttribute is the name of the last attribute.
func (a *attributes) lastAttribute() []byte {
	start := 0
	if n := len(a.ends); n > 1 {
		start = a.ends[n-2]
	}
	return a.seen[start:]
}

// add notes a name and says whether it is new.
func (a *attributes) add(name []byte) bool {
	start := 0
	for _, end := range a.ends {
		if bytes.Equal(a.seen[start:end], name) {
			return false
		}
		start = end
	}
	a.seen = append(a.seen, name...)
	a.ends = append(a.ends, len(a.seen))
	return true
}

// tagAttributes goes past the attributes of a start tag and its end, and says
// whether it is that of an empty element.
func (w *walker) tagAttributes() (empty bool, err error) {
	w.seen, w.ends = w.seen[:0], w.ends[:0]
	for {
		spaced, err := w.skipSpace()
		if err != nil {
			return false, err
		}
		c, err := w.peek()
		if err != nil {
			return false, err
		}
		switch {
		case c == '>':
			w.Pos++
			return false, nil
		case c == '/':
			return true, w.expect("/>")
		case !spaced:
			return false, w.refuse(body.ErrSyntax, "no space before an attribute")
		}
		if err := w.attribute(); err != nil {
			return false, err
		}
	}
}

func (w *walker) attribute() error {
	name, local, err := w.name()
	if err != nil {
		return err
	}
	if len(w.ends) == maxAttributes {
		return w.refuse(body.ErrTooMany, "more than %d attributes", maxAttributes)
	}
	if err := w.checkName(name); err != nil {
		return err
	}
	w.at = append(append(w.at[:0], '@'), local...)
	state := w.o.Paths.Member(w.open[w.depth()].state, w.o.Paths.Symbol(w.at))
	declares := string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:"))
	if declares && w.value.kind == nothing && w.o.Paths.Rule(state) >= 0 {
		// encoding/xml takes xmlns:ssn="…" for an attribute ssn; sealed it would be
		// another namespace.
		return body.At(w.path()+"/@"+body.DisplayName(name), w.refuse(body.ErrUnsupported, "a namespace declared by the name of a field"))
	}
	if !w.add(name) {
		return body.At(w.path()+"/@"+body.DisplayName(name), w.refuse(body.ErrDuplicate, "an attribute twice"))
	}
	if err := w.equals(); err != nil {
		return err
	}
	if w.quote, err = w.openQuote(); err != nil {
		return err
	}
	held := w.value.kind == nothing && !declares && w.holdAttribute(w.o.Paths.Rule(state))
	if err := w.attributeValue(); err != nil {
		return err
	}
	if held {
		if err := w.edit(); err != nil {
			return err
		}
	}
	w.Pos++ // the quote
	return nil
}

// holdAttribute holds the value at Pos if somebody is to see it.
func (w *walker) holdAttribute(rule int) bool {
	switch {
	case rule >= 0:
		w.hold(value{kind: attributeText, rule: rule}, w.o.Limits.Field)
	case w.o.All:
		w.hold(value{kind: attributeText, rule: body.NoRule}, w.o.Limits.Text)
	default:
		return false
	}
	return true
}

// attributeValue goes up to the closing quote.
func (w *walker) attributeValue() error {
	for {
		w.simpleAttribute()
		c, err := w.peek()
		if err != nil {
			return err
		}
		switch {
		case c == w.quote:
			return nil
		case c == '<':
			return w.refuse(body.ErrSyntax, "< in an attribute")
		case c == '&':
			if _, err := w.reference(); err != nil {
				return err
			}
			w.value.plain, w.value.visible = false, true
			continue
		case isSpace(c):
			w.value.plain = w.value.plain && c == ' '
		default:
			w.value.plain = w.value.plain && c != '>'
			w.value.visible = true
		}
		if err := w.pass(); err != nil {
			return err
		}
	}
}

// simpleAttribute goes past characters that mean nothing but themselves.
func (w *walker) simpleAttribute() {
	buf, i := w.Buf, w.Pos
	for i < len(buf) && buf[i] < utf8.RuneSelf && classes[buf[i]]&notAttribute == 0 {
		w.value.visible = w.value.visible || buf[i] != ' '
		i++
	}
	w.Pos = i
}

// equals goes past an equals sign with the space around it.
func (w *walker) equals() error {
	if _, err := w.skipSpace(); err != nil {
		return err
	}
	if err := w.expect("="); err != nil {
		return err
	}
	_, err := w.skipSpace()
	return err
}

func (w *walker) openQuote() (byte, error) {
	c, err := w.peek()
	if err != nil {
		return 0, err
	}
	if c != '"' && c != '\'' {
		return 0, w.refuse(body.ErrSyntax, "an attribute without quotes")
	}
	w.Pos++
	return c, nil
}
