package multipartbody

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// A content reads what is in a part, up to the delimiter, and goes past that.
type content struct {
	in        *input
	delimiter []byte
	ready     int // how many buffered bytes are known to be content
	closed    bool
	length    int64
}

var crlf = []byte("\r\n")

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.ready == 0 {
		if err := c.look(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.in.buffered()[:c.ready])
	c.in.pos += n
	c.ready -= n
	c.length += int64(n)
	return n, nil
}

// look finds out how much of what comes next is content. Every occurrence of
// the delimiter has to be one: to some parsers it is one after a line feed alone,
// to others anywhere.
func (c *content) look() error {
	if c.closed {
		return io.EOF
	}
	need := len(crlf) + len(c.delimiter)
	if err := c.in.fill(need); err != nil {
		return err
	}
	b := c.in.buffered()
	switch at := bytes.Index(b, c.delimiter); {
	case at < 0 && len(b) < need:
		return fmt.Errorf("%w: no boundary at the end", body.ErrSyntax)
	case at < 0:
		// A delimiter may have begun, with its line end.
		c.ready = len(b) - need + 1
		return nil
	case at < len(crlf) || !bytes.Equal(b[at-len(crlf):at], crlf):
		return fmt.Errorf("%w: a boundary within a line", body.ErrSyntax)
	case at > len(crlf):
		c.ready = at - len(crlf)
		return nil
	}
	c.in.pos += need
	c.closed = true
	return io.EOF
}

// WriteTo implements io.WriterTo, for io.Copy.
func (c *content) WriteTo(w io.Writer) (written int64, err error) {
	for {
		if c.ready == 0 {
			if err := c.look(); errors.Is(err, io.EOF) {
				return written, nil
			} else if err != nil {
				return written, err
			}
		}
		n, err := w.Write(c.in.buffered()[:c.ready])
		written += int64(n)
		c.in.pos += n
		c.ready -= n
		c.length += int64(n)
		if err != nil {
			return written, err
		}
	}
}

// readAll appends the content to b, if it has no more than limit bytes. If it
// has, the rest is still to be read.
func (c *content) readAll(b []byte, limit int) (text []byte, whole bool, err error) {
	for len(b) <= limit {
		if c.ready == 0 {
			if err := c.look(); errors.Is(err, io.EOF) {
				return b, true, nil
			} else if err != nil {
				return b, false, err
			}
		}
		n := min(c.ready, limit+1-len(b))
		b = append(b, c.in.buffered()[:n]...)
		c.in.pos += n
		c.ready -= n
		c.length += int64(n)
	}
	return b, false, nil
}

// mustBeRead makes sure that a walk has not left something behind that the
// origin would read.
func (c *content) mustBeRead() error {
	if c.closed {
		return nil
	}
	if err := c.look(); err != io.EOF {
		return orElse(err, func() error {
			return fmt.Errorf("%w: a part with more than its media type lets it have", body.ErrSyntax)
		})
	}
	return nil
}

// A guard is the writer of a part's content: the delimiter must not come to be
// in it.
type guard struct {
	dst       io.Writer
	delimiter []byte
	tail      []byte // the end of what has been written
}

func (g *guard) Write(b []byte) (int, error) {
	keep := len(g.delimiter) - 1
	border := append(g.tail, b[:min(len(b), keep)]...)
	if bytes.Contains(border, g.delimiter) || bytes.Contains(b, g.delimiter) {
		return 0, errDelimiter
	}
	if len(b) >= keep {
		border = append(g.tail[:0], b[len(b)-keep:]...)
	}
	g.tail = append(g.tail[:0], border[max(0, len(border)-keep):]...)
	return g.dst.Write(b)
}

var errDelimiter = fmt.Errorf("%w: a value with the boundary of its form", body.ErrSyntax)

// syntax is how values of a form are written: as they are, unless they have the
// boundary in them.
type syntax struct{ delimiter []byte }

func (syntax) Encoding() string { return "" }
func (syntax) Quote() string    { return "" }

func (s syntax) check(text []byte) error {
	if bytes.Contains(text, s.delimiter) {
		return errDelimiter
	}
	return nil
}

func (s syntax) Escape(dst, text []byte) ([]byte, error) {
	return append(dst, text...), s.check(text)
}

func (s syntax) Decode(source []byte) ([]byte, error) { return source, s.check(source) }

func (syntax) Offsets(v *body.Value) []int {
	offsets := make([]int, len(v.Text)+1)
	for i := range offsets {
		offsets[i] = i
	}
	return offsets
}
