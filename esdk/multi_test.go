package esdk_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// newKeyring makes a raw AES keyring; equal names make equal ones.
func newKeyring(t *testing.T, name string) esdk.Keyring {
	t.Helper()
	key := bytes.Repeat([]byte{0}, 32)
	copy(key, name)
	k, err := rawkey.NewAES("test", name, key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// failing is a keyring that fails with its error, and nothing: it returns no
// error and does nothing.
type (
	failing struct{ err error }
	nothing struct{}
)

func (k failing) Wrap(context.Context, *esdk.EncryptionMaterials) error { return k.err }
func (k failing) Unwrap(context.Context, *esdk.DecryptionMaterials, []esdk.EncryptedDataKey) error {
	return k.err
}

func (nothing) Wrap(context.Context, *esdk.EncryptionMaterials) error { return nil }
func (nothing) Unwrap(context.Context, *esdk.DecryptionMaterials, []esdk.EncryptedDataKey) error {
	return nil
}

func TestMultiOpensWithAny(t *testing.T) {
	a, b, c := newKeyring(t, "a"), newKeyring(t, "b"), newKeyring(t, "c")
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
	if err := esdk.NewMulti(a, b, esdk.NewMulti(nil, c)).Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range m.EncryptedDataKeys {
		names = append(names, string(e.ProviderInfo[0]))
	}
	if !slices.Equal(names, []string{"a", "b", "c"}) {
		t.Errorf("wrapped by %q, want a, b, c", names)
	}
	for name, k := range map[string]esdk.Keyring{
		"a": a, "b": b, "c": c,
		"as child":     esdk.NewMulti(newKeyring(t, "d"), nothing{}, c),
		"as generator": esdk.NewMulti(b, newKeyring(t, "d")),
		"after errors": esdk.NewMulti(failing{errors.New("broken")}, failing{errors.New("broken too")}, a),
	} {
		d := &esdk.DecryptionMaterials{Suite: esdk.Committed}
		if err := k.Unwrap(t.Context(), d, m.EncryptedDataKeys); err != nil || !bytes.Equal(d.DataKey, m.DataKey) {
			t.Errorf("%s: data key %x, %v; want %x", name, d.DataKey, err, m.DataKey)
		}
	}
}

// framework/multi-keyring.md, "OnEncrypt": what must fail. The materials are
// then as they were.
func TestMultiWrapFails(t *testing.T) {
	a, broken := newKeyring(t, "a"), errors.New("broken")
	key := bytes.Repeat([]byte{1}, 32)
	for _, c := range []struct {
		name    string
		keyring esdk.Keyring
		dataKey []byte
		want    error // nil: any
	}{
		{"no keyring", esdk.NewMulti(nil), nil, nil},
		{"no keyring, key given", esdk.NewMulti(nil), key, nil},
		{"no generator", esdk.NewMulti(nil, a), nil, nil},
		{"generator that generates nothing", esdk.NewMulti(nothing{}, a), nil, nil},
		{"generator that fails", esdk.NewMulti(failing{broken}, a), nil, broken},
		{"child that fails", esdk.NewMulti(a, a, failing{broken}), nil, broken},
		{"child that fails, key given", esdk.NewMulti(nil, a, failing{broken}), key, broken},
		{"generator, but key given", esdk.NewMulti(a), key, nil},
	} {
		m := &esdk.EncryptionMaterials{Suite: esdk.Committed, DataKey: c.dataKey}
		err := c.keyring.Wrap(t.Context(), m)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
		if !bytes.Equal(m.DataKey, c.dataKey) || m.EncryptedDataKeys != nil {
			t.Errorf("%s: materials changed to %x, %v", c.name, m.DataKey, m.EncryptedDataKeys)
		}
	}
	if !bytes.Equal(key, bytes.Repeat([]byte{1}, 32)) {
		t.Error("a data key of somebody else's was cleared")
	}
	// The key that the generator made is of no use to anybody.
	var made []byte
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
	if err := esdk.NewMulti(a, seeing{&made}).Wrap(t.Context(), m); err == nil || !bytes.Equal(made, make([]byte, 32)) {
		t.Errorf("data key %x, error %v", made, err)
	}
}

// seeing is a keyring that keeps the data key it sees, and fails.
type seeing struct{ key *[]byte }

func (k seeing) Wrap(_ context.Context, m *esdk.EncryptionMaterials) error {
	*k.key = m.DataKey
	return errors.New("broken")
}

func (k seeing) Unwrap(context.Context, *esdk.DecryptionMaterials, []esdk.EncryptedDataKey) error {
	return nil
}

func TestMultiUnwrapFails(t *testing.T) {
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
	if err := newKeyring(t, "a").Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.EncryptedDataKeys[0].Ciphertext[0] ^= 1

	one, two := errors.New("one"), errors.New("two")
	inner := esdk.NewMulti(nil, newKeyring(t, "a"), failing{two})
	d := &esdk.DecryptionMaterials{Suite: esdk.Committed}
	err := esdk.NewMulti(failing{one}, nothing{}, inner, newKeyring(t, "b")).Unwrap(t.Context(), d, m.EncryptedDataKeys)
	u, ok := errors.AsType[*esdk.UnwrapError](err)
	if !ok || len(u.Attempts) != 3 || !errors.Is(err, esdk.ErrNoDataKey) || !errors.Is(err, one) || !errors.Is(err, two) {
		t.Errorf("error %v, want one, that of a, two", err)
	}
	if d.DataKey != nil {
		t.Errorf("data key %x", d.DataKey)
	}
	if err := esdk.NewMulti(nil).Unwrap(t.Context(), d, m.EncryptedDataKeys); !errors.Is(err, esdk.ErrNoDataKey) {
		t.Errorf("no keyring: error %v", err)
	}
}

// A caller who has gone away sees that, and no other key is tried.
func TestMultiUnwrapEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
	if err := newKeyring(t, "a").Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	d := &esdk.DecryptionMaterials{Suite: esdk.Committed}
	err := esdk.NewMulti(failing{ctx.Err()}, newKeyring(t, "a")).Unwrap(ctx, d, m.EncryptedDataKeys)
	if !errors.Is(err, gone) || d.DataKey != nil {
		t.Errorf("error %v, data key %x", err, d.DataKey)
	}
}

func TestMultiLeavesADataKeyAlone(t *testing.T) {
	d := &esdk.DecryptionMaterials{DataKey: []byte("there")}
	if err := esdk.NewMulti(failing{errors.New("called")}).Unwrap(t.Context(), d, nil); err != nil {
		t.Error(err)
	}
}

func TestMultiRefusesNil(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	esdk.NewMulti(newKeyring(t, "a"), nil)
}
