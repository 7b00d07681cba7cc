package kms

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"hash"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

func TestEncryptionContext(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	type pairs = map[string]string
	out := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain"), EncryptionContext: pairs{"a": "1", "b": "2"}})
	if *out.KeyId != *k.Arn || out.EncryptionAlgorithm != "SYMMETRIC_DEFAULT" {
		t.Errorf("Encrypt: %+v", out)
	}
	plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionContext: pairs{"b": "2", "a": "1"}})
	if string(plain.Plaintext) != "plain" || *plain.KeyId != *k.Arn || *plain.KeyMaterialId != *k.CurrentKeyMaterialId || plain.EncryptionAlgorithm != "SYMMETRIC_DEFAULT" {
		t.Errorf("Decrypt: %+v", plain)
	}
	for _, wrong := range []pairs{nil, {"a": "1"}, {"a": "1", "b": "3"}, {"A": "1", "b": "2"}, {"a": "1", "b": "2", "c": ""}, {"a": "1b", "": "2"}} {
		fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionContext: wrong}, "InvalidCiphertextException", "")
	}
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionContext: pairs{"k": string(make([]byte, maxContext))}}, "ValidationException", "")
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionContext: pairs{"": "v"}}, "ValidationException", "")
}

func TestPlaintextLimits(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	for _, size := range []int{1, 4096} {
		blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: make([]byte, size)}).CiphertextBlob
		if len(blob) > 6144 {
			t.Errorf("blob of %d bytes", len(blob))
		}
		if plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}).Plaintext; len(plain) != size {
			t.Errorf("%d bytes of %d", len(plain), size)
		}
	}
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: make([]byte, 4097)}, "ValidationException",
		"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096")
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId}, "ValidationException", "")
	rsa := w.key(spec("RSA_2048", "ENCRYPT_DECRYPT"))
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: rsa.KeyId, Plaintext: make([]byte, 191), EncryptionAlgorithm: "RSAES_OAEP_SHA_256"}, "ValidationException",
		"Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.")
}

// TestCiphertextNamesItsKey: which key a ciphertext is for, and what is told to
// whom. The words of IncorrectKeyException were recorded from AWS.
func TestCiphertextNamesItsKey(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	k, other := w.key(), w.key()
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	const incorrect = "The key ID in the request does not identify a CMK that can perform this operation."
	decrypt := func(keyID *string) *kmsapi.DecryptInput {
		return &kmsapi.DecryptInput{CiphertextBlob: blob, KeyId: keyID}
	}

	must(w, a, kmsapi.OpDecrypt, decrypt(nil))
	must(w, a, kmsapi.OpDecrypt, decrypt(k.KeyId))
	must(w, a, kmsapi.OpDecrypt, decrypt(k.Arn))
	fails(w, a, kmsapi.OpDecrypt, decrypt(other.KeyId), "IncorrectKeyException", incorrect)
	fails(w, a, kmsapi.OpDecrypt, decrypt(w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC")).KeyId), "IncorrectKeyException", incorrect)
	fails(w, a, kmsapi.OpDecrypt, decrypt(w.key(spec("RSA_2048", "ENCRYPT_DECRYPT")).KeyId), "IncorrectKeyException", incorrect)

	// Without a key id the answer does not tell whether the key exists.
	hidden := "User: " + w.user(accountB, "user").ARN + " is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
	fails(w, w.user(accountB, "user"), kmsapi.OpDecrypt, decrypt(nil), denied, hidden)
	fails(w, a, kmsapi.OpDecrypt, decrypt(nil), denied, "", via{region: region2})
	// A bare key id is enough for a key of another account that lets one in.
	shared := w.key(keyPolicy(letAccount(accountA), letAccount(accountB)))
	blob = must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: shared.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	must(w, w.admin(accountB), kmsapi.OpDecrypt, decrypt(shared.KeyId))
	must(w, w.admin(accountB), kmsapi.OpDecrypt, decrypt(nil))
	fails(w, w.admin(accountB), kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: shared.KeyId, Plaintext: []byte("x")}, "NotFoundException", "")
}

func TestBrokenCiphertexts(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	for at := range blob {
		broken := bytes.Clone(blob)
		broken[at] ^= 0x01
		for _, id := range []*string{nil, k.KeyId} {
			out, err := invoke(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: broken, KeyId: id})
			if err == nil {
				t.Errorf("byte %d changed: %q", at, out.Plaintext)
			}
		}
	}
	for _, broken := range [][]byte{{0}, blob[:len(blob)-1], append(bytes.Clone(blob), 0), []byte("not a ciphertext at all")} {
		fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: broken}, "InvalidCiphertextException", "")
	}
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{}, "ValidationException", "")
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: make([]byte, 6145)}, "ValidationException", "")
}

