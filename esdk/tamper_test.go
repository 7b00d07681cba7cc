package esdk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// small is a message with every part there is: a context, two data keys, regular
// frames and a final one.
func small(t testing.TB, suite Suite) (message, plaintext []byte, m Manager) {
	o := writing(suite)
	o.FrameLength = 8
	o.Context = Context{"a": "b", "tenant": "blue"}
	m = NewManager(NewMulti(static{}, static{}))
	plaintext = text(20)
	return seal(t, m, plaintext, o), plaintext, m
}

// everyWay reads a message by Open, and as a stream that comes whole or in bytes.
func everyWay(t testing.TB, message []byte, m Manager, do func(way string, plaintext []byte, err error)) {
	got, h, err := Open(t.Context(), nil, m, message, reading())
	if err != nil && (got != nil || h != nil) {
		t.Errorf("Open returned %d bytes and header %v with error %v", len(got), h, err)
	}
	do("Open", got, err)
	for _, mode := range []SignedMode{HoldSigned, ReleaseUnverified} {
		for _, src := range []io.Reader{bytes.NewReader(message), iotest.OneByteReader(bytes.NewReader(message))} {
			o := reading()
			o.Signed = mode
			r, err := NewReader(t.Context(), src, m, o)
			if err != nil {
				do("NewReader", nil, err)
				continue
			}
			got, err := io.ReadAll(r)
			do(fmt.Sprintf("Reader in mode %d", mode), got, err)
		}
	}
}

func TestEveryTruncation(t *testing.T) {
	for _, suite := range Suites() {
		message, plaintext, m := small(t, suite)
		for n := range len(message) {
			everyWay(t, message[:n], m, func(way string, got []byte, err error) {
				if !errors.Is(err, ErrTruncated) {
					t.Errorf("%v: %d of %d bytes, %s: error %v, want ErrTruncated", suite, n, len(message), way, err)
				}
				if !bytes.HasPrefix(plaintext, got) {
					t.Errorf("%v: %s released what is not the plaintext", suite, way)
				}
			})
		}
	}
}

func TestEveryBitFlip(t *testing.T) {
	for _, suite := range Suites() {
		message, plaintext, m := small(t, suite)
		for i := range message {
			for bit := range 8 {
				if bit > 0 && bit < 7 && suite != CommittedSigned && suite != AES128 {
					continue // the lowest and the highest are enough for most
				}
				bad := slices.Clone(message)
				bad[i] ^= 1 << bit
				check := func(way string, got []byte, err error) {
					if err == nil {
						t.Errorf("%v: bit %d of byte %d flipped, and %s accepts it", suite, bit, i, way)
					}
					if !bytes.HasPrefix(plaintext, got) {
						t.Errorf("%v: %s released what is not the plaintext", suite, way)
					}
				}
				got, _, err := Open(t.Context(), nil, m, bad, reading())
				check("Open", got, err)
				got, err = readAll(t, bad, m, reading())
				check("Reader", got, err)
			}
		}
	}
}

func TestEveryByteRemovedOrDoubled(t *testing.T) {
	for _, suite := range []Suite{AES256, Committed, CommittedSigned} {
		message, _, m := small(t, suite)
		for i := range message {
			removed := slices.Delete(slices.Clone(message), i, i+1)
			doubled := slices.Insert(slices.Clone(message), i, message[i])
			for _, bad := range [][]byte{removed, doubled} {
				if bytes.Equal(bad, message) {
					continue
				}
				everyWay(t, bad, m, func(way string, _ []byte, err error) {
					if err == nil {
						t.Errorf("%v: byte %d removed or doubled, and %s accepts it", suite, i, way)
					}
				})
			}
		}
	}
}

// cutFrames gives the regular frames of small messages, and what stands before
// and after them.
func cutFrames(message []byte) (header []byte, frames [][]byte, rest []byte) {
	const size = regularPrefix + 8 + tagLength
	at := bytes.Index(message, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	return message[:at], [][]byte{message[at : at+size], message[at+size : at+2*size]}, message[at+2*size:]
}

func TestFramesOutOfOrder(t *testing.T) {
	for _, suite := range []Suite{AES256, Committed, CommittedSigned} {
		message, _, m := small(t, suite)
		other, _, _ := small(t, suite)
		header, f, rest := cutFrames(message)
		_, foreign, _ := cutFrames(other)
		for name, parts := range map[string][][]byte{
			"swapped":              {header, f[1], f[0], rest},
			"left out":             {header, f[0], rest},
			"first left out":       {header, f[1], rest},
			"twice":                {header, f[0], f[0], f[1], rest},
			"none but the last":    {header, rest},
			"of another message":   {header, foreign[0], f[1], rest},
			"body of another":      {header, foreign[0], foreign[1], rest},
			"nothing after header": {header},
		} {
			everyWay(t, slices.Concat(parts...), m, func(way string, _ []byte, err error) {
				if err == nil {
					t.Errorf("%v: frames %s, and %s accepts it", suite, name, way)
				}
			})
		}
	}
}

func TestTrailingBytes(t *testing.T) {
	for _, suite := range Suites() {
		message, _, m := small(t, suite)
		for _, more := range [][]byte{{0}, message} {
			everyWay(t, slices.Concat(message, more), m, func(way string, _ []byte, err error) {
				if !errors.Is(err, ErrTrailing) {
					t.Errorf("%v: %s: error %v, want ErrTrailing", suite, way, err)
				}
			})
		}
	}
}

func TestSourceErrors(t *testing.T) {
	message, _, m := small(t, CommittedSigned)
	broken := errors.New("the disk is on fire")
	for n := range len(message) + 1 {
		src := io.MultiReader(bytes.NewReader(message[:n]), iotest.ErrReader(broken))
		r, err := NewReader(t.Context(), src, m, nil)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, broken) {
			t.Fatalf("source breaks after %d bytes: error %v", n, err)
		}
	}
	r, err := NewReader(t.Context(), lazy{}, m, nil)
	if r != nil || !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a source that gives nothing: error %v", err)
	}
}

// lazy never gives anything.
type lazy struct{}

func (lazy) Read([]byte) (int, error) { return 0, nil }

func TestDestinationErrors(t *testing.T) {
	m := NewManager(static{})
	whole := seal(t, m, text(300_000), nil)
	for _, n := range []int{0, 10, 70_000, 200_000, 299_999} {
		w, err := NewWriter(t.Context(), &limited{n}, m, nil)
		if err == nil {
			_, err = w.Write(text(300_000))
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("destination is full after %d bytes: error %v", n, err)
		}
		if w != nil {
			if err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("Close after an error: %v", err)
			}
			if _, err := w.Write([]byte{1}); err == nil {
				t.Error("Write after an error succeeds")
			}
		}
		r, err := NewReader(t.Context(), bytes.NewReader(whole), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.WriteTo(&limited{n}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("WriteTo what is full after %d bytes: error %v", n, err)
		}
		if rest, err := io.ReadAll(r); len(rest) > 0 || err == nil {
			t.Errorf("after it failed, the Reader gives %d bytes and %v", len(rest), err)
		}
	}
}

// limited takes so many bytes and no more, and says nothing of it.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	return n, nil
}
