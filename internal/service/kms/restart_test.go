package kms

import (
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestRestart: everything of a key survives on disk; under another keyring its
// material is of no use.
func TestRestart(t *testing.T) {
	dir, kr := t.TempDir(), keyring.Memory()
	start := func(kr *keyring.Keyring) *world {
		db, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return newWorldOn(t, db, kr)
	}
	w := start(kr)
	a := w.admin(accountA)
	k, signing := w.key(replicable), w.key(spec("ECC_NIST_P256", "SIGN_VERIFY"))
	w.replica(k, region2)
	w.alias(k, "alias/x")
	w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(a.ARN), Name: new("n")})
	must(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{{TagKey: new("a"), TagValue: new("b")}}})
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	must(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId})
	signature := must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: signing.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}).Signature
	w.check(w.cloud.Store.Close())

	w = start(kr)
	a = w.admin(accountA)
	if plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, there).Plaintext; string(plain) != "plain" {
		t.Errorf("Decrypt: %q", plain)
	}
	must(w, a, kmsapi.OpVerify, &kmsapi.VerifyInput{KeyId: signing.KeyId, Message: []byte("x"), Signature: signature, SigningAlgorithm: "ECDSA_SHA_256"})
	w.check(w.encryptAs(a, new("alias/x")))
	wantList(t, w.rotations(k.KeyId), "NON_CURRENT", "ON_DEMAND CURRENT 2026-03-01")
	if g := must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId}).Grants; len(g) != 1 || *g[0].Name != "n" {
		t.Errorf("grants %+v", g)
	}
	if tags := must(w, a, kmsapi.OpListResourceTags, &kmsapi.ListResourceTagsInput{KeyId: k.KeyId}).Tags; len(tags) != 1 || *tags[0].TagValue != "b" {
		t.Errorf("tags %+v", tags)
	}
	w.check(w.cloud.Store.Close())

	w = start(keyring.Memory())
	fails(w, w.admin(accountA), kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, "KMSInternalException", "")
	w.check(w.cloud.Store.Close())
}
