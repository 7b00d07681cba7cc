package rawkey_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/json"
	"errors"
	"hash"
	"os"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

var rsaKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var keys []*rsa.PrivateKey
	for _, bits := range []int{2048, 2048, 1024} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		keys = append(keys, k)
	}
	return keys
})

var paddings = []rawkey.Padding{rawkey.PKCS1, rawkey.OAEPSHA1, rawkey.OAEPSHA256, rawkey.OAEPSHA384, rawkey.OAEPSHA512}

func TestRSA(t *testing.T) {
	key := rsaKeys()[0]
	for _, p := range paddings {
		k, err := rawkey.NewRSA("ns", "name", p, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []esdk.Suite{esdk.AES128, esdk.AES192Derived, esdk.CommittedSigned} {
			wrapTwice(t, k, s)
		}
	}
}

// The padding is what it is called: opened with crypto/rsa alone, with MGF1 of
// the same hash.
func TestRSAPaddings(t *testing.T) {
	key := rsaKeys()[0]
	hashes := map[rawkey.Padding]func() hash.Hash{
		rawkey.OAEPSHA1: sha1.New, rawkey.OAEPSHA256: sha256.New, rawkey.OAEPSHA384: sha512.New384, rawkey.OAEPSHA512: sha512.New,
	}
	for _, p := range paddings {
		k, err := rawkey.NewRSA("ns", "name", p, &key.PublicKey, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
		if err := k.Wrap(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		e := m.EncryptedDataKeys[0]
		if e.ProviderID != "ns" || string(e.ProviderInfo) != "name" {
			t.Errorf("%s: %q %q", p, e.ProviderID, e.ProviderInfo)
		}
		var opened []byte
		if p == rawkey.PKCS1 {
			opened, err = decryptPKCS1(key, e.Ciphertext)
		} else {
			opened, err = rsa.DecryptOAEP(hashes[p](), nil, key, e.Ciphertext, nil)
		}
		if err != nil || !bytes.Equal(opened, m.DataKey) {
			t.Errorf("%s: opened %x, %v; want %x", p, opened, err, m.DataKey)
		}
	}
}

// Data keys that another implementation wrapped: testdata says which.
func TestUnwrapRSAVectors(t *testing.T) {
	var file struct {
		Private []byte
		Vectors []struct {
			Padding, DataKey, ProviderID, ProviderInfo string
			Suite                                      esdk.Suite
			Ciphertext                                 []byte
		}
	}
	b, err := os.ReadFile("testdata/rsa.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(file.Private)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]rawkey.Padding{
		"PKCS1": rawkey.PKCS1, "OAEP-SHA1": rawkey.OAEPSHA1, "OAEP-SHA256": rawkey.OAEPSHA256, "OAEP-SHA384": rawkey.OAEPSHA384, "OAEP-SHA512": rawkey.OAEPSHA512,
	}
	for _, v := range file.Vectors {
		k, err := rawkey.NewRSA(v.ProviderID, v.ProviderInfo, names[v.Padding], nil, key.(*rsa.PrivateKey))
		if err != nil {
			t.Fatal(err)
		}
		m := &esdk.DecryptionMaterials{Suite: v.Suite, Context: esdk.Context{"a": "b"}}
		err = k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{{ProviderID: v.ProviderID, ProviderInfo: []byte(v.ProviderInfo), Ciphertext: v.Ciphertext}})
		if err != nil || !bytes.Equal(m.DataKey, unhex(v.DataKey)) {
			t.Errorf("%s, %v: data key %x, %v; want %s", v.Padding, v.Suite, m.DataKey, err, v.DataKey)
		}
	}
	if len(file.Vectors) != 15 {
		t.Errorf("%d vectors, want 15", len(file.Vectors))
	}
}

func TestUnwrapRSARefuses(t *testing.T) {
	keys := rsaKeys()
	oaep := paddings[1:]
	for i, p := range oaep {
		right, err := rawkey.NewRSA("ns", "name", p, &keys[0].PublicKey, keys[0])
		if err != nil {
			t.Fatal(err)
		}
		m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
		if err := right.Wrap(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		unwrap := func(name string, p rawkey.Padding, key *rsa.PrivateKey, s esdk.Suite, e esdk.EncryptedDataKey) error {
			k, err := rawkey.NewRSA("ns", name, p, nil, key)
			if err != nil {
				t.Fatal(err)
			}
			d := &esdk.DecryptionMaterials{Suite: s}
			err = k.Unwrap(t.Context(), d, []esdk.EncryptedDataKey{e})
			if d.DataKey != nil {
				t.Error("there is a data key")
			}
			return err
		}
		e := m.EncryptedDataKeys[0]
		refused(t, unwrap("name", p, keys[1], esdk.Committed, e), 1)
		refused(t, unwrap("name", oaep[(i+1)%len(oaep)], keys[0], esdk.Committed, e), 1)
		refused(t, unwrap("name", p, keys[0], esdk.AES128, e), 1) // another length
		refused(t, unwrap("name2", p, keys[0], esdk.Committed, e), 0)
		e.ProviderID = "ns2"
		refused(t, unwrap("name", p, keys[0], esdk.Committed, e), 0)
		e.ProviderID, e.Ciphertext = "ns", nil
		refused(t, unwrap("name", p, keys[0], esdk.Committed, e), 1)

		public, err := rawkey.NewRSA("ns", "name", p, &keys[0].PublicKey, nil)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, public.Unwrap(t.Context(), &esdk.DecryptionMaterials{Suite: esdk.Committed}, m.EncryptedDataKeys), 1)
		private, err := rawkey.NewRSA("ns", "name", p, nil, keys[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := private.Wrap(t.Context(), &esdk.EncryptionMaterials{Suite: esdk.Committed}); err == nil {
			t.Error("wrapped without a public key")
		}
	}
}

func TestNewRSARefuses(t *testing.T) {
	keys := rsaKeys()
	broken := *keys[0]
	broken.Precomputed = rsa.PrecomputedValues{}
	broken.D = keys[1].D
	for _, c := range []struct {
		what            string
		namespace, name string
		padding         rawkey.Padding
		public          *rsa.PublicKey
		private         *rsa.PrivateKey
	}{
		{"no name", "ns", "", rawkey.OAEPSHA256, nil, keys[0]},
		{"AWS KMS's namespace", "aws-kms-rsa", "n", rawkey.OAEPSHA256, nil, keys[0]},
		{"no padding", "ns", "n", 0, nil, keys[0]},
		{"unknown padding", "ns", "n", rawkey.OAEPSHA512 + 1, nil, keys[0]},
		{"no key", "ns", "n", rawkey.OAEPSHA256, nil, nil},
		{"keys of two pairs", "ns", "n", rawkey.OAEPSHA256, &keys[1].PublicKey, keys[0]},
		{"short public key", "ns", "n", rawkey.PKCS1, &keys[2].PublicKey, nil},
		{"short private key", "ns", "n", rawkey.PKCS1, nil, keys[2]},
		{"inconsistent private key", "ns", "n", rawkey.OAEPSHA256, nil, &broken},
	} {
		if _, err := rawkey.NewRSA(c.namespace, c.name, c.padding, c.public, c.private); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
}

// A ciphertext has the modulus's length: what is shorter is refused without an
// operation of the private key, of which a forger could ask for thousands with
// few bytes. A caller who has gone away ends those that are left.
func TestUnwrapRSACosts(t *testing.T) {
	key := rsaKeys()[0]
	for _, p := range paddings {
		k, err := rawkey.NewRSA("ns", "name", p, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		e := esdk.EncryptedDataKey{ProviderID: "ns", ProviderInfo: []byte("name")}
		for len(e.Ciphertext) == 0 || e.Ciphertext[0] != 0 { // it is the same number without the zero
			m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
			if err := k.Wrap(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			e = m.EncryptedDataKeys[0]
		}
		whole := e
		e.Ciphertext = e.Ciphertext[1:]
		d := &esdk.DecryptionMaterials{Suite: esdk.Committed}
		refused(t, k.Unwrap(t.Context(), d, []esdk.EncryptedDataKey{e, e}), 2)
		if d.DataKey != nil {
			t.Errorf("%v: a short ciphertext gave a data key", p)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.Unwrap(gone, d, []esdk.EncryptedDataKey{whole}); !errors.Is(err, context.Canceled) || d.DataKey != nil {
			t.Errorf("%v: a caller who has gone away: %v", p, err)
		}
	}
}
