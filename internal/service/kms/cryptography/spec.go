package cryptography

import (
	"crypto/fips140"
	"slices"
)

// Spec is a key spec under AWS's name (KeySpec).
type Spec string

// The key specs. SM2, which AWS has in its China Regions only, is not offered.
const (
	SymmetricDefault Spec = "SYMMETRIC_DEFAULT"
	RSA2048          Spec = "RSA_2048"
	RSA3072          Spec = "RSA_3072"
	RSA4096          Spec = "RSA_4096"
	NISTP256         Spec = "ECC_NIST_P256"
	NISTP384         Spec = "ECC_NIST_P384"
	NISTP521         Spec = "ECC_NIST_P521"
	Secp256k1        Spec = "ECC_SECG_P256K1"
	Edwards25519     Spec = "ECC_NIST_EDWARDS25519"
	HMAC224          Spec = "HMAC_224"
	HMAC256          Spec = "HMAC_256"
	HMAC384          Spec = "HMAC_384"
	HMAC512          Spec = "HMAC_512"
	MLDSA44          Spec = "ML_DSA_44"
	MLDSA65          Spec = "ML_DSA_65"
	MLDSA87          Spec = "ML_DSA_87"
)

// specTraits is what AWS lets a spec do. The lists are in the order in which
// DescribeKey and GetPublicKey give them.
type specTraits struct {
	usages     []Usage
	encryption []EncryptionAlgorithm
	signing    []SigningAlgorithm
	mac        []MACAlgorithm
	agreement  []KeyAgreementAlgorithm
	// family tells how the material is made and encoded.
	family family
	// size is the modulus length in bits for RSA, and the length of the
	// secret in bytes for raw families.
	size int
}

// family groups the specs that share code.
type family int

const (
	familySymmetric family = iota
	familyRSA
	familyNIST
	familySecp256k1
	familyEdwards25519
	familyHMAC
	familyMLDSA
)

// symmetricKeySize is the length in bytes of a SYMMETRIC_DEFAULT key.
const symmetricKeySize = 32

var specs = map[Spec]specTraits{
	SymmetricDefault: {
		family: familySymmetric, size: symmetricKeySize,
		usages:     []Usage{EncryptDecrypt},
		encryption: []EncryptionAlgorithm{EncryptionSymmetricDefault},
	},
	RSA2048:      rsaTraits(2048),
	RSA3072:      rsaTraits(3072),
	RSA4096:      rsaTraits(4096),
	NISTP256:     nistTraits(ECDSASHA256),
	NISTP384:     nistTraits(ECDSASHA384),
	NISTP521:     nistTraits(ECDSASHA512),
	Secp256k1:    signTraits(familySecp256k1, ECDSASHA256),
	Edwards25519: signTraits(familyEdwards25519, Ed25519SHA512, Ed25519PHSHA512),
	HMAC224:      hmacTraits(28, HMACSHA224),
	HMAC256:      hmacTraits(32, HMACSHA256),
	HMAC384:      hmacTraits(48, HMACSHA384),
	HMAC512:      hmacTraits(64, HMACSHA512),
	MLDSA44:      signTraits(familyMLDSA, MLDSASHAKE256),
	MLDSA65:      signTraits(familyMLDSA, MLDSASHAKE256),
	MLDSA87:      signTraits(familyMLDSA, MLDSASHAKE256),
}

func rsaTraits(bits int) specTraits {
	return specTraits{
		family: familyRSA, size: bits,
		usages:     []Usage{EncryptDecrypt, SignVerify},
		encryption: []EncryptionAlgorithm{OAEPSHA1, OAEPSHA256},
		signing: []SigningAlgorithm{
			PKCS1v15SHA256, PKCS1v15SHA384, PKCS1v15SHA512,
			PSSSHA256, PSSSHA384, PSSSHA512,
		},
	}
}

func nistTraits(signing SigningAlgorithm) specTraits {
	return specTraits{
		family:    familyNIST,
		usages:    []Usage{SignVerify, KeyAgreement},
		signing:   []SigningAlgorithm{signing},
		agreement: []KeyAgreementAlgorithm{ECDH},
	}
}

func signTraits(family family, signing ...SigningAlgorithm) specTraits {
	return specTraits{family: family, usages: []Usage{SignVerify}, signing: signing}
}

func hmacTraits(size int, mac MACAlgorithm) specTraits {
	return specTraits{
		family: familyHMAC, size: size,
		usages: []Usage{GenerateVerifyMAC},
		mac:    []MACAlgorithm{mac},
	}
}

// Valid reports whether the spec is one that this package offers.
func (s Spec) Valid() bool {
	_, ok := specs[s]
	return ok
}

// Usages lists the usages that a key of this spec can be created for.
func (s Spec) Usages() []Usage { return slices.Clone(specs[s].usages) }

// Allows reports whether a key of this spec can be created for the usage.
func (s Spec) Allows(usage Usage) bool { return slices.Contains(specs[s].usages, usage) }

// EncryptionAlgorithms lists the spec's encryption algorithms in AWS's order.
func (s Spec) EncryptionAlgorithms() []EncryptionAlgorithm {
	return slices.Clone(specs[s].encryption)
}

// SigningAlgorithms lists the spec's signing algorithms in AWS's order.
func (s Spec) SigningAlgorithms() []SigningAlgorithm { return slices.Clone(specs[s].signing) }

// MACAlgorithms lists the spec's message authentication algorithms.
func (s Spec) MACAlgorithms() []MACAlgorithm { return slices.Clone(specs[s].mac) }

// KeyAgreementAlgorithms lists the spec's key agreement algorithms.
func (s Spec) KeyAgreementAlgorithms() []KeyAgreementAlgorithm {
	return slices.Clone(specs[s].agreement)
}

// IsAsymmetric reports whether keys of this spec have a public key.
func (s Spec) IsAsymmetric() bool {
	traits, ok := specs[s]
	return ok && traits.family != familySymmetric && traits.family != familyHMAC
}

// MaxPlaintext is the longest plaintext, in bytes, that a key of this spec
// encrypts under the algorithm, or 0 when it cannot. The limit of 4096 bytes on
// what is asked of SYMMETRIC_DEFAULT is AWS's.
func (s Spec) MaxPlaintext(algorithm EncryptionAlgorithm) int {
	traits := specs[s]
	if !slices.Contains(traits.encryption, algorithm) {
		return 0
	}
	if traits.family == familySymmetric {
		return 4096
	}
	// RFC 8017, section 7.1.1.
	return traits.size/8 - 2*algorithm.hash().Size() - 2
}

// approved reports whether FIPS 140-3 only mode, where it is on, allows the
// spec: the curve of secp256k1 is not approved for this use, and the ML-DSA
// that Go 1.26 has is not reachable, so ours is outside the validated module.
func (f family) approved() bool {
	return !fips140.Enforced() || (f != familySecp256k1 && f != familyMLDSA)
}
