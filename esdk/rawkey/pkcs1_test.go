//lint:file-ignore SA1019 the message format has this padding, and old keys know no other

package rawkey_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

func decryptPKCS1(key *rsa.PrivateKey, ciphertext []byte) ([]byte, error) {
	return rsa.DecryptPKCS1v15(nil, key, ciphertext)
}

// A wrong padding, a wrong length and a wrong key all give a random key, which
// differs every time: none can be told from the others (RFC 8017, section 7.2.2,
// Bleichenbacher's attack).
func TestUnwrapPKCS1TellsNothing(t *testing.T) {
	keys := rsaKeys()
	k, err := rawkey.NewRSA("ns", "name", rawkey.PKCS1, nil, keys[0])
	if err != nil {
		t.Fatal(err)
	}
	encrypt := func(key *rsa.PrivateKey, plaintext []byte) []byte {
		c, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, plaintext)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	unpadded := make([]byte, 256) // below the modulus; the padding of its decryption is wrong
	unpadded[255] = 2
	oaep, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &keys[0].PublicKey, make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	dataKey := bytes.Repeat([]byte{42}, 32)
	for name, c := range map[string][]byte{
		"no padding":  unpadded,
		"OAEP":        oaep,
		"short key":   encrypt(keys[0], dataKey[:31]),
		"long key":    encrypt(keys[0], append(dataKey, 42)),
		"other key":   below(keys[0], func() []byte { return encrypt(keys[1], dataKey) }),
		"flipped bit": flip(keys[0], encrypt(keys[0], dataKey)),
	} {
		var got [2][]byte
		for i := range got {
			m := &esdk.DecryptionMaterials{Suite: esdk.Committed}
			err := k.Unwrap(t.Context(), m, []esdk.EncryptedDataKey{{ProviderID: "ns", ProviderInfo: []byte("name"), Ciphertext: c}})
			if err != nil || len(m.DataKey) != 32 || bytes.Equal(m.DataKey, dataKey) {
				t.Fatalf("%s: data key %x, error %v", name, m.DataKey, err)
			}
			got[i] = m.DataKey
		}
		if bytes.Equal(got[0], got[1]) {
			t.Errorf("%s: the same key twice", name)
		}
	}
	// What is no number below the modulus is refused: everybody sees that.
	for _, c := range [][]byte{bytes.Repeat([]byte{1}, 257), bytes.Repeat([]byte{0xff}, 256)} {
		refused(t, k.Unwrap(t.Context(), &esdk.DecryptionMaterials{Suite: esdk.Committed},
			[]esdk.EncryptedDataKey{{ProviderID: "ns", ProviderInfo: []byte("name"), Ciphertext: c}}), 1)
	}
}

// The right data key is found among wrong ones, wherever it stands.
func TestUnwrapPKCS1FindsTheRightOne(t *testing.T) {
	key := rsaKeys()[0]
	k, err := rawkey.NewRSA("ns", "name", rawkey.PKCS1, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed}
	if err := k.Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	right, wrong, refused := m.EncryptedDataKeys[0], m.EncryptedDataKeys[0], m.EncryptedDataKeys[0]
	wrong.Ciphertext = flip(key, right.Ciphertext)
	refused.Ciphertext = bytes.Repeat([]byte{0xff}, 256)
	for _, keys := range [][]esdk.EncryptedDataKey{
		{right}, {right, wrong}, {wrong, right}, {refused, wrong, right, wrong}, {right, refused},
	} {
		d := &esdk.DecryptionMaterials{Suite: esdk.Committed}
		if err := k.Unwrap(t.Context(), d, keys); err != nil || !bytes.Equal(d.DataKey, m.DataKey) {
			t.Errorf("data key %x, %v; want %x", d.DataKey, err, m.DataKey)
		}
		if err := k.Unwrap(t.Context(), d, keys); err == nil {
			t.Error("a data key was replaced")
		}
	}
}

// flip changes a bit of c so that it stays a number below the modulus; it
// decrypts to anything then.
func flip(key *rsa.PrivateKey, c []byte) []byte {
	i := len(c)
	return below(key, func() []byte {
		i--
		f := bytes.Clone(c)
		f[i] ^= 1
		return f
	})
}

// below repeats until the result is a number below the modulus.
func below(key *rsa.PrivateKey, next func() []byte) []byte {
	for {
		if c := next(); bytes.Compare(c, key.N.Bytes()) < 0 {
			return c
		}
	}
}
