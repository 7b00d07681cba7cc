package esdk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

const (
	commitmentLength = 32
	deriveLabel      = "DERIVEKEY"
	commitLabel      = "COMMITKEY"
)

// deriveKeys derives the key of one message from its data key, and of a
// committing suite the commitment to the data key.
// Source: framework/algorithm-suites.md, HKDF and commit key derivation.
func (t *suiteTraits) deriveKeys(dataKey, messageID []byte) (key, commitment []byte, err error) {
	if t.kdf == nil {
		return dataKey, nil, nil
	}
	number := string(binary.BigEndian.AppendUint16(nil, uint16(t.suite)))
	if !t.commits {
		key, err = hkdf.Key(t.kdf, dataKey, nil, number+string(messageID), t.keyLength)
		return key, nil, err
	}
	prk, err := hkdf.Extract(t.kdf, dataKey, messageID)
	if err != nil {
		return nil, nil, err
	}
	defer clear(prk)
	if key, err = hkdf.Expand(t.kdf, prk, number+deriveLabel, t.keyLength); err != nil {
		return nil, nil, err
	}
	commitment, err = hkdf.Expand(t.kdf, prk, commitLabel, commitmentLength)
	return key, commitment, err
}

// cipherOf takes the data key of one message, and gives the message's cipher and
// commitment. The data key is zero afterwards.
func (t *suiteTraits) cipherOf(dataKey, messageID []byte) (cipher.AEAD, []byte, error) {
	defer clear(dataKey)
	if len(dataKey) != t.keyLength {
		return nil, nil, fmt.Errorf("%w: a data key of %d bytes for %v", ErrMaterials, len(dataKey), t.suite)
	}
	key, commitment, err := t.deriveKeys(dataKey, messageID)
	if err != nil {
		return nil, nil, err
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, commitment, err
}

// sameCommitment compares in constant time.
func sameCommitment(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
