package cryptography

import "io"

// DataKeySpec is the length of a data key under AWS's name.
type DataKeySpec string

// The data key specs.
const (
	AES128 DataKeySpec = "AES_128"
	AES256 DataKeySpec = "AES_256"
)

// Size is the length of such a data key in bytes, or 0 if there is no such spec.
func (s DataKeySpec) Size() int {
	switch s {
	case AES128:
		return 16
	case AES256:
		return 32
	}
	return 0
}

// MaxRandom is the greatest number of bytes that GenerateRandom and
// GenerateDataKey give at once.
const MaxRandom = 1024

// Random draws between 1 and MaxRandom bytes: a data key, or the answer of
// GenerateRandom.
func Random(rand io.Reader, size int) ([]byte, error) {
	if size < 1 || size > MaxRandom {
		return nil, ErrInvalidLength
	}
	return readSecret(rand, size)
}

// DataKeyPair is a key pair for use outside the service.
type DataKeyPair struct {
	PrivateKey []byte `json:"-"` // PKCS #8, DER
	PublicKey  []byte // SubjectPublicKeyInfo, DER
}

// IsDataKeyPair reports whether AWS makes data key pairs of this spec.
func (s Spec) IsDataKeyPair() bool {
	return s.IsAsymmetric() && specs[s].family != familyMLDSA
}

// GenerateDataKeyPair makes a new key pair.
func GenerateDataKeyPair(spec Spec, rand io.Reader) (*DataKeyPair, error) {
	if !spec.IsDataKeyPair() {
		return nil, ErrUnsupportedSpec
	}
	material, err := Generate(spec, rand)
	if err != nil {
		return nil, err
	}
	opened, err := Open(material)
	if err != nil {
		return nil, err
	}
	return &DataKeyPair{PrivateKey: material.secret, PublicKey: opened.public}, nil
}
