package rawkey

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // OAEPSHA1
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/esdk"
)

// Padding is how RSA pads a data key. It is not told in the message: both sides
// have to know it.
// Source: aws-encryption-sdk-specification, framework/raw-rsa-keyring.md,
// "Supported Padding Schemes".
type Padding int

// The paddings. OAEPSHA256 is the one to take; PKCS1 and OAEPSHA1 are there for
// keys and readers that know no other.
const (
	PKCS1 Padding = iota + 1 // RSAES-PKCS1-v1_5
	OAEPSHA1
	OAEPSHA256
	OAEPSHA384
	OAEPSHA512
)

var hashes = map[Padding]crypto.Hash{
	OAEPSHA1:   crypto.SHA1,
	OAEPSHA256: crypto.SHA256,
	OAEPSHA384: crypto.SHA384,
	OAEPSHA512: crypto.SHA512,
}

func (p Padding) String() string {
	if h, ok := hashes[p]; ok {
		return "OAEP with " + h.String()
	}
	if p == PKCS1 {
		return "PKCS1"
	}
	return fmt.Sprintf("Padding(%d)", int(p))
}

// minModulus is the shortest modulus, in bits. A data key of 32 bytes fits into
// it under every padding.
const minModulus = 2048

type rsaKeyring struct {
	identity
	padding Padding
	hash    crypto.Hash // of OAEP
	public  *rsa.PublicKey
	private *rsa.PrivateKey
}

// NewRSA makes a keyring that wraps data keys under an RSA public key and
// unwraps them with the private one. One of the two may be nil: the keyring then
// only reads, or only writes.
//
// With PKCS1, a data key whose padding is wrong is answered with a random key
// and the message fails later, for its header: whoever could tell a wrong
// padding from a wrong key could in time decrypt with the private key. Such a
// keyring takes every data key of its name for its own, and an [esdk.NewMulti]
// does not get to the keyrings behind it.
func NewRSA(namespace, name string, padding Padding, public *rsa.PublicKey, private *rsa.PrivateKey) (esdk.Keyring, error) {
	id, err := newIdentity(namespace, name)
	if err != nil {
		return nil, err
	}
	hash, oaep := hashes[padding]
	if !oaep && padding != PKCS1 {
		return nil, fmt.Errorf("unknown RSA padding %d", int(padding))
	}
	if err := checkPair(public, private); err != nil {
		return nil, err
	}
	return &rsaKeyring{id, padding, hash, public, private}, nil
}

func checkPair(public *rsa.PublicKey, private *rsa.PrivateKey) error {
	if public == nil && private == nil {
		return errors.New("an RSA keyring needs a public or a private key")
	}
	if private != nil {
		if err := private.Validate(); err != nil {
			return fmt.Errorf("RSA private key: %w", err)
		}
		if public != nil && !private.PublicKey.Equal(public) {
			return errors.New("RSA public key does not belong to the private key")
		}
		public = &private.PublicKey
	}
	if n := public.N.BitLen(); n < minModulus {
		return fmt.Errorf("RSA key of %d bits, fewer than %d", n, minModulus)
	}
	return nil
}

// Wrap encrypts the data key. The encryption context has no part in it.
func (k *rsaKeyring) Wrap(_ context.Context, m *esdk.EncryptionMaterials) error {
	if k.public == nil {
		return fmt.Errorf("raw key %q has no public key to wrap with", k.name)
	}
	key, err := dataKey(m)
	if err != nil {
		return err
	}
	var ciphertext []byte
	if k.padding == PKCS1 {
		ciphertext, err = k.sealPKCS1(key)
	} else {
		ciphertext, err = rsa.EncryptOAEP(k.hash.New(), rand.Reader, k.public, key, nil)
	}
	if err != nil {
		return fmt.Errorf("raw key %q: %w", k.name, err)
	}
	m.DataKey = key
	m.EncryptedDataKeys = append(m.EncryptedDataKeys, esdk.EncryptedDataKey{
		ProviderID:   k.namespace,
		ProviderInfo: []byte(k.name),
		Ciphertext:   ciphertext,
	})
	return nil
}

// Unwrap opens the first data key of this wrapping key that can be opened.
func (k *rsaKeyring) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	switch {
	case m.DataKey != nil:
		return errHasKey
	case k.private == nil:
		return &esdk.UnwrapError{Attempts: []error{fmt.Errorf("raw key %q has no private key to unwrap with", k.name)}}
	}
	mine, attempts := k.mine(keys)
	open := k.openOAEP
	if k.padding == PKCS1 {
		open = k.openPKCS1
	}
	key, refused := open(ctx, mine, m.Suite.KeyLength())
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.DataKey = key; key == nil {
		return &esdk.UnwrapError{Attempts: append(attempts, refused...)}
	}
	return nil
}

// mine gives the ciphertexts that were wrapped under a key of this name. What
// has not the modulus's length is refused at once: it cannot open, and a message
// of many short ones would cost its reader an operation of the private key for
// each few bytes.
func (k *rsaKeyring) mine(keys []esdk.EncryptedDataKey) (ciphertexts [][]byte, attempts []error) {
	for i := range keys {
		switch {
		case keys[i].ProviderID != k.namespace || string(keys[i].ProviderInfo) != k.name:
		case len(keys[i].Ciphertext) != k.private.Size():
			attempts = append(attempts, k.refused())
		default:
			ciphertexts = append(ciphertexts, keys[i].Ciphertext)
		}
	}
	return ciphertexts, attempts
}

func (k *rsaKeyring) openOAEP(ctx context.Context, ciphertexts [][]byte, n int) ([]byte, []error) {
	var attempts []error
	for _, c := range ciphertexts {
		if ctx.Err() != nil {
			break
		}
		key, err := rsa.DecryptOAEP(k.hash.New(), nil, k.private, c, nil)
		if err == nil && len(key) == n {
			return key, nil
		}
		attempts = append(attempts, k.refused())
	}
	return nil, attempts
}

func (k *rsaKeyring) refused() error { return fmt.Errorf("raw key %q: %w", k.name, errUnwrap) }
