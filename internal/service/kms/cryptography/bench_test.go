package cryptography

import (
	"crypto/rand"
	"testing"
)

func BenchmarkEncrypt(b *testing.B) {
	key := newSymmetric(b, regional)
	plaintext := make([]byte, 32)
	for _, bench := range []struct {
		name    string
		context map[string]string
	}{
		{"32B", nil},
		{"32BWithContext", map[string]string{"aws:s3:arn": "arn:aws:s3:::bucket/key", "purpose": "test"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Encrypt(plaintext, bench.context); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecrypt32B(b *testing.B) {
	key := newSymmetric(b, regional)
	blob, err := key.Encrypt(make([]byte, 32), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBlob(blob); err != nil {
			b.Fatal(err)
		}
		if _, err := key.Decrypt(blob, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	message := make([]byte, 32)
	for _, spec := range []Spec{NISTP256, NISTP384, Secp256k1, Edwards25519, RSA2048, RSA4096, MLDSA44, MLDSA65} {
		b.Run(string(spec), func(b *testing.B) {
			key := newOpened(b, spec)
			algorithm := spec.SigningAlgorithms()[0]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Sign(algorithm, Raw, message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGenerateMAC(b *testing.B) {
	key := newOpened(b, HMAC256)
	message := make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := key.GenerateMAC(HMACSHA256, message); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGenerate tells how long CreateKey takes. RSA varies widely from key
// to key, so read it over many iterations.
func BenchmarkGenerate(b *testing.B) {
	for _, spec := range []Spec{NISTP256, MLDSA65, RSA2048, RSA3072, RSA4096} {
		b.Run(string(spec), func(b *testing.B) {
			for b.Loop() {
				if _, err := Generate(spec, rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
