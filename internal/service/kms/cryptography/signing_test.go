package cryptography

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"slices"
	"testing"
)

// hashedAs gives the digest that a caller of MessageType DIGEST must send.
func hashedAs(algorithm SigningAlgorithm, message []byte) []byte {
	switch algorithm {
	case PKCS1v15SHA256, PSSSHA256, ECDSASHA256:
		sum := sha256.Sum256(message)
		return sum[:]
	case PKCS1v15SHA384, PSSSHA384, ECDSASHA384:
		sum := sha512.Sum384(message)
		return sum[:]
	case PKCS1v15SHA512, PSSSHA512, ECDSASHA512:
		sum := sha512.Sum512(message)
		return sum[:]
	}
	return nil
}

// forEachSigner runs a test for each spec and algorithm that signs.
func forEachSigner(t *testing.T, test func(t *testing.T, key *Opened, algorithm SigningAlgorithm)) {
	for _, spec := range allSpecs {
		for _, algorithm := range spec.SigningAlgorithms() {
			t.Run(string(spec)+"/"+string(algorithm), func(t *testing.T) {
				test(t, newOpened(t, spec), algorithm)
			})
		}
	}
}

// messageFor gives a message type and message that the algorithm takes.
func messageFor(algorithm SigningAlgorithm) (MessageType, []byte) {
	if algorithm == Ed25519PHSHA512 {
		return Digest, bytes.Repeat([]byte{3}, 64)
	}
	return Raw, []byte("the message")
}

