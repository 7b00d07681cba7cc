// Package multipartbody finds the fields of a multipart/form-data body (RFC
// 7578) and has them edited.
//
// Where a part ends and what it is called are questions that parsers answer in
// different ways, and a field that the origin sees and this package does not
// would pass in the clear. So what clients do not send, or not any more, is
// refused: text before the first boundary and after the last, boundaries that
// begin anywhere but after a line end, or that more than a line end follows,
// lines without carriage return, folded header lines, transfer encodings other
// than the identity, parts in parts, two names, extended names, a name behind a
// file name, quotes that are quoted. See [Walk] for what is done with the parts.
package multipartbody

import (
	"context"
	"fmt"
	"io"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// Walk copies a body from src to dst.
//
// The content of a part whose name o.Names selects is one value, whether it is
// a file or not: whoever says that it is one does not escape. Of the others
// those with a media type go to o.Part. What remains is text, and a value if
// o.All says so.
//
// A Content-Length of a part, which some clients send, has to be right, and is
// corrected if the content changes.
func Walk(ctx context.Context, dst io.Writer, src io.Reader, boundary string, o *body.Options) error {
	if !validBoundary(boundary) {
		return fmt.Errorf("%w: a boundary that parsers may read in different ways", body.ErrUnsupported)
	}
	buffers := newBuffers(dst, src)
	defer buffers.release()
	w := &walker{ctx: ctx, o: o, buffers: buffers, delimiter: []byte("--" + boundary)}
	// The first delimiter has no line end before it: it is the body's first line.
	if ok, err := w.in.accept(string(w.delimiter)); err != nil {
		return err
	} else if !ok {
		return w.refuse(body.ErrSyntax, "a body that does not begin with its boundary")
	}
	for {
		last, err := w.delimiterEnd()
		if err != nil {
			return err
		}
		if last {
			return w.out.flush()
		}
		if err := w.part(); err != nil {
			return err
		}
	}
}

// validBoundary allows of what RFC 2046 does all that ends a boundary for nobody:
// not the space, which would be taken for padding, nor the comma and quotes, at
// which PHP and Rack end one.
func validBoundary(b string) bool {
	if len(b) == 0 || len(b) > 70 {
		return false
	}
	for _, c := range []byte(b) {
		if !alphanumeric(c) && !oneOf(c, "()+_-./:=?") {
			return false
		}
	}
	return true
}

// A walker walks one body.
type walker struct {
	*buffers
	ctx       context.Context
	o         *body.Options
	delimiter []byte // "--" and the boundary
	head      header // of the part at hand
}

// delimiterEnd goes past what follows a delimiter: a line end, or the dashes
// that make it the last one and the end of the body. Both have been copied
// when it returns.
func (w *walker) delimiterEnd() (last bool, err error) {
	if err := w.write(w.delimiter); err != nil {
		return false, err
	}
	if ok, err := w.in.accept("\r\n"); ok || err != nil {
		return false, orElse(err, func() error { return w.write([]byte("\r\n")) })
	}
	if ok, err := w.in.accept("--"); err != nil {
		return false, err
	} else if !ok {
		return false, w.refuse(body.ErrSyntax, "a boundary with more on its line")
	}
	tail := "--"
	if ok, err := w.in.accept("\r\n"); err != nil {
		return false, err
	} else if ok {
		tail = "--\r\n"
	}
	if end, err := w.in.ended(); err != nil {
		return false, err
	} else if !end {
		return false, w.refuse(body.ErrSyntax, "text after the last boundary")
	}
	return true, w.write([]byte(tail))
}

func orElse(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

func (w *walker) write(b []byte) error {
	_, err := w.out.Write(b)
	return err
}

// String names the field at hand, for errors and reports.
func (w *walker) String() string { return body.DisplayName(w.head.name) }

func (w *walker) where(err error) error {
	return fmt.Errorf("%w, multipart part that ends before byte %d", err, w.in.offset())
}

func (w *walker) refuse(reason error, what string) error {
	return fmt.Errorf("%w: multipart: %s, before byte %d", reason, what, w.in.offset())
}
