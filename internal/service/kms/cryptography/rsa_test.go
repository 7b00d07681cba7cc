package cryptography

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"testing"
)

var rsaSpecs = []Spec{RSA2048, RSA3072, RSA4096}

func rsaPublic(t *testing.T, key *Opened) *rsa.PublicKey {
	t.Helper()
	parsed, err := x509.ParsePKIXPublicKey(key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(*rsa.PublicKey)
}

func TestRSAEncryption(t *testing.T) {
	for _, spec := range rsaSpecs {
		key := newOpened(t, spec)
		for _, algorithm := range spec.EncryptionAlgorithms() {
			longest := bytes.Repeat([]byte{9}, spec.MaxPlaintext(algorithm))
			for _, plaintext := range [][]byte{{1}, longest} {
				ciphertext, err := key.Encrypt(algorithm, plaintext)
				if err != nil {
					t.Fatalf("%s %s, %d bytes: %v", spec, algorithm, len(plaintext), err)
				}
				if got, err := key.Decrypt(algorithm, ciphertext); err != nil || !bytes.Equal(got, plaintext) {
					t.Errorf("%s %s, %d bytes: %v", spec, algorithm, len(plaintext), err)
				}
			}
			if _, err := key.Encrypt(algorithm, append(longest, 9)); err != ErrPlaintextTooLong {
				t.Errorf("%s %s, one byte too long: %v", spec, algorithm, err)
			}
		}
	}
}

func TestRSADecryptRefuses(t *testing.T) {
	key := newOpened(t, RSA2048)
	ciphertext, err := key.Encrypt(OAEPSHA256, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(ciphertext)
	flipped[100] ^= 1
	labelled, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, rsaPublic(t, key), []byte("secret"), []byte("label"))
	if err != nil {
		t.Fatal(err)
	}
	//lint:ignore SA1019 this is what must be refused
	pkcs1, err := rsa.EncryptPKCS1v15(rand.Reader, rsaPublic(t, key), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"flipped": flipped, "empty": nil, "short": ciphertext[1:], "long": append([]byte{0}, ciphertext...),
		"with a label": labelled, "PKCS #1 v1.5": pkcs1, "above the modulus": bytes.Repeat([]byte{0xff}, 256),
		"zero": make([]byte, 256),
	} {
		if got, err := key.Decrypt(OAEPSHA256, bad); err != ErrInvalidCiphertext || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := key.Decrypt(OAEPSHA1, ciphertext); err != ErrInvalidCiphertext {
		t.Errorf("under the other hash: %v", err)
	}
	if _, err := newOpened(t, RSA3072).Decrypt(OAEPSHA256, ciphertext); err != ErrInvalidCiphertext {
		t.Errorf("under another key: %v", err)
	}
}

// TestRSAPSSSalt: the salt is exactly as long as the hash, in what is signed and
// in what is taken.
func TestRSAPSSSalt(t *testing.T) {
	material := newMaterial(t, RSA2048)
	parsed, err := x509.ParsePKCS8PrivateKey(material.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	private := parsed.(*rsa.PrivateKey)
	key := newOpened(t, RSA2048)
	hashed := sha512.Sum384([]byte("message"))
	signature, err := key.Sign(PSSSHA384, Raw, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	exactly := &rsa.PSSOptions{SaltLength: sha512.Size384}
	if err := rsa.VerifyPSS(&private.PublicKey, crypto.SHA384, hashed[:], signature, exactly); err != nil {
		t.Errorf("salt is not as long as the hash: %v", err)
	}
	for _, salt := range []int{0, 20, sha512.Size384 - 1, sha512.Size384 + 1} {
		other, err := rsa.SignPSS(rand.Reader, private, crypto.SHA384, hashed[:], &rsa.PSSOptions{SaltLength: salt})
		if salt == 0 {
			// Zero means "as long as fits" to crypto/rsa.
			other, err = rsa.SignPSS(rand.Reader, private, crypto.SHA384, hashed[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(PSSSHA384, Raw, []byte("message"), other); err != ErrInvalidSignature {
			t.Errorf("salt of %d bytes: %v", salt, err)
		}
	}
}

func TestRSAImportRefuses(t *testing.T) {
	marshal := func(key *rsa.PrivateKey) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	parsed, err := x509.ParsePKCS8PrivateKey(newMaterial(t, RSA2048).Marshal())
	if err != nil {
		t.Fatal(err)
	}
	good := parsed.(*rsa.PrivateKey)
	pkcs1 := x509.MarshalPKCS1PrivateKey(good)
	spki, err := x509.MarshalPKIXPublicKey(&good.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	damaged := marshal(good)
	damaged[len(damaged)/2] ^= 1 // inside the private numbers
	for name, bad := range map[string][]byte{
		"PKCS #1": pkcs1, "the public key": spki, "inconsistent": damaged, "text": []byte("-----BEGIN PRIVATE KEY-----"),
		"another length": newMaterial(t, RSA3072).Marshal(),
	} {
		if _, err := Import(RSA2048, bad); err != ErrIncorrectKeyMaterial {
			t.Errorf("%s: %v", name, err)
		}
	}
}
