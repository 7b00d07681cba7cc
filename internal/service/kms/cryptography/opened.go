package cryptography

import (
	"encoding/asn1"
	"slices"
)

// Opened is key material expanded and ready for use, for every spec but
// SYMMETRIC_DEFAULT. Keep it as long as the key is in use: opening costs far
// more than an operation. It is safe for concurrent use.
//
// An Opened offers what its spec can do; which of it the key's usage allows is
// for the caller to check.
type Opened struct {
	spec   Spec
	public []byte
	key    any // implements some of signer, decrypter, authenticator, agreer
}

// keyPair is what every asymmetric family implements.
type keyPair interface {
	public() []byte           // SubjectPublicKeyInfo, DER
	marshal() ([]byte, error) // PKCS #8, DER
}

type signer interface {
	sign(SigningAlgorithm, MessageType, []byte) ([]byte, error)
	verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error
}

type decrypter interface {
	encrypt(EncryptionAlgorithm, []byte) ([]byte, error)
	decrypt(EncryptionAlgorithm, []byte) ([]byte, error)
}

type authenticator interface {
	authenticate(message []byte) []byte
	verify(message, mac []byte) error
}

type agreer interface {
	agree(peer []byte) ([]byte, error)
}

var (
	_               = []keyPair{(*rsaKey)(nil), (*nistKey)(nil), (*secp256k1Key)(nil), edwards25519Key(nil), (*mldsaKey)(nil)}
	_               = []signer{(*rsaKey)(nil), (*nistKey)(nil), (*secp256k1Key)(nil), edwards25519Key(nil), (*mldsaKey)(nil)}
	_ decrypter     = (*rsaKey)(nil)
	_ agreer        = (*nistKey)(nil)
	_ authenticator = (*hmacKey)(nil)
)

// Open expands the material of any spec but SYMMETRIC_DEFAULT.
func Open(m *Material) (*Opened, error) {
	traits := specs[m.spec]
	switch traits.family {
	case familySymmetric:
		return nil, ErrUnsupportedSpec
	case familyHMAC:
		return &Opened{spec: m.spec, key: newHMACKey(traits.mac[0], m.secret)}, nil
	}
	pair, err := parsePair(m.spec, m.secret)
	if err != nil {
		return nil, err
	}
	return &Opened{spec: m.spec, public: pair.public(), key: pair}, nil
}

// parsePair reads a PKCS #8 private key that must be of the given spec.
func parsePair(spec Spec, der []byte) (keyPair, error) {
	traits := specs[spec]
	if !traits.family.approved() {
		return nil, ErrNotApproved
	}
	// crypto/x509 lets bytes follow the key; nothing may.
	var whole asn1.RawValue
	if !unmarshalDER(der, &whole) {
		return nil, ErrIncorrectKeyMaterial
	}
	switch traits.family {
	case familyRSA:
		return parseRSA(traits.size, der)
	case familyNIST:
		return parseNIST(spec, der)
	case familySecp256k1:
		return parseSecp256k1(der)
	case familyEdwards25519:
		return parseEdwards25519(der)
	case familyMLDSA:
		return parseMLDSA(spec, der)
	}
	return nil, ErrUnsupportedSpec
}

// Spec is the key spec of the opened key.
func (o *Opened) Spec() Spec { return o.spec }

// PublicKey is the public key as DER-encoded SubjectPublicKeyInfo, or nil for
// an HMAC key.
func (o *Opened) PublicKey() []byte { return slices.Clone(o.public) }

// Encrypt encrypts under the public key.
func (o *Opened) Encrypt(algorithm EncryptionAlgorithm, plaintext []byte) ([]byte, error) {
	key, ok := o.key.(decrypter)
	if !ok || !slices.Contains(specs[o.spec].encryption, algorithm) {
		return nil, ErrUnsupportedAlgorithm
	}
	return key.encrypt(algorithm, plaintext)
}

// Decrypt opens what was encrypted under the public key.
func (o *Opened) Decrypt(algorithm EncryptionAlgorithm, ciphertext []byte) ([]byte, error) {
	key, ok := o.key.(decrypter)
	if !ok || !slices.Contains(specs[o.spec].encryption, algorithm) {
		return nil, ErrUnsupportedAlgorithm
	}
	return key.decrypt(algorithm, ciphertext)
}

// Sign signs a message, or what the message type says it is. ECDSA signatures
// are DER-encoded, all others as their standard gives them.
func (o *Opened) Sign(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	key, ok := o.key.(signer)
	if !ok || !slices.Contains(specs[o.spec].signing, algorithm) {
		return nil, ErrUnsupportedAlgorithm
	}
	return key.sign(algorithm, kind, message)
}

// Verify returns nil when the signature is right, ErrInvalidSignature when not.
func (o *Opened) Verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error {
	key, ok := o.key.(signer)
	if !ok || !slices.Contains(specs[o.spec].signing, algorithm) {
		return ErrUnsupportedAlgorithm
	}
	return key.verify(algorithm, kind, message, signature)
}

// GenerateMAC computes the message's authentication code.
func (o *Opened) GenerateMAC(algorithm MACAlgorithm, message []byte) ([]byte, error) {
	key, ok := o.key.(authenticator)
	if !ok || !slices.Contains(specs[o.spec].mac, algorithm) {
		return nil, ErrUnsupportedAlgorithm
	}
	return key.authenticate(message), nil
}

// VerifyMAC returns nil when the code is right, ErrInvalidMAC when not.
func (o *Opened) VerifyMAC(algorithm MACAlgorithm, message, mac []byte) error {
	key, ok := o.key.(authenticator)
	if !ok || !slices.Contains(specs[o.spec].mac, algorithm) {
		return ErrUnsupportedAlgorithm
	}
	return key.verify(message, mac)
}

// DeriveSharedSecret agrees on a secret with the holder of the private key to
// the given public key (SubjectPublicKeyInfo, DER). The result is the raw
// x-coordinate of SP 800-56A, to be put through a key derivation function.
func (o *Opened) DeriveSharedSecret(algorithm KeyAgreementAlgorithm, peer []byte) ([]byte, error) {
	key, ok := o.key.(agreer)
	if !ok || !slices.Contains(specs[o.spec].agreement, algorithm) {
		return nil, ErrUnsupportedAlgorithm
	}
	return key.agree(peer)
}
