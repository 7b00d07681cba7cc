package esdk_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/fortlet/fortlet/esdk"
)

func TestRequiredContext(t *testing.T) {
	plain := esdk.NewManager(newKeyring(t, "a"))
	required := esdk.NewRequiredContext(plain, "tenant", "table", "tenant")
	full := esdk.Context{"tenant": "blue-1234", "table": "people-1234", "row": "7"}
	for _, suite := range []esdk.Suite{esdk.AES256, esdk.AES128Signed, esdk.Committed, esdk.CommittedSigned} {
		policy := esdk.ForbidEncryptAllowDecrypt
		if suite.Commits() {
			policy = esdk.RequireEncryptRequireDecrypt
		}
		message, err := esdk.Seal(t.Context(), nil, required, []byte("hello"), &esdk.EncryptOptions{Suite: suite, Commitment: policy, Context: full})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(message, []byte("tenant")) || bytes.Contains(message, []byte("people-1234")) || !bytes.Contains(message, []byte("row")) {
			t.Errorf("%v: message stores the wrong pairs: %q", suite, message)
		}
		open := func(m esdk.Manager, c esdk.Context) (*esdk.Header, error) {
			got, h, err := esdk.Open(t.Context(), nil, m, message, &esdk.DecryptOptions{Commitment: policy, Context: c})
			if err == nil && string(got) != "hello" {
				t.Errorf("%v: plaintext %q", suite, got)
			}
			return h, err
		}
		// Who knows the pairs needs no manager that asks for them.
		for _, m := range []esdk.Manager{required, plain} {
			for _, expected := range []esdk.Context{full, without(full, "row")} {
				h, err := open(m, expected)
				if err != nil {
					t.Fatalf("%v: %v", suite, err)
				}
				delete(h.Context, "aws-crypto-public-key")
				if !maps.Equal(h.Context, full) {
					t.Errorf("%v: context %v, want %v", suite, h.Context, full)
				}
			}
		}
		for name, c := range map[string]esdk.Context{
			"none": nil, "one missing": without(full, "table"), "another value": with(full, "table", "x"),
			"another value of a stored pair": with(full, "row", "8"), "a pair too many": with(full, "x", "y"),
		} {
			for _, m := range []esdk.Manager{required, plain} {
				if _, err := open(m, c); err == nil {
					t.Errorf("%v: %s: opened", suite, name)
				} else if m == required && !errors.Is(err, esdk.ErrContext) {
					t.Errorf("%v: %s: error %v is not ErrContext", suite, name, err)
				}
			}
		}
	}
}

// framework/required-encryption-context-cmm.md: every key in the request's
// context, or the request fails, on encryption as on decryption; the latter also
// if the message stores them.
func TestRequiredContextMissing(t *testing.T) {
	plain := esdk.NewManager(newKeyring(t, "a"))
	required := esdk.NewRequiredContext(plain, "tenant")
	c := esdk.Context{"tenant": "blue"}
	for _, given := range []esdk.Context{nil, {}, {"Tenant": "blue"}} {
		calls := &counting{Manager: plain}
		_, err := esdk.Seal(t.Context(), nil, esdk.NewRequiredContext(calls, "tenant"), nil, &esdk.EncryptOptions{Context: given})
		if !errors.Is(err, esdk.ErrContext) {
			t.Errorf("sealed with %v: %v", given, err)
		}
		calls.expect(t, 0, 0)
	}
	message, err := esdk.Seal(t.Context(), nil, plain, nil, &esdk.EncryptOptions{Context: c})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := esdk.Open(t.Context(), nil, required, message, nil); !errors.Is(err, esdk.ErrContext) {
		t.Errorf("opened a message that stores the pair: %v", err)
	}
	if _, _, err := esdk.Open(t.Context(), nil, required, message, &esdk.DecryptOptions{Context: c}); err != nil {
		t.Errorf("message that stores the pair, which is expected: %v", err)
	}
	if _, err := esdk.Seal(t.Context(), nil, esdk.NewRequiredContext(plain, "aws-crypto-public-key"), nil, &esdk.EncryptOptions{Context: c}); !errors.Is(err, esdk.ErrContext) {
		t.Errorf("sealed without the signing key: %v", err)
	}
}

// A manager beneath that drops or changes a required pair is found out.
func TestRequiredContextDropped(t *testing.T) {
	for _, change := range []func(esdk.Context) esdk.Context{
		func(c esdk.Context) esdk.Context { return without(c, "tenant") },
		func(c esdk.Context) esdk.Context { return with(c, "tenant", "red") },
	} {
		required := esdk.NewRequiredContext(changing{esdk.NewManager(newKeyring(t, "a")), change}, "tenant")
		c := esdk.Context{"tenant": "blue"}
		if _, err := required.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed, Context: c}); !errors.Is(err, esdk.ErrContext) {
			t.Errorf("encryption: %v", err)
		}
		sealer := changing{esdk.NewManager(newKeyring(t, "a")), func(c esdk.Context) esdk.Context { return c }}
		m, err := sealer.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed, Context: c})
		if err != nil {
			t.Fatal(err)
		}
		_, err = required.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: esdk.Committed, Context: c, Expected: c, EncryptedDataKeys: m.EncryptedDataKeys})
		if !errors.Is(err, esdk.ErrContext) {
			t.Errorf("decryption: %v", err)
		}
	}
}

// changing is a manager that changes the context of the materials it gives.
type changing struct {
	esdk.Manager
	change func(esdk.Context) esdk.Context
}

func (m changing) EncryptionMaterials(ctx context.Context, r *esdk.EncryptionRequest) (*esdk.EncryptionMaterials, error) {
	got, err := m.Manager.EncryptionMaterials(ctx, r)
	if err == nil {
		got.Context = m.change(got.Context)
	}
	return got, err
}

func (m changing) DecryptionMaterials(ctx context.Context, r *esdk.DecryptionRequest) (*esdk.DecryptionMaterials, error) {
	got, err := m.Manager.DecryptionMaterials(ctx, r)
	if err == nil {
		got.Context = m.change(got.Context)
	}
	return got, err
}

func with(c esdk.Context, key, value string) esdk.Context {
	c = maps.Clone(c)
	c[key] = value
	return c
}

func without(c esdk.Context, key string) esdk.Context {
	c = maps.Clone(c)
	delete(c, key)
	return c
}
