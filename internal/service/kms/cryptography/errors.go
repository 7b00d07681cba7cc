package cryptography

import "errors"

// Errors that data from outside can cause. The service maps each to an AWS
// exception; none says more than its name.
var (
	// ErrInvalidCiphertext: the ciphertext, its encryption context, its key or
	// its algorithm is wrong. Which one is deliberately not told apart.
	ErrInvalidCiphertext = errors.New("invalid ciphertext")
	// ErrInvalidSignature: the signature does not verify.
	ErrInvalidSignature = errors.New("invalid signature")
	// ErrInvalidMAC: the message authentication code does not verify.
	ErrInvalidMAC = errors.New("invalid message authentication code")
	// ErrInvalidDigestLength: a message said to be a digest, or an ML-DSA
	// message representative, has not the length that the algorithm makes.
	ErrInvalidDigestLength = errors.New("invalid digest length")
	// ErrInvalidPublicKey: the peer's public key is malformed, not on the
	// curve, or on another curve.
	ErrInvalidPublicKey = errors.New("invalid public key")
	// ErrIncorrectKeyMaterial: imported key material does not fit the key spec.
	ErrIncorrectKeyMaterial = errors.New("incorrect key material")
	// ErrPlaintextTooLong: the plaintext does not fit the key and algorithm.
	ErrPlaintextTooLong = errors.New("plaintext too long")
)

// Errors about what was asked for.
var (
	// ErrUnsupportedSpec: the key spec is unknown, or has no such operation.
	ErrUnsupportedSpec = errors.New("unsupported key spec")
	// ErrUnsupportedAlgorithm: the key spec does not have this algorithm.
	ErrUnsupportedAlgorithm = errors.New("unsupported algorithm")
	// ErrUnsupportedMessageType: the algorithm does not take this message type.
	ErrUnsupportedMessageType = errors.New("unsupported message type")
	// ErrInvalidAddress: a key id, account or Region cannot be written into a
	// ciphertext blob.
	ErrInvalidAddress = errors.New("invalid key address")
	// ErrInvalidLength: a number of random bytes out of range.
	ErrInvalidLength = errors.New("invalid number of bytes")
	// ErrNotImplemented: AWS has it and this package does not: Verify of an
	// ML-DSA signature by its message representative.
	ErrNotImplemented = errors.New("not implemented")
	// ErrNotApproved: FIPS 140-3 only mode forbids it.
	ErrNotApproved = errors.New("not approved in fips 140-3 only mode")
	// ErrMalformedMaterial: bytes given to [Unmarshal] were not made by
	// [Material.Marshal] for this spec.
	ErrMalformedMaterial = errors.New("malformed key material")
)
