package body

import (
	"fmt"
	"io"
	"sync"
)

// A Window is a body passing by: what a parser has read of it and not yet let
// go. What the parser goes past is copied to the destination, unless the parser
// holds it and replaces it.
//
// Indexes into Buf are good until More is called.
type Window struct {
	Buf []byte // what is in memory; Buf[Pos:] is not looked at yet
	Pos int

	src    io.Reader
	dst    io.Writer
	out    []byte // what goes to dst next
	copied int    // Buf[:copied] is in out already
	hold   int    // where the held value begins, or -1
	limit  int    // how long the held value may be
	err    error  // of src, which came with the last bytes
	used   int    // the most of Buf that has been filled, to be cleared at the end
	sent   int    // the most of out that has been filled, likewise
	base   int64  // where in the body Buf begins
}

const (
	windowSize = 16 << 10
	// keepSize is the largest buffer that goes back to the pool.
	keepSize = 128 << 10
	outSize  = 32 << 10
)

var windows = sync.Pool{New: func() any {
	return &Window{Buf: make([]byte, 0, windowSize), out: make([]byte, 0, windowSize)}
}}

// NewWindow gives a window on src. Release it when done.
func NewWindow(dst io.Writer, src io.Reader) *Window {
	w := windows.Get().(*Window)
	w.dst, w.src, w.err = dst, src, nil
	w.Pos, w.copied, w.hold, w.used, w.sent, w.base = 0, 0, -1, 0, 0, 0
	return w
}

// Release ends the use of w and wipes what it has seen.
func (w *Window) Release() {
	clear(w.Buf[:min(w.used, cap(w.Buf))])
	clear(w.out[:min(max(w.sent, len(w.out)), cap(w.out))])
	w.src, w.dst, w.err = nil, nil, nil
	if cap(w.Buf) > keepSize || cap(w.out) > keepSize {
		return
	}
	w.Buf, w.out = w.Buf[:0], w.out[:0]
	windows.Put(w)
}

// Offset is where in the body Pos is.
func (w *Window) Offset() int64 { return w.base + int64(w.Pos) }

// More reads on. Buf[keep:] stays in memory, at index keep-shift, and so does a
// held value. That keep is more than limit bytes back is ErrTooLong. At the end
// of the body the error is io.EOF.
func (w *Window) More(keep, limit int) (shift int, err error) {
	if w.Pos-keep > limit {
		return 0, ErrTooLong
	}
	if w.hold >= 0 {
		if w.Pos-w.hold > w.limit {
			return 0, ErrTooLong
		}
		keep = min(keep, w.hold)
	}
	if shift, err = w.slide(keep); err != nil {
		return 0, err
	}
	if len(w.Buf) == cap(w.Buf) {
		w.grow()
	}
	return shift, w.read()
}

// read reads at least one byte.
func (w *Window) read() error {
	for range 100 {
		if w.err != nil {
			return w.err
		}
		n, err := w.src.Read(w.Buf[len(w.Buf):cap(w.Buf)])
		w.Buf, w.err = w.Buf[:len(w.Buf)+n], err
		w.used = max(w.used, len(w.Buf))
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// slide lets go of Buf[:keep].
func (w *Window) slide(keep int) (int, error) {
	// Moving little to gain little would make the copying quadratic.
	if keep == 0 || keep < len(w.Buf)/2 && len(w.Buf) < cap(w.Buf) {
		return 0, nil
	}
	if err := w.copyTo(keep); err != nil {
		return 0, err
	}
	n := copy(w.Buf, w.Buf[keep:])
	w.Buf = w.Buf[:n]
	w.Pos -= keep
	w.base += int64(keep)
	w.copied -= keep
	if w.hold >= 0 {
		w.hold -= keep
	}
	return keep, nil
}

func (w *Window) grow() {
	b := make([]byte, len(w.Buf), 2*cap(w.Buf))
	copy(b, w.Buf)
	clear(w.Buf)
	w.Buf = b
}

// copyTo hands on what of Buf[:end] has not been.
func (w *Window) copyTo(end int) error {
	if end <= w.copied {
		return nil
	}
	w.out = append(w.out, w.Buf[w.copied:end]...)
	w.copied = end
	if len(w.out) >= outSize {
		return w.flush()
	}
	return nil
}

func (w *Window) flush() error {
	w.sent = max(w.sent, len(w.out))
	n, err := w.dst.Write(w.out)
	if err == nil && n < len(w.out) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	w.out = w.out[:0]
	return nil
}

// Hold keeps what comes from start on, up to limit bytes, until Replace or Let.
func (w *Window) Hold(start, limit int) { w.hold, w.limit = start, limit }

// Holding says whether a value is held.
func (w *Window) Holding() bool { return w.hold >= 0 }

// Held is the held value up to Pos.
func (w *Window) Held() []byte { return w.Buf[w.hold:w.Pos] }

// TooLong says whether the held value has more bytes than it may.
func (w *Window) TooLong() bool { return w.Pos-w.hold > w.limit }

// Let lets go of the held value, as it is.
func (w *Window) Let() { w.hold = -1 }

// Replace puts what edit appends in place of the held value.
func (w *Window) Replace(edit func(dst []byte) ([]byte, error)) error {
	if err := w.copyTo(w.hold); err != nil {
		return err
	}
	out, err := edit(w.out)
	if err != nil {
		return err
	}
	w.out, w.copied, w.hold = out, w.Pos, -1
	if len(w.out) >= outSize {
		return w.flush()
	}
	return nil
}

// Finish hands on all that remains. Nobody calls it after an error: what was
// refused is not completed.
func (w *Window) Finish() error {
	if err := w.copyTo(w.Pos); err != nil {
		return err
	}
	if len(w.out) == 0 {
		return nil
	}
	return w.flush()
}
