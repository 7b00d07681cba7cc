package fieldcrypt_test

import (
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// BenchmarkSeal is what one field of a request costs.
func BenchmarkSeal(b *testing.B) {
	key := kmsKey{"arn:aws:kms:us-east-1:111122223333:key/1b2f0bd1-46f3-437f-b458-cfdff332b81a", &localKey().PublicKey}
	rsa, err := fieldcrypt.NewRSASealer(ssn, key.public)
	if err != nil {
		b.Fatal(err)
	}
	for name, sealer := range map[string]fieldcrypt.Sealer{
		"rsa":      rsa,
		"envelope": envelopeSealer(b, ssn, cachingManager(b, keyringManager(b, nil, key), 10_000)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 4096)
			for b.Loop() {
				if _, err := sealer.Seal(b.Context(), dst, []byte("123-45-6789"), fieldcrypt.Plain); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
