package cryptography

import (
	"bytes"
	"crypto/rand"
	"testing"
)

func TestDataKeySpec(t *testing.T) {
	for spec, want := range map[DataKeySpec]int{"AES_128": 16, "AES_256": 32, "AES_192": 0, "": 0} {
		if got := spec.Size(); got != want {
			t.Errorf("%q: %d, want %d", spec, got, want)
		}
	}
}

func TestRandom(t *testing.T) {
	for _, size := range []int{1, 16, 32, MaxRandom} {
		got, err := Random(bytes.NewReader(bytes.Repeat([]byte{9}, MaxRandom)), size)
		if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{9}, size)) {
			t.Errorf("%d: %x, %v", size, got, err)
		}
	}
	for _, size := range []int{-1, 0, MaxRandom + 1} {
		if got, err := Random(rand.Reader, size); err != ErrInvalidLength || got != nil {
			t.Errorf("%d: %x, %v", size, got, err)
		}
	}
	if got, err := Random(bytes.NewReader(make([]byte, 3)), 4); err == nil || got != nil {
		t.Errorf("source too short: %x, %v", got, err)
	}
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html,
// KeyPairSpec.
func TestGenerateDataKeyPair(t *testing.T) {
	pairs := map[Spec]bool{
		RSA2048: true, RSA3072: true, RSA4096: true, NISTP256: true, NISTP384: true, NISTP521: true,
		Secp256k1: true, Edwards25519: true,
	}
	for _, spec := range allSpecs {
		if spec.IsDataKeyPair() != pairs[spec] {
			t.Errorf("%s: %v", spec, spec.IsDataKeyPair())
		}
		if spec == RSA3072 || spec == RSA4096 {
			continue // slow, and RSA_2048 takes the same path
		}
		pair, err := GenerateDataKeyPair(spec, rand.Reader)
		if !pairs[spec] {
			if err != ErrUnsupportedSpec || pair != nil {
				t.Errorf("%s: %v", spec, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if key := importOpened(t, spec, pair.PrivateKey); !bytes.Equal(key.PublicKey(), pair.PublicKey) {
			t.Errorf("%s: the halves do not belong together", spec)
		}
	}
}