// TestRSACiphertextMadeOutside: what the standard library encrypts under the
// public key, Decrypt opens.
func TestRSACiphertextMadeOutside(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	k := w.key(spec("RSA_2048", "ENCRYPT_DECRYPT"))
	out := must(w, a, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: k.KeyId})
	parsed, err := x509.ParsePKIXPublicKey(out.PublicKey)
	w.check(err)
	public := parsed.(*rsa.PublicKey)
	if public.N.BitLen() != 2048 || out.KeySpec != "RSA_2048" || out.KeyUsage != "ENCRYPT_DECRYPT" || len(out.EncryptionAlgorithms) != 2 || out.SigningAlgorithms != nil {
		t.Errorf("GetPublicKey: %+v", out)
	}
	for algorithm, hash := range map[kmsapi.EncryptionAlgorithmSpec]func() hash.Hash{
		kmsapi.EncryptionAlgorithmSpecRsaesOaepSha1:   sha1.New,
		kmsapi.EncryptionAlgorithmSpecRsaesOaepSha256: sha256.New,
	} {
		blob, err := rsa.EncryptOAEP(hash(), rand.Reader, public, []byte("outside"), nil)
		w.check(err)
		in := &kmsapi.DecryptInput{KeyId: k.KeyId, CiphertextBlob: blob, EncryptionAlgorithm: algorithm}
		plain := must(w, a, kmsapi.OpDecrypt, in)
		if string(plain.Plaintext) != "outside" || plain.KeyMaterialId != nil {
			t.Errorf("Decrypt: %+v", plain)
		}
		fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob, EncryptionAlgorithm: algorithm}, "ValidationException", "")
		in.EncryptionContext = map[string]string{"a": "b"}
		fails(w, a, kmsapi.OpDecrypt, in, "ValidationException", "")
		in.EncryptionContext, in.CiphertextBlob = nil, append(blob[:len(blob)-1:len(blob)-1], blob[len(blob)-1]^1)
		fails(w, a, kmsapi.OpDecrypt, in, "InvalidCiphertextException", "")
	}
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionAlgorithm: "RSAES_OAEP_SHA_1"}).CiphertextBlob
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{KeyId: k.KeyId, CiphertextBlob: blob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256"}, "InvalidCiphertextException", "")
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.")
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionAlgorithm: "RSAES_OAEP_SHA_1", EncryptionContext: map[string]string{"a": "b"}}, "ValidationException", "")
}

