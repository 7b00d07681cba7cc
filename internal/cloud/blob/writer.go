package blob

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
)

// inlineSize is the largest content that is kept in the store's rows. For 64
// callers at once a row is three times as fast as a file up to here, and more;
// but all rows have to fit into one file of the store.
const inlineSize = 32 << 10

// Writer takes the content of one blob. It is used by one goroutine.
type Writer struct {
	store  *Store
	id     string
	layers layers

	buffer *buffer
	filled int   // plaintext in the buffer
	number int64 // of the first segment in the buffer
	size   int64 // of what has been sealed
	file   file  // nil as long as the buffer holds everything
	err    error // from here on, of every call
}

var errDone = errors.New("blob: the writer has been committed or aborted")

// Create begins a blob. Each key is one layer of encryption, the innermost
// first; there must be one at least. Whoever calls Create calls Abort in the
// end, after a Commit too.
func (s *Store) Create(keys ...Key) *Writer {
	id := newID(s.now())
	w := &Writer{store: s, id: id, layers: newLayers(id, keys)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		w.err = ErrClosed
	} else {
		s.pending[id] = new(pending)
	}
	return w
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		room, err := w.room()
		if err != nil {
			return n, err
		}
		m := copy(room, p)
		w.filled += m
		n, p = n+m, p[m:]
	}
	return n, nil
}

// ReadFrom implements io.ReaderFrom, without a copy in between.
func (w *Writer) ReadFrom(r io.Reader) (n int64, err error) {
	for {
		room, err := w.room()
		if err != nil {
			return n, err
		}
		m, err := r.Read(room)
		w.filled += m
		n += int64(m)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// room gives the place where the next plaintext goes, after it has made some.
func (w *Writer) room() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	if w.buffer == nil {
		w.buffer = buffers.Get().(*buffer)
	}
	if w.filled == bufferSegments*segmentSize {
		if w.err = w.flush(false); w.err != nil {
			return nil, w.err
		}
	}
	segment := w.filled / segmentSize * w.layers.stride()
	return w.buffer[segment+w.filled%segmentSize : segment+segmentSize], nil
}

// seal encrypts what the buffer holds, where it lies.
func (w *Writer) seal(last bool) []byte {
	w.size += int64(w.filled)
	at := 0
	for ; w.filled >= segmentSize; w.filled -= segmentSize {
		at += len(w.layers.seal(w.buffer[at:][:segmentSize], w.number, false))
		w.number++
	}
	if last {
		at += len(w.layers.seal(w.buffer[at:][:w.filled], w.number, true))
		w.filled = 0
	}
	return w.buffer[:at]
}

// flush writes the buffer to the file. Unless it is the last time, the buffer
// is full.
func (w *Writer) flush(last bool) error {
	p := w.seal(last)
	release, err := w.store.claim(len(p))
	if err != nil {
		return err
	}
	defer release()
	if w.file == nil {
		if err := w.createFile(); err != nil {
			return err
		}
	}
	n, err := w.file.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}

func (w *Writer) createFile() (err error) {
	if err := w.store.folder(folderOf(w.id)); err != nil {
		return err
	}
	w.store.markFile(w.id)
	w.file, err = w.store.fs.create(w.store.path(w.id))
	return err
}

// Commit ends the content. When it returns, a file is durable; inline content
// becomes so with the transaction that keeps the blob. After an error there is
// nothing to keep.
func (w *Writer) Commit() (Blob, error) {
	if _, err := w.room(); err != nil {
		return Blob{}, err
	}
	inline := w.file == nil && w.filled <= inlineSize
	if inline {
		w.err = w.finishRow()
	} else {
		w.err = w.finishFile()
	}
	if w.err != nil {
		return Blob{}, w.err
	}
	w.end()
	return Blob{ID: w.id, Size: w.size, Inline: inline}, nil
}

func (w *Writer) finishRow() error {
	if !w.store.has(int64(w.filled)) {
		return ErrFull
	}
	w.store.commit(w.id, bytes.Clone(w.seal(true)))
	return nil
}

// finishFile makes the file and its name durable. It has had that name from the
// start: what makes it a blob is the row that keeps it, and without one it is an
// orphan under any name.
func (w *Writer) finishFile() error {
	if err := w.flush(true); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	err := w.file.Close()
	w.file = nil
	if err != nil {
		return err
	}
	if err := w.store.fs.syncDir(filepath.Join(w.store.dir, folderOf(w.id))); err != nil {
		return err
	}
	w.store.commit(w.id, nil)
	return nil
}

// Abort forgets the content, unless it was kept meanwhile.
func (w *Writer) Abort() {
	if w.file != nil {
		w.file.Close() // whatever it says, the file is to be removed
		w.file = nil
	}
	w.end()
	w.store.discard(w.id)
}

func (w *Writer) end() {
	if w.err == nil {
		w.err = errDone
	}
	if w.buffer != nil {
		buffers.Put(w.buffer)
		w.buffer = nil
	}
}
