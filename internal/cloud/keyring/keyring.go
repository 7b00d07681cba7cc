// Package keyring is the root of trust of a Fortlet: one 32-byte root key, from
// which every key that protects something at rest is derived.
//
// Create makes a keyring in a data folder, Open reads it back, Memory keeps one
// for as long as the process lives. What a service wants kept goes through Seal
// and Open under a purpose, a short constant such as "kms-material": a value
// sealed for one purpose opens for no other. MAC authenticates what must be
// readable.
//
// The root key is in keyring.json, readable by its owner alone, either plain or
// sealed under a passphrase (Argon2id). The plain form protects against whoever
// gets a copy of the database, a backup or a disk without that file; the
// passphrase also against whoever gets the file. Neither protects against
// someone who reads the memory of the running process. Whoever loses the file
// or the passphrase has lost everything that was sealed.
//
// Nothing here prints a key: formatting or marshalling a Keyring shows a
// placeholder. A Keyring may be used by several goroutines at once.
package keyring

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// Keyring derives and uses the keys of a Fortlet.
type Keyring struct {
	root rootKey
	path string // of keyring.json; empty for Memory

	file sync.Mutex // one ChangePassphrase at a time

	mu      sync.RWMutex
	derived map[string]*[keySize]byte // by derivation info, at most maxDerived
}

const (
	keySize = 32
	// maxDerived bounds the cache of derived keys. Purposes are constants of
	// the program; should one be made of data after all, the keyring gets
	// slower, not bigger.
	maxDerived = 128
)

// rootKey is a type of its own so that no print of whatever contains it can
// show it.
type rootKey [keySize]byte

// Format keeps the key out of every verb of package fmt.
func (rootKey) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

const redacted = "[redacted]"

func newKeyring(root rootKey, path string) *Keyring {
	return &Keyring{root: root, path: path, derived: make(map[string]*[keySize]byte)}
}

// Memory makes a keyring with a new root key that is kept nowhere.
func Memory() *Keyring {
	var root rootKey
	rand.Read(root[:])
	return newKeyring(root, "")
}

// MAC authenticates data for a purpose with HMAC-SHA256. Compare it with
// CheckMAC, never with ==.
func (k *Keyring) MAC(purpose string, data []byte) [sha256.Size]byte {
	h := hmac.New(sha256.New, k.derive("mac/" + purpose)[:])
	h.Write(data)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

// CheckMAC reports in constant time whether mac is the MAC of data for a
// purpose.
func (k *Keyring) CheckMAC(purpose string, data, mac []byte) bool {
	want := k.MAC(purpose, data)
	return hmac.Equal(want[:], mac)
}

// derive gives the key for a use and purpose: HKDF-SHA256 of the root key. The
// uses "seal/" and "mac/" keep a key from serving two algorithms.
func (k *Keyring) derive(info string) *[keySize]byte {
	k.mu.RLock()
	key := k.derived[info]
	k.mu.RUnlock()
	if key != nil {
		return key
	}
	raw, err := hkdf.Key(sha256.New, k.root[:], nil, "fortlet/keyring/1/"+info, keySize)
	if err != nil {
		panic(err) // only lengths can be wrong, and they are constants
	}
	key = (*[keySize]byte)(raw)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.derived) < maxDerived {
		k.derived[info] = key
	}
	return key
}

// Format shows a placeholder, whatever the verb.
func (k *Keyring) Format(s fmt.State, _ rune) { io.WriteString(s, "keyring"+redacted) }

// LogValue shows a placeholder in logs.
func (k *Keyring) LogValue() slog.Value { return slog.StringValue("keyring" + redacted) }

// MarshalText shows a placeholder in JSON and in all that builds on text.
func (k *Keyring) MarshalText() ([]byte, error) { return []byte("keyring" + redacted), nil }
