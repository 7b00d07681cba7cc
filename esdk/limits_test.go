package esdk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"
)

func TestMaxEncryptedDataKeys(t *testing.T) {
	two := NewManager(NewMulti(static{}, static{}))
	message := seal(t, two, text(5), nil)
	for limit, want := range []error{nil, ErrTooManyKeys, nil, nil} {
		_, err := Seal(t.Context(), nil, two, text(5), &EncryptOptions{MaxEncryptedDataKeys: limit})
		if want != nil {
			wantIs(t, err, want)
		} else if err != nil {
			t.Errorf("sealing 2 keys of %d: %v", limit, err)
		}
		m := two
		if want != nil {
			m = NewManager(untouchable{t})
		}
		everyLimit(t, message, m, &DecryptOptions{MaxEncryptedDataKeys: limit}, want)
	}
}

func everyLimit(t *testing.T, message []byte, m Manager, o *DecryptOptions, want error) {
	t.Helper()
	_, _, err := Open(t.Context(), nil, m, message, o)
	_, streamErr := readAll(t, message, m, o)
	for _, err := range []error{err, streamErr} {
		if want == nil && err != nil {
			t.Errorf("options %+v: %v", o, err)
		} else if want != nil {
			wantIs(t, err, want)
		}
	}
}

func TestMaxFrameLength(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range []Suite{Committed, CommittedSigned} {
		message := seal(t, m, text(3000), &EncryptOptions{Suite: suite, FrameLength: 1000})
		everyLimit(t, message, m, &DecryptOptions{MaxFrameLength: 1000}, nil)
		everyLimit(t, message, m, &DecryptOptions{MaxFrameLength: 999}, ErrFrameTooLong)
		// What counts is how long a frame is, not how long it might have been.
		short := seal(t, m, text(100), &EncryptOptions{Suite: suite, FrameLength: math.MaxUint32})
		everyLimit(t, short, m, &DecryptOptions{MaxFrameLength: 100}, nil)
		everyLimit(t, short, m, &DecryptOptions{MaxFrameLength: 99}, ErrFrameTooLong)
	}
}

func TestHoldLimit(t *testing.T) {
	m := NewManager(static{})
	signed := seal(t, m, text(3000), &EncryptOptions{FrameLength: 1000})
	everyLimit(t, signed, m, &DecryptOptions{HoldLimit: 3000}, nil)
	everyLimit(t, signed, m, &DecryptOptions{HoldLimit: 2999}, ErrHoldLimit)

	single := unframed(t, Committed, text(3000))
	everyLimit(t, single, m, &DecryptOptions{HoldLimit: 3000}, nil)
	everyLimit(t, single, m, &DecryptOptions{HoldLimit: 2999}, ErrHoldLimit)

	// What is released as it comes needs no memory.
	got, err := readAll(t, signed, m, &DecryptOptions{HoldLimit: 1, Signed: ReleaseUnverified})
	if err != nil || !bytes.Equal(got, text(3000)) {
		t.Errorf("released frames: %v", err)
	}
	unsigned := seal(t, m, text(3000), &EncryptOptions{Suite: Committed, FrameLength: 1000})
	if _, err := readAll(t, unsigned, m, &DecryptOptions{HoldLimit: 1}); err != nil {
		t.Errorf("unsigned frames: %v", err)
	}
}

func TestUnframed(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range Suites() {
		if suite.Signs() {
			continue // other people's messages cover them
		}
		for _, n := range []int{0, 1, 4096, 200_000} {
			message := unframed(t, suite, text(n))
			everyWay(t, message, m, func(way string, got []byte, err error) {
				if err != nil || !bytes.Equal(got, text(n)) {
					t.Errorf("%v: %s of %d bytes: %v", suite, way, n, err)
				}
			})
		}
		message := unframed(t, suite, text(40))
		for i := range message {
			bad := slices.Clone(message)
			bad[i] ^= 1
			everyWay(t, bad, m, func(way string, got []byte, err error) {
				if err == nil || len(got) > 0 {
					t.Errorf("%v: byte %d changed: %s gives %d bytes, %v", suite, i, way, len(got), err)
				}
			})
			everyWay(t, message[:i], m, func(way string, got []byte, err error) {
				if !errors.Is(err, ErrTruncated) || len(got) > 0 {
					t.Errorf("%v: %d bytes: %s gives %d bytes, %v", suite, i, way, len(got), err)
				}
			})
		}
	}
}

