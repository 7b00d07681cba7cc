package kms

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

func (w *world) publicKey(keyID *string) any {
	w.Helper()
	out := must(w, w.admin(accountA), kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: keyID})
	public, err := x509.ParsePKIXPublicKey(out.PublicKey)
	w.check(err)
	return public
}

// verifies checks a signature with the standard library.
func verifies(public any, algorithm kmsapi.SigningAlgorithmSpec, message, signature []byte) bool {
	hash := crypto.SHA256
	switch {
	case strings.HasSuffix(string(algorithm), "384"):
		hash = crypto.SHA384
	case strings.HasSuffix(string(algorithm), "512"):
		hash = crypto.SHA512
	}
	h := hash.New()
	h.Write(message)
	digest := h.Sum(nil)
	switch p := public.(type) {
	case *rsa.PublicKey:
		if strings.Contains(string(algorithm), "PSS") {
			return rsa.VerifyPSS(p, hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(p, hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(p, digest, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(p, message, signature)
	}
	return false
}

func TestSignAndVerify(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	tests := map[kmsapi.KeySpec][]kmsapi.SigningAlgorithmSpec{
		"RSA_2048":              {"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"},
		"ECC_NIST_P256":         {"ECDSA_SHA_256"},
		"ECC_NIST_P384":         {"ECDSA_SHA_384"},
		"ECC_NIST_P521":         {"ECDSA_SHA_512"},
		"ECC_SECG_P256K1":       {"ECDSA_SHA_256"},
		"ECC_NIST_EDWARDS25519": {"ED25519_SHA_512"},
		"ML_DSA_44":             {"ML_DSA_SHAKE_256"},
		"ML_DSA_65":             {"ML_DSA_SHAKE_256"},
		"ML_DSA_87":             {"ML_DSA_SHAKE_256"},
	}
	message := []byte("a message")
	for keySpec, algorithms := range tests {
		k := w.key(spec(keySpec, "SIGN_VERIFY"))
		for _, algorithm := range algorithms {
			w.run(string(keySpec+"/")+string(algorithm), func(t *testing.T) {
				out := must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: k.KeyId, Message: message, SigningAlgorithm: algorithm})
				if *out.KeyId != *k.Arn || out.SigningAlgorithm != algorithm {
					t.Errorf("Sign: %+v", out)
				}
				if keySpec != "ECC_SECG_P256K1" && !strings.HasPrefix(string(keySpec), "ML_DSA") && !verifies(w.publicKey(k.KeyId), algorithm, message, out.Signature) {
					t.Error("the standard library refuses the signature")
				}
				verify := &kmsapi.VerifyInput{KeyId: k.KeyId, Message: message, Signature: out.Signature, SigningAlgorithm: algorithm}
				if v := must(w, a, kmsapi.OpVerify, verify); !*v.SignatureValid || *v.KeyId != *k.Arn || v.SigningAlgorithm != algorithm {
					t.Errorf("Verify: %+v", v)
				}
				verify.Message = []byte("another message")
				fails(w, a, kmsapi.OpVerify, verify, "KMSInvalidSignatureException", "")
				verify.Message, verify.Signature = message, append([]byte{out.Signature[0] ^ 1}, out.Signature[1:]...)
				fails(w, a, kmsapi.OpVerify, verify, "KMSInvalidSignatureException", "")
				other := w.key(spec(keySpec, "SIGN_VERIFY"))
				fails(w, a, kmsapi.OpVerify, &kmsapi.VerifyInput{KeyId: other.KeyId, Message: message, Signature: out.Signature, SigningAlgorithm: algorithm}, "KMSInvalidSignatureException", "")
			})
		}
	}
}

// TestMessageTypes: RAW and DIGEST give signatures of the same message; the
// messages were recorded from AWS.
func TestMessageTypes(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(spec("RSA_2048", "SIGN_VERIFY"))
	message := make([]byte, 4096)
	digest := sha512.Sum512(message)
	in := &kmsapi.SignInput{KeyId: k.KeyId, Message: message, MessageType: "RAW", SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_512"}
	raw := must(w, a, kmsapi.OpSign, in).Signature
	in.Message, in.MessageType = digest[:], "DIGEST"
	if string(must(w, a, kmsapi.OpSign, in).Signature) != string(raw) {
		t.Error("RAW and DIGEST differ")
	}
	must(w, a, kmsapi.OpVerify, &kmsapi.VerifyInput{KeyId: k.KeyId, Message: digest[:], MessageType: "DIGEST", Signature: raw, SigningAlgorithm: in.SigningAlgorithm})
	in.Message = digest[1:]
	fails(w, a, kmsapi.OpSign, in, "ValidationException", "Digest is invalid length for algorithm RSASSA_PKCS1_V1_5_SHA_512.")
	in.Message, in.MessageType = make([]byte, 4097), "RAW"
	fails(w, a, kmsapi.OpSign, in, "ValidationException", "")
	in.Message, in.SigningAlgorithm = message, "ECDSA_SHA_256"
	fails(w, a, kmsapi.OpSign, in, "InvalidKeyUsageException", "Algorithm ECDSA_SHA_256 is incompatible with key spec RSA_2048.")
	edwards := w.key(spec("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"))
	fails(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: edwards.KeyId, Message: digest[:], MessageType: "DIGEST", SigningAlgorithm: "ED25519_SHA_512"}, "ValidationException", "")
	must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: edwards.KeyId, Message: digest[:], MessageType: "DIGEST", SigningAlgorithm: "ED25519_PH_SHA_512"})
}

