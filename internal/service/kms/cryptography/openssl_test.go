package cryptography

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// The tests of this file let OpenSSL judge: what this package makes, OpenSSL
// must read, and the other way round. They are skipped where there is none.

// opensslDigest gives the options with which openssl dgst computes an algorithm.
func opensslDigest(algorithm SigningAlgorithm) []string {
	name := string(algorithm)
	options := []string{"-sha" + name[len(name)-3:]}
	if algorithm.isPSS() {
		options = append(options, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
	}
	return options
}

// TestOpenSSLSignatures covers RSA and ECDSA in both directions. The commands
// are those with which AWS's customers verify outside of AWS.
func TestOpenSSLSignatures(t *testing.T) {
	o := newOpenSSL(t)
	o.write("message", []byte("a message of some length"))
	for _, spec := range []Spec{RSA2048, RSA3072, RSA4096, NISTP256, NISTP384, NISTP521, Secp256k1} {
		key := newOpened(t, spec)
		o.write("public.der", key.PublicKey())
		o.write("private.der", newMaterial(t, spec).Marshal())
		o.run("pkey", "-pubin", "-inform", "DER", "-in", "public.der", "-out", "public.pem")
		o.run("pkey", "-inform", "DER", "-in", "private.der", "-out", "private.pem")
		for _, algorithm := range spec.SigningAlgorithms() {
			signature, err := key.Sign(algorithm, Raw, []byte("a message of some length"))
			if err != nil {
				t.Fatal(err)
			}
			o.write("signature", signature)
			options := opensslDigest(algorithm)
			verify := append([]string{"dgst", "-verify", "public.pem", "-signature", "signature"}, options...)
			if output := o.run(append(verify, "message")...); !strings.Contains(output, "Verified OK") {
				t.Errorf("%s %s: %s", spec, algorithm, output)
			}
			o.write("other", []byte("another message"))
			if output, err := o.try(append(verify, "other")...); err == nil || !strings.Contains(output, "Verification failure") {
				t.Errorf("%s %s, another message: %s", spec, algorithm, output)
			}
			o.run(append(append([]string{"dgst", "-sign", "private.pem", "-out", "theirs"}, options...), "message")...)
			if err := key.Verify(algorithm, Raw, []byte("a message of some length"), o.read("theirs")); err != nil {
				t.Errorf("%s %s: OpenSSL's signature: %v", spec, algorithm, err)
			}
		}
	}
}

func TestOpenSSLEd25519(t *testing.T) {
	o := newOpenSSL(t)
	key := newOpened(t, Edwards25519)
	o.write("public.der", key.PublicKey())
	o.write("private.der", newMaterial(t, Edwards25519).Marshal())
	o.write("message", []byte("a message"))
	signature, err := key.Sign(Ed25519SHA512, Raw, []byte("a message"))
	if err != nil {
		t.Fatal(err)
	}
	o.write("signature", signature)
	output := o.run("pkeyutl", "-verify", "-rawin", "-in", "message", "-sigfile", "signature",
		"-pubin", "-keyform", "DER", "-inkey", "public.der")
	if !strings.Contains(output, "Verified Successfully") {
		t.Error(output)
	}
	o.run("pkeyutl", "-sign", "-rawin", "-in", "message", "-out", "theirs", "-keyform", "DER", "-inkey", "private.der")
	if err := key.Verify(Ed25519SHA512, Raw, []byte("a message"), o.read("theirs")); err != nil {
		t.Error(err)
	}
}

func TestOpenSSLMLDSA(t *testing.T) {
	o := newOpenSSL(t)
	if output, err := o.try("list", "-signature-algorithms"); err != nil || !strings.Contains(output, "ML-DSA-44") {
		t.Skip("cross-check with OpenSSL: this openssl is older than 3.5 and has no ML-DSA")
	}
	o.write("message", []byte("a message"))
	for _, spec := range []Spec{MLDSA44, MLDSA65, MLDSA87} {
		key := newOpened(t, spec)
		o.write("public.der", key.PublicKey())
		signature, err := key.Sign(MLDSASHAKE256, Raw, []byte("a message"))
		if err != nil {
			t.Fatal(err)
		}
		o.write("signature", signature)
		output := o.run("pkeyutl", "-verify", "-rawin", "-in", "message", "-sigfile", "signature",
			"-pubin", "-keyform", "DER", "-inkey", "public.der")
		if !strings.Contains(output, "Verified Successfully") {
			t.Errorf("%s: %s", spec, output)
		}
	}
}

// opensslOAEP gives the options with which openssl pkeyutl computes OAEP, in the
// words of AWS's guide to importing key material.
func opensslOAEP(algorithm EncryptionAlgorithm) []string {
	hash := "sha256"
	if algorithm == OAEPSHA1 {
		hash = "sha1"
	}
	return []string{
		"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:" + hash, "-pkeyopt", "rsa_mgf1_md:" + hash,
	}
}

func TestOpenSSLOAEP(t *testing.T) {
	o := newOpenSSL(t)
	for _, spec := range rsaSpecs {
		key := newOpened(t, spec)
		o.write("public.der", key.PublicKey())
		o.write("private.der", newMaterial(t, spec).Marshal())
		for _, algorithm := range spec.EncryptionAlgorithms() {
			options := opensslOAEP(algorithm)
			o.write("plain", []byte("made outside"))
			o.run(append([]string{
				"pkeyutl", "-encrypt", "-in", "plain", "-out", "cipher",
				"-pubin", "-keyform", "DER", "-inkey", "public.der",
			}, options...)...)
			if got, err := key.Decrypt(algorithm, o.read("cipher")); err != nil || string(got) != "made outside" {
				t.Errorf("%s %s: %q, %v", spec, algorithm, got, err)
			}
			ciphertext, err := key.Encrypt(algorithm, []byte("made here"))
			if err != nil {
				t.Fatal(err)
			}
			o.write("cipher", ciphertext)
			o.run(append([]string{
				"pkeyutl", "-decrypt", "-in", "cipher", "-out", "plain", "-keyform", "DER", "-inkey", "private.der",
			}, options...)...)
			if got := o.read("plain"); string(got) != "made here" {
				t.Errorf("%s %s: OpenSSL decrypted %q", spec, algorithm, got)
			}
		}
	}
}

// TestOpenSSLImport follows AWS's guide: make key material with OpenSSL, wrap it
// with OpenSSL, import it.
// https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-encrypt-key-material.html
func TestOpenSSLImport(t *testing.T) {
	o := newOpenSSL(t)
	wrappingKey := newOpened(t, RSA4096)
	o.write("WrappingPublicKey.bin", wrappingKey.PublicKey())
	curve := func(name string) []string {
		return []string{"genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:" + name}
	}
	for spec, make := range map[Spec][]string{
		RSA2048:  {"genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"},
		RSA3072:  {"genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:3072"},
		NISTP256: curve("P-256"), NISTP384: curve("P-384"), NISTP521: curve("P-521"), Secp256k1: curve("secp256k1"),
		Edwards25519: {"genpkey", "-algorithm", "ed25519"},
	} {
		o.run(append(make, "-out", "key.pem")...)
		o.run("pkcs8", "-topk8", "-outform", "der", "-nocrypt", "-in", "key.pem", "-out", "key.der")
		o.run("pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der")
		checkImported(t, o, wrappingKey, spec)
	}
	for spec, size := range map[Spec]string{SymmetricDefault: "32", HMAC224: "28", HMAC384: "48", HMAC512: "64"} {
		o.run("rand", "-out", "key.der", size)
		checkImported(t, o, wrappingKey, spec)
	}
}

// checkImported wraps key.der with OpenSSL in every way that AWS admits and
// imports each. For key pairs, public.der is what must come out.
func checkImported(t *testing.T, o openssl, wrappingKey *Opened, spec Spec) {
	t.Helper()
	for _, algorithm := range []WrappingAlgorithm{WrapOAEPSHA1, WrapOAEPSHA256, WrapRSAAESSHA1, WrapRSAAESSHA256} {
		if !algorithm.Wraps(spec, wrappingKey.Spec()) {
			continue
		}
		oaep, hybrid, _ := algorithm.oaep()
		encrypt := func(in string) {
			o.run(append([]string{
				"pkeyutl", "-encrypt", "-in", in, "-out", "wrapped",
				"-inkey", "WrappingPublicKey.bin", "-keyform", "DER", "-pubin",
			}, opensslOAEP(oaep)...)...)
		}
		var wrapped []byte
		if hybrid {
			o.run("rand", "-out", "aes-key.bin", "32")
			o.run("enc", "-id-aes256-wrap-pad", "-K", hex.EncodeToString(o.read("aes-key.bin")), "-iv", "A65959A6",
				"-in", "key.der", "-out", "key-wrapped.bin")
			encrypt("aes-key.bin")
			wrapped = append(o.read("wrapped"), o.read("key-wrapped.bin")...)
		} else {
			encrypt("key.der")
			wrapped = o.read("wrapped")
		}
		plaintext, err := Unwrap(wrappingKey, algorithm, wrapped)
		if err != nil {
			t.Errorf("%s %s: %v", spec, algorithm, err)
			continue
		}
		material, err := Import(spec, plaintext)
		if err != nil {
			t.Errorf("%s %s: %v", spec, algorithm, err)
			continue
		}
		if !spec.IsAsymmetric() {
			if !bytes.Equal(material.Marshal(), o.read("key.der")) {
				t.Errorf("%s %s: other bytes", spec, algorithm)
			}
			continue
		}
		opened, err := Open(material)
		if err != nil || !bytes.Equal(opened.PublicKey(), o.read("public.der")) {
			t.Errorf("%s %s: another public key: %v", spec, algorithm, err)
		}
	}
}

// TestOpenSSLSmallExponent: crypto/x509 reads a key with e = 3; it is not taken.
func TestOpenSSLSmallExponent(t *testing.T) {
	o := newOpenSSL(t)
	o.run("genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3", "-out", "key.pem")
	o.run("pkcs8", "-topk8", "-outform", "der", "-nocrypt", "-in", "key.pem", "-out", "key.der")
	if _, err := Import(RSA2048, o.read("key.der")); err != ErrIncorrectKeyMaterial {
		t.Error(err)
	}
}

func TestOpenSSLECDH(t *testing.T) {
	o := newOpenSSL(t)
	for spec, curve := range map[Spec]string{NISTP256: "P-256", NISTP384: "P-384", NISTP521: "P-521"} {
		key := newOpened(t, spec)
		o.write("ours.der", key.PublicKey())
		o.run("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:"+curve, "-out", "theirs.pem")
		o.run("pkey", "-in", "theirs.pem", "-pubout", "-outform", "DER", "-out", "theirs.der")
		o.run("pkey", "-pubin", "-inform", "DER", "-in", "ours.der", "-out", "ours.pem")
		o.run("pkeyutl", "-derive", "-inkey", "theirs.pem", "-peerkey", "ours.pem", "-out", "secret")
		got, err := key.DeriveSharedSecret(ECDH, o.read("theirs.der"))
		if err != nil || !bytes.Equal(got, o.read("secret")) {
			t.Errorf("%s: %x, %v", spec, got, err)
		}
	}
}
