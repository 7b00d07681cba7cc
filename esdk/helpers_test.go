package esdk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"
)

// static is a keyring whose data key is the ciphertext itself: no encryption, so
// that tests need no wrapping key.
type static struct{}

func (static) Wrap(_ context.Context, m *EncryptionMaterials) error {
	if m.DataKey == nil {
		m.DataKey = make([]byte, m.Suite.KeyLength())
		rand.Read(m.DataKey)
	}
	m.EncryptedDataKeys = append(m.EncryptedDataKeys, EncryptedDataKey{
		ProviderID: "static", ProviderInfo: []byte("key"), Ciphertext: bytes.Clone(m.DataKey),
	})
	return nil
}

func (static) Unwrap(_ context.Context, m *DecryptionMaterials, keys []EncryptedDataKey) error {
	for _, k := range keys {
		if k.ProviderID == "static" && len(k.Ciphertext) == m.Suite.KeyLength() {
			m.DataKey = bytes.Clone(k.Ciphertext)
			return nil
		}
	}
	return &UnwrapError{}
}

// writing and reading are the options that write and read every suite.
func writing(s Suite) *EncryptOptions {
	o := &EncryptOptions{Suite: s}
	if !s.Commits() {
		o.Commitment = ForbidEncryptAllowDecrypt
	}
	return o
}

func reading() *DecryptOptions { return &DecryptOptions{Commitment: RequireEncryptAllowDecrypt} }

// text returns n bytes that differ from place to place.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func seal(t testing.TB, m Manager, plaintext []byte, o *EncryptOptions) []byte {
	t.Helper()
	message, err := Seal(t.Context(), nil, m, plaintext, o)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// readAll reads a message as a stream.
func readAll(t testing.TB, message []byte, m Manager, o *DecryptOptions) ([]byte, error) {
	t.Helper()
	r, err := NewReader(t.Context(), bytes.NewReader(message), m, o)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(struct{ io.Reader }{r})
}

func wantIs(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// untouchable is a keyring that must not be asked.
type untouchable struct{ t testing.TB }

func (u untouchable) Wrap(context.Context, *EncryptionMaterials) error {
	u.t.Error("the keyring was asked to wrap")
	return errors.New("not to be asked")
}

func (u untouchable) Unwrap(context.Context, *DecryptionMaterials, []EncryptedDataKey) error {
	u.t.Error("the keyring was asked to unwrap")
	return errors.New("not to be asked")
}
