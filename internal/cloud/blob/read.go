package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Read reads n bytes of a blob from off, with the keys that it was created
// with. What it returns implements io.WriterTo, which copies less. It is used by
// one goroutine, and ends when ctx does.
//
// The first bytes have been decrypted when Read returns, so that wrong keys, and
// damage to them, show before anything is answered.
func (s *Store) Read(ctx context.Context, b Blob, off, n int64, keys ...Key) (io.ReadCloser, error) {
	if off < 0 || n < 0 || n > b.Size-off {
		return nil, fmt.Errorf("blob: %d bytes from %d of %d", n, off, b.Size)
	}
	source, err := s.source(ctx, b)
	if err != nil {
		return nil, err
	}
	r := newReader(ctx, source, b, off, n, newLayers(b.ID, keys))
	if err := r.fill(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// source opens what is sealed.
func (s *Store) source(ctx context.Context, b Blob) (readFile, error) {
	if b.Inline {
		row, err := s.row(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		return inlineFile{row.Sealed}, nil
	}
	f, err := s.fs.open(s.path(b.ID))
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if _, err := s.row(ctx, b.ID); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%w: the file of %s is missing", ErrCorrupt, b.ID)
}

// row gives the row of a blob, ErrGone when there is none.
func (s *Store) row(ctx context.Context, id string) (row *content, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		row = contents.Get(tx, id)
		return nil
	})
	if err == nil && row == nil {
		row = s.droppedRow(id)
	}
	if err == nil && row == nil {
		err = ErrGone
	}
	return row, err
}

// inlineFile is inline content as a file.
type inlineFile struct{ sealed []byte }

func (f inlineFile) ReadAt(p []byte, off int64) (n int, err error) {
	if off < int64(len(f.sealed)) {
		n = copy(p, f.sealed[off:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (inlineFile) Close() error { return nil }
