package multipartbody

import (
	"fmt"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// part copies one part and the line end of the delimiter behind it.
func (w *walker) part() error {
	if err := w.head.read(&w.in); err != nil {
		return w.refuse(err, "in the header of a part")
	}
	if check := w.o.CheckName; check != nil {
		for _, name := range w.head.names() {
			if err := check(name); err != nil {
				return w.refuse(err, "in the header of a part")
			}
		}
	}
	content := &content{in: &w.in, delimiter: w.delimiter}
	if err := w.content(content); err != nil {
		return body.At(w.String(), w.where(err))
	}
	return w.write([]byte("\r\n"))
}

// content copies header and content of a part.
func (w *walker) content(c *content) error {
	if rule := w.head.rule(w.o.Names); rule >= 0 {
		return w.value(c, rule)
	}
	if w.head.isCharset() {
		return w.charset(c)
	}
	walk, err := w.walk()
	switch {
	case err != nil:
		return err
	case walk != nil:
		return w.typed(c, walk)
	case !w.o.All || !w.head.isText() && w.head.isFile():
		return w.pass(c, nil)
	case !w.head.isUTF8():
		return errCharset
	}
	return w.value(c, body.NoRule)
}

var errCharset = fmt.Errorf("%w: a part in a character set other than UTF-8", body.ErrUnsupported)

// walk gives the walk of a part that has a media type, or nil. In which
// character set a text is matters only if somebody is to read it.
func (w *walker) walk() (body.Walk, error) {
	switch {
	case w.o.Part == nil || w.head.contentType == "":
		return nil, nil
	case !w.head.isText():
		return w.o.Part(w.head.contentType)
	}
	walk, err := w.o.Part(w.head.kind)
	if walk != nil && !w.head.isUTF8() {
		return nil, errCharset
	}
	return walk, err
}

// value has the content edited, as one value.
func (w *walker) value(c *content, rule int) error {
	limit := w.o.Limits.Field
	if rule < 0 {
		limit = w.o.Limits.Text
	}
	source, whole, err := c.readAll(w.source[:0], limit)
	w.source = source
	if err != nil {
		return err
	}
	switch {
	case whole:
	case rule < 0 && w.o.SkipLong:
		return w.pass(c, source)
	default:
		return fmt.Errorf("%w: a value of more than %d bytes", body.ErrTooLong, limit)
	}
	v := &body.Value{Rule: rule, Source: source, Text: source, Exact: true, Syntax: syntax{w.delimiter}, Place: w}
	if w.edited, err = w.o.Editor.Edit(w.ctx, w.edited[:0], v); err != nil {
		return err
	}
	return w.replace(c, w.edited)
}

// replace writes header and content of a part whose content is new.
func (w *walker) replace(c *content, text []byte) error {
	if err := (syntax{w.delimiter}).check(text); err != nil {
		return err
	}
	if err := w.head.checkLength(c.length); err != nil {
		return err
	}
	w.head.setLength(len(text))
	if err := w.write(w.head.bytes); err != nil {
		return err
	}
	return w.write(text)
}

// pass copies header and content as they are; begun has been read of it.
func (w *walker) pass(c *content, begun []byte) error {
	if err := w.write(w.head.bytes); err != nil {
		return err
	}
	if err := w.write(begun); err != nil {
		return err
	}
	if _, err := c.WriteTo(&w.out); err != nil {
		return err
	}
	return w.head.checkLength(c.length)
}

// typed has the content of a part walked that has a media type.
func (w *walker) typed(c *content, walk body.Walk) error {
	if w.head.hasLength() {
		return w.typedWithLength(c, walk)
	}
	if err := w.write(w.head.bytes); err != nil {
		return err
	}
	guard := &guard{dst: &w.out, delimiter: w.delimiter}
	if err := walk(w.ctx, guard, c); err != nil {
		return err
	}
	return c.mustBeRead()
}

// typedWithLength walks a part in memory: its header, with the new length,
// comes first.
func (w *walker) typedWithLength(c *content, walk body.Walk) error {
	if w.head.length > int64(w.o.Limits.Text) {
		return fmt.Errorf("%w: a part with Content-Length of more than %d bytes", body.ErrTooLong, w.o.Limits.Text)
	}
	out := appender(w.edited[:0])
	err := walk(w.ctx, &out, c)
	w.edited = out
	if err == nil {
		err = c.mustBeRead()
	}
	return orElse(err, func() error { return w.replace(c, w.edited) })
}

// An appender is a writer to memory.
type appender []byte

func (a *appender) Write(b []byte) (int, error) {
	*a = append(*a, b...)
	return len(b), nil
}

// charset passes on the field that says in which character set the others are
// (HTML, section 4.10.22.5), if that is the one in which they are read here.
func (w *walker) charset(c *content) error {
	source, whole, err := c.readAll(w.source[:0], len("utf-8"))
	w.source = source
	if err != nil {
		return err
	}
	if !whole || !foldEqual(source, "utf-8") {
		return fmt.Errorf("%w: a form in a character set other than UTF-8", body.ErrUnsupported)
	}
	return w.pass(c, source)
}
