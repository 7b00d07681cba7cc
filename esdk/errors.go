package esdk

import "errors"

// The reasons why a message is not written or not read. Test them with
// errors.Is; what wraps them may say more.
//
// None of them says which byte, tag or key was wrong: whoever sends forged
// messages learns nothing from the answers.
var (
	// ErrMalformed: the bytes are no message of format 1 or 2.
	ErrMalformed = errors.New("malformed message")
	// ErrBase64: the bytes look like a message that somebody encoded as base64.
	// Decode it first.
	ErrBase64 = errors.New("the message is encoded as base64: decode it first")
	// ErrTruncated: the message ends too early.
	ErrTruncated = errors.New("truncated message")
	// ErrTrailing: bytes follow the message.
	ErrTrailing = errors.New("bytes after the end of the message")

	// ErrHeaderAuth: the header is not authentic under the data key.
	ErrHeaderAuth = errors.New("message header is not authentic")
	// ErrFrameAuth: a frame, or the unframed content, is not authentic.
	ErrFrameAuth = errors.New("message body is not authentic")
	// ErrCommitment: the message commits to a data key other than the one found.
	ErrCommitment = errors.New("message does not commit to its data key")
	// ErrSignature: the signature at the end is wrong, or its key is.
	ErrSignature = errors.New("message signature is not valid")

	// ErrCommitmentPolicy: the commitment policy does not allow the suite.
	ErrCommitmentPolicy = errors.New("commitment policy does not allow the algorithm suite")
	// ErrSignedRefused: the message is signed, and RefuseSigned was asked for.
	ErrSignedRefused = errors.New("signed messages are refused")
	// ErrTooManyKeys: there are more encrypted data keys than allowed.
	ErrTooManyKeys = errors.New("too many encrypted data keys")
	// ErrFrameTooLong: a frame is longer than MaxFrameLength.
	ErrFrameTooLong = errors.New("frame is longer than allowed")
	// ErrHoldLimit: the plaintext that had to be held back exceeds HoldLimit.
	ErrHoldLimit = errors.New("plaintext exceeds what may be held in memory")
	// ErrPlaintextLength: the plaintext is longer than announced, or than a
	// message with its frame length can be.
	ErrPlaintextLength = errors.New("plaintext is too long")
	// ErrContext: the encryption context has a reserved key, is too large, or is
	// not the expected one.
	ErrContext = errors.New("encryption context")
	// ErrMaterials: a manager or keyring gave materials that do not suit.
	ErrMaterials = errors.New("cryptographic materials do not suit the message")

	// ErrNoDataKey: no encrypted data key could be decrypted. It comes as an
	// [*UnwrapError] where keyrings tell what they tried.
	ErrNoDataKey = errors.New("no encrypted data key could be decrypted")
)

// An UnwrapError says that no encrypted data key could be decrypted, and what
// came of every attempt. It is [ErrNoDataKey].
type UnwrapError struct {
	Attempts []error // empty: no encrypted data key was one to try
}

func (e *UnwrapError) Error() string {
	if len(e.Attempts) == 0 {
		return ErrNoDataKey.Error() + ": none is of a trusted wrapping key"
	}
	return ErrNoDataKey.Error() + ": " + errors.Join(e.Attempts...).Error()
}

// Is reports whether target is ErrNoDataKey.
func (e *UnwrapError) Is(target error) bool { return target == ErrNoDataKey }

// Unwrap gives the attempts to errors.Is and errors.As.
func (e *UnwrapError) Unwrap() []error { return e.Attempts }
