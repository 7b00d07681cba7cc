package rawkey_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// Data keys that the AWS Encryption SDK for C wrapped, and one context whose
// keys sort differently as signed bytes.
// Source: aws/aws-encryption-sdk-c, tests/lib/raw_aes_keyring_test_vectors.c.
const (
	vectorNamespace = "static-random"
	vectorName      = "asdfhasiufhiasuhviawurhgiuawrhefiuawhf"
	vectorKey       = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

var vectors = []struct {
	name       string
	keyLength  int // of vectorKey
	suite      esdk.Suite
	context    esdk.Context
	dataKey    string
	nonce      string
	ciphertext string
}{
	{
		"256, no context", 32, esdk.AES256Derived, nil,
		"ddc2f65f96a2da9686ead658fee9c0c3b6d4b192f2ba5093219762ab7d259f2c",
		"bea0fbd00eee0d94d9b1b393",
		"542bf0dc35200738e49e34faa6bf11ed454097fdb8e336755c03bb9fa4429e66" + "447c39f77ffebca59870e9a8c9b57f6f",
	},
	{
		"192, bytes above 127 in context", 24, esdk.AES256Derived,
		esdk.Context{"aaaaaaaa\xc2\x80": "AAAAAAAA", "aaaaaaaa\x7f": "BBBBBBBB"},
		"facea0721080807a9ddb1f9a8d68eeb086b545cc4d8dc5757a36c1d2788b011f",
		"75219f9677aac89ed8538f57",
		"7073471991773bac644a200a81568c5c69e46228bc6c6c6bd63a3cfbf080c7f1" + "b8eec8a15c6cc2813accd2db52775549",
	},
	{
		"128, context", 16, esdk.AES128Derived, esdk.Context{"correct": "context"},
		"6d3ff7e90ee48109878f37d96a21e5f8",
		"8e2bfd25665a1c0d0d4a4914",
		"29093889e44e1cdcf04d0ba1e452d577" + "53f8237a52d9caa8536ef9cbae2263ae",
	},
}

func TestUnwrapAESVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			k, err := rawkey.NewAES(vectorNamespace, vectorName, unhex(vectorKey)[:v.keyLength])
			if err != nil {
				t.Fatal(err)
			}
			m := &esdk.DecryptionMaterials{Suite: v.suite, Context: v.context}
			if err := k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{vector(v.nonce, v.ciphertext)}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(m.DataKey, unhex(v.dataKey)) {
				t.Errorf("data key %x, want %s", m.DataKey, v.dataKey)
			}
		})
	}
}

func vector(nonce, ciphertext string) esdk.EncryptedDataKey {
	return esdk.EncryptedDataKey{
		ProviderID:   vectorNamespace,
		ProviderInfo: append([]byte(vectorName+"\x00\x00\x00\x80\x00\x00\x00\x0c"), unhex(nonce)...),
		Ciphertext:   unhex(ciphertext),
	}
}

// Every part of the wrapped key and of the context counts. The length that the
// suite takes is checked as well.
func TestUnwrapAESRefuses(t *testing.T) {
	v := vectors[2]
	k, err := rawkey.NewAES(vectorNamespace, vectorName, unhex(vectorKey)[:v.keyLength])
	if err != nil {
		t.Fatal(err)
	}
	other, err := rawkey.NewAES(vectorNamespace, vectorName, bytes.Repeat([]byte{7}, 16))
	if err != nil {
		t.Fatal(err)
	}
	right := func() *esdk.DecryptionMaterials {
		return &esdk.DecryptionMaterials{Suite: v.suite, Context: v.context}
	}
	for _, c := range []struct {
		name    string
		keyring esdk.Keyring
		change  func(*esdk.DecryptionMaterials, *esdk.EncryptedDataKey)
		tried   int
	}{
		{"another key of the same name", other, func(*esdk.DecryptionMaterials, *esdk.EncryptedDataKey) {}, 1},
		{"another context", k, func(m *esdk.DecryptionMaterials, _ *esdk.EncryptedDataKey) {
			m.Context = esdk.Context{"correct": "contexts"}
		}, 1},
		{"no context", k, func(m *esdk.DecryptionMaterials, _ *esdk.EncryptedDataKey) { m.Context = nil }, 1},
		{"another suite's key length", k, func(m *esdk.DecryptionMaterials, _ *esdk.EncryptedDataKey) {
			m.Suite = esdk.Committed
		}, 1},
		{"another namespace", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) { e.ProviderID += "x" }, 0},
		{"another name", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) { e.ProviderInfo[0]++ }, 0},
		{"longer name", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo = append([]byte("a"), e.ProviderInfo...)
		}, 0},
		{"tag length of 96", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo[len(vectorName)+3] = 96
		}, 0},
		{"nonce length of 16", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo[len(vectorName)+7] = 16
			e.ProviderInfo = append(e.ProviderInfo, 0, 0, 0, 0)
		}, 0},
		{"more after the nonce", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo = append(e.ProviderInfo, 0)
		}, 0},
		{"another nonce", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo[len(e.ProviderInfo)-1]++
		}, 1},
		{"no nonce", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) {
			e.ProviderInfo = e.ProviderInfo[:len(vectorName)]
		}, 0},
		{"no ciphertext", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) { e.Ciphertext = nil }, 0},
		{"only a tag", k, func(_ *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) { e.Ciphertext = e.Ciphertext[:16] }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, e := right(), vector(v.nonce, v.ciphertext)
			c.change(m, &e)
			refused(t, c.keyring.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{e}), c.tried)
			if m.DataKey != nil {
				t.Error("there is a data key")
			}
		})
	}
	for i := range unhex(v.ciphertext) {
		e := vector(v.nonce, v.ciphertext)
		e.Ciphertext[i] ^= 1
		refused(t, k.Unwrap(t.Context(), right(), []esdk.EncryptedDataKey{e}), 1)
	}
}

