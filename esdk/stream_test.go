package esdk

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"
)

// pipe streams n bytes through a Writer and a Reader, and returns how many come
// out.
func pipe(t testing.TB, n int64, e *EncryptOptions, d *DecryptOptions) int64 {
	t.Helper()
	m := NewManager(static{})
	pr, pw := io.Pipe()
	go func() {
		w, err := NewWriter(t.Context(), pw, m, e)
		if err == nil {
			_, err = io.Copy(w, &zeros{n})
		}
		if err == nil {
			err = w.Close()
		}
		pw.CloseWithError(err)
	}()
	r, err := NewReader(t.Context(), pr, m, d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.Copy(io.Discard, r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStreamsTakeConstantMemory(t *testing.T) {
	for _, frame := range []uint32{512, 4096, 64 << 10, 1 << 20} {
		for _, suite := range []Suite{Committed, CommittedSigned} {
			const length = 40<<20 + 5
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := pipe(t, length, &EncryptOptions{Suite: suite, FrameLength: frame}, &DecryptOptions{Signed: ReleaseUnverified})
			runtime.ReadMemStats(&after)
			if got != length {
				t.Errorf("%d bytes come back", got)
			}
			// All that was ever allocated, by both sides: buffers, and those that
			// they grew out of.
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20+8*uint64(frame) {
				t.Errorf("%v, frames of %d: %d bytes of memory", suite, frame, took)
			}
		}
	}
}

func TestReaderReadsLikeOthers(t *testing.T) {
	m := NewManager(static{})
	for _, frame := range []uint32{3, 100, 4096} {
		for _, suite := range []Suite{Committed, CommittedSigned} {
			message := seal(t, m, text(1000), &EncryptOptions{Suite: suite, FrameLength: frame})
			r, err := NewReader(t.Context(), bytes.NewReader(message), m, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(r, text(1000)); err != nil {
				t.Errorf("%v, frames of %d: %v", suite, frame, err)
			}
		}
	}
}

func TestFramesAreNotAllocated(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range []Suite{AES256, Committed, CommittedSigned} {
		const frame = 4096
		o := writing(suite)
		o.FrameLength = frame
		w, err := NewWriter(t.Context(), io.Discard, m, o)
		if err != nil {
			t.Fatal(err)
		}
		chunk := text(3*frame + 17)
		w.Write(text(10 * batch)) // until the buffer is as large as it gets
		if n := testing.AllocsPerRun(100, func() { w.Write(chunk) }); n != 0 {
			t.Errorf("%v: writing three frames allocates %v times", suite, n)
		}

		message := seal(t, m, text(500*frame), o)
		d := reading()
		d.Signed = ReleaseUnverified
		for _, size := range []int{100, frame, 5 * frame} {
			r, err := NewReader(t.Context(), bytes.NewReader(message), m, d)
			if err != nil {
				t.Fatal(err)
			}
			p := make([]byte, size)
			for range 10 * batch / size {
				r.Read(p)
			}
			if n := testing.AllocsPerRun(50, func() { r.Read(p) }); n != 0 {
				t.Errorf("%v: reading %d bytes allocates %v times", suite, size, n)
			}
		}
	}
}

// What a reader gets of a signed message depends on the mode.
func TestSignedModes(t *testing.T) {
	m := NewManager(static{})
	plaintext := text(100)
	message := seal(t, m, plaintext, &EncryptOptions{FrameLength: 10})
	footer := len(message) - 50 // within the signature
	forged := bytes.Clone(message)
	forged[footer] ^= 1

	r, err := NewReader(t.Context(), bytes.NewReader(forged), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || !errors.Is(err, ErrSignature) {
		t.Errorf("held back: %d bytes, %v", n, err)
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || !errors.Is(err, ErrSignature) {
		t.Errorf("the error does not stay: %d bytes, %v", n, err)
	}

	o := &DecryptOptions{Signed: ReleaseUnverified}
	r, err = NewReader(t.Context(), io.MultiReader(bytes.NewReader(forged[:footer]), bytes.NewReader(forged[footer:])), m, o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if !bytes.Equal(got, plaintext) || !errors.Is(err, ErrSignature) {
		t.Errorf("released: %d bytes, %v", len(got), err)
	}

	o.Signed = RefuseSigned
	_, err = NewReader(t.Context(), bytes.NewReader(message), m, o)
	wantIs(t, err, ErrSignedRefused)
	unsigned := seal(t, m, plaintext, &EncryptOptions{Suite: Committed})
	if got, err := readAll(t, unsigned, m, o); err != nil || !bytes.Equal(got, plaintext) {
		t.Errorf("unsigned messages are refused too: %v", err)
	}
}

// Frames are released as they come, and no earlier than they are authentic.
func TestFramesAreReleasedAsTheyCome(t *testing.T) {
	m := NewManager(static{})
	message := seal(t, m, text(100), &EncryptOptions{Suite: Committed, FrameLength: 10})
	const size = regularPrefix + 10 + tagLength
	start := len(message) - finalPrefix - tagLength - 10*size
	pr, pw := io.Pipe()
	defer pw.Close()
	go pw.Write(message[:start])
	r, err := NewReader(t.Context(), pr, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		go pw.Write(message[start+i*size : start+(i+1)*size])
		p := make([]byte, 100)
		if n, err := r.Read(p); err != nil || !bytes.Equal(p[:n], text(100)[i*10:i*10+10]) {
			t.Errorf("frame %d: %q, %v", i, p[:n], err)
		}
	}
	bad := bytes.Clone(message[start+3*size : start+4*size])
	bad[size-1] ^= 1
	go pw.Write(bad)
	p := make([]byte, 100)
	if n, err := r.Read(p); n != 0 || !errors.Is(err, ErrFrameAuth) || !bytes.Equal(p, make([]byte, 100)) {
		t.Errorf("a forged frame: %d bytes, %v, and %q in the caller's memory", n, err, p)
	}
}

func TestHeadersAgree(t *testing.T) {
	m := NewManager(static{})
	for _, suite := range Suites() {
		var out bytes.Buffer
		o := writing(suite)
		o.Context = Context{"k": "v"}
		w, err := NewWriter(t.Context(), &out, m, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(t.Context(), bytes.NewReader(out.Bytes()), m, reading())
		if err != nil {
			t.Fatal(err)
		}
		a, b := w.Header(), r.Header()
		for name, same := range map[string]bool{
			"version":    a.Version == b.Version && a.Version == out.Bytes()[0],
			"suite":      a.Suite == b.Suite && a.Suite == suite,
			"message id": bytes.Equal(a.MessageID, b.MessageID) && len(a.MessageID) >= 16,
			"context":    a.Context["k"] == "v" && b.Context["k"] == "v" && a.Context[publicKeyName] == b.Context[publicKeyName],
			"data keys":  len(a.EncryptedDataKeys) == 1 && bytes.Equal(a.EncryptedDataKeys[0].Ciphertext, b.EncryptedDataKeys[0].Ciphertext),
			"frames":     a.FrameLength == b.FrameLength && a.FrameLength == 4096,
			"commitment": bytes.Equal(a.Commitment, b.Commitment) && suite.Commits() == (len(a.Commitment) == 32),
			"tag":        bytes.Equal(a.AuthTag, b.AuthTag) && len(a.AuthTag) == 16,
			"iv":         bytes.Equal(a.AuthIV, b.AuthIV) && suite.Commits() == (a.AuthIV == nil),
		} {
			if !same {
				t.Errorf("%v: %s: written %+v, read %+v", suite, name, a, b)
			}
		}
	}
}

// A header does not depend on the message's memory.
func TestOpenKeepsNothingOfTheMessage(t *testing.T) {
	m := NewManager(static{})
	message := seal(t, m, text(5), &EncryptOptions{Context: Context{"k": "v"}})
	kept := bytes.Clone(message)
	got, h, err := Open(t.Context(), []byte("before"), m, message, nil)
	if err != nil || string(got) != "before"+string(text(5)) {
		t.Fatalf("%q, %v", got, err)
	}
	if !bytes.Equal(message, kept) {
		t.Error("Open changed the message")
	}
	id := bytes.Clone(h.MessageID)
	clear(message)
	if !bytes.Equal(h.MessageID, id) || h.Context["k"] != "v" || h.EncryptedDataKeys[0].ProviderID != "static" {
		t.Errorf("the header went with the message: %+v", h)
	}
}
