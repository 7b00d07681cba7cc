package esdk

import (
	"context"
	"fmt"
	"slices"
)

type requiredContext struct {
	Manager
	keys []string
}

// NewRequiredContext makes a manager whose messages do not store the pairs of
// the encryption context that keys name. They are still authenticated: whoever
// reads the message has to bring them, as [DecryptOptions].Context, exactly as
// they were. Encryption without one of them fails, and so does decryption, also
// of a message that stores them.
// Source: aws-encryption-sdk-specification,
// framework/required-encryption-context-cmm.md.
func NewRequiredContext(m Manager, keys ...string) Manager {
	return &requiredContext{m, slices.Compact(slices.Sorted(slices.Values(keys)))}
}

func (m *requiredContext) EncryptionMaterials(ctx context.Context, r *EncryptionRequest) (*EncryptionMaterials, error) {
	if err := m.in(r.Context); err != nil {
		return nil, err
	}
	got, err := m.Manager.EncryptionMaterials(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := m.same(got.Context, r.Context); err != nil {
		return nil, err
	}
	// A copy: a manager beneath may share what it returned with other messages.
	with := *got
	with.RequiredContext = slices.Compact(slices.Sorted(slices.Values(slices.Concat(got.RequiredContext, m.keys))))
	return &with, nil
}

func (m *requiredContext) DecryptionMaterials(ctx context.Context, r *DecryptionRequest) (*DecryptionMaterials, error) {
	if err := m.in(r.Expected); err != nil {
		return nil, err
	}
	got, err := m.Manager.DecryptionMaterials(ctx, r)
	if err != nil {
		return nil, err
	}
	// A manager beneath could have dropped a pair, and the message would be opened
	// without anybody having looked at it.
	if err := m.same(got.Context, r.Expected); err != nil {
		return nil, err
	}
	return got, nil
}

// in tells whether c has every required pair.
func (m *requiredContext) in(c Context) error {
	for _, k := range m.keys {
		if _, ok := c[k]; !ok {
			return fmt.Errorf("%w: required key %q is missing", ErrContext, k)
		}
	}
	return nil
}

// same tells whether got has the required pairs as they are in want.
func (m *requiredContext) same(got, want Context) error {
	for _, k := range m.keys {
		if v, ok := got[k]; !ok || v != want[k] {
			return fmt.Errorf("%w: the materials lack the required key %q", ErrContext, k)
		}
	}
	return nil
}
