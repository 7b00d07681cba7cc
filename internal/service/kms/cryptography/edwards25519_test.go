package cryptography

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"crypto/x509"
	"testing"
)

func importEdwards25519(t *testing.T, seed string) *Opened {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(unhex(t, seed)))
	if err != nil {
		t.Fatal(err)
	}
	return importOpened(t, Edwards25519, der)
}

func importOpened(t *testing.T, spec Spec, plaintext []byte) *Opened {
	t.Helper()
	material, err := Import(spec, plaintext)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Open(material)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// RFC 8032, section 7.1, tests 2 and 3.
func TestEd25519Vectors(t *testing.T) {
	for _, vector := range []struct{ seed, public, message, signature string }{
		{
			"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			"72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
				"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
		},
		{
			"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
			"af82",
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
				"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
		},
	} {
		key := importEdwards25519(t, vector.seed)
		if !bytes.HasSuffix(key.PublicKey(), unhex(t, vector.public)) {
			t.Errorf("public key %x", key.PublicKey())
		}
		signature, err := key.Sign(Ed25519SHA512, Raw, unhex(t, vector.message))
		if err != nil || !bytes.Equal(signature, unhex(t, vector.signature)) {
			t.Errorf("signature %x, %v", signature, err)
		}
	}
}

// TestEd25519phHashesTheDigest: KMS takes a 64-byte digest as the message of
// Ed25519ph, which hashes it once more.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html: "This means
// the input is hashed twice: once by you and once by KMS."
func TestEd25519phHashesTheDigest(t *testing.T) {
	// The key of RFC 8032, section 7.3.
	key := importEdwards25519(t, "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
	public := ed25519.PublicKey(key.PublicKey()[len(key.PublicKey())-ed25519.PublicKeySize:])
	byCaller := sha512.Sum512([]byte("abc"))
	signature, err := key.Sign(Ed25519PHSHA512, Digest, byCaller[:])
	if err != nil {
		t.Fatal(err)
	}
	byKMS := sha512.Sum512(byCaller[:])
	ph := &ed25519.Options{Hash: crypto.SHA512}
	if err := ed25519.VerifyWithOptions(public, byKMS[:], signature, ph); err != nil {
		t.Errorf("hashed twice: %v", err)
	}
	if ed25519.VerifyWithOptions(public, byCaller[:], signature, ph) == nil {
		t.Error("the digest was hashed once only")
	}
	if err := key.Verify(Ed25519SHA512, Raw, byCaller[:], signature); err != ErrInvalidSignature {
		t.Errorf("taken as a plain Ed25519 signature: %v", err)
	}
}
