package body_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// A window lets bytes pass, replaces what is held, and keeps what it is told to.
func TestWindow(t *testing.T) {
	in := strings.Repeat("a", 50_000) + "<" + strings.Repeat("b", 50_000) + ">" + strings.Repeat("c", 50_000)
	want := strings.Repeat("a", 50_000) + "[50002]" + strings.Repeat("c", 50_000)
	for how, src := range map[string]io.Reader{
		"at once": strings.NewReader(in), "byte for byte": iotest.OneByteReader(strings.NewReader(in)), "end with data": iotest.DataErrReader(strings.NewReader(in)),
	} {
		var out strings.Builder
		w := body.NewWindow(&out, src)
		for {
			if w.Pos == len(w.Buf) {
				if _, err := w.More(w.Pos, 0); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
			}
			c := w.Buf[w.Pos]
			if c == '<' {
				w.Hold(w.Pos, 60_000)
			}
			w.Pos++
			if c == '>' {
				held := string(w.Held())
				if held != in[50_000:100_002] {
					t.Errorf("%s: held %.20s", how, held)
				}
				if err := w.Replace(func(dst []byte) ([]byte, error) { return append(dst, "[50002]"...), nil }); err != nil {
					t.Fatal(err)
				}
			}
		}
		if w.Offset() != int64(len(in)) {
			t.Errorf("%s: at %d of %d", how, w.Offset(), len(in))
		}
		if err := w.Finish(); err != nil || out.String() != want {
			t.Errorf("%s: %d bytes, %v", how, out.Len(), err)
		}
		w.Release()
	}
}

func TestWindowErrors(t *testing.T) {
	lost := errors.New("lost")
	w := body.NewWindow(io.Discard, &once{"data", lost})
	defer w.Release()
	if _, err := w.More(0, 0); err != nil || string(w.Buf) != "data" {
		t.Errorf("%s, %v", w.Buf, err)
	}
	// An error that came with bytes is not lost, though it comes only once.
	w.Pos = 4
	if _, err := w.More(w.Pos, 0); err != lost {
		t.Error(err)
	}
	w = body.NewWindow(io.Discard, strings.NewReader("data"))
	defer w.Release()
	w.More(0, 0)
	w.Pos = 4
	w.Hold(0, 3)
	if _, err := w.More(w.Pos, 0); err != body.ErrTooLong {
		t.Errorf("held more than the limit: %v", err)
	}
	w.Let()
	if _, err := w.More(0, 3); err != body.ErrTooLong {
		t.Errorf("kept more than the limit: %v", err)
	}
	idle := body.NewWindow(io.Discard, idleReader{})
	defer idle.Release()
	if _, err := idle.More(0, 0); err != io.ErrNoProgress {
		t.Error(err)
	}
	full := body.NewWindow(fullWriter{}, strings.NewReader("x"))
	defer full.Release()
	full.More(0, 0)
	full.Pos = 1
	if err := full.Finish(); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// once gives its data and its error together, and then nothing.
type once struct {
	data string
	err  error
}

func (o *once) Read(p []byte) (int, error) {
	n, err := copy(p, o.data), o.err
	o.data, o.err = "", nil
	return n, err
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, nil }
