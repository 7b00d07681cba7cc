package kms

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// wrapped asks for the parameters of an import and wraps secret with them as a
// customer would, with the standard library.
func (w *world) wrapped(keyID *string, secret []byte, how ...via) *kmsapi.ImportKeyMaterialInput {
	w.Helper()
	p := must(w, w.admin(accountA), kmsapi.OpGetParametersForImport, &kmsapi.GetParametersForImportInput{
		KeyId: keyID, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048",
	}, how...)
	public, err := x509.ParsePKIXPublicKey(p.PublicKey)
	w.check(err)
	blob, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), secret, nil)
	w.check(err)
	return &kmsapi.ImportKeyMaterialInput{
		KeyId: keyID, ImportToken: p.ImportToken, EncryptedKeyMaterial: blob,
		ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
	}
}