// What a message claims to have takes no memory before it arrives.
func TestClaimsTakeNoMemory(t *testing.T) {
	m := NewManager(static{})
	single := unframed(t, Committed, text(10))
	claim := len(single) - 10 - tagLength - 8
	binary.BigEndian.PutUint64(single[claim:], maxSingle)
	tooLong := slices.Clone(single)
	binary.BigEndian.PutUint64(tooLong[claim:], maxSingle+1)
	framed := seal(t, m, nil, &EncryptOptions{Suite: Committed, FrameLength: math.MaxUint32})
	framed = append(framed[:len(framed)-finalPrefix-tagLength], 0, 0, 0, 1) // a regular frame begins
	final := seal(t, m, nil, &EncryptOptions{Suite: Committed, FrameLength: math.MaxUint32})
	binary.BigEndian.PutUint32(final[len(final)-tagLength-4:], math.MaxUint32)
	keys := append(bytes.Clone(single[:4+idLength2]), 0, 0, 0xff, 0xff, 0xff, 0xff)
	for name, c := range map[string]struct {
		message []byte
		want    error
	}{
		"unframed":                    {single, ErrTruncated},
		"unframed, beyond the format": {tooLong, ErrMalformed},
		"regular frame":               {framed, ErrTruncated},
		"final frame":                 {final, ErrTruncated},
		"data keys":                   {keys, ErrTruncated},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o := &DecryptOptions{HoldLimit: math.MaxInt64, MaxFrameLength: math.MaxUint32}
		everyLimit(t, c.message, m, o, c.want)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
			t.Errorf("%s: a message of %d bytes took %d bytes of memory", name, len(c.message), took)
		}
	}
}

// endless gives a header that never ends: 65,535 data keys, each as long as can be.
type endless struct{ first []byte }

func (e *endless) Read(p []byte) (int, error) {
	if len(e.first) > 0 {
		n := copy(p, e.first)
		e.first = e.first[n:]
		return n, nil
	}
	for i := range p {
		p[i] = 0xff
	}
	return len(p), nil
}

func TestEndlessHeader(t *testing.T) {
	first := append([]byte{version2, 4, 0x78}, make([]byte, idLength2+2)...)
	_, err := NewReader(t.Context(), &endless{first}, NewManager(untouchable{t}), nil)
	wantIs(t, err, ErrMalformed)
	_, err = NewReader(t.Context(), &endless{first}, NewManager(untouchable{t}), &DecryptOptions{MaxEncryptedDataKeys: 5})
	wantIs(t, err, ErrTooManyKeys)
}

func TestPlaintextLength(t *testing.T) {
	m := NewManager(static{})
	for _, frame := range []uint32{4, 100, 70_000, 1 << 20} {
		for n, want := range map[int]error{9: nil, 10: nil, 11: ErrPlaintextLength} {
			o := &EncryptOptions{Suite: Committed, FrameLength: frame, PlaintextLength: 10}
			var out bytes.Buffer
			w, err := NewWriter(t.Context(), &out, m, o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Write(text(n))
			if !errors.Is(err, want) {
				t.Errorf("writing %d of 10 bytes: %v", n, err)
			}
			if err := w.Close(); !errors.Is(err, want) {
				t.Errorf("closing after %d of 10 bytes: %v", n, err)
			}
			w, _ = NewWriter(t.Context(), &out, m, o)
			if _, err = w.ReadFrom(bytes.NewReader(text(n))); !errors.Is(err, want) {
				t.Errorf("reading %d of 10 bytes: %v", n, err)
			}
		}
	}
	// Seal knows the length, and the option is not looked at.
	seal(t, m, text(11), &EncryptOptions{PlaintextLength: 10})
}

// No frame may have a number again, nor the number that marks the final one.
func TestSequenceEnds(t *testing.T) {
	m := NewManager(static{})
	w, err := NewWriter(t.Context(), io.Discard, m, &EncryptOptions{Suite: Committed, FrameLength: 1})
	if err != nil {
		t.Fatal(err)
	}
	w.frames.sequence = math.MaxUint32 - 2
	if _, err := w.Write(text(2)); err != nil {
		t.Errorf("the last frames that there are numbers for: %v", err)
	}
	_, err = w.Write(text(1))
	wantIs(t, err, ErrPlaintextLength)
	wantIs(t, w.Close(), ErrPlaintextLength)
}

func TestWriterAfterClose(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(t.Context(), &out, NewManager(static{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	n := out.Len()
	if _, err := w.Write([]byte("more")); err == nil {
		t.Error("Write after Close succeeds")
	}
	if _, err := w.ReadFrom(bytes.NewReader(text(9))); err == nil {
		t.Error("ReadFrom after Close succeeds")
	}
	if out.Len() != n {
		t.Error("Write after Close wrote")
	}
}
