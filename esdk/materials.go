package esdk

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"io"
)

// An EncryptedDataKey is a message's data key, wrapped by one wrapping key.
type EncryptedDataKey struct {
	ProviderID   string // who wrapped it: "aws-kms", "aws-kms-rsa", or a raw keyring's namespace
	ProviderInfo []byte // which key of that provider
	Ciphertext   []byte
}

// A Keyring wraps data keys and unwraps them. Keyrings live in the packages
// rawkey and awskms; [NewMulti] combines them.
type Keyring interface {
	// Wrap generates m.DataKey if it is nil and the keyring can, and appends
	// data keys that it encrypted to m.EncryptedDataKeys. The data key's length is
	// m.Suite.KeyLength().
	Wrap(ctx context.Context, m *EncryptionMaterials) error
	// Unwrap sets m.DataKey from the first of keys that it can decrypt. That
	// none is its own is an error; m is then as it was.
	Unwrap(ctx context.Context, m *DecryptionMaterials, keys []EncryptedDataKey) error
}

// A Manager is a cryptographic materials manager: it gives what one message is
// encrypted or decrypted with. [NewManager] makes the usual one from a keyring.
//
// The materials it returns, with the data key in them, are the caller's: this
// package overwrites DataKey with zeros as soon as the message's own key is
// derived from it. A Manager that keeps materials hands out copies of the data
// key. It may be called from many goroutines at once.
type Manager interface {
	EncryptionMaterials(context.Context, *EncryptionRequest) (*EncryptionMaterials, error)
	DecryptionMaterials(context.Context, *DecryptionRequest) (*DecryptionMaterials, error)
}

// An EncryptionRequest asks a Manager for the materials of a new message.
type EncryptionRequest struct {
	Suite           Suite   // already checked against the commitment policy
	Context         Context // the caller's; not to be changed
	PlaintextLength int64   // -1 where it is not known
}

// EncryptionMaterials are what one message is encrypted with.
type EncryptionMaterials struct {
	Suite             Suite
	Context           Context // with the public key of a signing suite
	DataKey           []byte
	EncryptedDataKeys []EncryptedDataKey
	SigningKey        *ecdsa.PrivateKey // of signing suites only
	// RequiredContext names the pairs of Context that are authenticated but not
	// stored in the message.
	RequiredContext []string
}

// A DecryptionRequest asks a Manager for the materials of a message.
type DecryptionRequest struct {
	Suite             Suite
	Context           Context // what the message stores
	Expected          Context // what the caller says the context must have
	EncryptedDataKeys []EncryptedDataKey
}

// DecryptionMaterials are what one message is decrypted with.
type DecryptionMaterials struct {
	Suite           Suite
	Context         Context // with the pairs that the message does not store
	DataKey         []byte
	VerificationKey *ecdsa.PublicKey // of signing suites only
	RequiredContext []string         // the pairs that are authenticated but not stored
}

// String leaves the keys out, as does every verb of package fmt: what is logged
// by accident must not open messages.
func (m EncryptionMaterials) String() string {
	return fmt.Sprintf("encryption materials of %v with %d encrypted data keys", m.Suite, len(m.EncryptedDataKeys))
}

// Format prints what String says, whatever the verb.
func (m EncryptionMaterials) Format(f fmt.State, _ rune) { io.WriteString(f, m.String()) }

// String leaves the data key out, as does every verb of package fmt.
func (m DecryptionMaterials) String() string {
	return fmt.Sprintf("decryption materials of %v", m.Suite)
}

// Format prints what String says, whatever the verb.
func (m DecryptionMaterials) Format(f fmt.State, _ rune) { io.WriteString(f, m.String()) }
