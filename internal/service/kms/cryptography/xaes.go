package cryptography

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
)

// xaes is XAES-256-GCM (https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key
// that is derived for each message from 96 random bits, by the counter mode KDF
// of NIST SP 800-108r1 with AES-CMAC, and under a random 96-bit nonce.
//
// Why not AES-GCM directly: a 96-bit random nonce under one key is safe for
// about 2^32 messages (SP 800-38D, section 8.3), and a key that encrypts every
// object of a bucket gets there. AWS KMS derives a key per message for the same
// reason. With 192 random bits in all, 2^80 messages under one key keep the risk
// of a collision below 2^-32, and no counter has to survive a restart or be
// agreed on between Regions.
//
// Why not HKDF: three AES blocks, one of them paid once per key, cost a fraction
// of an HMAC derivation, and every part is approved in FIPS 140-3. For the same
// reason GCM draws its nonce itself, which is the only use of GCM that Go allows
// in FIPS 140-3 only mode.
type xaes struct {
	block cipher.Block
	// k1 is the CMAC subkey for messages of whole blocks.
	k1 [aes.BlockSize]byte
}

const (
	xaesSaltSize = 12 // the random input of the key derivation
	xaesOverhead = xaesSaltSize + 12 + 16
)

func newXAES(key []byte) (*xaes, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	x := &xaes{block: block}
	// NIST SP 800-38B, section 6.1: K1 is E(0) doubled in GF(2^128).
	block.Encrypt(x.k1[:], x.k1[:])
	carry := x.k1[0] >> 7
	for i := range len(x.k1) - 1 {
		x.k1[i] = x.k1[i]<<1 | x.k1[i+1]>>7
	}
	x.k1[len(x.k1)-1] = x.k1[len(x.k1)-1]<<1 ^ carry*0b10000111
	return x, nil
}

// derive computes the key for the message with the given salt.
func (x *xaes) derive(derived *[symmetricKeySize]byte, salt []byte) {
	for i := range 2 {
		// Counter, label "X", zero separator, context: one block, so that CMAC
		// is one encryption.
		input := [aes.BlockSize]byte{0, byte(i + 1), 'X', 0}
		copy(input[4:], salt)
		half := derived[i*aes.BlockSize : (i+1)*aes.BlockSize]
		subtle.XORBytes(half, input[:], x.k1[:])
		x.block.Encrypt(half, half)
	}
}

// aead is the cipher for the message with the given salt. The scratch space is
// passed in because the derived key would escape to the heap from here.
func (x *xaes) aead(salt []byte, s *scratch) (cipher.AEAD, error) {
	defer clear(s.derived[:])
	x.derive(&s.derived, salt)
	block, err := aes.NewCipher(s.derived[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal appends salt, nonce, ciphertext and tag to dst.
func (x *xaes) seal(dst, plaintext, additionalData []byte, s *scratch) ([]byte, error) {
	salt := len(dst)
	dst = append(dst, make([]byte, xaesSaltSize)...)
	rand.Read(dst[salt:])
	aead, err := x.aead(dst[salt:], s)
	if err != nil {
		return nil, err
	}
	return aead.Seal(dst, nil, plaintext, additionalData), nil
}

// open is the inverse of seal.
func (x *xaes) open(sealed, additionalData []byte, s *scratch) ([]byte, error) {
	if len(sealed) < xaesOverhead {
		return nil, ErrInvalidCiphertext
	}
	aead, err := x.aead(sealed[:xaesSaltSize], s)
	if err != nil {
		return nil, err
	}
	plaintext, err := aead.Open(nil, nil, sealed[xaesSaltSize:], additionalData)
	if err != nil {
		return nil, ErrInvalidCiphertext
	}
	return plaintext, nil
}