func TestUnwrapTakesTheFirstThatOpens(t *testing.T) {
	v := vectors[0]
	k, err := rawkey.NewAES(vectorNamespace, vectorName, unhex(vectorKey))
	if err != nil {
		t.Fatal(err)
	}
	foreign, broken := vector(v.nonce, v.ciphertext), vector(v.nonce, v.ciphertext)
	foreign.ProviderID, foreign.Ciphertext = "aws-kms", nil
	broken.Ciphertext[0]++
	m := &esdk.DecryptionMaterials{Suite: v.suite}
	if err := k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{foreign, broken, vector(v.nonce, v.ciphertext)}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.DataKey, unhex(v.dataKey)) {
		t.Errorf("data key %x, want %s", m.DataKey, v.dataKey)
	}
	if err := k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{vector(v.nonce, v.ciphertext)}); err == nil {
		t.Error("a data key was replaced")
	}
}

func TestWrapAES(t *testing.T) {
	for _, length := range []int{16, 24, 32} {
		k, err := rawkey.NewAES("ns", "name", unhex(vectorKey)[:length])
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range esdk.Suites() {
			wrapTwice(t, k, s)
		}
	}
}

func TestNewAESRefuses(t *testing.T) {
	key := unhex(vectorKey)
	for _, c := range []struct {
		what            string
		namespace, name string
		key             []byte
	}{
		{"no namespace", "", "n", key},
		{"no name", "ns", "", key},
		{"AWS KMS's namespace", "aws-kms", "n", key},
		{"AWS KMS's namespace", "aws-kms-rsa", "n", key},
		{"no UTF-8", "ns", "\xff", key},
		{"long namespace", strings.Repeat("n", 1<<16), "n", key},
		{"long name", "ns", strings.Repeat("n", 1<<16-20), key},
		{"no key", "ns", "n", nil},
		{"key of 17 bytes", "ns", "n", key[:17]},
	} {
		if _, err := rawkey.NewAES(c.namespace, c.name, c.key); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
	if _, err := rawkey.NewAES("ns", strings.Repeat("n", 1<<16-21), key); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

// wrapTwice has k generate a data key, wrap it once more, and open both.
func wrapTwice(t *testing.T, k esdk.Keyring, s esdk.Suite) {
	t.Helper()
	m := &esdk.EncryptionMaterials{Suite: s, Context: esdk.Context{"who": "me"}}
	for range 2 {
		before := bytes.Clone(m.DataKey)
		if err := k.Wrap(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if len(m.DataKey) != s.KeyLength() || before != nil && !bytes.Equal(before, m.DataKey) {
			t.Fatalf("%s: data key %x, before %x", s, m.DataKey, before)
		}
	}
	if len(m.EncryptedDataKeys) != 2 || bytes.Equal(m.EncryptedDataKeys[0].Ciphertext, m.EncryptedDataKeys[1].Ciphertext) {
		t.Fatalf("%s: encrypted data keys %x", s, m.EncryptedDataKeys)
	}
	for _, e := range m.EncryptedDataKeys {
		d := &esdk.DecryptionMaterials{Suite: s, Context: m.Context}
		if err := k.Unwrap(t.Context(), d, []esdk.EncryptedDataKey{e}); err != nil || !bytes.Equal(d.DataKey, m.DataKey) {
			t.Errorf("%s: opened %x, %v; want %x", s, d.DataKey, err, m.DataKey)
		}
	}
	if err := k.Wrap(t.Context(), &esdk.EncryptionMaterials{Suite: s, DataKey: make([]byte, s.KeyLength()+1)}); err == nil {
		t.Errorf("%s: a data key of the wrong length was wrapped", s)
	}
	if err := k.Wrap(t.Context(), &esdk.EncryptionMaterials{Suite: 0x9999}); err == nil {
		t.Error("an unknown suite got a data key")
	}
}

func refused(t *testing.T, err error, tried int) {
	t.Helper()
	u, ok := errors.AsType[*esdk.UnwrapError](err)
	if !errors.Is(err, esdk.ErrNoDataKey) || !ok || len(u.Attempts) != tried {
		t.Errorf("error %v, want one of %d attempts", err, tried)
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
