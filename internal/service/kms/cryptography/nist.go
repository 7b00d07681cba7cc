package cryptography

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"io"
)

// nistKey is a key on P-256, P-384 or P-521, for ECDSA or ECDH.
type nistKey struct {
	private *ecdsa.PrivateKey
	spki    []byte
}

func nistCurve(spec Spec) elliptic.Curve {
	switch spec {
	case NISTP256:
		return elliptic.P256()
	case NISTP384:
		return elliptic.P384()
	default:
		return elliptic.P521()
	}
}

func generateNIST(spec Spec, rand io.Reader) ([]byte, error) {
	private, err := ecdsa.GenerateKey(nistCurve(spec), rand)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(private)
}

func parseNIST(spec Spec, der []byte) (*nistKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || private.Curve != nistCurve(spec) {
		return nil, ErrIncorrectKeyMaterial
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	return &nistKey{private: private, spki: spki}, nil
}

func (k *nistKey) public() []byte { return k.spki }

func (k *nistKey) marshal() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

func (k *nistKey) sign(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	hashed, err := digest(algorithm.hash(), kind, message)
	if err != nil {
		return nil, err
	}
	return ecdsa.SignASN1(rand.Reader, k.private, hashed)
}

func (k *nistKey) verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error {
	hashed, err := digest(algorithm.hash(), kind, message)
	if err != nil {
		return err
	}
	if !ecdsa.VerifyASN1(&k.private.PublicKey, hashed, signature) {
		return ErrInvalidSignature
	}
	return nil
}

func (k *nistKey) agree(peer []byte) ([]byte, error) {
	parsed, err := x509.ParsePKIXPublicKey(peer)
	if err != nil {
		return nil, ErrInvalidPublicKey
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Curve != k.private.Curve {
		return nil, ErrInvalidPublicKey
	}
	// The conversion rejects a point that is not on the curve.
	theirs, err := public.ECDH()
	if err != nil {
		return nil, ErrInvalidPublicKey
	}
	mine, err := k.private.ECDH()
	if err != nil {
		return nil, err
	}
	secret, err := mine.ECDH(theirs)
	if err != nil {
		return nil, ErrInvalidPublicKey
	}
	return secret, nil
}