func TestReEncrypt(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	from, to, rsaKey := w.key(), w.key(), w.key(spec("RSA_2048", "ENCRYPT_DECRYPT"))
	type pairs = map[string]string
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: from.KeyId, Plaintext: []byte("plain"), EncryptionContext: pairs{"a": "1"}}).CiphertextBlob
	out := must(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{
		CiphertextBlob: blob, SourceEncryptionContext: pairs{"a": "1"}, DestinationKeyId: to.KeyId, DestinationEncryptionContext: pairs{"b": "2"},
	})
	if *out.SourceKeyId != *from.Arn || *out.KeyId != *to.Arn || *out.SourceKeyMaterialId != *from.CurrentKeyMaterialId ||
		*out.DestinationKeyMaterialId != *to.CurrentKeyMaterialId || out.SourceEncryptionAlgorithm != "SYMMETRIC_DEFAULT" || out.DestinationEncryptionAlgorithm != "SYMMETRIC_DEFAULT" {
		t.Errorf("ReEncrypt: %+v", out)
	}
	plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob, KeyId: to.KeyId, EncryptionContext: pairs{"b": "2"}})
	if string(plain.Plaintext) != "plain" {
		t.Errorf("Decrypt: %q", plain.Plaintext)
	}
	asymmetric := must(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{
		CiphertextBlob: out.CiphertextBlob, SourceEncryptionContext: pairs{"b": "2"}, DestinationKeyId: rsaKey.KeyId, DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_256",
	})
	if asymmetric.DestinationKeyMaterialId != nil {
		t.Error("an asymmetric key names its material")
	}
	back := must(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{
		CiphertextBlob: asymmetric.CiphertextBlob, SourceKeyId: rsaKey.KeyId, SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_256", DestinationKeyId: from.KeyId,
	})
	if plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: back.CiphertextBlob}); string(plain.Plaintext) != "plain" {
		t.Errorf("Decrypt: %q", plain.Plaintext)
	}
	fails(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: to.KeyId}, "InvalidCiphertextException", "")
	fails(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: to.KeyId, DestinationKeyId: to.KeyId}, "IncorrectKeyException", "")
	fails(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceEncryptionContext: pairs{"a": "1"}, DestinationKeyId: w.key(spec("RSA_2048", "SIGN_VERIFY")).KeyId}, "InvalidKeyUsageException", "")
	// Where neither key will do, AWS speaks of the source.
	mac := w.key(spec("HMAC_224", "GENERATE_VERIFY_MAC"))
	fails(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: mac.KeyId, DestinationKeyId: mac.KeyId}, "IncorrectKeyException",
		"The key ID in the request does not identify a CMK that can perform this operation.")
	fails(w, a, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{DestinationKeyId: to.KeyId}, "ValidationException", "")

	// kms:ReEncryptOnSameKey: the example of the KMS Developer Guide.
	same := w.user(accountA, "same", allow("kms:ReEncrypt*", "*", `{"Bool":{"kms:ReEncryptOnSameKey":true}}`))
	must(w, same, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceEncryptionContext: pairs{"a": "1"}, DestinationKeyId: from.KeyId})
	fails(w, same, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceEncryptionContext: pairs{"a": "1"}, DestinationKeyId: to.KeyId}, denied, "")
}

func TestDataKeys(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	context := map[string]string{"a": "b"}
	for _, in := range []*kmsapi.GenerateDataKeyInput{
		{KeySpec: "AES_128"}, {KeySpec: "AES_256"}, {NumberOfBytes: new(int32(1))}, {NumberOfBytes: new(int32(1024))},
	} {
		in.KeyId, in.EncryptionContext = k.KeyId, context
		out := must(w, a, kmsapi.OpGenerateDataKey, in)
		want := map[kmsapi.DataKeySpec]int{"AES_128": 16, "AES_256": 32, "": int(deref(in.NumberOfBytes))}[in.KeySpec]
		plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionContext: context})
		if len(out.Plaintext) != want || !bytes.Equal(plain.Plaintext, out.Plaintext) || *out.KeyId != *k.Arn || *out.KeyMaterialId != *k.CurrentKeyMaterialId {
			t.Errorf("%+v: %d bytes", in, len(out.Plaintext))
		}
		without := must(w, a, kmsapi.OpGenerateDataKeyWithoutPlaintext, &kmsapi.GenerateDataKeyWithoutPlaintextInput{
			KeyId: k.KeyId, KeySpec: in.KeySpec, NumberOfBytes: in.NumberOfBytes, EncryptionContext: context,
		})
		plain = must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: without.CiphertextBlob, EncryptionContext: context})
		if len(plain.Plaintext) != want || bytes.Equal(plain.Plaintext, make([]byte, want)) && want > 8 {
			t.Errorf("without plaintext: %d bytes", len(plain.Plaintext))
		}
	}
	const message = "Please specify either number of bytes or key spec."
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId}, "ValidationException", message)
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId, KeySpec: "AES_256", NumberOfBytes: new(int32(1))}, "ValidationException", message)
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId, NumberOfBytes: new(int32(1025))}, "ValidationException", "")
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: w.key(spec("RSA_2048", "ENCRYPT_DECRYPT")).KeyId, KeySpec: "AES_256"}, "InvalidKeyUsageException", "")
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC")).KeyId, KeySpec: "AES_256"}, "InvalidKeyUsageException", "")
	fails(w, a, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId, KeySpec: "AES_256", Recipient: &kmsapi.RecipientInfo{AttestationDocument: []byte{1}}}, "NotImplemented", "")
}

