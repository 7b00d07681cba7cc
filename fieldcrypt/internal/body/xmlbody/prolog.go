package xmlbody

import (
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

const (
	byteOrderMark = "\ufeff"
	declaration   = "<?xml"
)

// prolog goes past a byte order mark and the XML declaration, if there are any,
// and refuses encodings other than UTF-8: with them other bytes are markup.
func (w *walker) prolog() error {
	if _, err := w.accept(byteOrderMark); err != nil {
		return err
	}
	begins, err := w.accept(declaration)
	if err != nil || !begins {
		return err
	}
	w.mark = w.Pos - len(declaration) // there may be a way back
	c, err := w.peek()
	if err != nil {
		return err
	}
	if !isSpace(c) { // <?xml-stylesheet
		w.Pos = w.mark
	}
	w.mark = -1
	if !isSpace(c) {
		return nil
	}
	if err := w.pseudoAttribute("version", func(v string) bool { return v == "1.0" }, true); err != nil {
		return err
	}
	utf8 := func(v string) bool { return strings.EqualFold(v, "utf-8") }
	if err := w.pseudoAttribute("encoding", utf8, false); err != nil {
		return err
	}
	alone := func(v string) bool { return v == "yes" || v == "no" }
	if err := w.pseudoAttribute("standalone", alone, false); err != nil {
		return err
	}
	if _, err := w.skipSpace(); err != nil {
		return err
	}
	return w.expect("?>")
}

// pseudoAttribute goes past one part of the declaration.
func (w *walker) pseudoAttribute(name string, good func(string) bool, required bool) error {
	spaced, err := w.skipSpace()
	if err != nil {
		return err
	}
	present, err := w.accept(name)
	if err != nil {
		return err
	}
	if !present && !required {
		return nil
	}
	if !present || !spaced {
		return w.refuse(body.ErrSyntax, "no XML declaration that could be read")
	}
	if err := w.equals(); err != nil {
		return err
	}
	value, err := w.shortQuoted()
	if err != nil {
		return err
	}
	if !good(value) {
		return w.refuse(body.ErrUnsupported, "XML with another %s than that of XML 1.0 in UTF-8", name)
	}
	return nil
}

// shortQuoted reads a quoted word of the declaration.
func (w *walker) shortQuoted() (string, error) {
	quote, err := w.openQuote()
	if err != nil {
		return "", err
	}
	var word []byte
	for len(word) <= 16 {
		c, err := w.peek()
		if err != nil {
			return "", err
		}
		w.Pos++
		if c == quote {
			return string(word), nil
		}
		word = append(word, c)
	}
	return "", w.refuse(body.ErrUnsupported, "an XML declaration with a long word")
}
