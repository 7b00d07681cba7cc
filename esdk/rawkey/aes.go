package rawkey

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"github.com/fortlet/fortlet/esdk"
)

// The nonce's and the tag's lengths as the provider information tells them: the
// one in bytes, the other in bits.
// Source: aws-encryption-sdk-specification, framework/raw-aes-keyring.md,
// "Key Provider Information".
const (
	nonceLen = 12
	tagBits  = 128
	tagLen   = tagBits / 8
)

type aesKeyring struct {
	identity
	prefix []byte // of the provider information: all but the nonce
	aead   cipher.AEAD
}

// NewAES makes a keyring that wraps data keys with AES-GCM under key, which is
// 16, 24 or 32 random bytes. The key is not kept; the caller may clear it.
//
// Nonces are random: replace the key before it has wrapped 2^32 data keys.
func NewAES(namespace, name string, key []byte) (esdk.Keyring, error) {
	id, err := newIdentity(namespace, name)
	if err != nil {
		return nil, err
	}
	if len(name)+8+nonceLen > maxField {
		return nil, fmt.Errorf("name of a wrapping key is %d bytes long, more than %d", len(name), maxField-8-nonceLen)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("wrapping key of %d bytes, not 16, 24 or 32", len(key))
	}
	// Prefixes the ciphertext with its nonce; each goes to a field of its own.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	prefix := append([]byte(nil), name...)
	prefix = binary.BigEndian.AppendUint32(prefix, tagBits)
	prefix = binary.BigEndian.AppendUint32(prefix, nonceLen)
	return &aesKeyring{id, prefix, aead}, nil
}

// Wrap encrypts the data key with the encryption context as additional
// authenticated data.
func (k *aesKeyring) Wrap(_ context.Context, m *esdk.EncryptionMaterials) error {
	aad, err := m.Context.AppendBinary(nil)
	if err != nil {
		return err
	}
	key, err := dataKey(m)
	if err != nil {
		return err
	}
	sealed := k.aead.Seal(nil, nil, key, aad)
	m.DataKey = key
	m.EncryptedDataKeys = append(m.EncryptedDataKeys, esdk.EncryptedDataKey{
		ProviderID:   k.namespace,
		ProviderInfo: append(k.prefix[:len(k.prefix):len(k.prefix)], sealed[:nonceLen]...),
		Ciphertext:   sealed[nonceLen:],
	})
	return nil
}

// Unwrap opens the first data key of this wrapping key that is authentic.
func (k *aesKeyring) Unwrap(_ context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	if m.DataKey != nil {
		return errHasKey
	}
	aad, err := m.Context.AppendBinary(nil)
	if err != nil {
		return err
	}
	var attempts []error
	for i := range keys {
		nonce, ok := k.mine(&keys[i])
		if !ok {
			continue
		}
		key, err := k.open(nonce, keys[i].Ciphertext, aad)
		if err == nil && len(key) == m.Suite.KeyLength() {
			m.DataKey = key
			return nil
		}
		attempts = append(attempts, fmt.Errorf("raw key %q: %w", k.name, errUnwrap))
	}
	return &esdk.UnwrapError{Attempts: attempts}
}

// mine tells whether e was wrapped under a key of this name, and with which
// nonce. What does not have the fields' lengths was not.
func (k *aesKeyring) mine(e *esdk.EncryptedDataKey) (nonce []byte, ok bool) {
	n := len(k.prefix)
	if e.ProviderID != k.namespace || len(e.ProviderInfo) != n+nonceLen || string(e.ProviderInfo[:n]) != string(k.prefix) {
		return nil, false
	}
	return e.ProviderInfo[n:], len(e.Ciphertext) >= tagLen
}

func (k *aesKeyring) open(nonce, ciphertext, aad []byte) ([]byte, error) {
	sealed := make([]byte, 0, nonceLen+len(ciphertext))
	sealed = append(append(sealed, nonce...), ciphertext...)
	return k.aead.Open(nil, nil, sealed, aad)
}
