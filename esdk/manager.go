package esdk

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
)

// NewManager returns the usual manager: it asks the keyring for every message,
// and makes a fresh signing key for each message of a signing suite.
// Source: framework/default-cmm.md.
func NewManager(k Keyring) Manager { return &manager{keyring: k} }

type manager struct{ keyring Keyring }

func (m *manager) EncryptionMaterials(ctx context.Context, r *EncryptionRequest) (*EncryptionMaterials, error) {
	t, ok := r.Suite.traits()
	if !ok {
		return nil, fmt.Errorf("%w: no algorithm suite has the number %v", ErrMaterials, r.Suite)
	}
	if _, ok := r.Context[publicKeyName]; ok {
		return nil, fmt.Errorf("%w: key %q is reserved", ErrContext, publicKeyName)
	}
	materials := &EncryptionMaterials{Suite: r.Suite, Context: r.Context.clone()}
	if t.curve != nil {
		key, err := ecdsa.GenerateKey(t.curve, rand.Reader)
		if err != nil {
			return nil, err
		}
		public, err := encodePublicKey(&key.PublicKey)
		if err != nil {
			return nil, err
		}
		materials.SigningKey = key
		materials.Context[publicKeyName] = public
	}
	if err := m.keyring.Wrap(ctx, materials); err != nil {
		clear(materials.DataKey)
		return nil, err
	}
	if len(materials.DataKey) == 0 {
		return nil, fmt.Errorf("%w: the keyring generated no data key", ErrMaterials)
	}
	return materials, nil
}

func (m *manager) DecryptionMaterials(ctx context.Context, r *DecryptionRequest) (*DecryptionMaterials, error) {
	t, ok := r.Suite.traits()
	if !ok {
		return nil, fmt.Errorf("%w: no algorithm suite has the number %v", ErrMaterials, r.Suite)
	}
	materials := &DecryptionMaterials{Suite: r.Suite, Context: r.Context}
	if err := materials.addExpected(r.Expected); err != nil {
		return nil, err
	}
	public, has := r.Context[publicKeyName]
	if has != (t.curve != nil) {
		return nil, fmt.Errorf("%w: a verification key stands with a signed message, and with no other", ErrSignature)
	}
	if has {
		key, err := decodePublicKey(t.curve, public)
		if err != nil {
			return nil, err
		}
		materials.VerificationKey = key
	}
	if err := m.keyring.Unwrap(ctx, materials, r.EncryptedDataKeys); err != nil {
		if len(materials.RequiredContext) > 0 && errors.Is(err, ErrNoDataKey) {
			return nil, fmt.Errorf("%w: the message does not store %q, and does not open with what was expected: %w",
				ErrContext, materials.RequiredContext, err)
		}
		return nil, err
	}
	if len(materials.DataKey) == 0 {
		return nil, ErrNoDataKey
	}
	return materials, nil
}

// addExpected checks the expected pairs against those that the message stores.
// The others may have been authenticated without being stored: they are added,
// and the message does not open unless that is so.
func (m *DecryptionMaterials) addExpected(expected Context) error {
	stored := m.Context
	copied := false
	for k, v := range expected {
		if got, ok := stored[k]; ok {
			if got != v {
				return fmt.Errorf("%w: the message is not bound to the expected value of %q", ErrContext, k)
			}
			continue
		}
		if strings.HasPrefix(k, reservedPrefix) {
			return fmt.Errorf("%w: the message does not have the reserved key %q", ErrContext, k)
		}
		if !copied {
			m.Context, copied = stored.clone(), true
		}
		m.Context[k] = v
		m.RequiredContext = append(m.RequiredContext, k)
	}
	return nil
}
