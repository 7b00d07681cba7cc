package fieldcrypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// opening is the editor that puts values in the place of markers, for one
// payload.
type opening struct {
	u      *Unsealer
	ahead  *readAhead
	report Report
}

// body has a body's parser walk it.
func (e *opening) body(ctx context.Context, dst io.Writer, src io.Reader, contentType string) error {
	media, err := parseMedia(contentType)
	switch {
	case err != nil:
		return err
	case media.format == formatText:
		return e.text(ctx, dst, src)
	}
	o := e.options()
	o.Part = e.part
	return media.walk(ctx, dst, src, o)
}

// options have the parser of any format offer all that could have markers.
func (e *opening) options() *body.Options {
	return &body.Options{Editor: e, Limits: e.u.limits, All: true, SkipLong: !e.u.strict}
}

// part gives the walk of a part of a multipart body.
func (e *opening) part(contentType string) (body.Walk, error) {
	media, err := parseMedia(contentType)
	switch {
	case errors.Is(err, errOtherMedia):
		return nil, nil
	case err != nil:
		return nil, err
	case media.format == formatMultipart:
		return nil, fmt.Errorf("%w: multipart in multipart", ErrUnsupported)
	}
	return func(ctx context.Context, dst io.Writer, src io.Reader) error {
		return e.body(ctx, dst, src, contentType)
	}, nil
}

// text opens markers wherever they stand.
func (e *opening) text(ctx context.Context, dst io.Writer, src io.Reader) error {
	for piece, err := range e.u.finder.Split(src) {
		if err != nil {
			return err
		}
		out := piece.Text
		if piece.Sealed != nil {
			text, err := e.open(ctx, piece.Sealed, plainText)
			if failed := e.note(ctx, piece.Sealed, nil, err); failed != nil {
				return failed
			}
			if err == nil {
				out = text
			}
		}
		if _, err := dst.Write(out); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	return nil
}

// plainText is how an opened value stands in a text of no format: decoded.
func plainText(s *Sealed, plaintext []byte) ([]byte, error) { return decode(s.Encoding, plaintext) }

// note reports a marker that has been opened, or has not. The error says that
// the payload cannot be finished.
func (e *opening) note(ctx context.Context, s *Sealed, v *body.Value, err error) error {
	switch {
	case err == nil:
		e.report.Opened++
		return nil
	case ctx.Err() != nil:
		return ctx.Err() // the request is over, not this marker refused
	case e.u.strict:
		return fmt.Errorf("%w: %w", ErrSealed, err)
	}
	e.report.leave(s, v, err)
	return nil
}

// Edit implements body.Editor.
func (e *opening) Edit(ctx context.Context, dst []byte, v *body.Value) ([]byte, error) {
	if v.Kind != body.String || bytes.IndexByte(v.Text, '#') < 0 {
		return append(dst, v.Source...), nil
	}
	s, start, end := e.u.finder.Find(v.Text)
	if s != nil && start == 0 && end == len(v.Text) && s.Encoding != Plain && string(s.Encoding) == v.Syntax.Encoding() {
		return e.source(ctx, dst, v, s)
	}
	return e.markers(ctx, dst, v)
}

// source opens a marker of the value's own encoding that is the whole value:
// then the source is put back as it was, once it is known to be a value.
func (e *opening) source(ctx context.Context, dst []byte, v *body.Value, s *Sealed) ([]byte, error) {
	source, err := e.open(ctx, s, func(_ *Sealed, plaintext []byte) ([]byte, error) {
		_, err := v.Syntax.Decode(plaintext)
		return plaintext, err
	})
	if failed := e.note(ctx, s, v, err); failed != nil {
		return dst, failed
	}
	if err != nil {
		source = v.Source
	}
	return append(dst, source...), nil
}

// An opened is what stands in the place of a marker.
type opened struct {
	start, end int // of the marker in the text
	text       []byte
}

// markers opens the markers in a value's text.
func (e *opening) markers(ctx context.Context, dst []byte, v *body.Value) ([]byte, error) {
	var all []opened
	for from := 0; ; {
		s, start, end := e.u.finder.Find(v.Text[from:])
		if s == nil {
			return e.splice(dst, v, all)
		}
		start, end, from = from+start, from+end, from+end
		text, err := e.open(ctx, s, func(s *Sealed, plaintext []byte) ([]byte, error) {
			text, err := decode(s.Encoding, plaintext)
			if err == nil {
				_, err = v.Syntax.Escape(nil, text)
			}
			return text, err
		})
		if failed := e.note(ctx, s, v, err); failed != nil {
			return dst, failed
		}
		if err == nil {
			all = append(all, opened{start, end, text})
		}
	}
}

// splice appends a value with what was opened in it.
func (e *opening) splice(dst []byte, v *body.Value, all []opened) ([]byte, error) {
	if len(all) == 0 {
		return append(dst, v.Source...), nil
	}
	offsets := v.Syntax.Offsets(v)
	if offsets == nil {
		return e.rewrite(dst, v, all)
	}
	done := 0
	var err error
	for _, o := range all {
		dst = append(dst, v.Source[done:offsets[o.start]]...)
		if dst, err = v.Syntax.Escape(dst, o.text); err != nil {
			return dst, err
		}
		done = offsets[o.end]
	}
	return append(dst, v.Source[done:]...), nil
}

// rewrite does the same where the text's parts cannot be found in the source:
// XML text with CDATA sections or comments in it.
func (e *opening) rewrite(dst []byte, v *body.Value, all []opened) ([]byte, error) {
	var text []byte
	done := 0
	for _, o := range all {
		text = append(append(text, v.Text[done:o.start]...), o.text...)
		done = o.end
	}
	text = append(text, v.Text[done:]...)
	return v.Syntax.Escape(append(dst, v.Syntax.Quote()...), text)
}

// open opens one marker and has the plaintext written.
func (e *opening) open(ctx context.Context, s *Sealed, write func(*Sealed, []byte) ([]byte, error)) ([]byte, error) {
	plaintext, err := e.ahead.open(ctx, s)
	if err != nil {
		return nil, err
	}
	return write(s, plaintext)
}