// TestOpenSSLVerifies is the heart of the article on KMS signatures: OpenSSL
// accepts what Sign has made, and refuses it for a changed text.
func TestOpenSSLVerifies(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl on this machine")
	}
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(spec("RSA_2048", "SIGN_VERIFY"))
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		w.check(os.WriteFile(path, data, 0o600))
		return path
	}
	message := []byte("The quick brown fox")
	signature := must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: k.KeyId, Message: message, SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_512"}).Signature
	der := must(w, a, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: k.KeyId}).PublicKey
	public := write("public.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	for text, want := range map[string]string{string(message): "Verified OK", "The quick brown dog": "Verification failure"} {
		out, _ := exec.CommandContext(t.Context(), openssl, "dgst", "-sha512", "-verify", public,
			"-signature", write("signature", signature), write("text", []byte(text))).CombinedOutput()
		if !strings.Contains(string(out), want) {
			t.Errorf("%q: openssl says %s, want %s", text, out, want)
		}
	}
}

// TestKeyUsage: the messages were recorded from AWS.
func TestKeyUsage(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	symmetric, mac, signing := w.key(), w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC")), w.key(spec("RSA_2048", "SIGN_VERIFY"))
	const code = "InvalidKeyUsageException"
	fails(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: symmetric.KeyId, Message: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}, code, *symmetric.Arn+" key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.")
	fails(w, a, kmsapi.OpVerifyMac, &kmsapi.VerifyMacInput{KeyId: symmetric.KeyId, Message: []byte("x"), Mac: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}, code, "")
	fails(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: mac.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}, code, *mac.Arn+" key usage is GENERATE_VERIFY_MAC which is not valid for Sign.")
	fails(w, a, kmsapi.OpVerify, &kmsapi.VerifyInput{KeyId: symmetric.KeyId, Message: []byte("x"), Signature: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}, code, *symmetric.Arn+" key usage is ENCRYPT_DECRYPT which is not valid for Verify.")
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: signing.KeyId, Plaintext: []byte("x")}, code, *signing.Arn+" key usage is SIGN_VERIFY which is not valid for Encrypt.")
	fails(w, a, kmsapi.OpDeriveSharedSecret, &kmsapi.DeriveSharedSecretInput{KeyId: signing.KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: []byte("x")}, code, "")
	fails(w, a, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: symmetric.KeyId}, "UnsupportedOperationException", "")
}

