package textbody

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Plain is how values are written in plain text: as they are.
var Plain body.Syntax = plain{}

type plain struct{}

func (plain) Encoding() string { return "" }
func (plain) Quote() string    { return "" }

func (plain) Escape(dst, text []byte) ([]byte, error) { return append(dst, text...), nil }
func (plain) Decode(source []byte) ([]byte, error)    { return source, nil }

func (plain) Offsets(v *body.Value) []int {
	offsets := make([]int, len(v.Text)+1)
	for i := range offsets {
		offsets[i] = i
	}
	return offsets
}

// Walk copies a text from src to dst and offers to o.Editor what o.Patterns
// find in it. A match is found wherever the reads of src happen to end.
func Walk(ctx context.Context, dst io.Writer, src io.Reader, o *body.Options) error {
	w := &walker{Window: body.NewWindow(dst, src), o: o, search: newSearch(o.Patterns)}
	defer w.Release()
	for {
		edited, err := w.step(ctx)
		if err != nil {
			return err
		}
		if edited {
			continue
		}
		if w.eof {
			w.Pos = len(w.Buf)
			return w.Finish()
		}
		if err := w.more(); err != nil {
			return err
		}
	}
}

// A walker is at Buf[Pos]: what comes before is done.
type walker struct {
	*body.Window
	o      *body.Options
	search *search
	base   int64 // how many bytes have left the window
	valid  int   // Buf[:valid] is text
	eof    bool
}

// step edits the next match, if the bytes at hand tell for certain that there
// is one and where it ends. Otherwise it goes as far as it is certain.
func (w *walker) step(ctx context.Context) (edited bool, err error) {
	certain := len(w.Buf)
	if !w.eof {
		certain = max(w.Pos, len(w.Buf)-reach)
	}
	m, found := w.search.next(w.Buf, w.Pos)
	switch {
	case !found:
		w.Pos = certain
		return false, nil
	case m.End-m.Start > w.o.Limits.Field:
		return false, w.refuse(m.Start, fmt.Errorf("%w: a match of more than %d bytes", body.ErrTooLong, w.o.Limits.Field))
	case m.End > certain:
		w.Pos = min(m.Start, certain)
		return false, nil
	}
	return true, w.edit(ctx, m)
}

func (w *walker) edit(ctx context.Context, m Match) error {
	found := w.Buf[m.Start:m.End]
	v := &body.Value{Rule: m.Rule, Source: found, Text: found, Exact: true, Syntax: Plain}
	w.Hold(m.Start, w.o.Limits.Field)
	w.Pos = m.End
	return w.Replace(func(dst []byte) ([]byte, error) {
		dst, err := w.o.Editor.Edit(ctx, dst, v)
		if err != nil {
			return nil, body.At(w.path(m.Start), err)
		}
		return dst, nil
	})
}

// margin is how much is kept of what is done: the character before a match
// has a say in it.
const margin = utf8.UTFMax

func (w *walker) more() error {
	keep := max(0, w.Pos-margin)
	shift, err := w.More(keep, margin)
	w.base += int64(shift)
	w.valid -= shift
	w.search.reset()
	if errors.Is(err, io.EOF) {
		w.eof, err = true, nil
	}
	if err != nil {
		return err
	}
	return w.validate()
}

// validate looks at what has been read since the last time, up to a character
// that may not be whole yet.
func (w *walker) validate() error {
	end := len(w.Buf)
	if !w.eof {
		for back := 1; back < utf8.UTFMax && back <= end-w.valid; back++ {
			if utf8.RuneStart(w.Buf[end-back]) {
				if !utf8.FullRune(w.Buf[end-back:]) {
					end -= back
				}
				break
			}
		}
	}
	fresh := w.Buf[w.valid:end]
	// NUL is UTF-16 or UTF-32; escape and shifts change the meaning of what
	// follows in ISO 2022 encodings.
	if !utf8.Valid(fresh) || bytes.ContainsAny(fresh, "\x00\x0e\x0f\x1b") {
		return w.refuse(w.valid, fmt.Errorf("%w: text that is not plain UTF-8", body.ErrUnsupported))
	}
	w.valid = end
	return nil
}

func (w *walker) refuse(at int, err error) error { return body.At(w.path(at), err) }

func (w *walker) path(at int) string { return fmt.Sprintf("text at byte %d", w.base+int64(at)) }
