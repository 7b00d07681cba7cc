package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
)

// sizes around every boundary there is.
var sizes = []int{
	0, 1, 1000, inlineSize - 1, inlineSize, inlineSize + 1,
	segmentSize - 1, segmentSize, segmentSize + 1, 2 * segmentSize,
	bufferSegments*segmentSize - 1, bufferSegments * segmentSize, bufferSegments*segmentSize + 1,
	(2*bufferSegments+1)*segmentSize + 1234,
}

// ways to write and to read the same.
var (
	writings = map[string]func(w *Writer, content []byte) error{
		"Write": func(w *Writer, content []byte) error { _, err := w.Write(content); return err },
		"small Writes": func(w *Writer, content []byte) error {
			for len(content) > 0 {
				n := min(len(content), 9973)
				if m, err := w.Write(content[:n]); err != nil || m != n {
					return fmt.Errorf("%d of %d: %w", m, n, err)
				}
				content = content[n:]
			}
			return nil
		},
		"ReadFrom": func(w *Writer, content []byte) error {
			n, err := w.ReadFrom(bytes.NewReader(content))
			if n != int64(len(content)) {
				return fmt.Errorf("%d read: %w", n, err)
			}
			return err
		},
		"ReadFrom in halves": func(w *Writer, content []byte) error {
			_, err := w.ReadFrom(iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(content))))
			return err
		},
	}
	readings = map[string]func(r io.Reader) ([]byte, error){
		"Read":       io.ReadAll,
		"WriteTo":    func(r io.Reader) ([]byte, error) { return writtenTo(r) },
		"odd Reads":  func(r io.Reader) ([]byte, error) { return io.ReadAll(iotest.HalfReader(r)) },
		"Read first": readThenWriteTo,
	}
)

func writtenTo(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	n, err := r.(io.WriterTo).WriteTo(&b)
	if n != int64(b.Len()) {
		return nil, fmt.Errorf("%d of %d written: %w", n, b.Len(), err)
	}
	return b.Bytes(), err
}

func readThenWriteTo(r io.Reader) ([]byte, error) {
	some := make([]byte, 777)
	n, err := io.ReadFull(r, some)
	if err != nil {
		return some[:n], nil
	}
	rest, err := writtenTo(r)
	return append(some, rest...), err
}

func TestRoundTrip(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		content := random(sizes[len(sizes)-1])
		for layers := 1; layers <= maxLayers; layers++ {
			keys := []Key{randomKey(), randomKey()}[:layers]
			for _, size := range sizes {
				for how, write := range writings {
					writer := w.Create(keys...)
					w.must(write(writer, content[:size]))
					b, err := writer.Commit()
					w.must(err)
					w.update(keeping(w, b))
					writer.Abort() // changes nothing any more
					if b.Size != int64(size) || b.Inline != (size <= inlineSize) {
						t.Errorf("%d bytes by %s are %+v", size, how, b)
					}
					for name, read := range readings {
						r, err := w.Read(t.Context(), b, 0, b.Size, keys...)
						w.must(err)
						if got, err := read(r); err != nil || !bytes.Equal(got, content[:size]) {
							t.Errorf("%d bytes in %d layers by %s and %s: got %d, %v", size, layers, how, name, len(got), err)
						}
						w.must(r.Close())
						w.must(r.Close())
						if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
							t.Errorf("after Close: %d, %v", n, err)
						}
					}
				}
			}
		}
	})
}

func TestRanges(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		key := randomKey()
		for _, size := range sizes {
			content := random(size)
			b := w.keep(content, key)
			edges := []int{0, 1, 100, segmentSize - 1, segmentSize, segmentSize + 1, bufferSegments * segmentSize, size - 1, size}
			for _, from := range edges {
				for _, to := range edges {
					if from < 0 || from > to || to > size {
						continue
					}
					r, err := w.Read(t.Context(), b, int64(from), int64(to-from), key)
					w.must(err)
					if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content[from:to]) {
						t.Errorf("%d to %d of %d: got %d bytes, %v", from, to, size, len(got), err)
					}
					w.must(r.Close())
				}
			}
			for _, bad := range [][2]int64{{-1, 1}, {0, -1}, {0, b.Size + 1}, {b.Size, 1}, {b.Size + 1, 0}, {1 << 62, 1 << 62}} {
				if _, err := w.Read(t.Context(), b, bad[0], bad[1], key); err == nil {
					t.Errorf("%d bytes from %d of %d are read", bad[1], bad[0], size)
				}
			}
		}
	})
}

// A range is read without what is around it.
func TestRangeReadsItsSegments(t *testing.T) {
	l := newLife(t)
	defer l.close()
	if err := l.put("object 1", random(100*segmentSize)); err != nil {
		t.Fatal(err)
	}
	var id string
	for _, name := range l.fs.files() {
		id = name[:idLength]
	}
	reads := 0
	l.fs.set(func() {
		l.fs.fail = func(op string, _ int) error {
			if op == "read" {
				reads++
			}
			return nil
		}
	})
	r, err := l.blobs.Read(t.Context(), Blob{ID: id, Size: 100 * segmentSize}, 50*segmentSize-1, 2, l.key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); len(got) != 2 || err != nil || reads != 1 {
		t.Errorf("%d bytes in %d reads, %v", len(got), reads, err)
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestCanceledRead(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		b := w.keep(random(3*bufferSegments*segmentSize), Key{})
		ctx, cancel := context.WithCancel(t.Context())
		r, err := w.Read(ctx, b, 0, b.Size, Key{})
		w.must(err)
		defer r.Close()
		cancel()
		if n, err := io.Copy(io.Discard, r); !errors.Is(err, context.Canceled) || n >= b.Size {
			t.Errorf("%d bytes, %v", n, err)
		}
		if _, err := w.Read(ctx, b, 0, 1, Key{}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// A reader that fails in the middle of an upload fails it, and a writer that is
// too slow to take all fails a download.
func TestBrokenClients(t *testing.T) {
	inEachWorld(t, func(t *testing.T, w *world) {
		writer := w.Create(Key{})
		if _, err := writer.ReadFrom(io.MultiReader(bytes.NewReader(random(500_000)), iotest.ErrReader(errInjected))); !errors.Is(err, errInjected) {
			t.Error(err)
		}
		writer.Abort()
		if _, err := writer.Commit(); err == nil {
			t.Error("committed after an abort")
		}
		b := w.keep(random(500_000), Key{})
		r, err := w.Read(t.Context(), b, 0, b.Size, Key{})
		w.must(err)
		defer r.Close()
		if _, err := r.(io.WriterTo).WriteTo(brokenPipe{}); !errors.Is(err, errInjected) {
			t.Error(err)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errInjected }
