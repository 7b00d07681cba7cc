package s3

import (
	"context"
	"io"

	"github.com/fortlet/fortlet/internal/cloud/blob"
)

// extent is a run of an object's bytes in one blob.
type extent struct {
	blob         blob.Blob
	from, length int64
}

// extents are the runs that a span consists of. Of an empty one it is an empty
// run, so that reading it proves that the content is as it was written.
func (o *Object) extents(sp span) (list []extent) {
	from, left := sp.from, sp.length
	if left == 0 {
		from = 0
	}
	for _, c := range o.Content {
		if left > 0 && from >= c.Size {
			from -= c.Size
			continue
		}
		n := min(left, c.Size-from)
		list = append(list, extent{c.Blob, from, n})
		if from, left = 0, left-n; left == 0 {
			break
		}
	}
	return list
}

// read reads a span of an object. Content in one blob is given as it comes from
// there, so that who sends it may take it over in large pieces.
func (s *Service) read(ctx context.Context, o *Object, sp span, keys []blob.Key) (io.ReadCloser, error) {
	list := o.extents(sp)
	if len(list) == 1 {
		e := list[0]
		return s.blobs.Read(ctx, e.blob, e.from, e.length, keys...)
	}
	blobs := make([]blob.Blob, len(list))
	for i, e := range list {
		blobs[i] = e.blob
	}
	release, err := s.blobs.Hold(ctx, blobs...)
	if err != nil {
		return nil, err
	}
	r := &extentReader{ctx: ctx, blobs: s.blobs, keys: keys, rest: list, release: release}
	// Wrong keys and damage show before anything is answered.
	if err := r.next(); err != nil && err != io.EOF {
		r.Close()
		return nil, err
	}
	return r, nil
}

// extentReader reads several extents, one after the other.
type extentReader struct {
	ctx     context.Context
	blobs   *blob.Store
	keys    []blob.Key
	rest    []extent
	open    io.ReadCloser
	release func()
}

// next opens the next extent, io.EOF after the last.
func (r *extentReader) next() (err error) {
	if r.open != nil {
		err, r.open = r.open.Close(), nil
	}
	switch {
	case err != nil:
		return err
	case len(r.rest) == 0:
		return io.EOF
	}
	e := r.rest[0]
	r.rest = r.rest[1:]
	r.open, err = r.blobs.Read(r.ctx, e.blob, e.from, e.length, r.keys...)
	return err
}

// Read implements io.Reader.
func (r *extentReader) Read(p []byte) (int, error) {
	for r.open != nil {
		n, err := r.open.Read(p)
		if err == io.EOF {
			err = r.next()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.EOF
}

// WriteTo implements io.WriterTo.
func (r *extentReader) WriteTo(w io.Writer) (written int64, err error) {
	for r.open != nil {
		n, err := io.Copy(w, r.open)
		written += n
		if err == nil {
			err = r.next()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Close implements io.Closer.
func (r *extentReader) Close() (err error) {
	if r.open != nil {
		err, r.open = r.open.Close(), nil
	}
	r.release()
	return err
}

var _ io.WriterTo = (*extentReader)(nil)
