package cryptography

import (
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
)

type rsaKey struct {
	private *rsa.PrivateKey
	spki    []byte
}

func generateRSA(bits int, rand io.Reader) ([]byte, error) {
	private, err := rsa.GenerateKey(rand, bits)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(private)
}

func parseRSA(bits int, der []byte) (*rsaKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() != bits || len(private.Primes) != 2 {
		return nil, ErrIncorrectKeyMaterial
	}
	// FIPS 186-5, section A.1.1: the public exponent is above 2^16. That it is
	// odd, and that the numbers belong together, crypto/x509 has checked.
	if private.E <= 1<<16 {
		return nil, ErrIncorrectKeyMaterial
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	return &rsaKey{private: private, spki: spki}, nil
}

func (k *rsaKey) public() []byte { return k.spki }

func (k *rsaKey) marshal() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

func (k *rsaKey) encrypt(algorithm EncryptionAlgorithm, plaintext []byte) ([]byte, error) {
	if algorithm == OAEPSHA1 && fips140.Enforced() {
		return nil, ErrNotApproved
	}
	ciphertext, err := rsa.EncryptOAEP(algorithm.hash().New(), rand.Reader, &k.private.PublicKey, plaintext, nil)
	if errors.Is(err, rsa.ErrMessageTooLong) {
		return nil, ErrPlaintextTooLong
	}
	return ciphertext, err
}

func (k *rsaKey) decrypt(algorithm EncryptionAlgorithm, ciphertext []byte) ([]byte, error) {
	if algorithm == OAEPSHA1 && fips140.Enforced() {
		return nil, ErrNotApproved
	}
	// crypto/rsa would pad a short ciphertext with zeros on the left; RFC 8017,
	// section 7.1.2, wants exactly the length of the modulus.
	if len(ciphertext) != k.private.Size() {
		return nil, ErrInvalidCiphertext
	}
	plaintext, err := rsa.DecryptOAEP(algorithm.hash().New(), nil, k.private, ciphertext, nil)
	if err != nil {
		return nil, ErrInvalidCiphertext
	}
	return plaintext, nil
}

func (k *rsaKey) sign(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	hash := algorithm.hash()
	hashed, err := digest(hash, kind, message)
	if err != nil {
		return nil, err
	}
	if algorithm.isPSS() {
		return rsa.SignPSS(rand.Reader, k.private, hash, hashed, pssOptions(hash))
	}
	return rsa.SignPKCS1v15(nil, k.private, hash, hashed)
}

func (k *rsaKey) verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error {
	hash := algorithm.hash()
	hashed, err := digest(hash, kind, message)
	if err != nil {
		return err
	}
	if algorithm.isPSS() {
		err = rsa.VerifyPSS(&k.private.PublicKey, hash, hashed, signature, pssOptions(hash))
	} else {
		err = rsa.VerifyPKCS1v15(&k.private.PublicKey, hash, hashed, signature)
	}
	if err != nil {
		return ErrInvalidSignature
	}
	return nil
}

// pssOptions is AWS's choice of PSS parameters: the salt is as long as the
// hash, no more and no less.
func pssOptions(hash crypto.Hash) *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
}
