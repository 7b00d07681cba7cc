package blob

import (
	"context"
	"fmt"
	"io"
)

// reader reads a part of a blob.
type reader struct {
	ctx    context.Context
	source readFile
	layers layers
	blob   Blob

	number int64 // of the segment that comes next from the source
	end    int64 // the segment before which to stop
	skip   int   // bytes at its beginning that nobody wants
	left   int64 // bytes that are wanted and not in the buffer yet

	buffer *buffer
	ready  [bufferSegments + 1][]byte // plaintext in the buffer
	first  int                        // of ready that is not read yet
	count  int                        // of ready
}

var (
	_ io.ReadCloser = (*reader)(nil)
	_ io.WriterTo   = (*reader)(nil)
)

func newReader(ctx context.Context, source readFile, b Blob, off, n int64, l layers) *reader {
	// Who reads to the end is to know that it is the end: the last segment says
	// so, be it empty.
	end := b.last() + 1
	if off+n < b.Size {
		end = (off + n + segmentSize - 1) / segmentSize
	}
	number := off / segmentSize
	return &reader{
		ctx: ctx, source: source, layers: l, blob: b,
		number: number, end: max(end, number+1), skip: int(off % segmentSize), left: n,
		buffer: buffers.Get().(*buffer),
	}
}

// last is the number of a blob's last segment, the one that is not full.
func (b *Blob) last() int64 { return b.Size / segmentSize }

// fill decrypts the next segments, when all that was ready has been read.
func (r *reader) fill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	sealed, err := r.load()
	if err != nil {
		return err
	}
	r.first, r.count = 0, 0
	for stride := r.layers.stride(); len(sealed) > 0; r.count++ {
		segment := sealed[:min(len(sealed), stride)]
		sealed = sealed[len(segment):]
		plain, err := r.layers.open(segment, r.number, r.number == r.blob.last())
		if err != nil {
			return fmt.Errorf("%w: segment %d of %s", err, r.number, r.blob.ID)
		}
		plain = plain[r.skip:]
		plain = plain[:min(int64(len(plain)), r.left)]
		r.ready[r.count] = plain
		r.number, r.skip, r.left = r.number+1, 0, r.left-int64(len(plain))
	}
	return nil
}

// load reads as many segments as are wanted and have room.
func (r *reader) load() ([]byte, error) {
	to := min(r.end, r.number+bufferSegments)
	if to == r.blob.last() && to < r.end && r.blob.Size%segmentSize == 0 {
		to = r.end // an empty one always has room
	}
	stride := int64(r.layers.stride())
	from := r.number * stride
	sealed := r.buffer[:min(to*stride, r.layers.sealed(r.blob.Size))-from]
	n, err := r.source.ReadAt(sealed, from)
	switch {
	case n == len(sealed):
		return sealed, nil
	case err == io.EOF:
		return nil, fmt.Errorf("%w: %s is cut off", ErrCorrupt, r.blob.ID)
	}
	return nil, err
}

// next gives plaintext that is not read yet, io.EOF at the end.
func (r *reader) next() ([]byte, error) {
	for {
		for ; r.first < r.count; r.first++ {
			if p := r.ready[r.first]; len(p) > 0 {
				return p, nil
			}
		}
		if r.number == r.end {
			return nil, io.EOF
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// took says how much of what next gave has been read.
func (r *reader) took(n int) { r.ready[r.first] = r.ready[r.first][n:] }

// Read implements io.Reader.
func (r *reader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		ready, err := r.next()
		if err == io.EOF && n > 0 {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		m := copy(p[n:], ready)
		r.took(m)
		n += m
	}
	return n, nil
}

// WriteTo implements io.WriterTo.
func (r *reader) WriteTo(w io.Writer) (n int64, err error) {
	for {
		p, err := r.next()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		m, err := w.Write(p)
		r.took(m)
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
}

// Close implements io.Closer. After it there is nothing left to read.
func (r *reader) Close() error {
	if r.buffer == nil {
		return nil
	}
	r.count, r.end = 0, r.number
	buffers.Put(r.buffer)
	r.buffer = nil
	return r.source.Close()
}
