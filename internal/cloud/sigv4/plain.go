package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// plain is a body that is the content itself.
type plain struct {
	body       io.Reader
	size, left int64
	declared   string    // the hash, or "" where there is none
	hash       hash.Hash // of what was read
	err        error     // what every further Read returns
}

var _ Payload = (*plain)(nil)

func newPlain(body io.Reader, r *Request, declared string) (Payload, error) {
	if r.ContentLength < 0 {
		return nil, errMissingLength()
	}
	p := &plain{body: body, size: r.ContentLength, left: r.ContentLength}
	if declared != UnsignedPayload {
		p.declared, p.hash = strings.ToLower(declared), sha256.New()
	}
	return p, nil
}

// Read reads from the body into b, the memory of the caller, without a copy.
func (p *plain) Read(b []byte) (n int, err error) {
	switch {
	case p.err != nil:
		return 0, p.err
	case p.left == 0: // an empty body
		p.err = p.end()
		return 0, p.err
	}
	n, err = p.body.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	if p.hash != nil {
		p.hash.Write(b[:n])
	}
	switch {
	case p.left == 0:
		p.err = p.end()
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		p.err = errLength().WithCause(err)
	case err != nil:
		p.err = readError(err)
	}
	return n, p.err
}

// end checks the whole, and returns io.EOF if it is good.
func (p *plain) end() error {
	if p.hash == nil {
		return io.EOF
	}
	computed := hex.EncodeToString(p.hash.Sum(nil))
	if computed == p.declared {
		return io.EOF
	}
	e := api.Errorf("XAmzContentSHA256Mismatch", 400, "The provided 'x-amz-content-sha256' header does not match what was computed.")
	e.Fields = map[string]any{"ClientComputedContentSHA256": p.declared, "S3ComputedContentSHA256": computed}
	return e
}

func (p *plain) Size() int64                { return p.size }
func (p *plain) Announced() []string        { return nil }
func (p *plain) Trailer() map[string]string { return nil }
func (p *plain) Free()                      {}
