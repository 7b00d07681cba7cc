package cryptography

import (
	"bytes"
	"crypto/sha3"
	_ "embed"
	"encoding/json"
	"io"
	"testing"

	"filippo.io/mldsa"
	mldsax509 "filippo.io/mldsa/x509"
)

// mldsaForeign holds, for the seed 00 01 … 1f, the public key and a signature of
// "Fortlet ML-DSA cross-check" as computed by another implementation, CIRCL
// v1.6.5 (github.com/cloudflare/circl/sign/mldsa).
//
//go:embed testdata/mldsa.json
var mldsaForeign []byte

func TestMLDSAAgreesWithAnotherImplementation(t *testing.T) {
	var foreign map[Spec]struct{ PublicKey, Signature []byte }
	if err := json.Unmarshal(mldsaForeign, &foreign); err != nil {
		t.Fatal(err)
	}
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = byte(i)
	}
	for _, spec := range []Spec{MLDSA44, MLDSA65, MLDSA87} {
		private, err := mldsa.NewPrivateKey(mldsaParameters(spec), seed)
		if err != nil {
			t.Fatal(err)
		}
		der, err := mldsax509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		key := importOpened(t, spec, der)
		if !bytes.HasSuffix(key.PublicKey(), foreign[spec].PublicKey) || len(foreign[spec].PublicKey) < 1312 {
			t.Errorf("%s: another public key", spec)
		}
		message := []byte("Fortlet ML-DSA cross-check")
		if err := key.Verify(MLDSASHAKE256, Raw, message, foreign[spec].Signature); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

// RFC 9881, section 4: the algorithm identifiers, with no parameters. AWS gives
// these public key lengths in bytes: 1312, 1952, 2592.
func TestMLDSAPublicKeyEncoding(t *testing.T) {
	for spec, want := range map[Spec]struct {
		oid  byte
		size int
	}{MLDSA44: {17, 1312}, MLDSA65: {18, 1952}, MLDSA87: {19, 2592}} {
		spki := newOpened(t, spec).PublicKey()
		oid := append(unhex(t, "300b06096086480165030403"), want.oid)
		if !bytes.Equal(spki[4:4+len(oid)], oid) {
			t.Errorf("%s: algorithm %x, want %x", spec, spki[4:4+len(oid)], oid)
		}
		// SEQUENCE, algorithm, BIT STRING with its count of unused bits.
		if got := len(spki) - 4 - len(oid) - 5; got != want.size {
			t.Errorf("%s: %d bytes of key, want %d", spec, got, want.size)
		}
	}
}

// TestMLDSAExternalMu computes μ as the caller does (FIPS 204, algorithms 2 and
// 7, with an empty context); what is signed by it verifies by the message.
func TestMLDSAExternalMu(t *testing.T) {
	message := []byte("too long to send")
	for _, spec := range []Spec{MLDSA44, MLDSA65, MLDSA87} {
		key := newOpened(t, spec)
		tr := shake256(key.key.(*mldsaKey).verifier.Bytes())
		mu := shake256(append(append(tr, 0, 0), message...))
		signature, err := key.Sign(MLDSASHAKE256, ExternalMu, mu)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(MLDSASHAKE256, Raw, message, signature); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
		if err := key.Verify(MLDSASHAKE256, Raw, mu, signature); err != ErrInvalidSignature {
			t.Errorf("%s: μ passed for the message: %v", spec, err)
		}
	}
}

func shake256(input []byte) []byte {
	h := sha3.NewSHAKE256()
	h.Write(input)
	out := make([]byte, 64)
	io.ReadFull(h, out)
	return out
}
