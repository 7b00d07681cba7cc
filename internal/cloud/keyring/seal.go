package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// ErrSealed is the answer to whatever cannot be opened: a sealed value that was
// changed or cut, other additional data, another purpose or another keyring.
// It does not say which, so that it cannot guide a forger.
var ErrSealed = errors.New("sealed value does not open")

// A sealed value is
//
//	version (1 byte, 1) | salt (16) | nonce (12) | ciphertext | tag (16)
//
// encrypted with AES-256-GCM under a key of its own: HKDF-Expand of the
// purpose's key with the salt. One key for all values would limit a purpose to
// 2^32 of them, since GCM fails when a random 96-bit nonce repeats under one
// key. Here salt and nonce, 224 random bits, would have to repeat together.
const (
	sealVersion = 1
	saltSize    = 16
	nonceSize   = 12
	tagSize     = 16

	// Overhead is how much longer a sealed value is than its plaintext.
	Overhead = 1 + saltSize + nonceSize + tagSize
)

// Seal encrypts plaintext for a purpose and binds it to the additional data
// aad, which Open has to be given again.
func (k *Keyring) Seal(purpose string, plaintext, aad []byte) []byte {
	sealed := make([]byte, 1+saltSize, Overhead+len(plaintext))
	sealed[0] = sealVersion
	rand.Read(sealed[1:])
	return k.messageCipher(purpose, sealed[1:]).Seal(sealed, nil, plaintext, aad)
}

// Open decrypts what Seal made for the same purpose and additional data. Its
// only error is ErrSealed.
func (k *Keyring) Open(purpose string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	salt, box := sealed[1:1+saltSize], sealed[1+saltSize:]
	plaintext, err := k.messageCipher(purpose, salt).Open(nil, nil, box, aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

// messageCipher is the cipher of one sealed value. It chooses and carries the
// nonce itself, the one form of GCM that Go's FIPS 140-3 module approves.
func (k *Keyring) messageCipher(purpose string, salt []byte) cipher.AEAD {
	key, err := hkdf.Expand(sha256.New, k.derive("seal/" + purpose)[:], string(salt), keySize)
	if err != nil {
		panic(err) // only lengths can be wrong, and they are constants
	}
	return newGCM(key)
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the size of an AES-256 key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // the block is one of AES
	}
	return aead
}
