package esdk

import (
	"context"
	"errors"
	"io"
)

// A Writer encrypts what is written to it. It is for one goroutine at a time.
//
// It holds back less than a frame of plaintext, and collects short frames before
// it writes them.
type Writer struct {
	encryption
	dst io.Writer
	// buf holds sealed frames, buf[:sealed], then room for the prefix of a frame,
	// and then the plaintext of that frame: it is sealed where it stands.
	buf    []byte
	sealed int
	err    error // of anything before; all fails then
}

var errClosed = errors.New("the message has been closed")

// NewWriter writes the header of a new message to dst and returns a Writer for
// its plaintext. Close ends the message; without it the message is not valid.
func NewWriter(ctx context.Context, dst io.Writer, m Manager, o *EncryptOptions) (*Writer, error) {
	length := int64(-1)
	if o != nil && o.PlaintextLength > 0 {
		length = o.PlaintextLength
	}
	w := &Writer{dst: dst}
	header, err := w.begin(ctx, nil, m, length, o)
	if err != nil {
		return nil, err
	}
	if _, err := writeAll(dst, header); err != nil {
		return nil, err
	}
	w.startFrame()
	return w, nil
}

// Header returns the message's header. It is not to be changed.
func (w *Writer) Header() *Header { return w.header }

// Write encrypts p. It may not exceed what PlaintextLength announced.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.announce(len(p)); err != nil {
		return 0, err
	}
	rest := p
	for len(rest) > 0 {
		n, err := w.consume(rest)
		rest = rest[n:]
		if err != nil {
			return len(p) - len(rest), err
		}
	}
	return len(p), nil
}

// announce checks whether n more bytes of plaintext may come.
func (w *Writer) announce(n int) error {
	if w.err == nil {
		w.err = w.admit(n)
	}
	return w.err
}

// consume takes a part of p: a whole frame, or what goes into the frame that is
// being filled.
func (w *Writer) consume(p []byte) (int, error) {
	missing := w.missing()
	if missing == int64(w.frames.length) && int64(len(p)) >= missing {
		w.grow(w.frames.size())
		return int(missing), w.seal(p[:missing])
	}
	n := int(min(missing, int64(len(p))))
	w.grow(finalPrefix + w.filled() + n + tagLength)
	w.buf = append(w.buf, p[:n]...)
	return n, w.sealFilled()
}

// sealFilled seals the frame that is being filled, if it is full.
//
// That is not left to Close: where the content ends with a full frame, an empty
// final frame follows. A full final frame is as good by the specification, but
// the Encryption SDKs for Python before version 4 refuse it, and so does the
// aws-encryption-cli.
func (w *Writer) sealFilled() error {
	if w.missing() > 0 {
		return nil
	}
	return w.seal(w.buf[w.sealed+regularPrefix:])
}

// filled and missing are how much plaintext the frame that is being filled has,
// and how much it lacks.
func (w *Writer) filled() int    { return len(w.buf) - w.sealed - regularPrefix }
func (w *Writer) missing() int64 { return int64(w.frames.length) - int64(w.filled()) }

// seal makes a frame of plaintext, which may be that in the buffer.
func (w *Writer) seal(plaintext []byte) error {
	out, err := w.frames.sealRegular(w.buf[:w.sealed], plaintext)
	if err != nil {
		w.err = err
		return err
	}
	w.hash(out[w.sealed:])
	w.buf = out
	if len(w.buf) >= batch {
		if _, w.err = writeAll(w.dst, w.buf); w.err != nil {
			return w.err
		}
		w.buf = w.buf[:0]
	}
	w.startFrame()
	return nil
}

// startFrame leaves room for a frame's prefix.
func (w *Writer) startFrame() {
	w.sealed = len(w.buf)
	var prefix [regularPrefix]byte
	w.buf = append(w.buf, prefix[:]...)
}

// grow makes room for n bytes after the sealed frames. Frames can be as long as
// 4 GiB: room is made as plaintext comes, never for more than a frame and what
// is collected before it.
func (w *Writer) grow(n int) {
	need := w.sealed + n
	if need <= cap(w.buf) {
		return
	}
	whole := batch + finalPrefix + int64(w.frames.length) + tagLength
	grown := make([]byte, len(w.buf), max(need, int(min(whole, int64(max(firstBuffer, 2*cap(w.buf)))))))
	copy(grown, w.buf)
	w.buf = grown
}

// Close ends the message. It does not close what the message is written to.
func (w *Writer) Close() error {
	if w.err != nil {
		if w.err == errClosed {
			return nil
		}
		return w.err
	}
	w.err = errClosed
	n := w.filled()
	w.grow(finalPrefix + n + tagLength)
	content := w.buf[w.sealed+finalPrefix : w.sealed+finalPrefix+n : cap(w.buf)]
	copy(content, w.buf[w.sealed+regularPrefix:]) // a final frame's prefix is longer
	out := w.frames.sealFinal(w.buf[:w.sealed], content)
	w.hash(out[w.sealed:])
	out, err := w.appendFooter(out)
	if err == nil {
		_, err = writeAll(w.dst, out)
	}
	if err != nil {
		w.err = err
	}
	w.buf = nil
	return err
}

// ReadFrom encrypts all that r has.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	var chunk []byte // of short frames; long ones are read to where they are sealed
	if w.frames.length < batch {
		chunk = make([]byte, batch)
	}
	for w.err == nil {
		n, err := w.readOnce(r, chunk)
		total += int64(n)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	return total, w.err
}

// readOnce reads into the chunk, or, where there is none, into the frame itself.
func (w *Writer) readOnce(r io.Reader, chunk []byte) (int, error) {
	if chunk == nil {
		return w.readFrame(r)
	}
	n, err := r.Read(chunk)
	if _, e := w.Write(chunk[:n]); e != nil {
		return n, e
	}
	return n, err
}

// readFrame reads into the frame that is being filled.
func (w *Writer) readFrame(r io.Reader) (int, error) {
	const behind = finalPrefix - regularPrefix + tagLength // what Close adds
	w.grow(regularPrefix + w.filled() + int(min(w.missing(), batch)) + behind)
	end := min(int64(cap(w.buf)-behind), int64(len(w.buf))+w.missing())
	n, err := r.Read(w.buf[len(w.buf):end])
	if e := w.announce(n); e != nil {
		return n, e
	}
	w.buf = w.buf[:len(w.buf)+n]
	if e := w.sealFilled(); e != nil {
		return n, e
	}
	return n, err
}

// writeAll writes b, and tells if w takes less of it without an error.
func writeAll(w io.Writer, b []byte) (int, error) {
	n, err := w.Write(b)
	if n < len(b) && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}
