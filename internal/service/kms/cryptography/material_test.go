package cryptography

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"testing"
	"testing/iotest"
)

func TestMarshalRoundTrip(t *testing.T) {
	for _, spec := range allSpecs {
		t.Run(string(spec), func(t *testing.T) {
			material := newMaterial(t, spec)
			secret := material.Marshal()
			again, err := Unmarshal(spec, secret)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again.Marshal(), secret) || !again.Equal(material) || again.Spec() != spec {
				t.Error("the material that came back is another")
			}
			clear(secret)
			if !again.Equal(material) {
				t.Error("material shares memory with what it was read from")
			}
		})
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	for _, spec := range allSpecs {
		secret := newMaterial(t, spec).Marshal()
		cut := func(n int) []byte { return append([]byte(nil), secret[:len(secret)-n]...) }
		for name, bad := range map[string][]byte{
			"nothing": nil, "one byte short": cut(1), "one byte more": append(cut(0), 0),
		} {
			if _, err := Unmarshal(spec, bad); err != ErrMalformedMaterial {
				t.Errorf("%s, %s: %v", spec, name, err)
			}
		}
	}
}

// TestOtherSpecsMaterial gives every spec the material of every other.
func TestOtherSpecsMaterial(t *testing.T) {
	for _, spec := range allSpecs {
		for _, other := range allSpecs {
			secret := newMaterial(t, other).Marshal()
			if spec == other || !spec.IsAsymmetric() && len(secret) == specs[spec].size {
				continue // a raw key is any bytes of the right length
			}
			if _, err := Import(spec, secret); err != ErrIncorrectKeyMaterial {
				t.Errorf("%s took material of %s: %v", spec, other, err)
			}
		}
	}
}

func TestGenerateMakesNewKeys(t *testing.T) {
	for _, spec := range allSpecs {
		if specs[spec].family == familyRSA && spec != RSA2048 {
			continue // the same code, and slow
		}
		other, err := Generate(spec, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if other.Equal(newMaterial(t, spec)) {
			t.Errorf("%s: the same key twice", spec)
		}
	}
}

// TestGenerateWithoutRandomness covers the specs whose bytes come from the
// caller's source: a source that fails must never give a key.
func TestGenerateWithoutRandomness(t *testing.T) {
	broken := errors.New("no entropy")
	for _, spec := range []Spec{SymmetricDefault, HMAC224, HMAC512, Secp256k1, Edwards25519, MLDSA44} {
		if m, err := Generate(spec, iotest.ErrReader(broken)); !errors.Is(err, broken) || m != nil {
			t.Errorf("%s: %v, %v", spec, m, err)
		}
		if m, err := Generate(spec, bytes.NewReader(make([]byte, 5))); err == nil || m != nil {
			t.Errorf("%s from 5 bytes: %v, %v", spec, m, err)
		}
	}
}

func TestZero(t *testing.T) {
	material, err := Generate(SymmetricDefault, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret := material.secret
	material.Zero()
	if !bytes.Equal(secret, make([]byte, 32)) || len(material.Marshal()) != 0 {
		t.Error("the secret is still there")
	}
}

// TestEqualIgnoresEncoding swaps an RSA key's primes: other bytes, same key.
func TestEqualIgnoresEncoding(t *testing.T) {
	material := newMaterial(t, RSA2048)
	parsed, err := x509.ParsePKCS8PrivateKey(material.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	key := parsed.(*rsa.PrivateKey)
	swapped := &rsa.PrivateKey{PublicKey: key.PublicKey, D: key.D}
	swapped.Primes = append(swapped.Primes, key.Primes[1], key.Primes[0])
	swapped.Precompute()
	der, err := x509.MarshalPKCS8PrivateKey(swapped)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Import(RSA2048, der)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(other.Marshal(), material.Marshal()) {
		t.Fatal("the encodings do not differ: the test shows nothing")
	}
	if !other.Equal(material) {
		t.Error("the same key is taken for another")
	}
}

func TestEqualTellsSpecsApart(t *testing.T) {
	secret := make([]byte, 32)
	symmetric, err := Import(SymmetricDefault, secret)
	if err != nil {
		t.Fatal(err)
	}
	hmac, err := Import(HMAC256, secret)
	if err != nil {
		t.Fatal(err)
	}
	if symmetric.Equal(hmac) {
		t.Error("keys of two specs are equal")
	}
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html:
// the id is based on the KMS key ID and the imported key material.
func TestMaterialID(t *testing.T) {
	one, err := Import(SymmetricDefault, bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	two, err := Import(SymmetricDefault, bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	id := one.ID(regional.KeyID)
	if id != one.ID(regional.KeyID) {
		t.Error("the id changes")
	}
	if id == one.ID(multiRegion.KeyID) || id == two.ID(regional.KeyID) {
		t.Error("the id does not tell keys or materials apart")
	}
	// Computed once with HKDF-SHA256 of another implementation, so that ids in
	// stored blobs stay what they are.
	const want = "a81cc3e663515795a235e2374e9a106748973a9456f5cde393da36168cf2ebe8"
	if id.String() != want {
		t.Errorf("id %s, want %s", id, want)
	}
}
