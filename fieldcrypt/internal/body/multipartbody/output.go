package multipartbody

import (
	"fmt"
	"io"
	"sync"
)

// outputSize is how much is written at a time.
const outputSize = 32 << 10

// An output is a writer that spares dst small writes.
type output struct {
	dst  io.Writer
	buf  []byte
	used int // the most of buf that has been filled
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	if len(o.buf)+len(b) > outputSize {
		if err := o.flush(); err != nil {
			return 0, err
		}
	}
	if len(b) >= outputSize {
		return o.dst.Write(b)
	}
	o.buf = append(o.buf, b...)
	o.used = max(o.used, len(o.buf))
	return len(b), nil
}

func (o *output) flush() error {
	n, err := o.dst.Write(o.buf)
	if err == nil && n < len(o.buf) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	o.buf = o.buf[:0]
	return nil
}

// buffers are what a walk needs memory for.
type buffers struct {
	in     input
	out    output
	source []byte // a value
	edited []byte // and what comes in its place
}

var pool = sync.Pool{New: func() any {
	return &buffers{out: output{buf: make([]byte, 0, outputSize)}}
}}

func newBuffers(dst io.Writer, src io.Reader) *buffers {
	b := pool.Get().(*buffers)
	b.in.src, b.in.pos, b.in.end, b.in.base, b.in.eof = src, 0, 0, 0, false
	b.out.dst, b.out.buf = dst, b.out.buf[:0]
	return b
}

// keep is the largest buffer of a value that goes back to the pool.
const keep = 128 << 10

// release wipes what has been seen.
func (b *buffers) release() {
	clear(b.in.buf[:b.in.used])
	clear(b.out.buf[:b.out.used])
	clear(b.source[:cap(b.source)])
	clear(b.edited[:cap(b.edited)])
	b.in.src, b.out.dst = nil, nil
	b.in.used, b.out.used = 0, 0
	if cap(b.source) <= keep && cap(b.edited) <= keep {
		pool.Put(b)
	}
}
