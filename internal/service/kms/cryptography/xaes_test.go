package cryptography

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha3"
	"encoding/hex"
	"io"
	"testing"
)

// The vectors are those of the specification, https://c2sp.org/XAES-256-GCM.
func TestXAESVectors(t *testing.T) {
	for _, vector := range []struct {
		key                                      byte
		k1, derived, additionalData, sealedInHex string
	}{
		{
			key:         1,
			k1:          "e531954aca063d5b8d9c47a47d4cc6f0",
			derived:     "c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b",
			sealedInHex: "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
		},
		{
			key:            3,
			k1:             "23810ec50edb99f374409466ed1f4b7b",
			derived:        "e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8",
			additionalData: "c2sp.org/XAES-256-GCM",
			sealedInHex:    "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
		},
	} {
		const nonce = "ABCDEFGHIJKLMNOPQRSTUVWX"
		x, err := newXAES(bytes.Repeat([]byte{vector.key}, 32))
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(x.k1[:]); got != vector.k1 {
			t.Errorf("key %d: K1 %s, want %s", vector.key, got, vector.k1)
		}
		var derived [32]byte
		x.derive(&derived, []byte(nonce[:xaesSaltSize]))
		if got := hex.EncodeToString(derived[:]); got != vector.derived {
			t.Errorf("key %d: derived %s, want %s", vector.key, got, vector.derived)
		}
		sealed := append([]byte(nonce), unhex(t, vector.sealedInHex)...)
		plaintext, err := x.open(sealed, []byte(vector.additionalData), new(scratch))
		if err != nil || string(plaintext) != "XAES-256-GCM" {
			t.Errorf("key %d: open: %q, %v", vector.key, plaintext, err)
		}
	}
}

// TestXAESAccumulated is the specification's randomized test of 10,000 messages,
// each of which is also opened.
func TestXAESAccumulated(t *testing.T) {
	source, ciphertexts := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	next := func(size int) []byte {
		b := make([]byte, size)
		io.ReadFull(source, b)
		return b
	}
	s := new(scratch)
	for range 10_000 {
		key, nonce := next(32), next(24)
		plaintext := next(int(next(1)[0]))
		additionalData := next(int(next(1)[0]))
		x, err := newXAES(key)
		if err != nil {
			t.Fatal(err)
		}
		ciphertext := sealWithNonce(t, x, nonce, plaintext, additionalData)
		ciphertexts.Write(ciphertext)
		opened, err := x.open(append(nonce, ciphertext...), additionalData, s)
		if err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("open: %x, %v", opened, err)
		}
	}
	sum := make([]byte, 32)
	io.ReadFull(ciphertexts, sum)
	const want = "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939"
	if got := hex.EncodeToString(sum); got != want {
		t.Errorf("accumulated %s, want %s", got, want)
	}
}

// sealWithNonce encrypts under a chosen nonce, which only a test may do.
func sealWithNonce(t *testing.T, x *xaes, nonce, plaintext, additionalData []byte) []byte {
	t.Helper()
	var derived [32]byte
	x.derive(&derived, nonce[:xaesSaltSize])
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead.Seal(nil, nonce[xaesSaltSize:], plaintext, additionalData)
}

func TestXAESSealIsRandomAndOpens(t *testing.T) {
	x, err := newXAES(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := new(scratch)
	seen := map[[24]byte]bool{}
	for size := range 100 {
		plaintext := bytes.Repeat([]byte{7}, size)
		sealed, err := x.seal(nil, plaintext, []byte("data"), s)
		if err != nil {
			t.Fatal(err)
		}
		nonce := [24]byte(sealed)
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
		if opened, err := x.open(sealed, []byte("data"), s); err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("%d bytes: %x, %v", size, opened, err)
		}
	}
	if s.derived != [32]byte{} {
		t.Error("the derived key is left behind")
	}
}
