package cryptography

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"testing"
)

// RFC 5649, section 6.
func TestUnwrapPaddedVectors(t *testing.T) {
	key := unhex(t, "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")
	for _, vector := range []struct{ plaintext, wrapped string }{
		{
			"c37b7e6492584340bed12207808941155068f738",
			"138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
		},
		{"466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"},
	} {
		got, err := unwrapPadded(key, unhex(t, vector.wrapped))
		if err != nil || !bytes.Equal(got, unhex(t, vector.plaintext)) {
			t.Errorf("%x, %v", got, err)
		}
	}
}

// wrapPadded is the wrapping half of RFC 5649, which the service does not need.
// The initial value and padding are the caller's, so that bad ones can be made.
func wrapPadded(t *testing.T, key, iv, padded []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := append(bytes.Clone(iv), padded...)
	if len(out) == aes.BlockSize {
		block.Encrypt(out, out)
		return out
	}
	n := len(padded) / 8
	b := make([]byte, aes.BlockSize)
	for step := range uint64(6 * n) {
		chunk := out[8+8*int(step%uint64(n)):][:8]
		copy(b, out[:8])
		copy(b[8:], chunk)
		block.Encrypt(b, b)
		binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(b)^(step+1))
		copy(chunk, b[8:])
	}
	return out
}

func paddedIV(size int) []byte {
	iv := []byte{0xa6, 0x59, 0x59, 0xa6}
	return binary.BigEndian.AppendUint32(iv, uint32(size))
}

func TestUnwrapPaddedRoundTrip(t *testing.T) {
	key := bytes.Repeat([]byte{1}, 32)
	for size := 1; size <= 80; size++ {
		plaintext := bytes.Repeat([]byte{0xee}, size)
		padded := append(bytes.Clone(plaintext), make([]byte, (8-size%8)%8)...)
		got, err := unwrapPadded(key, wrapPadded(t, key, paddedIV(size), padded))
		if err != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("%d bytes: %x, %v", size, got, err)
		}
	}
}

func TestUnwrapPaddedRefuses(t *testing.T) {
	key := bytes.Repeat([]byte{1}, 32)
	padded := append(bytes.Repeat([]byte{0xee}, 20), 0, 0, 0, 0)
	good := wrapPadded(t, key, paddedIV(20), padded)
	if _, err := unwrapPadded(key, good); err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"nothing":           nil,
		"one chunk":         good[:8],
		"cut in a chunk":    good[:len(good)-1],
		"cut by a chunk":    good[:len(good)-8],
		"length 0":          wrapPadded(t, key, paddedIV(0), padded),
		"length 16":         wrapPadded(t, key, paddedIV(16), padded),
		"length 25":         wrapPadded(t, key, paddedIV(25), padded),
		"length 2^31+20":    wrapPadded(t, key, paddedIV(1<<31+20), padded),
		"length 2^32-1":     wrapPadded(t, key, paddedIV(1<<32-1), padded),
		"stray padding":     wrapPadded(t, key, paddedIV(20), append(bytes.Clone(padded[:23]), 1)),
		"first pad not 0":   wrapPadded(t, key, paddedIV(20), append(bytes.Clone(padded[:20]), 1, 0, 0, 0)),
		"RFC 3394's IV":     wrapPadded(t, key, bytes.Repeat([]byte{0xa6}, 8), padded),
		"one block, length": wrapPadded(t, key, paddedIV(9), padded[:8]),
		"too long":          make([]byte, MaxBlobSize+8),
	}
	for i := range good {
		flipped := bytes.Clone(good)
		flipped[i] ^= 1
		bad["flipped byte "+string(rune('a'+i))] = flipped
	}
	for name, wrapped := range bad {
		if got, err := unwrapPadded(key, wrapped); err != ErrInvalidCiphertext || got != nil {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if _, err := unwrapPadded(bytes.Repeat([]byte{2}, 32), good); err != ErrInvalidCiphertext {
		t.Errorf("another key: %v", err)
	}
}
