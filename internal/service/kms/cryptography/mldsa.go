package cryptography

import (
	"io"

	"filippo.io/mldsa"
	"filippo.io/mldsa/mldsacrypto"
	mldsax509 "filippo.io/mldsa/x509"
)

// mldsaKey is a key of FIPS 204. The package that computes is the one that
// becomes crypto/mldsa in Go's standard library.
type mldsaKey struct {
	private *mldsa.PrivateKey
	// verifier is kept because PrivateKey.PublicKey copies tens of kilobytes.
	verifier *mldsa.PublicKey
	spki     []byte
}

// externalMuSize is the length of the message representative μ.
const externalMuSize = 64

func mldsaParameters(spec Spec) mldsa.Parameters {
	switch spec {
	case MLDSA44:
		return mldsa.MLDSA44()
	case MLDSA65:
		return mldsa.MLDSA65()
	default:
		return mldsa.MLDSA87()
	}
}

func generateMLDSA(spec Spec, rand io.Reader) ([]byte, error) {
	seed, err := readSecret(rand, mldsa.PrivateKeySize)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	private, err := mldsa.NewPrivateKey(mldsaParameters(spec), seed)
	if err != nil {
		return nil, err
	}
	return mldsax509.MarshalPKCS8PrivateKey(private)
}

// parseMLDSA reads the seed form of RFC 9881, the only one from which both the
// key and its compact encoding can be had.
func parseMLDSA(spec Spec, der []byte) (*mldsaKey, error) {
	parsed, err := mldsax509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	private, ok := parsed.(*mldsa.PrivateKey)
	if !ok {
		return nil, ErrIncorrectKeyMaterial
	}
	verifier := private.PublicKey()
	if verifier.Parameters() != mldsaParameters(spec) {
		return nil, ErrIncorrectKeyMaterial
	}
	spki, err := mldsax509.MarshalPKIXPublicKey(verifier)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	return &mldsaKey{private: private, verifier: verifier, spki: spki}, nil
}

func (k *mldsaKey) public() []byte { return k.spki }

func (k *mldsaKey) marshal() ([]byte, error) { return mldsax509.MarshalPKCS8PrivateKey(k.private) }

// sign makes the hedged signature of FIPS 204 with an empty context.
func (k *mldsaKey) sign(_ SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	switch kind {
	case Raw:
		return k.private.Sign(nil, message, nil)
	case ExternalMu:
		if len(message) != externalMuSize {
			return nil, ErrInvalidDigestLength
		}
		return k.private.Sign(nil, message, mldsacrypto.MLDSAMu)
	}
	return nil, ErrUnsupportedMessageType
}

// verify takes RAW only. The package that computes, like the coming crypto/mldsa,
// signs μ but does not export how to verify by it, and a verifier of our own is
// not worth its risk: the same signature verifies by its message.
func (k *mldsaKey) verify(_ SigningAlgorithm, kind MessageType, message, signature []byte) error {
	switch kind {
	case Raw:
	case ExternalMu:
		if len(message) != externalMuSize {
			return ErrInvalidDigestLength
		}
		return ErrNotImplemented
	default:
		return ErrUnsupportedMessageType
	}
	if mldsa.Verify(k.verifier, message, signature, nil) != nil {
		return ErrInvalidSignature
	}
	return nil
}
