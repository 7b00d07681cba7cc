package kms

import (
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// TestRegionsOfAReplica: a replica is created in its own Region, so whoever may
// create keys in one Region alone makes no replica in another.
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html
func TestRegionsOfAReplica(t *testing.T) {
	w := newWorld(t)
	k := w.key(replicable)
	only := func(region string) string { return `{"StringEquals":{"aws:RequestedRegion":"` + region + `"}}` }
	replicate := &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region2)}
	here := w.user(accountA, "here", allow("kms:*", "*", only(region)))
	fails(w, here, kmsapi.OpReplicateKey, replicate, denied,
		"User: "+arnOf(here)+" is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey action")

	both := w.user(accountA, "both", allow("kms:ReplicateKey", "*", only(region)), allow("kms:CreateKey", "*", only(region2)))
	must(w, both, kmsapi.OpReplicateKey, replicate)

	primary := &kmsapi.UpdatePrimaryRegionInput{KeyId: k.KeyId, PrimaryRegion: new(region2)}
	fails(w, here, kmsapi.OpUpdatePrimaryRegion, primary, denied,
		"User: "+arnOf(here)+" is not authorized to perform: kms:UpdatePrimaryRegion on resource: "+strings.Replace(*k.Arn, region, region2, 1)+
			" because no identity-based policy allows the kms:UpdatePrimaryRegion action")
}

// TestHugeContexts: an encryption context that no operation takes is refused
// before any policy is compared with it, which takes time with both.
func TestHugeContexts(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	nobody := w.user(accountA, "nobody")
	huge := map[string]string{"a": strings.Repeat("x", maxContext)}
	const want = "EncryptionContext must not be larger than 8192 bytes."
	fails(w, nobody, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionContext: huge}, "ValidationException", want)
	fails(w, nobody, kmsapi.OpDecrypt, &kmsapi.DecryptInput{KeyId: k.KeyId, CiphertextBlob: []byte("x"), EncryptionContext: huge}, "ValidationException", want)
	fails(w, nobody, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId, NumberOfBytes: new(int32(32)), EncryptionContext: huge}, "ValidationException", want)
	fails(w, nobody, kmsapi.OpReEncrypt, &kmsapi.ReEncryptInput{SourceKeyId: k.KeyId, CiphertextBlob: []byte("x"), DestinationKeyId: k.KeyId, DestinationEncryptionContext: huge, SourceEncryptionContext: huge}, "ValidationException", want)
	fails(w, nobody, kmsapi.OpCreateGrant, &kmsapi.CreateGrantInput{
		KeyId: k.KeyId, GranteePrincipal: new(arnOf(nobody)), Operations: []kmsapi.GrantOperation{"Decrypt"},
		Constraints: &kmsapi.GrantConstraints{EncryptionContextEquals: huge},
	}, "ValidationException", want)
	huge["a"] = huge["a"][1:]
	fails(w, nobody, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), EncryptionContext: huge}, denied, "")
}
