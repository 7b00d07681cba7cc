package cryptography

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"testing"
)

func wrapRSA(t *testing.T, key *Opened, h hash.Hash, plaintext []byte) []byte {
	t.Helper()
	wrapped, err := rsa.EncryptOAEP(h, rand.Reader, rsaPublic(t, key), plaintext, nil)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

// wrapHybrid does what a customer does under RSA_AES_KEY_WRAP.
func wrapHybrid(t *testing.T, key *Opened, h hash.Hash, aesKey, plaintext []byte) []byte {
	t.Helper()
	padded := append(bytes.Clone(plaintext), make([]byte, (8-len(plaintext)%8)%8)...)
	return append(wrapRSA(t, key, h, aesKey), wrapPadded(t, aesKey, paddedIV(len(plaintext)), padded)...)
}

// TestImportEverySpec carries material of each spec through each wrapping
// algorithm and key that AWS admits for it.
func TestImportEverySpec(t *testing.T) {
	hashes := map[WrappingAlgorithm]func() hash.Hash{
		WrapOAEPSHA1: sha1.New, WrapOAEPSHA256: sha256.New, WrapRSAAESSHA1: sha1.New, WrapRSAAESSHA256: sha256.New,
	}
	for _, wrappingSpec := range rsaSpecs {
		wrappingKey := newOpened(t, wrappingSpec)
		for algorithm, newHash := range hashes {
			for _, spec := range allSpecs {
				if !algorithm.Wraps(spec, wrappingSpec) {
					continue
				}
				material := newMaterial(t, spec)
				var wrapped []byte
				if algorithm == WrapOAEPSHA1 || algorithm == WrapOAEPSHA256 {
					wrapped = wrapRSA(t, wrappingKey, newHash(), material.Marshal())
				} else {
					wrapped = wrapHybrid(t, wrappingKey, newHash(), bytes.Repeat([]byte{4}, 32), material.Marshal())
				}
				if len(wrapped) > MaxBlobSize {
					t.Errorf("%s in %s: longer than the API takes", spec, wrappingSpec)
				}
				plaintext, err := Unwrap(wrappingKey, algorithm, wrapped)
				if err != nil {
					t.Errorf("%s under %s, %s: %v", spec, wrappingSpec, algorithm, err)
					continue
				}
				imported, err := Import(spec, plaintext)
				if err != nil || !imported.Equal(material) {
					t.Errorf("%s under %s, %s: %v", spec, wrappingSpec, algorithm, err)
				}
			}
		}
	}
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html,
// WrappingAlgorithm.
func TestWraps(t *testing.T) {
	for _, test := range []struct {
		algorithm   WrappingAlgorithm
		material    Spec
		wrappingKey Spec
		want        bool
	}{
		{WrapOAEPSHA256, SymmetricDefault, RSA2048, true},
		{WrapOAEPSHA1, HMAC512, RSA2048, true},
		{WrapOAEPSHA256, NISTP256, RSA2048, true},
		{WrapOAEPSHA256, NISTP521, RSA2048, false},
		{WrapOAEPSHA1, NISTP521, RSA2048, false},
		{WrapOAEPSHA1, NISTP521, RSA3072, true},
		{WrapRSAAESSHA256, NISTP521, RSA2048, true},
		{WrapOAEPSHA256, RSA2048, RSA4096, false},
		{WrapOAEPSHA1, RSA4096, RSA4096, false},
		{WrapRSAAESSHA1, RSA4096, RSA2048, true},
		{WrapRSAAESSHA256, RSA4096, RSA4096, true},
		{WrapOAEPSHA256, SymmetricDefault, NISTP256, false},
		{WrapOAEPSHA256, SymmetricDefault, "SM2", false},
		{WrapOAEPSHA256, "SM2", RSA2048, false},
		{"RSAES_PKCS1_V1_5", SymmetricDefault, RSA2048, false},
		{"SM2PKE", SymmetricDefault, RSA2048, false},
	} {
		if got := test.algorithm.Wraps(test.material, test.wrappingKey); got != test.want {
			t.Errorf("%s of %s under %s: %v", test.algorithm, test.material, test.wrappingKey, got)
		}
	}
}

func TestUnwrapRefuses(t *testing.T) {
	key := newOpened(t, RSA2048)
	secret := bytes.Repeat([]byte{5}, 32)
	direct := wrapRSA(t, key, sha256.New(), secret)
	aesKey := bytes.Repeat([]byte{6}, 32)
	hybrid := wrapHybrid(t, key, sha256.New(), aesKey, secret)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	for _, test := range []struct {
		name      string
		algorithm WrappingAlgorithm
		wrapped   []byte
	}{
		{"empty", WrapOAEPSHA256, nil},
		{"empty", WrapRSAAESSHA256, nil},
		{"other hash", WrapOAEPSHA1, direct},
		{"other hash", WrapRSAAESSHA1, hybrid},
		{"direct as hybrid", WrapRSAAESSHA256, direct},
		{"hybrid as direct", WrapOAEPSHA256, hybrid},
		{"flipped", WrapOAEPSHA256, flip(direct, 10)},
		{"flipped in the RSA part", WrapRSAAESSHA256, flip(hybrid, 10)},
		{"flipped in the AES part", WrapRSAAESSHA256, flip(hybrid, 260)},
		{"cut", WrapRSAAESSHA256, hybrid[:len(hybrid)-8]},
		{"AES-128 key", WrapRSAAESSHA256, wrapHybrid(t, key, sha256.New(), aesKey[:16], secret)},
	} {
		if got, err := Unwrap(key, test.algorithm, test.wrapped); err != ErrInvalidCiphertext || got != nil {
			t.Errorf("%s, %s: %x, %v", test.algorithm, test.name, got, err)
		}
	}
	if _, err := Unwrap(key, "RSAES_PKCS1_V1_5", direct); err != ErrUnsupportedAlgorithm {
		t.Errorf("PKCS #1 v1.5: %v", err)
	}
	if _, err := Unwrap(newOpened(t, NISTP256), WrapOAEPSHA256, direct); err != ErrUnsupportedAlgorithm {
		t.Errorf("a wrapping key that is not RSA: %v", err)
	}
}

// TestImportRawLengths: "The length of your HMAC key must match the length
// defined by the key spec of the KMS key", from
// https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-encrypt-key-material.html
func TestImportRawLengths(t *testing.T) {
	for spec, want := range map[Spec]int{SymmetricDefault: 32, HMAC224: 28, HMAC256: 32, HMAC384: 48, HMAC512: 64} {
		for size := range 129 {
			_, err := Import(spec, make([]byte, size))
			if size == want && err != nil || size != want && err != ErrIncorrectKeyMaterial {
				t.Errorf("%s, %d bytes: %v", spec, size, err)
			}
		}
	}
}
