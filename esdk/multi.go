package esdk

import (
	"context"
	"errors"
	"slices"
)

type multi struct {
	generator Keyring // nil: none
	children  []Keyring
}

// NewMulti makes one keyring of several. It wraps with each of them, so that
// any one suffices to open the message: whoever holds one of the wrapping keys
// can read it. It unwraps with the first that succeeds, the generator before the
// children.
//
// The generator makes the data key. It may be nil: such a keyring cannot start a
// message, unless it is itself a child of another.
// Source: aws-encryption-sdk-specification, framework/multi-keyring.md.
func NewMulti(generator Keyring, children ...Keyring) Keyring {
	if slices.Contains(children, nil) {
		panic("esdk: a child keyring is nil")
	}
	return &multi{generator, slices.Clone(children)}
}

// Wrap wraps with every keyring, or fails with m as it was.
func (k *multi) Wrap(ctx context.Context, m *EncryptionMaterials) error {
	before := *m
	err := k.wrap(ctx, m)
	if err != nil {
		if before.DataKey == nil {
			clear(m.DataKey)
		}
		*m = before
	}
	return err
}

func (k *multi) wrap(ctx context.Context, m *EncryptionMaterials) error {
	if len(k.all()) == 0 { // as a child of another it would wrap with nothing
		return errors.New("a multi-keyring has no keyring")
	}
	if k.generator != nil {
		if m.DataKey != nil {
			return errors.New("the generator of a multi-keyring met a data key that another made")
		}
		if err := k.generator.Wrap(ctx, m); err != nil {
			return err
		}
	}
	if m.DataKey == nil {
		return errors.New("a multi-keyring has no generator that makes a data key")
	}
	for _, child := range k.children {
		if err := child.Wrap(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// Unwrap unwraps with the first keyring that can. If none can, the error has
// every attempt of them all.
func (k *multi) Unwrap(ctx context.Context, m *DecryptionMaterials, keys []EncryptedDataKey) error {
	if m.DataKey != nil {
		return nil
	}
	var attempts []error
	for _, child := range k.all() {
		err := child.Unwrap(ctx, m, keys)
		if err == nil && m.DataKey != nil {
			return nil
		}
		// A caller who has gone away does not want to see the others tried.
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if u, ok := errors.AsType[*UnwrapError](err); ok {
			attempts = append(attempts, u.Attempts...)
		} else if err != nil {
			attempts = append(attempts, err)
		}
	}
	return &UnwrapError{Attempts: attempts}
}

func (k *multi) all() []Keyring {
	if k.generator == nil {
		return k.children
	}
	return append([]Keyring{k.generator}, k.children...)
}
