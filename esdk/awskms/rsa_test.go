package awskms_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
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

var oaep = map[types.EncryptionAlgorithmSpec]func() hash.Hash{
	types.EncryptionAlgorithmSpecRsaesOaepSha1:   sha1.New,
	types.EncryptionAlgorithmSpecRsaesOaepSha256: sha256.New,
}

// rsaFake is AWS KMS with one RSA key. Its other methods are never called.
type rsaFake struct {
	awskms.Client
	private *rsa.PrivateKey
	calls   []*kms.DecryptInput
	change  func(*kms.DecryptOutput)
}

func (f *rsaFake) Decrypt(_ context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	f.calls = append(f.calls, in)
	plaintext, err := rsa.DecryptOAEP(oaep[in.EncryptionAlgorithm](), nil, f.private, in.CiphertextBlob, nil)
	if err != nil {
		return nil, &types.InvalidCiphertextException{}
	}
	out := &kms.DecryptOutput{KeyId: in.KeyId, Plaintext: plaintext}
	if f.change != nil {
		f.change(out)
	}
	return out, nil
}

func newRSA(t *testing.T, client awskms.Client, key awskms.RSAKey) esdk.Keyring {
	t.Helper()
	k, err := awskms.NewRSAKeyring(client, key)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestRSAKeyring(t *testing.T) {
	private := rsaKeys()[0]
	for algorithm, newHash := range oaep {
		f := &rsaFake{private: private}
		writer := newRSA(t, nil, awskms.RSAKey{ARN: keyA, Algorithm: algorithm, Public: &private.PublicKey})
		reader := newRSA(t, f, awskms.RSAKey{ARN: keyA, Algorithm: algorithm, GrantTokens: []string{"token"}})
		for _, context := range []esdk.Context{nil, {"who": "me"}} {
			m := wrap(t, writer, context)
			e := m.EncryptedDataKeys[0]
			if e.ProviderID != "aws-kms-rsa" || string(e.ProviderInfo) != keyA {
				t.Errorf("encrypted data key %s %s", e.ProviderID, e.ProviderInfo)
			}
			// framework/aws-kms/aws-kms-rsa-keyring.md: the SHA-384 digest of the
			// serialized context, and the data key.
			plaintext, err := rsa.DecryptOAEP(newHash(), nil, private, e.Ciphertext, nil)
			serialized := ""
			if context != nil {
				serialized = "\x00\x01\x00\x03who\x00\x02me"
			}
			digest := sha512.Sum384([]byte(serialized))
			if err != nil || !bytes.Equal(plaintext, append(digest[:], m.DataKey...)) {
				t.Errorf("plaintext %x, %v", plaintext, err)
			}
			opens(t, reader, m)
			in := f.calls[len(f.calls)-1]
			if *in.KeyId != keyA || in.EncryptionAlgorithm != algorithm || in.EncryptionContext != nil || len(in.GrantTokens) != 1 || in.GrantTokens[0] != "token" {
				t.Errorf("call %+v", in)
			}
			// A data key that is there is wrapped as it is.
			if err := writer.Wrap(t.Context(), m); err != nil || len(m.EncryptedDataKeys) != 2 {
				t.Fatal(err)
			}
			m.EncryptedDataKeys = m.EncryptedDataKeys[1:]
			opens(t, reader, m)
		}
	}
}

// Data keys that another implementation wrapped: testdata says which.
func TestRSAKeyringVectors(t *testing.T) {
	var file struct {
		Private []byte
		Vectors []struct {
			Algorithm                         types.EncryptionAlgorithmSpec
			Suite                             esdk.Suite
			Context                           esdk.Context
			DataKey, ProviderID, ProviderInfo string
			Ciphertext                        []byte
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
	f := &rsaFake{private: key.(*rsa.PrivateKey)}
	for _, v := range file.Vectors {
		k := newRSA(t, f, awskms.RSAKey{ARN: v.ProviderInfo, Algorithm: v.Algorithm})
		keys := []esdk.EncryptedDataKey{{ProviderID: v.ProviderID, ProviderInfo: []byte(v.ProviderInfo), Ciphertext: v.Ciphertext}}
		m := &esdk.DecryptionMaterials{Suite: v.Suite, Context: v.Context}
		if err := k.Unwrap(t.Context(), m, keys); err != nil || hex.EncodeToString(m.DataKey) != v.DataKey {
			t.Errorf("%s, %v, context %v: data key %x, %v; want %s", v.Algorithm, v.Suite, v.Context, m.DataKey, err, v.DataKey)
		}
	}
	if len(file.Vectors) != 8 {
		t.Errorf("%d vectors, want 8", len(file.Vectors))
	}
}

// The default is RSAES_OAEP_SHA_256; replicas of a multi-Region key have the
// same private key.
func TestRSAKeyringOfAnotherRegion(t *testing.T) {
	private := rsaKeys()[0]
	f := &rsaFake{private: private}
	m := wrap(t, newRSA(t, nil, awskms.RSAKey{ARN: mrkWest, Public: &private.PublicKey}), nil)
	opens(t, newRSA(t, f, awskms.RSAKey{ARN: mrkEU}), m)
	if in := f.calls[0]; *in.KeyId != mrkEU || in.EncryptionAlgorithm != types.EncryptionAlgorithmSpecRsaesOaepSha256 {
		t.Errorf("call %+v", in)
	}
}

func TestRSAKeyringRefuses(t *testing.T) {
	private := rsaKeys()[0]
	f := &rsaFake{private: private}
	public := awskms.RSAKey{ARN: keyA, Public: &private.PublicKey}
	m := wrap(t, newRSA(t, nil, public), esdk.Context{"who": "me"})
	for name, change := range map[string]func(*esdk.EncryptedDataKey){
		"another provider": func(e *esdk.EncryptedDataKey) { e.ProviderID = "aws-kms" },
		"another key":      func(e *esdk.EncryptedDataKey) { e.ProviderInfo = []byte(keyB) },
		"another account":  func(e *esdk.EncryptedDataKey) { e.ProviderInfo = []byte(attacker) },
	} {
		e := m.EncryptedDataKeys[0]
		change(&e)
		refuses(t, newRSA(t, f, public), &esdk.EncryptionMaterials{Suite: m.Suite, Context: m.Context, EncryptedDataKeys: []esdk.EncryptedDataKey{e}}, 0)
		if f.calls != nil {
			t.Errorf("%s: calls %v", name, f.calls)
		}
	}
	for name, change := range map[string]func(*esdk.EncryptionMaterials){
		"another context":    func(m *esdk.EncryptionMaterials) { m.Context = esdk.Context{"who": "you"} },
		"no context":         func(m *esdk.EncryptionMaterials) { m.Context = nil },
		"another key length": func(m *esdk.EncryptionMaterials) { m.Suite = esdk.AES128Derived },
		"broken ciphertext": func(m *esdk.EncryptionMaterials) {
			m.EncryptedDataKeys = []esdk.EncryptedDataKey{m.EncryptedDataKeys[0]}
			m.EncryptedDataKeys[0].Ciphertext = []byte{1}
		},
	} {
		changed := *m
		change(&changed)
		if refuses(t, newRSA(t, f, public), &changed, 1); t.Failed() {
			t.Fatal(name)
		}
	}
	for name, change := range map[string]func(*kms.DecryptOutput){
		"no KeyId":      func(o *kms.DecryptOutput) { o.KeyId = nil },
		"another KeyId": func(o *kms.DecryptOutput) { o.KeyId = new(keyB) },
		"no plaintext":  func(o *kms.DecryptOutput) { o.Plaintext = nil },
		"only a digest": func(o *kms.DecryptOutput) { o.Plaintext = o.Plaintext[:48] },
		"digest":        func(o *kms.DecryptOutput) { o.Plaintext[47] ^= 1 },
	} {
		f.change = change
		if refuses(t, newRSA(t, f, public), m, 1); t.Failed() {
			t.Fatal(name)
		}
	}
	f.change = nil
	refuses(t, newRSA(t, nil, public), m, 1) // without a client
	bad := *m
	bad.EncryptedDataKeys = []esdk.EncryptedDataKey{{ProviderID: "aws-kms-rsa", ProviderInfo: []byte(aliasA)}}
	f.calls = nil
	refuses(t, newRSA(t, f, public), &bad, 1)
	if f.calls != nil {
		t.Errorf("calls %v", f.calls)
	}
}

func TestRSAKeyringTakesNoSigningSuite(t *testing.T) {
	private := rsaKeys()[0]
	f := &rsaFake{private: private}
	k := newRSA(t, f, awskms.RSAKey{ARN: keyA, Public: &private.PublicKey})
	if _, err := esdk.Seal(t.Context(), nil, esdk.NewManager(k), nil, nil); err == nil {
		t.Error("a signed message was written")
	}
	unsigned := map[int]esdk.Suite{16: esdk.AES128Derived, 24: esdk.AES192Derived, 32: esdk.Committed}
	for _, s := range esdk.Suites() {
		if err := k.Wrap(t.Context(), &esdk.EncryptionMaterials{Suite: s}); (err == nil) == s.Signs() {
			t.Errorf("%v: wrap: %v", s, err)
		}
		// A data key that would do, if the suite did.
		e := &esdk.EncryptionMaterials{Suite: unsigned[s.KeyLength()]}
		if err := k.Wrap(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		f.calls = nil
		err := k.Unwrap(t.Context(), &esdk.DecryptionMaterials{Suite: s}, e.EncryptedDataKeys)
		if (err == nil) == s.Signs() || (f.calls == nil) != s.Signs() {
			t.Errorf("%v: unwrap: %v, %d calls", s, err, len(f.calls))
		}
	}
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed, DataKey: make([]byte, 16)}
	if err := k.Wrap(t.Context(), m); err == nil || m.EncryptedDataKeys != nil {
		t.Error("a data key of the wrong length was wrapped")
	}
	if err := newRSA(t, f, awskms.RSAKey{ARN: keyA}).Wrap(t.Context(), &esdk.EncryptionMaterials{Suite: esdk.Committed}); err == nil {
		t.Error("wrapped without a public key")
	}
}

func TestNewRSAKeyringRefuses(t *testing.T) {
	keys := rsaKeys()
	f := &rsaFake{}
	for _, c := range []struct {
		what   string
		client awskms.Client
		key    awskms.RSAKey
	}{
		{"no key", f, awskms.RSAKey{}},
		{"alias", f, awskms.RSAKey{ARN: aliasA}},
		{"key id", f, awskms.RSAKey{ARN: strings.TrimPrefix(keyA, "arn:aws:kms:us-west-2:111122223333:key/")}},
		{"neither client nor public key", nil, awskms.RSAKey{ARN: keyA}},
		{"symmetric algorithm", f, awskms.RSAKey{ARN: keyA, Algorithm: types.EncryptionAlgorithmSpecSymmetricDefault}},
		{"short key", f, awskms.RSAKey{ARN: keyA, Public: &keys[2].PublicKey}},
	} {
		if _, err := awskms.NewRSAKeyring(c.client, c.key); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
}

// Errors of AWS KMS are in the error, for who wants to know that it was denied.
func TestErrorsAreKept(t *testing.T) {
	m := wrap(t, newRSA(t, nil, awskms.RSAKey{ARN: keyA, Public: &rsaKeys()[1].PublicKey}), nil)
	err := refuses(t, newRSA(t, &rsaFake{private: rsaKeys()[0]}, awskms.RSAKey{ARN: keyA}), m, 1)
	if _, ok := errors.AsType[*types.InvalidCiphertextException](err); !ok {
		t.Errorf("error %v", err)
	}
}
