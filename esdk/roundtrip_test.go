package esdk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
)

// lengths are around the places where frames end.
func lengths(frame int) []int {
	return []int{0, 1, frame - 1, frame, frame + 1, 2*frame - 1, 2 * frame, 2*frame + 1, 5*frame + 3}
}

func TestRoundTrip(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range Suites() {
		for _, frame := range []int{1, 2, 7, 100, 4096, 70_000} {
			t.Run(fmt.Sprintf("%v/%d", suite, frame), func(t *testing.T) {
				for i, n := range lengths(frame) {
					if suite.Signs() && i%3 != 0 {
						continue // signatures take time, and frames do not depend on them
					}
					o := writing(suite)
					o.FrameLength = uint32(frame)
					o.Context = Context{"purpose": "test", "ünïcode": "☃"}
					plaintext := text(n)
					sealed := seal(t, m, plaintext, o)
					opened, h, err := Open(t.Context(), nil, m, sealed, reading())
					if err != nil || !bytes.Equal(opened, plaintext) {
						t.Fatalf("Open of %d bytes: %v", n, err)
					}
					if h.Suite != suite || h.FrameLength != uint32(frame) || h.Context["ünïcode"] != "☃" {
						t.Errorf("header %+v", h)
					}
					for name, write := range writeWays {
						streamed := write(t, m, plaintext, o)
						if len(streamed)>>4 != len(sealed)>>4 && !suite.Signs() {
							t.Errorf("%s: %d bytes, and Seal gives %d", name, len(streamed), len(sealed))
						}
						for name, read := range readWays {
							got, err := read(t, streamed, m)
							if err != nil || !bytes.Equal(got, plaintext) {
								t.Fatalf("%s of %d bytes: %v", name, n, err)
							}
						}
					}
				}
			})
		}
	}
}

// onlyReader hides WriteTo.
type onlyReader struct{ io.Reader }

var writeWays = map[string]func(testing.TB, Manager, []byte, *EncryptOptions) []byte{
	"one Write":        writeWith(func(w *Writer, p []byte) { w.Write(p) }),
	"Writes of 3":      writeWith(func(w *Writer, p []byte) { writeIn(w, p, 3) }),
	"Writes of 5000":   writeWith(func(w *Writer, p []byte) { writeIn(w, p, 5000) }),
	"ReadFrom":         writeWith(func(w *Writer, p []byte) { w.ReadFrom(bytes.NewReader(p)) }),
	"ReadFrom, halves": writeWith(func(w *Writer, p []byte) { w.ReadFrom(iotest.HalfReader(bytes.NewReader(p))) }),
	"Write, ReadFrom": writeWith(func(w *Writer, p []byte) {
		w.Write(p[:len(p)/2])
		w.ReadFrom(iotest.DataErrReader(bytes.NewReader(p[len(p)/2:])))
	}),
}

func writeIn(w io.Writer, p []byte, n int) {
	for len(p) > n {
		w.Write(p[:n])
		p = p[n:]
	}
	w.Write(p)
}

func writeWith(do func(*Writer, []byte)) func(testing.TB, Manager, []byte, *EncryptOptions) []byte {
	return func(t testing.TB, m Manager, plaintext []byte, o *EncryptOptions) []byte {
		t.Helper()
		var out bytes.Buffer
		w, err := NewWriter(t.Context(), &out, m, o)
		if err != nil {
			t.Fatal(err)
		}
		do(w, plaintext)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}

var readWays = map[string]func(testing.TB, []byte, Manager) ([]byte, error){
	"ReadAll": readWith(func(r *Reader) ([]byte, error) { return io.ReadAll(onlyReader{r}) }),
	"Reads of 3": readWith(func(r *Reader) (b []byte, err error) {
		p := make([]byte, 3)
		for {
			n, err := r.Read(p)
			b = append(b, p[:n]...)
			if err == io.EOF {
				return b, nil
			}
			if err != nil {
				return b, err
			}
		}
	}),
	"WriteTo": readWith(func(r *Reader) ([]byte, error) {
		var b bytes.Buffer
		_, err := r.WriteTo(&b)
		return b.Bytes(), err
	}),
}

func readWith(do func(*Reader) ([]byte, error)) func(testing.TB, []byte, Manager) ([]byte, error) {
	return func(t testing.TB, message []byte, m Manager) ([]byte, error) {
		r, err := NewReader(t.Context(), bytes.NewReader(message), m, reading())
		if err != nil {
			return nil, err
		}
		return do(r)
	}
}

// The final frame of other writers may be a full one. This package writes an
// empty one then, which every reader accepts.
// Source: data-format/message-body.md, final frame.
func TestFinalFrames(t *testing.T) {
	m := NewManager(static{})
	for _, c := range []struct {
		final int
		want  error
	}{{0, nil}, {9, nil}, {10, nil}, {11, ErrMalformed}} {
		var e encryption
		message, err := e.begin(t.Context(), nil, m, -1, &EncryptOptions{Suite: Committed, FrameLength: 10})
		if err != nil {
			t.Fatal(err)
		}
		if message, err = e.frames.sealRegular(message, text(10)); err != nil {
			t.Fatal(err)
		}
		message = e.frames.sealFinal(message, text(c.final))
		everyWay(t, message, m, func(way string, got []byte, err error) {
			if !errors.Is(err, c.want) {
				t.Errorf("final frame of %d: %s: %v, want %v", c.final, way, err, c.want)
			}
			if c.want == nil && !bytes.Equal(got, append(text(10), text(c.final)...)) {
				t.Errorf("final frame of %d: %s gives %q", c.final, way, got)
			}
		})
	}
	for n, want := range map[int]int{0: 0, 9: 9, 10: 0, 11: 1, 20: 0} {
		o := &EncryptOptions{Suite: Committed, FrameLength: 10}
		for _, message := range [][]byte{seal(t, m, text(n), o), writeWays["one Write"](t, m, text(n), o), writeWays["ReadFrom"](t, m, text(n), o)} {
			length := message[len(message)-tagLength-want-4 : len(message)-tagLength-want]
			if !bytes.Equal(length, []byte{0, 0, 0, byte(want)}) {
				t.Errorf("of %d bytes the final frame does not have %d", n, want)
			}
		}
	}
}