func TestSignVerify(t *testing.T) {
	forEachSigner(t, func(t *testing.T, key *Opened, algorithm SigningAlgorithm) {
		kind, message := messageFor(algorithm)
		signature, err := key.Sign(algorithm, kind, message)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(algorithm, kind, message, signature); err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(message)
		changed[0] ^= 1
		if err := key.Verify(algorithm, kind, changed, signature); err != ErrInvalidSignature {
			t.Errorf("changed message: %v", err)
		}
		for _, i := range []int{0, 1, len(signature) / 2, len(signature) - 1} {
			bad := bytes.Clone(signature)
			bad[i] ^= 1
			if err := key.Verify(algorithm, kind, message, bad); err != ErrInvalidSignature {
				t.Errorf("byte %d of the signature changed: %v", i, err)
			}
		}
		for name, bad := range map[string][]byte{
			"none": nil, "cut": signature[:len(signature)-1], "extended": append(bytes.Clone(signature), 0),
			"zeros": make([]byte, len(signature)),
		} {
			if err := key.Verify(algorithm, kind, message, bad); err != ErrInvalidSignature {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestDigestIsNotHashedAgain: a signature over the message and one over its
// digest are signatures of the same thing, and no digest passes for a message.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html: "A message
// and its hash digest are considered to be the same message."
func TestDigestIsNotHashedAgain(t *testing.T) {
	forEachSigner(t, func(t *testing.T, key *Opened, algorithm SigningAlgorithm) {
		message := []byte("the message")
		hashed := hashedAs(algorithm, message)
		if hashed == nil {
			t.Skip("the algorithm has no digest of the message alone")
		}
		ofMessage, err := key.Sign(algorithm, Raw, message)
		if err != nil {
			t.Fatal(err)
		}
		ofDigest, err := key.Sign(algorithm, Digest, hashed)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(algorithm, Digest, hashed, ofMessage); err != nil {
			t.Errorf("signed RAW, verified DIGEST: %v", err)
		}
		if err := key.Verify(algorithm, Raw, message, ofDigest); err != nil {
			t.Errorf("signed DIGEST, verified RAW: %v", err)
		}
		if err := key.Verify(algorithm, Raw, hashed, ofDigest); err != ErrInvalidSignature {
			t.Errorf("the digest passed for a message: %v", err)
		}
	})
}

func TestDigestLength(t *testing.T) {
	forEachSigner(t, func(t *testing.T, key *Opened, algorithm SigningAlgorithm) {
		kind, size := Digest, len(hashedAs(algorithm, nil))
		switch algorithm {
		case Ed25519PHSHA512:
			size = 64
		case MLDSASHAKE256:
			kind, size = ExternalMu, 64
		case Ed25519SHA512:
			t.Skip("takes no digest")
		}
		if _, err := key.Sign(algorithm, kind, make([]byte, size)); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		for _, wrong := range []int{0, 20, size - 1, size + 1, 2 * size} {
			if _, err := key.Sign(algorithm, kind, make([]byte, wrong)); err != ErrInvalidDigestLength {
				t.Errorf("Sign of %d bytes: %v", wrong, err)
			}
			err := key.Verify(algorithm, kind, make([]byte, wrong), []byte("signature"))
			if err != ErrInvalidDigestLength {
				t.Errorf("Verify of %d bytes: %v", wrong, err)
			}
		}
	})
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html, MessageType.
func TestMessageTypes(t *testing.T) {
	forEachSigner(t, func(t *testing.T, key *Opened, algorithm SigningAlgorithm) {
		takes := map[MessageType]bool{Raw: true, Digest: true}
		switch algorithm {
		case Ed25519SHA512:
			takes = map[MessageType]bool{Raw: true}
		case Ed25519PHSHA512:
			takes = map[MessageType]bool{Digest: true}
		case MLDSASHAKE256:
			takes = map[MessageType]bool{Raw: true, ExternalMu: true}
		}
		for _, kind := range []MessageType{Raw, Digest, ExternalMu, "", "raw"} {
			message := hashedAs(algorithm, nil)
			if message == nil {
				message = make([]byte, 64)
			}
			if _, err := key.Sign(algorithm, kind, message); (err == nil) != takes[kind] ||
				err != nil && err != ErrUnsupportedMessageType {
				t.Errorf("Sign %q: %v", kind, err)
			}
			want := ErrUnsupportedMessageType
			switch {
			case kind == ExternalMu && takes[kind]:
				want = ErrNotImplemented
			case takes[kind]:
				want = ErrInvalidSignature
			}
			if err := key.Verify(algorithm, kind, message, []byte("x")); err != want {
				t.Errorf("Verify %q: %v, want %v", kind, err, want)
			}
		}
	})
}

// TestOnlyTheSpecsAlgorithms asks every key for every algorithm.
func TestOnlyTheSpecsAlgorithms(t *testing.T) {
	for _, spec := range allSpecs {
		if spec == SymmetricDefault {
			continue
		}
		key := newOpened(t, spec)
		for _, other := range allSpecs {
			for _, a := range other.SigningAlgorithms() {
				_, signErr := key.Sign(a, Raw, nil)
				verifyErr := key.Verify(a, Raw, nil, nil)
				if allowed := slices.Contains(spec.SigningAlgorithms(), a); (signErr == ErrUnsupportedAlgorithm) == allowed ||
					(verifyErr == ErrUnsupportedAlgorithm) == allowed {
					t.Errorf("%s, %s: %v, %v", spec, a, signErr, verifyErr)
				}
			}
			for _, a := range other.EncryptionAlgorithms() {
				_, encryptErr := key.Encrypt(a, nil)
				_, decryptErr := key.Decrypt(a, nil)
				if allowed := slices.Contains(spec.EncryptionAlgorithms(), a); (encryptErr == ErrUnsupportedAlgorithm) == allowed ||
					(decryptErr == ErrUnsupportedAlgorithm) == allowed {
					t.Errorf("%s, %s: %v, %v", spec, a, encryptErr, decryptErr)
				}
			}
			for _, a := range other.MACAlgorithms() {
				_, generateErr := key.GenerateMAC(a, nil)
				verifyErr := key.VerifyMAC(a, nil, nil)
				if allowed := slices.Contains(spec.MACAlgorithms(), a); (generateErr == ErrUnsupportedAlgorithm) == allowed ||
					(verifyErr == ErrUnsupportedAlgorithm) == allowed {
					t.Errorf("%s, %s: %v, %v", spec, a, generateErr, verifyErr)
				}
			}
		}
		_, err := key.DeriveSharedSecret(ECDH, nil)
		if allowed := slices.Contains(spec.KeyAgreementAlgorithms(), ECDH); (err == ErrUnsupportedAlgorithm) == allowed {
			t.Errorf("%s, ECDH: %v", spec, err)
		}
		if _, err := key.DeriveSharedSecret("", nil); err != ErrUnsupportedAlgorithm {
			t.Errorf("%s, no agreement algorithm: %v", spec, err)
		}
	}
}

// TestSignaturesOfAnotherKey: a signature belongs to its key and algorithm.
func TestSignaturesOfAnotherKey(t *testing.T) {
	pairs := [][2]Spec{{RSA2048, RSA3072}, {NISTP256, Secp256k1}}
	for _, pair := range pairs {
		algorithm := pair[0].SigningAlgorithms()[0]
		signature, err := newOpened(t, pair[0]).Sign(algorithm, Raw, []byte("m"))
		if err != nil {
			t.Fatal(err)
		}
		if err := newOpened(t, pair[1]).Verify(algorithm, Raw, []byte("m"), signature); err != ErrInvalidSignature {
			t.Errorf("%s took a signature of %s: %v", pair[1], pair[0], err)
		}
	}
	key := newOpened(t, RSA2048)
	signature, err := key.Sign(PSSSHA256, Raw, []byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []SigningAlgorithm{PSSSHA384, PSSSHA512, PKCS1v15SHA256} {
		if err := key.Verify(other, Raw, []byte("m"), signature); err != ErrInvalidSignature {
			t.Errorf("%s took a signature of PSS with SHA-256: %v", other, err)
		}
	}
}
