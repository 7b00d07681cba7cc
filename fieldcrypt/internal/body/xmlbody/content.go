package xmlbody

import (
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

const cdata = "<![CDATA["

// outside says whether Pos is outside of the root element, where no text is.
func (w *walker) outside() bool { return w.depth() == 0 && !w.fragment }

func (w *walker) refuseOutside() error {
	return w.refuse(body.ErrSyntax, "text outside of the root element")
}

// text goes past character data, up to the next markup.
func (w *walker) text() error {
	w.holdRun()
	brackets := 0 // how many "]" come right before Pos
	for {
		if brackets == 0 && !w.outside() {
			w.simple()
		}
		end, err := w.ended()
		if err != nil || end {
			return err
		}
		c := w.Buf[w.Pos]
		if isSpace(c) {
			w.value.plain = w.value.plain && c != '\r'
			w.Pos++
			brackets = 0
			continue
		}
		switch {
		case c == '<':
			return nil
		case w.outside():
			_, _, err := w.rune()
			return w.orRefuse(err, body.ErrSyntax, "text outside of the root element")
		case c == ']':
			brackets++
			w.Pos++
		case c == '>' && brackets >= 2:
			return w.refuse(body.ErrSyntax, "]]> outside of a CDATA section")
		default:
			brackets = 0
			err = w.textCharacter(c)
		}
		w.value.visible = true
		if err != nil {
			return err
		}
	}
}

// simple goes past characters that mean nothing but themselves.
func (w *walker) simple() {
	buf, i := w.Buf, w.Pos
	for i < len(buf) && buf[i] < utf8.RuneSelf && classes[buf[i]]&notText == 0 {
		w.value.visible = w.value.visible || buf[i] != ' '
		i++
	}
	w.Pos = i
}

func (w *walker) textCharacter(c byte) error {
	if c == '&' {
		w.value.plain = false
		_, err := w.reference()
		return err
	}
	w.value.plain = w.value.plain && c != '>'
	return w.pass()
}

// pass goes past a character of whatever kind.
func (w *walker) pass() error {
	_, size, err := w.rune()
	w.Pos += size
	return err
}

// cdataSection goes past the rest of a CDATA section. It belongs to the run of
// text that it stands in, or begins one.
func (w *walker) cdataSection() error {
	if w.outside() {
		return w.refuseOutside()
	}
	w.Pos -= len(cdata)
	w.holdRun()
	w.Pos += len(cdata)
	w.value.plain, w.value.visible = false, true
	for {
		c, err := w.peek()
		if err != nil {
			return err
		}
		if c == ']' {
			if end, err := w.accept("]]>"); end || err != nil {
				return err
			}
		}
		if err := w.pass(); err != nil {
			return err
		}
	}
}

// comment goes past the rest of a comment. HTML parsers end one at once that
// begins with ">" or "->", and would find elements where XML has none.
func (w *walker) comment() error {
	w.value.plain = false
	for _, early := range []string{">", "->"} {
		if ok, err := w.accept(early); ok || err != nil {
			return w.orRefuse(err, body.ErrSyntax, "a comment that ends as it begins")
		}
	}
	for {
		c, err := w.peek()
		if err != nil {
			return err
		}
		if c == '-' {
			if two, err := w.accept("--"); err != nil {
				return err
			} else if two {
				return w.expect(">")
			}
		}
		if err := w.pass(); err != nil {
			return err
		}
	}
}

// instruction goes past the rest of a processing instruction. One with a ">"
// in it ends there to HTML and SGML parsers.
func (w *walker) instruction() error {
	w.value.plain = false
	name, _, err := w.name()
	if err != nil {
		return err
	}
	if isXML(name) {
		return w.refuse(body.ErrSyntax, "an XML declaration that is not the first thing")
	}
	if spaced, err := w.skipSpace(); err != nil {
		return err
	} else if !spaced {
		return w.expect("?>")
	}
	for {
		c, err := w.peek()
		if err != nil {
			return err
		}
		if c == '?' {
			if end, err := w.accept("?>"); end || err != nil {
				return err
			}
		}
		if c == '>' {
			return w.refuse(body.ErrUnsupported, "a processing instruction with > in it")
		}
		if err := w.pass(); err != nil {
			return err
		}
	}
}

func isXML(name []byte) bool {
	return len(name) == 3 && name[0]|0x20 == 'x' && name[1]|0x20 == 'm' && name[2]|0x20 == 'l'
}
