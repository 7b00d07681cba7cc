package keyring

import (
	"crypto/rand"
	"runtime/debug"

	"golang.org/x/crypto/argon2"
)

// envelope is the root key as it is at rest. Wrap names who can unwrap it; the
// other fields are that wrapper's own.
type envelope struct {
	Wrap string `json:"wrap"`

	Key []byte `json:"key,omitempty"` // plain

	Argon2id *argonCost `json:"argon2id,omitempty"` // passphrase
	Salt     []byte     `json:"salt,omitempty"`
	Sealed   []byte     `json:"sealed,omitempty"`
}

// wrapper keeps the root key at rest. A hardware module is one more of them.
type wrapper interface {
	wrap(root *rootKey) (*envelope, error)
	// unwrap fails with one of the errors of this package.
	unwrap(*envelope) (rootKey, error)
}

var (
	_ wrapper = plain{}
	_ wrapper = passphrase(nil)
)

// wrapperFor chooses how a root key is kept.
func wrapperFor(pass []byte) wrapper {
	if len(pass) == 0 {
		return plain{}
	}
	return passphrase(pass)
}

// plain leaves the protection of the key to the mode of its file.
type plain struct{}

const wrapPlain = "none"

func (plain) wrap(root *rootKey) (*envelope, error) {
	return &envelope{Wrap: wrapPlain, Key: root[:]}, nil
}

func (plain) unwrap(e *envelope) (rootKey, error) {
	switch {
	case e.Wrap == wrapPassphrase:
		return rootKey{}, ErrPassphrase
	case e.Wrap != wrapPlain || len(e.Key) != keySize:
		return rootKey{}, ErrMalformed
	}
	return rootKey(e.Key), nil
}

// passphrase seals the key under what Argon2id makes of the passphrase.
type passphrase []byte

const wrapPassphrase = "passphrase"

// argonCost is what guessing a passphrase costs, for us too, once per start.
type argonCost struct {
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memoryKiB"`
	Threads uint8  `json:"threads"`
}

// newCost is the second choice that RFC 9106 recommends, section 4: 64 MiB, so
// that a small machine can start, and three passes to make up for it.
var newCost = argonCost{Time: 3, Memory: 64 << 10, Threads: 4}

// sane bounds the cost that a file may ask for: not so little that a changed
// file could make guessing cheap, not so much that it could stop the machine.
func (c *argonCost) sane() bool {
	return c != nil && c.Time >= 1 && c.Time <= 64 && c.Threads >= 1 &&
		c.Memory >= 8<<10 && c.Memory <= 1<<20
}

func (p passphrase) wrap(root *rootKey) (*envelope, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	cost := newCost
	sealed := newGCM(p.key(salt, &cost)).Seal(nil, nil, root[:], []byte(wrapPassphrase))
	return &envelope{Wrap: wrapPassphrase, Argon2id: &cost, Salt: salt, Sealed: sealed}, nil
}

func (p passphrase) unwrap(e *envelope) (rootKey, error) {
	switch {
	case e.Wrap == wrapPlain:
		// Whoever passes a passphrase expects the key to need it.
		return rootKey{}, ErrPassphrase
	case e.Wrap != wrapPassphrase || !e.Argon2id.sane() || len(e.Salt) < 16:
		return rootKey{}, ErrMalformed
	}
	root, err := newGCM(p.key(e.Salt, e.Argon2id)).Open(nil, nil, e.Sealed, []byte(wrapPassphrase))
	if err != nil || len(root) != keySize {
		return rootKey{}, ErrPassphrase
	}
	return rootKey(root), nil
}

// key turns the passphrase into a key. The memory that this takes is needed
// once per start, so it goes back to the system at once instead of counting as
// the program's for minutes.
func (p passphrase) key(salt []byte, c *argonCost) []byte {
	defer debug.FreeOSMemory()
	return argon2.IDKey(p, salt, c.Time, c.Memory, c.Threads, keySize)
}
