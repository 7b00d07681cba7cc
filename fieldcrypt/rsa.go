package fieldcrypt

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// minRSA is the length of KMS's shortest RSA keys, in bytes.
const minRSA = 2048 / 8

// rsaSealer seals each value by itself with RSAES_OAEP_SHA_256, MGF1 with
// SHA-256 and no label: what KMS decrypts under that name.
type rsaSealer struct {
	marker Marker
	public *rsa.PublicKey
}

// NewRSASealer seals with the public half of an RSA key. A value can have 190
// bytes for a key of 2048 bits, 318 of 3072 and 446 of 4096.
//
// Anybody who has the public key can seal: what opens is confidential, not
// proven to come from anyone.
func NewRSASealer(m Marker, public *rsa.PublicKey) (Sealer, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if err := checkPublic(public); err != nil {
		return nil, fmt.Errorf("key %s: %w", m, err)
	}
	return &rsaSealer{m, public}, nil
}

func checkPublic(public *rsa.PublicKey) error {
	if public.Size() < minRSA {
		return fmt.Errorf("%w: RSA key of %d bits, less than 2048", ErrSeal, public.N.BitLen())
	}
	return nil
}

// PlainOnly says whether the markers can name no encoding.
func (s *rsaSealer) PlainOnly() bool { return s.marker.Literal() }

// MaxPlaintext is the length of the longest value, by RFC 8017, section 7.1.1.
func (s *rsaSealer) MaxPlaintext() int { return s.public.Size() - 2*sha256.Size - 2 }

// Seal implements Sealer.
func (s *rsaSealer) Seal(_ context.Context, dst, plaintext []byte, e Encoding) ([]byte, error) {
	if len(plaintext) > s.MaxPlaintext() {
		return dst, fmt.Errorf("%w: it has %d bytes, the rsa cipher of key %s seals at most %d; the envelope cipher seals longer ones",
			ErrTooLong, len(plaintext), s.marker, s.MaxPlaintext())
	}
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, s.public, plaintext, nil)
	if err != nil {
		return dst, fmt.Errorf("%w with key %s: %w", ErrSeal, s.marker, err)
	}
	return s.marker.Append(dst, e, ciphertext)
}
