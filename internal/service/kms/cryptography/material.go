package cryptography

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"slices"
)

// Material is the secret of one key, or of one rotation of a key: what must
// never be stored unsealed. It is opened before use, see [Open] and
// [OpenSymmetric]. It is not safe to use while Zero runs.
type Material struct {
	spec   Spec
	secret []byte
}

// Generate makes new material of the given spec. The bytes come from rand,
// except for RSA and the NIST curves, where Go's generators insist on the
// process's own secure source. RSA is slow: see the package's benchmarks.
func Generate(spec Spec, rand io.Reader) (*Material, error) {
	traits, ok := specs[spec]
	if !ok {
		return nil, ErrUnsupportedSpec
	}
	if !traits.family.approved() {
		return nil, ErrNotApproved
	}
	secret, err := generateSecret(spec, traits, rand)
	if err != nil {
		return nil, err
	}
	return &Material{spec: spec, secret: secret}, nil
}

func generateSecret(spec Spec, traits specTraits, rand io.Reader) ([]byte, error) {
	switch traits.family {
	case familyRSA:
		return generateRSA(traits.size, rand)
	case familyNIST:
		return generateNIST(spec, rand)
	case familySecp256k1:
		return generateSecp256k1(rand)
	case familyEdwards25519:
		return generateEdwards25519(rand)
	case familyMLDSA:
		return generateMLDSA(spec, rand)
	default:
		return readSecret(rand, traits.size)
	}
}

func readSecret(rand io.Reader, size int) ([]byte, error) {
	secret := make([]byte, size)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, err
	}
	return secret, nil
}

// Unmarshal takes back the bytes that Marshal gave for a key of this spec. The
// caller keeps ownership of the bytes.
func Unmarshal(spec Spec, secret []byte) (*Material, error) {
	m, err := parseMaterial(spec, secret)
	if errors.Is(err, ErrIncorrectKeyMaterial) {
		return nil, ErrMalformedMaterial
	}
	return m, err
}

// parseMaterial checks a secret against its spec and brings it to the one
// encoding that Marshal gives.
func parseMaterial(spec Spec, secret []byte) (*Material, error) {
	traits, ok := specs[spec]
	if !ok {
		return nil, ErrUnsupportedSpec
	}
	if traits.family == familySymmetric || traits.family == familyHMAC {
		if len(secret) != traits.size {
			return nil, ErrIncorrectKeyMaterial
		}
		return &Material{spec: spec, secret: slices.Clone(secret)}, nil
	}
	pair, err := parsePair(spec, secret)
	if err != nil {
		return nil, err
	}
	canonical, err := pair.marshal()
	if err != nil {
		return nil, err
	}
	return &Material{spec: spec, secret: canonical}, nil
}

// Spec is the key spec that the material belongs to.
func (m *Material) Spec() Spec { return m.spec }

// Marshal gives the secret in the clear, for the caller to seal: the raw bytes
// of symmetric and HMAC keys, PKCS #8 DER of all others.
func (m *Material) Marshal() []byte { return slices.Clone(m.secret) }

// Equal reports, in constant time, whether both are the same key material: the
// question that re-importing asks.
func (m *Material) Equal(other *Material) bool {
	if m.spec != other.spec {
		return false
	}
	if !m.spec.IsAsymmetric() {
		return subtle.ConstantTimeCompare(m.secret, other.secret) == 1
	}
	// A key pair has one public key but more than one valid encoding: an RSA
	// key's primes may come in either order.
	mine, err := parsePair(m.spec, m.secret)
	if err != nil {
		return false
	}
	theirs, err := parsePair(other.spec, other.secret)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(mine.public(), theirs.public()) == 1
}

// Zero wipes the secret. The material is of no use afterwards.
func (m *Material) Zero() {
	clear(m.secret)
	m.secret = nil
}

// MaterialID names key material in public (KeyMaterialId): AWS makes it from
// the key's id and the material, so that the same material imported twice into
// one key has the same id, and into two keys has two.
type MaterialID [32]byte

// String gives the id as AWS writes it: 64 lower-case hexadecimal digits.
func (id MaterialID) String() string { return hex.EncodeToString(id[:]) }

// ID computes the material's public id within the key of the given id. It is
// an output of HKDF-SHA256, so it tells nothing about the material, nor about
// anything else that is derived from it.
func (m *Material) ID(keyID string) MaterialID {
	id, err := hkdf.Key(sha256.New, m.secret, nil, "fortlet kms key material id v1\x00"+keyID, sha256.Size)
	if err != nil {
		// Only an output too long or, in FIPS 140-3 only mode, a secret
		// shorter than 112 bits: neither exists here.
		panic("cryptography: " + err.Error())
	}
	return MaterialID(id)
}
