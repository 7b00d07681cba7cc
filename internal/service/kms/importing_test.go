package kms

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// TestImportedMaterial: from PendingImport to Enabled and back. States and
// messages were recorded from AWS.
func TestImportedMaterial(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external)
	if k.KeyState != "PendingImport" || *k.Enabled || k.Origin != "EXTERNAL" || k.ExpirationModel != "" || k.CurrentKeyMaterialId != nil {
		t.Errorf("CreateKey: %+v", k)
	}
	secret := []byte("0123456789abcdef0123456789abcdef")
	in := w.wrapped(k.KeyId, secret)
	in.ExpirationModel = ""
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
	for _, validTo := range []time.Time{w.now, w.now.Add(-1), w.now.Add(366 * day)} {
		in.ValidTo = &validTo
		fails(w, a, kmsapi.OpImportKeyMaterial, in, "ValidationException", "")
	}
	in.ExpirationModel, in.ValidTo = "KEY_MATERIAL_DOES_NOT_EXPIRE", new(w.now.Add(day))
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "ValidationException", "")
	in.ValidTo = nil
	out := must(w, a, kmsapi.OpImportKeyMaterial, in)
	d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata
	if d.KeyState != "Enabled" || d.ExpirationModel != "KEY_MATERIAL_DOES_NOT_EXPIRE" || d.ValidTo != nil || *d.CurrentKeyMaterialId != *out.KeyMaterialId || *out.KeyId != *k.Arn {
		t.Errorf("after the import: %+v", d)
	}
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	del := must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId})
	if *del.KeyMaterialId != *out.KeyMaterialId || *del.KeyId != *k.Arn {
		t.Errorf("DeleteImportedKeyMaterial: %+v", del)
	}
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, "KMSInvalidStateException", *k.Arn+" is pending import.")
	d = must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata
	if d.KeyState != "PendingImport" || d.ExpirationModel != "" {
		t.Errorf("after the deletion: %+v", d)
	}
	// Only the same material brings the key back.
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, make([]byte, 32)), "IncorrectKeyMaterialException", "")
	again := must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, secret))
	if *again.KeyMaterialId != *out.KeyMaterialId {
		t.Error("the same material has another id")
	}
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId})
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId}) // no effect
}

// TestExpiry: expired material is wiped, and the key needs it again.
func TestExpiry(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external)
	secret := make([]byte, 32)
	in := w.wrapped(k.KeyId, secret)
	in.ExpirationModel, in.ValidTo = "KEY_MATERIAL_EXPIRES", new(w.now.Add(day))
	must(w, a, kmsapi.OpImportKeyMaterial, in)
	d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata
	if d.ExpirationModel != "KEY_MATERIAL_EXPIRES" || !d.ValidTo.Equal(w.now.Add(day)) {
		t.Errorf("DescribeKey: %+v", d)
	}
	w.pass(day - 1)
	w.check(w.encryptAs(a, k.KeyId))
	w.pass(1)
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}, "KMSInvalidStateException", *k.Arn+" is pending import.")
	w.check(w.cloud.Store.View(t.Context(), func(tx *store.Tx) error {
		if m := keys.Get(tx, store.Key(accountA, region, *k.KeyId)).Materials; len(m) != 1 || len(m[0].Sealed) != 0 {
			t.Error("expired material is still there")
		}
		return nil
	}))
	wantList(t, w.rotations(k.KeyId), "CURRENT PENDING_IMPORT")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, secret))
	w.check(w.encryptAs(a, k.KeyId))

	// Material that nobody asks for any more is wiped along with other changes.
	idle := w.key(external)
	in = w.wrapped(idle.KeyId, secret)
	in.ExpirationModel, in.ValidTo = "KEY_MATERIAL_EXPIRES", new(w.now.Add(day))
	must(w, a, kmsapi.OpImportKeyMaterial, in)
	w.pass(2 * day)
	w.key()
	w.check(w.cloud.Store.View(t.Context(), func(tx *store.Tx) error {
		if m := keys.Get(tx, store.Key(accountA, region, *idle.KeyId)).Materials; len(m[0].Sealed) != 0 {
			t.Error("expired material of an idle key is still there")
		}
		return nil
	}))
}

