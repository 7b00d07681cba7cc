package cryptography

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"crypto/x509"
	"io"
)

type edwards25519Key ed25519.PrivateKey

func generateEdwards25519(rand io.Reader) ([]byte, error) {
	seed, err := readSecret(rand, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	return edwards25519Key(ed25519.NewKeyFromSeed(seed)).marshal()
}

func parseEdwards25519(der []byte) (edwards25519Key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, ErrIncorrectKeyMaterial
	}
	return edwards25519Key(private), nil
}

func (k edwards25519Key) public() []byte {
	spki, err := x509.MarshalPKIXPublicKey(ed25519.PrivateKey(k).Public())
	if err != nil {
		panic("cryptography: " + err.Error()) // every Ed25519 public key has an encoding
	}
	return spki
}

func (k edwards25519Key) marshal() ([]byte, error) {
	return x509.MarshalPKCS8PrivateKey(ed25519.PrivateKey(k))
}

// edwards25519Input gives what to hand to crypto/ed25519. AWS ties each
// algorithm to one message type: ED25519_SHA_512 takes RAW, ED25519_PH_SHA_512
// takes DIGEST, and the latter hashes the digest once more, as the first step
// of Ed25519ph (FIPS 186-5, section 7.8.1).
func edwards25519Input(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, *ed25519.Options, error) {
	switch {
	case algorithm == Ed25519SHA512 && kind == Raw:
		return message, &ed25519.Options{}, nil
	case algorithm == Ed25519PHSHA512 && kind == Digest:
		if len(message) != sha512.Size {
			return nil, nil, ErrInvalidDigestLength
		}
		prehash := sha512.Sum512(message)
		return prehash[:], &ed25519.Options{Hash: crypto.SHA512}, nil
	}
	return nil, nil, ErrUnsupportedMessageType
}

func (k edwards25519Key) sign(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	input, options, err := edwards25519Input(algorithm, kind, message)
	if err != nil {
		return nil, err
	}
	return ed25519.PrivateKey(k).Sign(nil, input, options)
}

func (k edwards25519Key) verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error {
	input, options, err := edwards25519Input(algorithm, kind, message)
	if err != nil {
		return err
	}
	public := ed25519.PrivateKey(k).Public().(ed25519.PublicKey)
	if ed25519.VerifyWithOptions(public, input, signature, options) != nil {
		return ErrInvalidSignature
	}
	return nil
}