func TestMACs(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	for keySpec, algorithm := range map[kmsapi.KeySpec]kmsapi.MacAlgorithmSpec{
		"HMAC_224": "HMAC_SHA_224", "HMAC_256": "HMAC_SHA_256", "HMAC_384": "HMAC_SHA_384", "HMAC_512": "HMAC_SHA_512",
	} {
		w.run(string(keySpec), func(t *testing.T) {
			k := w.key(spec(keySpec, "GENERATE_VERIFY_MAC"))
			out := must(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: k.KeyId, Message: []byte("message"), MacAlgorithm: algorithm})
			verify := &kmsapi.VerifyMacInput{KeyId: k.KeyId, Message: []byte("message"), Mac: out.Mac, MacAlgorithm: algorithm}
			if v := must(w, a, kmsapi.OpVerifyMac, verify); !*v.MacValid || *v.KeyId != *k.Arn {
				t.Errorf("VerifyMac: %+v", v)
			}
			verify.Message = []byte("another")
			fails(w, a, kmsapi.OpVerifyMac, verify, "KMSInvalidMacException", "")
			verify.Message, verify.Mac = []byte("message"), out.Mac[1:]
			fails(w, a, kmsapi.OpVerifyMac, verify, "KMSInvalidMacException", "")
			for _, other := range (kmsapi.MacAlgorithmSpec("")).Values() {
				if other != string(algorithm) {
					fails(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: k.KeyId, Message: []byte("x"), MacAlgorithm: kmsapi.MacAlgorithmSpec(other)},
						"InvalidKeyUsageException", "Algorithm "+other+" is incompatible with key spec "+string(keySpec)+".")
				}
			}
		})
	}
}

// TestImportedHMACKey: an imported key gives the codes that the standard
// library gives with the same secret.
func TestImportedHMACKey(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external, spec("HMAC_256", "GENERATE_VERIFY_MAC"))
	secret := []byte("0123456789abcdef0123456789abcdef")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, secret))
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("message"))
	out := must(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: k.KeyId, Message: []byte("message"), MacAlgorithm: "HMAC_SHA_256"})
	if !hmac.Equal(out.Mac, h.Sum(nil)) {
		t.Errorf("GenerateMac %x", out.Mac)
	}
}

func TestDeriveSharedSecret(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(spec("ECC_NIST_P256", "KEY_AGREEMENT"))
	peer, err := ecdh.P256().GenerateKey(rand.Reader)
	w.check(err)
	spki, err := x509.MarshalPKIXPublicKey(peer.PublicKey())
	w.check(err)
	ours, err := w.publicKey(k.KeyId).(*ecdsa.PublicKey).ECDH()
	w.check(err)
	want, err := peer.ECDH(ours)
	w.check(err)
	in := &kmsapi.DeriveSharedSecretInput{KeyId: k.KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: spki}
	out := must(w, a, kmsapi.OpDeriveSharedSecret, in)
	if string(out.SharedSecret) != string(want) || *out.KeyId != *k.Arn || out.KeyOrigin != "AWS_KMS" {
		t.Errorf("DeriveSharedSecret: %+v", out)
	}
	in.PublicKey = spki[1:]
	_, err = invoke(w, a, kmsapi.OpDeriveSharedSecret, in)
	if answer, ok := errors.AsType[*api.Error](err); !ok || answer.Code != "ValidationException" || answer.Message != "" {
		t.Errorf("no public key: %v, want a ValidationException without words, as AWS has it", err)
	}
	in.PublicKey, in.Recipient = spki, &kmsapi.RecipientInfo{}
	fails(w, a, kmsapi.OpDeriveSharedSecret, in, "NotImplemented", "")
}