func TestImportTokens(t *testing.T) {
	w := newWorld(t)
	a, k, other := w.admin(accountA), w.key(external), w.key(external)
	in := w.wrapped(k.KeyId, make([]byte, 32))
	in.KeyId = other.KeyId
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "InvalidImportTokenException", "")
	in.KeyId, in.ImportToken = k.KeyId, []byte("token")
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "InvalidImportTokenException", "")
	in = w.wrapped(k.KeyId, make([]byte, 32))
	foreign := w.wrapped(k.KeyId, make([]byte, 32))
	fails(w, a, kmsapi.OpImportKeyMaterial, &kmsapi.ImportKeyMaterialInput{
		KeyId: k.KeyId, ImportToken: in.ImportToken, EncryptedKeyMaterial: foreign.EncryptedKeyMaterial, ExpirationModel: in.ExpirationModel,
	}, "InvalidCiphertextException", "")
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, make([]byte, 31)), "IncorrectKeyMaterialException", "")
	w.pass(24 * time.Hour)
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "ExpiredImportTokenException", "")

	params := must(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: k.KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_1", WrappingKeySpec: "RSA_2048"})
	if *params.KeyId != *k.Arn || !params.ParametersValidTo.Equal(w.now.Add(24*time.Hour)) || len(params.ImportToken) > 6144 {
		t.Errorf("GetParametersForImport: %+v", params)
	}
	generated := w.key()
	message := *generated.Arn + " origin is AWS_KMS which is not valid for this operation."
	fails(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: generated.KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048"}, "UnsupportedOperationException", message)
	in.KeyId = generated.KeyId
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "UnsupportedOperationException", message)
	fails(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: generated.KeyId}, "UnsupportedOperationException", message)
	for _, algorithm := range []kmsapi.AlgorithmSpec{"RSAES_PKCS1_V1_5", "SM2PKE"} {
		fails(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: k.KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: "RSA_2048"}, "UnsupportedOperationException", "")
	}
	rsaKey := w.key(external, spec("RSA_2048", "SIGN_VERIFY"))
	fails(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: rsaKey.KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_4096"}, "UnsupportedOperationException", "")
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	fails(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: k.KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048"}, "KMSInvalidStateException", "")
}

// TestImportedKeyPair: a key pair made by the standard library signs as itself,
// and never becomes another.
func TestImportedKeyPair(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external, spec("ECC_NIST_P256", "SIGN_VERIFY"))
	pkcs8 := func() ([]byte, *ecdsa.PrivateKey) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		w.check(err)
		der, err := x509.MarshalPKCS8PrivateKey(private)
		w.check(err)
		return der, private
	}
	der, private := pkcs8()
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, der))
	if !private.PublicKey.Equal(w.publicKey(k.KeyId)) {
		t.Error("another public key")
	}
	another, _ := pkcs8()
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, another), "IncorrectKeyMaterialException", "")
	in := w.wrapped(k.KeyId, der)
	in.ImportType = "EXISTING_KEY_MATERIAL"
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "ValidationException", "")
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId})
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, another), "IncorrectKeyMaterialException", "")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, der))
}

// TestImportWrappedByOpenSSL follows the KMS Developer Guide, "Importing key
// material step 3": an RSA private key under RSA_AES_KEY_WRAP_SHA_256.
func TestImportWrappedByOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl on this machine")
	}
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external, spec("RSA_2048", "SIGN_VERIFY"))
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	run := func(args ...string) {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), openssl, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	w.check(err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	w.check(err)
	p := must(w, a, kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{KeyId: k.KeyId, WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec: "RSA_2048"})
	w.check(os.WriteFile(path("key.der"), der, 0o600))
	w.check(os.WriteFile(path("wrapping.der"), p.PublicKey, 0o600))
	w.check(os.WriteFile(path("aes.bin"), []byte("0123456789abcdef0123456789abcdef"), 0o600))
	const aesHex = "3031323334353637383961626364656630313233343536373839616263646566"
	run("enc", "-id-aes256-wrap-pad", "-K", aesHex, "-iv", "A65959A6", "-in", path("key.der"), "-out", path("key.wrapped"))
	run("pkeyutl", "-encrypt", "-in", path("aes.bin"), "-out", path("aes.wrapped"), "-inkey", path("wrapping.der"), "-keyform", "DER", "-pubin",
		"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")
	wrappedKey, err := os.ReadFile(path("key.wrapped"))
	w.check(err)
	wrappedAES, err := os.ReadFile(path("aes.wrapped"))
	w.check(err)
	must(w, a, kmsapi.OpImportKeyMaterial, &kmsapi.ImportKeyMaterialInput{
		KeyId: k.KeyId, ImportToken: p.ImportToken, EncryptedKeyMaterial: append(wrappedAES, wrappedKey...), ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
	})
	if !private.PublicKey.Equal(w.publicKey(k.KeyId)) {
		t.Error("another public key")
	}
}

