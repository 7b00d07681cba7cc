package cryptography

import (
	"crypto"
	_ "crypto/sha1" // OAEP_SHA_1 only: no signature uses it
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// Usage is what a key may be used for, under AWS's name (KeyUsage).
type Usage string

// The usages. A key has exactly one.
const (
	EncryptDecrypt    Usage = "ENCRYPT_DECRYPT"
	SignVerify        Usage = "SIGN_VERIFY"
	GenerateVerifyMAC Usage = "GENERATE_VERIFY_MAC"
	KeyAgreement      Usage = "KEY_AGREEMENT"
)

// EncryptionAlgorithm is an encryption algorithm under AWS's name.
type EncryptionAlgorithm string

// The encryption algorithms.
const (
	EncryptionSymmetricDefault EncryptionAlgorithm = "SYMMETRIC_DEFAULT"
	OAEPSHA1                   EncryptionAlgorithm = "RSAES_OAEP_SHA_1"
	OAEPSHA256                 EncryptionAlgorithm = "RSAES_OAEP_SHA_256"
)

// hash is the hash of both OAEP and its mask generation function.
func (a EncryptionAlgorithm) hash() crypto.Hash {
	switch a {
	case OAEPSHA1:
		return crypto.SHA1
	case OAEPSHA256:
		return crypto.SHA256
	}
	return 0
}

// SigningAlgorithm is a signing algorithm under AWS's name.
type SigningAlgorithm string

// The signing algorithms.
const (
	PKCS1v15SHA256  SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_256"
	PKCS1v15SHA384  SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_384"
	PKCS1v15SHA512  SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_512"
	PSSSHA256       SigningAlgorithm = "RSASSA_PSS_SHA_256"
	PSSSHA384       SigningAlgorithm = "RSASSA_PSS_SHA_384"
	PSSSHA512       SigningAlgorithm = "RSASSA_PSS_SHA_512"
	ECDSASHA256     SigningAlgorithm = "ECDSA_SHA_256"
	ECDSASHA384     SigningAlgorithm = "ECDSA_SHA_384"
	ECDSASHA512     SigningAlgorithm = "ECDSA_SHA_512"
	Ed25519SHA512   SigningAlgorithm = "ED25519_SHA_512"
	Ed25519PHSHA512 SigningAlgorithm = "ED25519_PH_SHA_512"
	MLDSASHAKE256   SigningAlgorithm = "ML_DSA_SHAKE_256"
)

// hash is the hash that the algorithm applies to a RAW message. Ed25519 and
// ML-DSA have none: they hash the message together with parts of the key.
func (a SigningAlgorithm) hash() crypto.Hash {
	switch a {
	case PKCS1v15SHA256, PSSSHA256, ECDSASHA256:
		return crypto.SHA256
	case PKCS1v15SHA384, PSSSHA384, ECDSASHA384:
		return crypto.SHA384
	case PKCS1v15SHA512, PSSSHA512, ECDSASHA512:
		return crypto.SHA512
	}
	return 0
}

func (a SigningAlgorithm) isPSS() bool {
	return a == PSSSHA256 || a == PSSSHA384 || a == PSSSHA512
}

// MACAlgorithm is a message authentication algorithm under AWS's name.
type MACAlgorithm string

// The message authentication algorithms.
const (
	HMACSHA224 MACAlgorithm = "HMAC_SHA_224"
	HMACSHA256 MACAlgorithm = "HMAC_SHA_256"
	HMACSHA384 MACAlgorithm = "HMAC_SHA_384"
	HMACSHA512 MACAlgorithm = "HMAC_SHA_512"
)

func (a MACAlgorithm) hash() crypto.Hash {
	switch a {
	case HMACSHA224:
		return crypto.SHA224
	case HMACSHA256:
		return crypto.SHA256
	case HMACSHA384:
		return crypto.SHA384
	case HMACSHA512:
		return crypto.SHA512
	}
	return 0
}

// KeyAgreementAlgorithm is a key agreement algorithm under AWS's name.
type KeyAgreementAlgorithm string

// ECDH is the only key agreement algorithm.
const ECDH KeyAgreementAlgorithm = "ECDH"

// MessageType says what the message given to Sign or Verify is.
type MessageType string

// The message types.
const (
	// Raw is a whole message, which the algorithm hashes.
	Raw MessageType = "RAW"
	// Digest is a message that the caller has hashed already.
	Digest MessageType = "DIGEST"
	// ExternalMu is the 64-byte message representative μ of FIPS 204.
	ExternalMu MessageType = "EXTERNAL_MU"
)

// digest brings a message to what an algorithm with a hash of its own signs:
// a RAW message is hashed, a DIGEST is taken as it is, never hashed again.
func digest(hash crypto.Hash, kind MessageType, message []byte) ([]byte, error) {
	switch kind {
	case Raw:
		h := hash.New()
		h.Write(message)
		return h.Sum(nil), nil
	case Digest:
		if len(message) != hash.Size() {
			return nil, ErrInvalidDigestLength
		}
		return message, nil
	}
	return nil, ErrUnsupportedMessageType
}
