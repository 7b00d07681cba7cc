package esdk

import (
	"context"
	"io"
)

// A Reader decrypts what is read from it. It is for one goroutine at a time.
//
// It reads its source to the end, and refuses bytes that follow the message: a
// source has one message and nothing else.
type Reader struct {
	decryption
	rest []byte // authentic plaintext that has not been read
	hold bool   // release nothing before the signature is verified
	err  error  // what comes after rest
}

// NewReader reads the header of a message from src, and returns a Reader of its
// plaintext. Only io.EOF says that the whole message is authentic.
func NewReader(ctx context.Context, src io.Reader, m Manager, o *DecryptOptions) (*Reader, error) {
	if o == nil {
		o = &DecryptOptions{}
	}
	r := &Reader{decryption: decryption{
		src:      &source{r: src},
		maxHeld:  defaultHoldLimit,
		maxFrame: defaultMaxFrameLength,
	}}
	r.limit(o)
	if err := r.begin(ctx, m, o); err != nil {
		return nil, err
	}
	r.hold = r.digest != nil && o.Signed == HoldSigned
	return r, nil
}

// Header returns the message's header. It is authentic as far as the data key
// tells; that it comes from the signer is known with io.EOF. It is not to be
// changed.
func (r *Reader) Header() *Header { return r.header }

// Read reads plaintext. It returns io.EOF once the whole message is authentic,
// with its signature if it has one; after any other error nothing of what was
// read should be used.
func (r *Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(r.rest) > 0 {
			k := copy(p[n:], r.rest)
			r.rest = r.rest[k:]
			n += k
			continue
		}
		if r.err != nil {
			break
		}
		if n > 0 && !r.ready() {
			return n, nil // rather than wait for more
		}
		n += r.advance(p[n:])
	}
	if n == 0 && len(p) > 0 {
		return 0, r.err
	}
	return n, nil
}

// ready tells whether a regular frame is at hand.
func (r *Reader) ready() bool {
	return r.frames.length > 0 && len(r.src.buf)-r.src.at >= r.frames.size()
}

// advance opens the next frame: into p and returns how much that is; or, where p
// is too short, in place, to be read from rest.
func (r *Reader) advance(p []byte) int {
	switch {
	case r.hold:
		r.hold = false
		if r.rest, r.err = r.appendAll(nil); r.err == nil {
			r.err = io.EOF
		}
		return 0
	case r.ended:
		if r.err = r.finish(); r.err == nil {
			r.err = io.EOF
		}
		return 0
	}
	f, err := r.next()
	if err != nil {
		r.err = err
		return 0
	}
	n := len(f.sealed) - tagLength
	if n <= len(p) {
		if _, r.err = r.frames.open(p[:0:n], f); r.err != nil {
			return 0
		}
		return n
	}
	r.rest, r.err = r.frames.open(f.sealed[:0], f)
	return 0
}

// WriteTo writes all the plaintext to w. If that fails the Reader gives no more.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	var buf []byte // of short frames; long ones are written from where they are
	if r.frames.length < batch/2 && !r.hold {
		buf = make([]byte, batch)
	}
	for {
		content, err := r.nextContent(buf)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := writeAll(w, content)
		total += int64(n)
		if err != nil {
			r.rest, r.err = nil, err // what w did not take would be missing
			return total, err
		}
	}
}

// nextContent returns plaintext that is authentic, in buf if that is not nil. It
// is valid until the next call.
func (r *Reader) nextContent(buf []byte) ([]byte, error) {
	if buf != nil {
		n, err := r.Read(buf)
		return buf[:n], err
	}
	for len(r.rest) == 0 {
		if r.err != nil {
			return nil, r.err
		}
		r.advance(nil)
	}
	content := r.rest
	r.rest = nil
	return content, nil
}