// TestImportedRotation: new material waits until it is rotated to; all material
// must be there for the key to work.
func TestImportedRotation(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(external)
	first, second := []byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, first))
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, "KMSInvalidStateException",
		"No available key material pending rotation for the key: "+*k.Arn+".")

	in := w.wrapped(k.KeyId, second)
	fails(w, a, kmsapi.OpImportKeyMaterial, in, "IncorrectKeyMaterialException", "") // EXISTING_KEY_MATERIAL by default
	in.ImportType, in.KeyMaterialDescription = "NEW_KEY_MATERIAL", new("second")
	out := must(w, a, kmsapi.OpImportKeyMaterial, in)
	repeated := w.wrapped(k.KeyId, first)
	repeated.ImportType = "NEW_KEY_MATERIAL"
	fails(w, a, kmsapi.OpImportKeyMaterial, repeated, "IncorrectKeyMaterialException", "")
	third := w.wrapped(k.KeyId, make([]byte, 32))
	third.ImportType = "NEW_KEY_MATERIAL"
	zeros, err := cryptography.Import(cryptography.SymmetricDefault, make([]byte, 32))
	w.check(err)
	fails(w, a, kmsapi.OpImportKeyMaterial, third, "KMSInvalidStateException", fmt.Sprintf(
		"New key material (id: %s) cannot be imported into KMS key %s, because another key material (id: %s) is pending rotation.",
		zeros.ID(*k.KeyId), *k.Arn, *out.KeyMaterialId))
	third.KeyMaterialId = out.KeyMaterialId
	fails(w, a, kmsapi.OpImportKeyMaterial, third, "ValidationException", "")
	repeated.ImportType, repeated.KeyMaterialId = "EXISTING_KEY_MATERIAL", out.KeyMaterialId
	fails(w, a, kmsapi.OpImportKeyMaterial, repeated, "IncorrectKeyMaterialException", "")
	wantList(t, w.rotations(k.KeyId), "CURRENT IMPORTED", "PENDING_ROTATION IMPORTED")

	must(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId})
	wantList(t, w.rotations(k.KeyId), "NON_CURRENT IMPORTED", "ON_DEMAND CURRENT 2026-03-01 IMPORTED")
	list := must(w, a, kmsapi.OpListKeyRotations, &kmsapi.ListKeyRotationsInput{KeyId: k.KeyId}).Rotations
	if len(list) != 1 || *list[0].KeyMaterialDescription != "second" || *list[0].KeyMaterialId != *out.KeyMaterialId || list[0].ExpirationModel != "KEY_MATERIAL_DOES_NOT_EXPIRE" {
		t.Errorf("ListKeyRotations: %+v", list)
	}
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
	fresh := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob

	firstID := must(w, a, kmsapi.OpListKeyRotations, &kmsapi.ListKeyRotationsInput{KeyId: k.KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL"}).Rotations[0].KeyMaterialId
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId, KeyMaterialId: firstID})
	wantList(t, w.rotations(k.KeyId), "NON_CURRENT PENDING_IMPORT", "ON_DEMAND CURRENT 2026-03-01 IMPORTED")
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: fresh}, "KMSInvalidStateException", "")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, first))
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: fresh})
	fails(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId, KeyMaterialId: new(cryptography.MaterialID{}.String())}, "NotFoundException", "")

	must(w, a, kmsapi.OpImportKeyMaterial, func() *kmsapi.ImportKeyMaterialInput { third.KeyMaterialId = nil; return third }())
	pending := must(w, a, kmsapi.OpListKeyRotations, &kmsapi.ListKeyRotationsInput{KeyId: k.KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL"}).Rotations[2].KeyMaterialId
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId, KeyMaterialId: pending})
	if n := len(w.rotations(k.KeyId)); n != 2 {
		t.Errorf("%d materials after the pending one was deleted", n)
	}
	w.check(w.encryptAs(a, k.KeyId))
}

func TestImportConditions(t *testing.T) {
	w := newWorld(t)
	k := w.key(external)
	getter := w.user(accountA, "getter", allow("kms:GetParametersForImport", "*", `{"StringEquals":{"kms:WrappingAlgorithm":"RSAES_OAEP_SHA_256","kms:WrappingKeySpec":"RSA_2048"}}`))
	in := &kmsapi.GetParametersForImportInput{KeyId: k.KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048"}
	must(w, getter, kmsapi.OpGetParametersForImport, in)
	in.WrappingAlgorithm = "RSAES_OAEP_SHA_1"
	fails(w, getter, kmsapi.OpGetParametersForImport, in, denied, "")

	// The examples of kms:ExpirationModel and kms:ValidTo in the KMS Developer Guide.
	never := w.user(accountA, "never", allow("kms:ImportKeyMaterial", "*", `{"StringEquals":{"kms:ExpirationModel":"KEY_MATERIAL_DOES_NOT_EXPIRE"}}`))
	soon := w.user(accountA, "soon", allow("kms:ImportKeyMaterial", "*", `{"NumericLessThanEquals":{"kms:ValidTo":"1772539200"}}`)) // 2026-03-03T12:00:00Z
	forever := w.wrapped(k.KeyId, make([]byte, 32))
	must(w, never, kmsapi.OpImportKeyMaterial, forever)
	fails(w, soon, kmsapi.OpImportKeyMaterial, forever, denied, "")
	expiring := w.wrapped(k.KeyId, make([]byte, 32))
	expiring.ExpirationModel, expiring.ValidTo = "", new(w.now.Add(2*day))
	must(w, soon, kmsapi.OpImportKeyMaterial, expiring)
	fails(w, never, kmsapi.OpImportKeyMaterial, expiring, denied, "")
	expiring.ValidTo = new(w.now.Add(3 * day))
	fails(w, soon, kmsapi.OpImportKeyMaterial, expiring, denied, "")
	// KEY_MATERIAL_EXPIRES is the default, and no way around a denial.
	lasting := w.user(accountA, "lasting", allow("kms:ImportKeyMaterial", "*", `{"StringNotEquals":{"kms:ExpirationModel":"KEY_MATERIAL_EXPIRES"}}`))
	fails(w, lasting, kmsapi.OpImportKeyMaterial, expiring, denied, "")
	must(w, lasting, kmsapi.OpImportKeyMaterial, forever)
}
