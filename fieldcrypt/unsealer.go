package fieldcrypt

import (
	"context"
	"io"
	"net/http"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/headers"
)

// UnsealOptions are the choices of an Unsealer. The zero value is good.
type UnsealOptions struct {
	Limits Limits
	// Strict refuses a payload of which a marker does not open ([ErrSealed]), or
	// which has a value too long to be searched for markers. What does not open is
	// otherwise left as it is.
	Strict bool
	// Concurrent is how many markers of one payload are opened at a time: 8.
	Concurrent int
}

// An Unsealer opens what Protectors sealed. Several goroutines may use it at
// once.
//
// What is opened is not searched for markers again. Anyone who has a public key
// can make markers, and anyone who sees one can copy it into a field of his own:
// an Unsealer belongs where everyone who gets the payload may see all that its
// Opener opens.
type Unsealer struct {
	finder     *Finder
	opener     Opener
	limits     body.Limits
	strict     bool
	concurrent int
}

// NewUnsealer makes an unsealer of the markers that f finds and o opens.
func NewUnsealer(f *Finder, o Opener, options UnsealOptions) *Unsealer {
	return &Unsealer{
		finder: f, opener: o,
		limits: options.Limits.filled(), strict: options.Strict,
		concurrent: positive(options.Concurrent, 8),
	}
}

// Body copies a body from src to dst with its markers opened. What is written
// keeps the format's syntax whatever was sealed. Content types that are none of
// the formats are ErrUnsupported.
func (u *Unsealer) Body(ctx context.Context, dst io.Writer, src io.Reader, contentType string) (Report, error) {
	e, ahead := u.begin(ctx, src)
	defer ahead.stop()
	err := e.body(ctx, dst, ahead, contentType)
	return e.report, err
}

// Text copies any text, with the markers in it opened and decoded to plain text.
func (u *Unsealer) Text(ctx context.Context, dst io.Writer, src io.Reader) (Report, error) {
	e, ahead := u.begin(ctx, src)
	defer ahead.stop()
	err := e.text(ctx, dst, ahead)
	return e.report, err
}

// Header opens the markers in header fields, in place. What would not be a
// field's value stays sealed.
func (u *Unsealer) Header(ctx context.Context, h http.Header) (Report, error) {
	e, ahead := u.begin(ctx, nil)
	defer ahead.stop()
	err := headers.Edit(ctx, h, e.options())
	return e.report, err
}

// Covers reports whether Body knows the format of that content type.
func (u *Unsealer) Covers(contentType string) bool {
	_, err := parseMedia(contentType)
	return err == nil
}

func (u *Unsealer) begin(ctx context.Context, src io.Reader) (*opening, *readAhead) {
	ahead := newReadAhead(ctx, u, src)
	return &opening{u: u, ahead: ahead}, ahead
}
