package esdk

// A CommitmentPolicy says whether messages must commit to their key.
type CommitmentPolicy int

// The commitment policies, by the names of the specification.
const (
	RequireEncryptRequireDecrypt CommitmentPolicy = iota // the default
	RequireEncryptAllowDecrypt                           // reads old messages too
	ForbidEncryptAllowDecrypt                            // writes messages that version 1 readers know
)

// EncryptOptions are the choices for a message that is written. The zero value,
// like nil, is the right one.
type EncryptOptions struct {
	// Context is bound to the message, and stored in it in the clear.
	Context    Context
	Suite      Suite // zero: CommittedSigned, or AES256Signed where commitment is forbidden
	Commitment CommitmentPolicy
	// FrameLength is how many bytes of plaintext a frame has; zero: 4096. Readers
	// need that much memory.
	FrameLength          uint32
	MaxEncryptedDataKeys int // zero: any number
	// PlaintextLength bounds the plaintext of a Writer, which refuses what goes
	// beyond; managers are told it. Zero and -1 say nothing.
	PlaintextLength int64
}

// SignedMode says what becomes of plaintext whose signature, which stands at
// the message's end, is not verified yet.
type SignedMode int

const (
	// HoldSigned releases nothing of a signed message before its signature is
	// verified. The plaintext is held in memory, up to HoldLimit bytes.
	HoldSigned SignedMode = iota
	// ReleaseUnverified releases each frame once its own tag is verified. DANGER:
	// until Read returns io.EOF, what was read is not known to come from the
	// holder of the signing key: anyone who can decrypt the message could have
	// written it. Keep it where nobody acts on it, and discard it on any error.
	//
	// It is for a Reader; Open releases nothing before the end in any mode.
	ReleaseUnverified
	// RefuseSigned refuses messages with signing suites.
	RefuseSigned
)

// DecryptOptions are the choices for a message that is read. The zero value,
// like nil, is the right one.
//
// Where a limit is zero a Reader has one all the same. Open has not: its message
// is in memory already.
type DecryptOptions struct {
	// Context has pairs that the message must be bound to. Without it any
	// context is accepted; the Header then tells what it is.
	//
	// A pair that the message does not store must have been authenticated without
	// being stored, see [NewRequiredContext]; otherwise the message is refused.
	Context    Context
	Commitment CommitmentPolicy
	Signed     SignedMode
	// HoldLimit bounds the plaintext that is held in memory: that of signed
	// messages in mode HoldSigned, and unframed content. Zero: 64 MiB.
	HoldLimit int64
	// MaxEncryptedDataKeys bounds how many wrapped keys a message may bring, and
	// with them the calls to a key service that it can cause. Zero: any number.
	MaxEncryptedDataKeys int
	// MaxFrameLength is the longest frame's content that is taken into memory.
	// Zero: 64 MiB.
	MaxFrameLength uint32
}