func TestDataKeyPairs(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	for _, pairSpec := range []kmsapi.DataKeyPairSpec{"RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_NIST_EDWARDS25519"} {
		w.run(string(pairSpec), func(t *testing.T) {
			out := must(w, a, kmsapi.OpGenerateDataKeyPair, &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: pairSpec})
			private, err := x509.ParsePKCS8PrivateKey(out.PrivateKeyPlaintext)
			w.check(err)
			spki, err := x509.MarshalPKIXPublicKey(private.(interface{ Public() crypto.PublicKey }).Public())
			w.check(err)
			plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.PrivateKeyCiphertextBlob}).Plaintext
			if !bytes.Equal(spki, out.PublicKey) || !bytes.Equal(plain, out.PrivateKeyPlaintext) || out.KeyPairSpec != pairSpec {
				t.Errorf("%+v", out)
			}
			without := must(w, a, kmsapi.OpGenerateDataKeyPairWithoutPlaintext, &kmsapi.GenerateDataKeyPairWithoutPlaintextInput{KeyId: k.KeyId, KeyPairSpec: pairSpec})
			plain = must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: without.PrivateKeyCiphertextBlob}).Plaintext
			if _, err := x509.ParsePKCS8PrivateKey(plain); err != nil {
				t.Error(err)
			}
		})
	}
	must(w, a, kmsapi.OpGenerateDataKeyPair, &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: "ECC_SECG_P256K1"})
	fails(w, a, kmsapi.OpGenerateDataKeyPair, &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: "SM2"}, "UnsupportedOperationException", "")
	only := w.user(accountA, "ecc", allow("kms:GenerateDataKeyPair", "*", `{"StringLike":{"kms:DataKeyPairSpec":"ECC*"}}`))
	must(w, only, kmsapi.OpGenerateDataKeyPair, &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: "ECC_NIST_P256"})
	fails(w, only, kmsapi.OpGenerateDataKeyPair, &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: "RSA_2048"}, denied, "")
}

// TestGenerateRandom: the messages were recorded from AWS.
func TestGenerateRandom(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	seen := map[string]bool{}
	for _, n := range []int32{1, 16, 1024} {
		out := must(w, a, kmsapi.OpGenerateRandom, &kmsapi.GenerateRandomInput{NumberOfBytes: &n}).Plaintext
		if len(out) != int(n) || seen[string(out)] {
			t.Errorf("%d bytes: %x", n, out)
		}
		seen[string(out)] = true
	}
	fails(w, a, kmsapi.OpGenerateRandom, &kmsapi.GenerateRandomInput{}, "ValidationException", "NumberOfBytes is required.")
	fails(w, a, kmsapi.OpGenerateRandom, &kmsapi.GenerateRandomInput{NumberOfBytes: new(int32(1025))}, "ValidationException",
		"1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024")
	fails(w, a, kmsapi.OpGenerateRandom, &kmsapi.GenerateRandomInput{NumberOfBytes: new(int32(1)), CustomKeyStoreId: new("cks-1")}, "CustomKeyStoreNotFoundException", "")
	fails(w, a, kmsapi.OpGenerateRandom, &kmsapi.GenerateRandomInput{NumberOfBytes: new(int32(1)), Recipient: &kmsapi.RecipientInfo{}}, "NotImplemented", "")
}
