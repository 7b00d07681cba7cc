package xmlbody

import (
	"bytes"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// hold holds the value that begins at Pos.
func (w *walker) hold(v value, limit int) {
	v.plain = true
	w.value = v
	w.Hold(w.Pos, limit)
}

// holdRun holds the run of text that begins at Pos, if it is to be looked at.
func (w *walker) holdRun() {
	if w.o.All && w.value.kind == nothing && w.depth() > 0 {
		w.hold(value{kind: run, rule: body.NoRule, level: len(w.open)}, w.o.Limits.Text)
	}
}

// tooLong looks after the length of what is held. Where long values may be
// skipped, one is let go: it goes by unread.
func (w *walker) tooLong() error {
	if w.value.kind == nothing || w.value.kind == skipped || !w.TooLong() {
		return nil
	}
	if w.value.rule < 0 && w.o.SkipLong {
		w.Let()
		w.value.kind = skipped
		return nil
	}
	limit := w.o.Limits.Field
	if w.value.rule < 0 {
		limit = w.o.Limits.Text
	}
	return body.At(w.String(), w.refuse(body.ErrTooLong, "a value of more than %d bytes", limit))
}

// edit puts what the editor says in place of the held value, which ends at Pos.
func (w *walker) edit() error {
	if err := w.tooLong(); err != nil {
		return err
	}
	held := w.value
	w.value, w.last = value{}, held.kind
	if held.kind == skipped {
		return nil
	}
	if held.rule < 0 && !held.visible {
		w.Let()
		return nil
	}
	v := w.offered(held, w.Held())
	return w.Replace(func(dst []byte) ([]byte, error) {
		dst, err := w.o.Editor.Edit(w.ctx, dst, v)
		if err != nil {
			return nil, body.At(w.String(), err)
		}
		return dst, nil
	})
}

// offered is the held value as the editor sees it.
func (w *walker) offered(held value, source []byte) *body.Value {
	w.offer = body.Value{Rule: held.rule, Source: source, Text: source, Exact: held.plain, Syntax: Text, Place: w}
	v := &w.offer
	if held.kind == attributeText {
		v.Syntax = Attribute(w.quote)
	}
	switch {
	case held.composed:
		v.Kind, v.Exact = body.Composite, false
		return v
	case held.plain:
		return v
	case held.kind == attributeText:
		v.Text = decodeAttribute(source, nil)
	default:
		v.Text, _ = decodeContent(source, nil)
	}
	usual, err := v.Syntax.Escape(nil, v.Text)
	v.Exact = err == nil && bytes.Equal(usual, source)
	return v
}

// String names the value that is held or offered, for errors and reports.
func (w *walker) String() string {
	if w.value.kind == attributeText || w.value.kind == nothing && w.last == attributeText {
		return w.path() + "/@" + body.DisplayName(w.lastAttribute())
	}
	return w.path()
}
