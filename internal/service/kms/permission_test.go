package kms

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// attempt is a request that succeeds for those who may make it.
type attempt struct {
	op *api.Operation
	// actions are what the request takes permission for.
	actions []string
	call    func(p *authz.Principal) error
	// reach: a principal of another account may make it, if the key's policy
	// lets it.
	reach bool
}

// with makes an attempt of an operation. The input is made anew for each call.
func with[In, Out any](w *world, op *api.Op[In, Out], reach bool, in func() *In, actions ...string) attempt {
	if len(actions) == 0 {
		actions = []string{op.Action()}
	}
	return attempt{op: &op.Operation, actions: actions, reach: reach, call: func(p *authz.Principal) error {
		_, err := invoke(w, p, op, in())
		return err
	}}
}

// attempts are requests of every operation, on keys with the given policy.
func attempts(w *world, keyPolicyStatements ...string) []attempt {
	w.Helper()
	a := w.admin(accountA)
	p := keyPolicy(keyPolicyStatements...)
	symmetric, hmac, imported := w.key(p), w.key(p, spec("HMAC_256", "GENERATE_VERIFY_MAC")), w.key(p, external)
	signing, agreement := w.key(p, spec("ECC_NIST_P256", "SIGN_VERIFY")), w.key(p, spec("ECC_NIST_P256", "KEY_AGREEMENT"))
	primary := w.key(p, replicable)

	// What the attempts stand on is made by a user whom every policy lets in.
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: symmetric.Arn, Plaintext: []byte("plain")}).CiphertextBlob
	message := []byte("message")
	signature := must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: signing.Arn, Message: message, SigningAlgorithm: "ECDSA_SHA_256"}).Signature
	mac := must(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: hmac.Arn, Message: message, MacAlgorithm: "HMAC_SHA_256"}).Mac
	peer, err := ecdh.P256().GenerateKey(rand.Reader)
	w.check(err)
	spki, err := x509.MarshalPKIXPublicKey(peer.PublicKey())
	w.check(err)
	name := func(s string) string { return "alias/" + s + "-" + newGrantID()[:8] }
	alias := func(k *kmsapi.KeyMetadata) *string {
		n := name("test")
		must(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: &n, TargetKeyId: k.KeyId})
		return &n
	}
	grant := func() *kmsapi.CreateGrantOutput {
		return must(w, a, kmsapi.OpCreateGrant, &kmsapi.CreateGrantInput{KeyId: symmetric.Arn, GranteePrincipal: new(a.ARN), Operations: []kmsapi.GrantOperation{"Decrypt"}})
	}
	fresh := func(edit ...func(*kmsapi.CreateKeyInput)) *string { return w.key(append(edit, p)...).Arn }
	replicas := []string{"eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "ap-south-1", "ap-east-1", "sa-east-1"}

	return []attempt{
		with(w, kmsapi.OpEncrypt, true, func() *kmsapi.EncryptInput {
			return &kmsapi.EncryptInput{KeyId: symmetric.Arn, Plaintext: []byte("plain")}
		}),
		with(w, kmsapi.OpDecrypt, true, func() *kmsapi.DecryptInput {
			return &kmsapi.DecryptInput{KeyId: symmetric.Arn, CiphertextBlob: blob}
		}),
		with(w, kmsapi.OpReEncrypt, true, func() *kmsapi.ReEncryptInput {
			return &kmsapi.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: symmetric.Arn}
		}, "kms:ReEncryptFrom", "kms:ReEncryptTo"),
		with(w, kmsapi.OpGenerateDataKey, true, func() *kmsapi.GenerateDataKeyInput {
			return &kmsapi.GenerateDataKeyInput{KeyId: symmetric.Arn, KeySpec: "AES_256"}
		}),
		with(w, kmsapi.OpGenerateDataKeyWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyWithoutPlaintextInput{KeyId: symmetric.Arn, NumberOfBytes: new(int32(64))}
		}),
		with(w, kmsapi.OpGenerateDataKeyPair, true, func() *kmsapi.GenerateDataKeyPairInput {
			return &kmsapi.GenerateDataKeyPairInput{KeyId: symmetric.Arn, KeyPairSpec: "ECC_NIST_P256"}
		}),
		with(w, kmsapi.OpGenerateDataKeyPairWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyPairWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyPairWithoutPlaintextInput{KeyId: symmetric.Arn, KeyPairSpec: "ECC_NIST_P256"}
		}),
		with(w, kmsapi.OpSign, true, func() *kmsapi.SignInput {
			return &kmsapi.SignInput{KeyId: signing.Arn, Message: message, SigningAlgorithm: "ECDSA_SHA_256"}
		}),
		with(w, kmsapi.OpVerify, true, func() *kmsapi.VerifyInput {
			return &kmsapi.VerifyInput{KeyId: signing.Arn, Message: message, Signature: signature, SigningAlgorithm: "ECDSA_SHA_256"}
		}),
		with(w, kmsapi.OpGetPublicKey, true, func() *kmsapi.GetPublicKeyInput {
			return &kmsapi.GetPublicKeyInput{KeyId: signing.Arn}
		}),
		with(w, kmsapi.OpGenerateMac, true, func() *kmsapi.GenerateMacInput {
			return &kmsapi.GenerateMacInput{KeyId: hmac.Arn, Message: message, MacAlgorithm: "HMAC_SHA_256"}
		}),
		with(w, kmsapi.OpVerifyMac, true, func() *kmsapi.VerifyMacInput {
			return &kmsapi.VerifyMacInput{KeyId: hmac.Arn, Message: message, Mac: mac, MacAlgorithm: "HMAC_SHA_256"}
		}),
		with(w, kmsapi.OpDeriveSharedSecret, true, func() *kmsapi.DeriveSharedSecretInput {
			return &kmsapi.DeriveSharedSecretInput{KeyId: agreement.Arn, KeyAgreementAlgorithm: "ECDH", PublicKey: spki}
		}),
		with(w, kmsapi.OpDescribeKey, true, func() *kmsapi.DescribeKeyInput {
			return &kmsapi.DescribeKeyInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpGetKeyRotationStatus, true, func() *kmsapi.GetKeyRotationStatusInput {
			return &kmsapi.GetKeyRotationStatusInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpCreateGrant, true, func() *kmsapi.CreateGrantInput {
			return &kmsapi.CreateGrantInput{KeyId: symmetric.Arn, GranteePrincipal: new(a.ARN), Operations: []kmsapi.GrantOperation{"Decrypt"}}
		}),
		with(w, kmsapi.OpListGrants, true, func() *kmsapi.ListGrantsInput {
			return &kmsapi.ListGrantsInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpRevokeGrant, true, func() *kmsapi.RevokeGrantInput {
			return &kmsapi.RevokeGrantInput{KeyId: symmetric.Arn, GrantId: grant().GrantId}
		}),
		with(w, kmsapi.OpRetireGrant, false, func() *kmsapi.RetireGrantInput {
			return &kmsapi.RetireGrantInput{GrantToken: grant().GrantToken}
		}),
		with(w, kmsapi.OpListRetirableGrants, false, func() *kmsapi.ListRetirableGrantsInput {
			return &kmsapi.ListRetirableGrantsInput{RetiringPrincipal: new(a.ARN)}
		}),
		with(w, kmsapi.OpCreateKey, false, func() *kmsapi.CreateKeyInput {
			return &kmsapi.CreateKeyInput{Tags: []kmsapi.Tag{{TagKey: new("a"), TagValue: new("b")}}}
		}, "kms:CreateKey", "kms:TagResource"),
		with(w, kmsapi.OpListKeys, false, func() *kmsapi.ListKeysInput { return &kmsapi.ListKeysInput{} }),
		with(w, kmsapi.OpListAliases, false, func() *kmsapi.ListAliasesInput { return &kmsapi.ListAliasesInput{} }),
		with(w, kmsapi.OpGenerateRandom, false, func() *kmsapi.GenerateRandomInput {
			return &kmsapi.GenerateRandomInput{NumberOfBytes: new(int32(8))}
		}),
		with(w, kmsapi.OpCreateAlias, false, func() *kmsapi.CreateAliasInput {
			return &kmsapi.CreateAliasInput{AliasName: new(name("new")), TargetKeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpDeleteAlias, false, func() *kmsapi.DeleteAliasInput {
			return &kmsapi.DeleteAliasInput{AliasName: alias(hmac)}
		}),
		with(w, kmsapi.OpUpdateAlias, false, func() *kmsapi.UpdateAliasInput {
			return &kmsapi.UpdateAliasInput{AliasName: alias(imported), TargetKeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpTagResource, false, func() *kmsapi.TagResourceInput {
			return &kmsapi.TagResourceInput{KeyId: symmetric.Arn, Tags: []kmsapi.Tag{{TagKey: new("a"), TagValue: new("b")}}}
		}),
		with(w, kmsapi.OpUntagResource, false, func() *kmsapi.UntagResourceInput {
			return &kmsapi.UntagResourceInput{KeyId: symmetric.Arn, TagKeys: []string{"a"}}
		}),
		with(w, kmsapi.OpListResourceTags, false, func() *kmsapi.ListResourceTagsInput {
			return &kmsapi.ListResourceTagsInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpUpdateKeyDescription, false, func() *kmsapi.UpdateKeyDescriptionInput {
			return &kmsapi.UpdateKeyDescriptionInput{KeyId: symmetric.Arn, Description: new("text")}
		}),
		with(w, kmsapi.OpEnableKey, false, func() *kmsapi.EnableKeyInput { return &kmsapi.EnableKeyInput{KeyId: symmetric.Arn} }),
		with(w, kmsapi.OpDisableKey, false, func() *kmsapi.DisableKeyInput { return &kmsapi.DisableKeyInput{KeyId: fresh()} }),
		with(w, kmsapi.OpEnableKeyRotation, false, func() *kmsapi.EnableKeyRotationInput {
			return &kmsapi.EnableKeyRotationInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpDisableKeyRotation, false, func() *kmsapi.DisableKeyRotationInput {
			return &kmsapi.DisableKeyRotationInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpRotateKeyOnDemand, false, func() *kmsapi.RotateKeyOnDemandInput {
			return &kmsapi.RotateKeyOnDemandInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpListKeyRotations, false, func() *kmsapi.ListKeyRotationsInput {
			return &kmsapi.ListKeyRotationsInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpGetKeyLastUsage, false, func() *kmsapi.GetKeyLastUsageInput {
			return &kmsapi.GetKeyLastUsageInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpGetKeyPolicy, false, func() *kmsapi.GetKeyPolicyInput { return &kmsapi.GetKeyPolicyInput{KeyId: symmetric.Arn} }),
		with(w, kmsapi.OpListKeyPolicies, false, func() *kmsapi.ListKeyPoliciesInput {
			return &kmsapi.ListKeyPoliciesInput{KeyId: symmetric.Arn}
		}),
		with(w, kmsapi.OpPutKeyPolicy, false, func() *kmsapi.PutKeyPolicyInput {
			return &kmsapi.PutKeyPolicyInput{KeyId: symmetric.Arn, Policy: new(document(keyPolicyStatements...)), BypassPolicyLockoutSafetyCheck: new(true)}
		}),
		with(w, kmsapi.OpScheduleKeyDeletion, false, func() *kmsapi.ScheduleKeyDeletionInput {
			return &kmsapi.ScheduleKeyDeletionInput{KeyId: fresh()}
		}),
		with(w, kmsapi.OpCancelKeyDeletion, false, func() *kmsapi.CancelKeyDeletionInput {
			id := fresh()
			must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: id})
			return &kmsapi.CancelKeyDeletionInput{KeyId: id}
		}),
		with(w, kmsapi.OpGetParametersForImport, false, func() *kmsapi.GetParametersForImportInput {
			return &kmsapi.GetParametersForImportInput{KeyId: imported.Arn, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048"}
		}),
		with(w, kmsapi.OpImportKeyMaterial, false, func() *kmsapi.ImportKeyMaterialInput {
			id := fresh(external)
			return w.wrapped(id, make([]byte, 32))
		}),
		with(w, kmsapi.OpDeleteImportedKeyMaterial, false, func() *kmsapi.DeleteImportedKeyMaterialInput {
			return &kmsapi.DeleteImportedKeyMaterialInput{KeyId: imported.Arn}
		}),
		with(w, kmsapi.OpReplicateKey, false, func() *kmsapi.ReplicateKeyInput {
			region := replicas[0]
			replicas = replicas[1:]
			return &kmsapi.ReplicateKeyInput{KeyId: primary.Arn, ReplicaRegion: &region, Policy: new(document(keyPolicyStatements...)), BypassPolicyLockoutSafetyCheck: new(true)}
		}, "kms:ReplicateKey", "kms:CreateKey"),
		with(w, kmsapi.OpUpdatePrimaryRegion, false, func() *kmsapi.UpdatePrimaryRegionInput {
			id := fresh(replicable)
			must(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: id, ReplicaRegion: new(region2), Policy: new(document(keyPolicyStatements...)), BypassPolicyLockoutSafetyCheck: new(true)})
			return &kmsapi.UpdatePrimaryRegionInput{KeyId: id, PrimaryRegion: new(region2)}
		}),
	}
}

func isDenied(err error) bool { return err != nil && strings.HasPrefix(err.Error(), denied+": User: ") }

// TestEveryOperationIsAuthorized: a user may do what its policies name, and
// nothing of it when one of the permissions is missing.
func TestEveryOperationIsAuthorized(t *testing.T) {
	w := newWorld(t)
	tried := map[*api.Operation]bool{}
	for _, try := range attempts(w, letAccount(accountA)) {
		tried[try.op] = true
		w.run(try.op.Name, func(t *testing.T) {
			if err := try.call(w.user(accountA, "nobody")); !isDenied(err) {
				t.Errorf("without policies: %v", err)
			}
			others := allow("kms:*", "*", `{"StringEquals":{"aws:username":"somebody else"}}`)
			if err := try.call(w.user(accountA, "other", others, allow("s3:*", "*"))); !isDenied(err) {
				t.Errorf("with other permissions: %v", err)
			}
			var all []string
			for i, action := range try.actions {
				all = append(all, allow(action, "*"))
				if len(try.actions) > 1 {
					only := w.user(accountA, "half", allow(try.actions[1-i], "*"))
					if err := try.call(only); !isDenied(err) {
						t.Errorf("without %s: %v", action, err)
					}
				}
			}
			if err := try.call(w.user(accountA, "exact", all...)); err != nil {
				t.Errorf("with exactly %v: %v", try.actions, err)
			}
			deny := statement("Deny", "", try.actions[0], "*", nil)
			if err := try.call(w.user(accountA, "denied", allow("*", "*"), deny)); !isDenied(err) {
				t.Errorf("with an explicit deny: %v", err)
			}
		})
	}
	for _, op := range kmsapi.Service.Operations {
		if !tried[op] {
			t.Errorf("%s is not tried", op.Name)
		}
	}
}

// TestOtherAccounts: a principal of another account gets in where AWS documents
// cross-account use, if the key's policy names its account and its own policies
// allow; nowhere else. See "AWS KMS permissions" in the KMS Developer Guide.
func TestOtherAccounts(t *testing.T) {
	w := newWorld(t)
	open := attempts(w, letAccount(accountA), letAccount(accountB))
	closed := attempts(w, letAccount(accountA))
	b := w.admin(accountB)
	unallowed := w.user(accountB, "unallowed")
	accountWide := map[string]bool{
		"CreateKey": true, "ListKeys": true, "ListAliases": true, "GenerateRandom": true,
		"DeleteAlias": true, "UpdateAlias": true, // alias names are of the caller's account
	}
	for i, try := range open {
		if accountWide[try.op.Name] {
			continue // about the caller's own account
		}
		w.run(try.op.Name, func(t *testing.T) {
			err := try.call(b)
			switch {
			case try.reach && err != nil:
				t.Errorf("let in by both sides: %v", err)
			case !try.reach && !isDenied(err):
				t.Errorf("not for other accounts: %v", err)
			}
			if err := try.call(unallowed); !isDenied(err) {
				t.Errorf("without policies of its own: %v", err)
			}
			if err := closed[i].call(b); !isDenied(err) {
				t.Errorf("not in the key policy: %v", err)
			}
		})
	}
}

// TestKeyPolicyIsTheGate: without the statement for the account, identity
// policies count for nothing, the root user's rights neither. See "Default key
// policy" in the KMS Developer Guide.
func TestKeyPolicyIsTheGate(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	for _, try := range attempts(w, let(aws(a.ARN), "kms:*")) {
		switch try.op.Name {
		case "CreateKey", "ListKeys", "ListAliases", "GenerateRandom", "ListRetirableGrants", "RetireGrant":
			continue // the key's policy has no say
		}
		w.run(try.op.Name, func(t *testing.T) {
			if err := try.call(w.user(accountA, "power", allow("*", "*"))); !isDenied(err) {
				t.Errorf("a user with all permissions: %v", err)
			}
			if err := try.call(w.root(accountA)); !isDenied(err) {
				t.Errorf("the root user: %v", err)
			}
			if err := try.call(a); err != nil {
				t.Errorf("the user that the key policy names: %v", err)
			}
		})
	}
}
