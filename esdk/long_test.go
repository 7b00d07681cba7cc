package esdk

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// Contents that take many buffers, both ways.
func TestLongRoundTrip(t *testing.T) {
	m := NewManager(static{})
	plaintext := text(20*batch + 12_345)
	for _, frame := range []int{60, 4096, batch - 1, batch, batch + 1, 8 * batch} {
		for _, suite := range []Suite{Committed, CommittedSigned} {
			for _, n := range []int{len(plaintext), 16 * batch} {
				o := &EncryptOptions{Suite: suite, FrameLength: uint32(frame)}
				checkSame(t, seal(t, m, plaintext[:n], o), m, plaintext[:n])
				for _, way := range []string{"one Write", "ReadFrom", "ReadFrom, halves"} {
					checkSame(t, writeWays[way](t, m, plaintext[:n], o), m, plaintext[:n])
				}
			}
		}
	}
}

func checkSame(t *testing.T, message []byte, m Manager, want []byte) {
	t.Helper()
	got, _, err := Open(t.Context(), nil, m, message, nil)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Open: %v", err)
	}
	for _, mode := range []SignedMode{HoldSigned, ReleaseUnverified} {
		r, err := NewReader(t.Context(), bytes.NewReader(message), m, &DecryptOptions{Signed: mode})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if n, err := r.WriteTo(&out); err != nil || n != int64(len(want)) || !bytes.Equal(out.Bytes(), want) {
			t.Errorf("WriteTo in mode %d: %d bytes, %v", mode, n, err)
		}
	}
}

// Read and WriteTo can follow one another, and a source may break at any time.
func TestWriteToAfterRead(t *testing.T) {
	m := NewManager(static{})
	plaintext := text(20*batch + 5)
	message := seal(t, m, plaintext, &EncryptOptions{Suite: Committed})
	for _, n := range []int{1, 4096, 5000, 12 * batch, len(plaintext)} {
		r, err := NewReader(t.Context(), iotest.HalfReader(bytes.NewReader(message)), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(r, got); err != nil {
			t.Fatal(err)
		}
		rest := bytes.NewBuffer(got)
		if k, err := r.WriteTo(rest); err != nil || k != int64(len(plaintext)-n) || !bytes.Equal(rest.Bytes(), plaintext) {
			t.Errorf("WriteTo after %d bytes: %d bytes, %v", n, k, err)
		}
	}
	broken := errors.New("the line is cut")
	for _, n := range []int{1000, batch, 12*batch + 1000, len(message) - 1, len(message)} {
		src := io.MultiReader(bytes.NewReader(message[:n]), iotest.ErrReader(broken))
		r, err := NewReader(t.Context(), src, m, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := r.WriteTo(&out); !errors.Is(err, broken) || !bytes.HasPrefix(plaintext, out.Bytes()) {
			t.Errorf("the source breaks after %d bytes: %v", n, err)
		}
	}
}
