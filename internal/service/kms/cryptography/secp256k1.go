package cryptography

import (
	"bytes"
	"encoding/asn1"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// secp256k1Key is a key on the Koblitz curve, which neither crypto/ecdsa nor
// crypto/x509 knows. Its encodings are therefore written here: PKCS #8 around
// SEC 1 for the private key, SubjectPublicKeyInfo for the public one.
type secp256k1Key struct {
	private *secp256k1.PrivateKey
	spki    []byte
}

var (
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidSecp256k1   = asn1.ObjectIdentifier{1, 3, 132, 0, 10}
)

// ecAlgorithm is AlgorithmIdentifier with a named curve (RFC 5480).
type ecAlgorithm struct {
	Algorithm asn1.ObjectIdentifier
	Curve     asn1.ObjectIdentifier
}

// privateKeyInfo is PrivateKeyInfo of RFC 5208 for elliptic curves.
type privateKeyInfo struct {
	Version    int
	Algorithm  ecAlgorithm
	PrivateKey []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
}

// ecPrivateKey is ECPrivateKey of RFC 5915.
type ecPrivateKey struct {
	Version    int
	PrivateKey []byte
	Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

type subjectPublicKeyInfo struct {
	Algorithm ecAlgorithm
	PublicKey asn1.BitString
}

func generateSecp256k1(rand io.Reader) ([]byte, error) {
	private, err := secp256k1.GeneratePrivateKeyFromRand(rand)
	if err != nil {
		return nil, err
	}
	return (&secp256k1Key{private: private}).marshal()
}

func parseSecp256k1(der []byte) (*secp256k1Key, error) {
	var info privateKeyInfo
	if !unmarshalDER(der, &info) || info.Version != 0 ||
		!info.Algorithm.Algorithm.Equal(oidECPublicKey) || !info.Algorithm.Curve.Equal(oidSecp256k1) {
		return nil, ErrIncorrectKeyMaterial
	}
	var inner ecPrivateKey
	if !unmarshalDER(info.PrivateKey, &inner) || inner.Version != 1 ||
		(inner.Curve != nil && !inner.Curve.Equal(oidSecp256k1)) {
		return nil, ErrIncorrectKeyMaterial
	}
	private, ok := secp256k1Scalar(inner.PrivateKey)
	if !ok {
		return nil, ErrIncorrectKeyMaterial
	}
	key := &secp256k1Key{private: private}
	// A public key that comes along must be the private key's own.
	if inner.PublicKey.Bytes != nil && !key.hasPoint(inner.PublicKey.Bytes) {
		return nil, ErrIncorrectKeyMaterial
	}
	var err error
	if key.spki, err = asn1.Marshal(subjectPublicKeyInfo{
		Algorithm: ecAlgorithm{oidECPublicKey, oidSecp256k1},
		PublicKey: bitString(key.point()),
	}); err != nil {
		return nil, ErrIncorrectKeyMaterial
	}
	return key, nil
}

// secp256k1Scalar reads a private scalar, which must be in [1, n-1]. The
// library's own reader would reduce one that is not.
func secp256k1Scalar(raw []byte) (*secp256k1.PrivateKey, bool) {
	var scalar secp256k1.ModNScalar
	if len(raw) != secp256k1.PrivKeyBytesLen || scalar.SetByteSlice(raw) || scalar.IsZero() {
		return nil, false
	}
	return secp256k1.NewPrivateKey(&scalar), true
}

// point is the public point, uncompressed as in SEC 1.
func (k *secp256k1Key) point() []byte { return k.private.PubKey().SerializeUncompressed() }

func (k *secp256k1Key) hasPoint(encoded []byte) bool {
	public := k.private.PubKey()
	return bytes.Equal(encoded, public.SerializeUncompressed()) ||
		bytes.Equal(encoded, public.SerializeCompressed())
}

func (k *secp256k1Key) public() []byte { return k.spki }

func (k *secp256k1Key) marshal() ([]byte, error) {
	inner, err := asn1.Marshal(ecPrivateKey{
		Version:    1,
		PrivateKey: k.private.Serialize(),
		PublicKey:  bitString(k.point()),
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(privateKeyInfo{
		Algorithm:  ecAlgorithm{oidECPublicKey, oidSecp256k1},
		PrivateKey: inner,
	})
}

func (k *secp256k1Key) sign(algorithm SigningAlgorithm, kind MessageType, message []byte) ([]byte, error) {
	hashed, err := digest(algorithm.hash(), kind, message)
	if err != nil {
		return nil, err
	}
	return ecdsa.Sign(k.private, hashed).Serialize(), nil
}

func (k *secp256k1Key) verify(algorithm SigningAlgorithm, kind MessageType, message, signature []byte) error {
	hashed, err := digest(algorithm.hash(), kind, message)
	if err != nil {
		return err
	}
	parsed, err := ecdsa.ParseDERSignature(signature)
	if err != nil || !parsed.Verify(hashed, k.private.PubKey()) {
		return ErrInvalidSignature
	}
	return nil
}

// unmarshalDER reads exactly one value, with nothing after it.
func unmarshalDER(der []byte, into any) bool {
	rest, err := asn1.Unmarshal(der, into)
	return err == nil && len(rest) == 0
}

func bitString(raw []byte) asn1.BitString {
	return asn1.BitString{Bytes: raw, BitLength: 8 * len(raw)}
}
