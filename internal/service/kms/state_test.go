package kms

import (
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// stateTable is the table of "Key states of AWS KMS keys" in the KMS Developer
// Guide: which operations fail in which state, and how. Operations that are not
// here work in every state. Its [2] or [3], DisabledException or
// KMSInvalidStateException for a key that is pending deletion, is the latter.
var stateTable = map[string]map[kmsapi.KeyState]string{
	"disabled": {"Disabled": "DisabledException is disabled."},
	"pendingImport": {
		"PendingImport": "KMSInvalidStateException is pending import.",
	},
	"pendingDeletion": {
		"PendingDeletion":        "KMSInvalidStateException is pending deletion.",
		"PendingReplicaDeletion": "KMSInvalidStateException is pending replica deletion.",
	},
}

// failsIn lists, per operation, the rows of stateTable that it fails in.
var failsIn = map[string]string{
	"Encrypt": "disabled pendingImport pendingDeletion", "Decrypt": "disabled pendingImport pendingDeletion",
	"ReEncrypt": "disabled pendingImport pendingDeletion", "GenerateDataKey": "disabled pendingImport pendingDeletion",
	"GenerateDataKeyWithoutPlaintext":     "disabled pendingImport pendingDeletion",
	"GenerateDataKeyPair":                 "disabled pendingImport pendingDeletion",
	"GenerateDataKeyPairWithoutPlaintext": "disabled pendingImport pendingDeletion",
	"CreateGrant":                         "disabled pendingImport pendingDeletion",
	"EnableKey":                           "pendingImport pendingDeletion",
	"DisableKey":                          "pendingImport pendingDeletion",
	"CreateAlias":                         "pendingDeletion", "TagResource": "pendingDeletion", "UntagResource": "pendingDeletion",
	"UpdateKeyDescription": "pendingDeletion", "ScheduleKeyDeletion": "pendingDeletion",
}

// inState makes a symmetric multi-Region key of a state.
func (w *world) inState(state kmsapi.KeyState) (id *string, blob []byte) {
	a := w.admin(accountA)
	k := w.key(replicable, external)
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, make([]byte, 32)))
	blob = must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}).CiphertextBlob
	switch state {
	case "Disabled":
		must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	case "PendingImport":
		must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId})
	case "PendingReplicaDeletion":
		must(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region2)})
		fallthrough
	case "PendingDeletion":
		must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	}
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata; d.KeyState != state || *d.Enabled != (state == "Enabled") {
		w.Errorf("state %s, want %s", d.KeyState, state)
	}
	return k.KeyId, blob
}

func TestKeyStates(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	for _, state := range []kmsapi.KeyState{"Enabled", "Disabled", "PendingImport", "PendingDeletion", "PendingReplicaDeletion"} {
		id, blob := w.inState(state)
		for _, try := range stateful(w, id, blob) {
			w.run(string(state)+"/"+try.op.Name, func(t *testing.T) {
				want := ""
				for _, row := range strings.Fields(failsIn[try.op.Name]) {
					if s := stateTable[row][state]; s != "" {
						want = s
					}
				}
				err := try.call(a)
				if want == "" {
					w.check(err)
					return
				}
				code, message, _ := strings.Cut(want, " ")
				wantError(t, try.op.Name, err, code, "arn:aws:kms:us-east-1:111122223333:key/"+*id+" "+message)
				if err := try.call(w.user(accountA, "nobody")); !isDenied(err) {
					t.Errorf("the state is told to who may not ask: %v", err)
				}
			})
		}
	}
}

// stateful are attempts on one key. Those that change its state come last.
func stateful(w *world, id *string, blob []byte) []attempt {
	fixed := func(op *api.Operation, call func(p *authz.Principal) error) attempt {
		return attempt{op: op, call: call}
	}
	return []attempt{
		fixed(&kmsapi.OpEncrypt.Operation, func(p *authz.Principal) error { return w.encryptAs(p, id) }),
		with(w, kmsapi.OpDecrypt, true, func() *kmsapi.DecryptInput { return &kmsapi.DecryptInput{KeyId: id, CiphertextBlob: blob} }),
		with(w, kmsapi.OpReEncrypt, true, func() *kmsapi.ReEncryptInput {
			return &kmsapi.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: id, DestinationKeyId: id}
		}),
		with(w, kmsapi.OpGenerateDataKey, true, func() *kmsapi.GenerateDataKeyInput {
			return &kmsapi.GenerateDataKeyInput{KeyId: id, KeySpec: "AES_256"}
		}),
		with(w, kmsapi.OpGenerateDataKeyWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyWithoutPlaintextInput{KeyId: id, KeySpec: "AES_256"}
		}),
		with(w, kmsapi.OpGenerateDataKeyPair, true, func() *kmsapi.GenerateDataKeyPairInput {
			return &kmsapi.GenerateDataKeyPairInput{KeyId: id, KeyPairSpec: "ECC_NIST_P256"}
		}),
		with(w, kmsapi.OpGenerateDataKeyPairWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyPairWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyPairWithoutPlaintextInput{KeyId: id, KeyPairSpec: "ECC_NIST_P256"}
		}),
		with(w, kmsapi.OpCreateGrant, true, func() *kmsapi.CreateGrantInput {
			return &kmsapi.CreateGrantInput{KeyId: id, GranteePrincipal: new(w.root(accountA).ARN), Operations: []kmsapi.GrantOperation{"Decrypt"}}
		}),
		with(w, kmsapi.OpDescribeKey, true, func() *kmsapi.DescribeKeyInput { return &kmsapi.DescribeKeyInput{KeyId: id} }),
		with(w, kmsapi.OpGetKeyPolicy, false, func() *kmsapi.GetKeyPolicyInput { return &kmsapi.GetKeyPolicyInput{KeyId: id} }),
		with(w, kmsapi.OpPutKeyPolicy, false, func() *kmsapi.PutKeyPolicyInput {
			return &kmsapi.PutKeyPolicyInput{KeyId: id, Policy: new(document(letAccount(accountA)))}
		}),
		with(w, kmsapi.OpListGrants, false, func() *kmsapi.ListGrantsInput { return &kmsapi.ListGrantsInput{KeyId: id} }),
		with(w, kmsapi.OpListKeyPolicies, false, func() *kmsapi.ListKeyPoliciesInput { return &kmsapi.ListKeyPoliciesInput{KeyId: id} }),
		with(w, kmsapi.OpListResourceTags, false, func() *kmsapi.ListResourceTagsInput { return &kmsapi.ListResourceTagsInput{KeyId: id} }),
		with(w, kmsapi.OpListKeyRotations, false, func() *kmsapi.ListKeyRotationsInput { return &kmsapi.ListKeyRotationsInput{KeyId: id} }),
		with(w, kmsapi.OpGetKeyLastUsage, false, func() *kmsapi.GetKeyLastUsageInput { return &kmsapi.GetKeyLastUsageInput{KeyId: id} }),
		with(w, kmsapi.OpCreateAlias, false, func() *kmsapi.CreateAliasInput {
			return &kmsapi.CreateAliasInput{AliasName: new("alias/" + newGrantID()), TargetKeyId: id}
		}),
		with(w, kmsapi.OpTagResource, false, func() *kmsapi.TagResourceInput {
			return &kmsapi.TagResourceInput{KeyId: id, Tags: []kmsapi.Tag{{TagKey: new("a"), TagValue: new("b")}}}
		}),
		with(w, kmsapi.OpUntagResource, false, func() *kmsapi.UntagResourceInput {
			return &kmsapi.UntagResourceInput{KeyId: id, TagKeys: []string{"a"}}
		}),
		with(w, kmsapi.OpUpdateKeyDescription, false, func() *kmsapi.UpdateKeyDescriptionInput {
			return &kmsapi.UpdateKeyDescriptionInput{KeyId: id, Description: new("text")}
		}),
		with(w, kmsapi.OpEnableKey, false, func() *kmsapi.EnableKeyInput { return &kmsapi.EnableKeyInput{KeyId: id} }),
		with(w, kmsapi.OpDisableKey, false, func() *kmsapi.DisableKeyInput { return &kmsapi.DisableKeyInput{KeyId: id} }),
		with(w, kmsapi.OpScheduleKeyDeletion, false, func() *kmsapi.ScheduleKeyDeletionInput {
			return &kmsapi.ScheduleKeyDeletionInput{KeyId: id}
		}),
	}
}

// TestAsymmetricKeyStates: the operations that symmetric keys do not have.
func TestAsymmetricKeyStates(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	signing, mac := w.key(spec("ECC_NIST_P256", "SIGN_VERIFY")), w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC"))
	agreement := w.key(spec("ECC_NIST_P256", "KEY_AGREEMENT"))
	check := func(code, message string) {
		t.Helper()
		arn := func(k *kmsapi.KeyMetadata) string { return *k.Arn + message }
		fails(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: signing.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}, code, arn(signing))
		fails(w, a, kmsapi.OpVerify, &kmsapi.VerifyInput{KeyId: signing.KeyId, Message: []byte("x"), Signature: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}, code, arn(signing))
		fails(w, a, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: signing.KeyId}, code, arn(signing))
		fails(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: mac.KeyId, Message: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}, code, arn(mac))
		fails(w, a, kmsapi.OpVerifyMac, &kmsapi.VerifyMacInput{KeyId: mac.KeyId, Message: []byte("x"), Mac: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}, code, arn(mac))
		fails(w, a, kmsapi.OpDeriveSharedSecret, &kmsapi.DeriveSharedSecretInput{KeyId: agreement.KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: []byte("x")}, code, arn(agreement))
	}
	for _, k := range []*kmsapi.KeyMetadata{signing, mac, agreement} {
		must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	}
	check("DisabledException", " is disabled.")
	for _, k := range []*kmsapi.KeyMetadata{signing, mac, agreement} {
		must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	}
	check("KMSInvalidStateException", " is pending deletion.")
}

// TestScheduledDeletion: the waiting period, cancelling it, and the end.
func TestScheduledDeletion(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/x"), TargetKeyId: k.KeyId})
	g := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &a.ARN, RetiringPrincipal: &a.ARN})
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}).CiphertextBlob
	for _, days := range []int32{1, 6, 31, 365} {
		fails(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: &days}, "ValidationException", "")
	}
	out := must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	if *out.KeyId != *k.Arn || !out.DeletionDate.Equal(w.now.Add(30*day)) || out.KeyState != "PendingDeletion" || *out.PendingWindowInDays != 30 {
		t.Errorf("ScheduleKeyDeletion: %+v", out)
	}
	if c := must(w, a, kmsapi.OpCancelKeyDeletion, &kmsapi.CancelKeyDeletionInput{KeyId: k.KeyId}); *c.KeyId != *k.Arn {
		t.Errorf("CancelKeyDeletion: %+v", c)
	}
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata; d.KeyState != "Disabled" || d.DeletionDate != nil {
		t.Errorf("after CancelKeyDeletion: %+v", d)
	}
	fails(w, a, kmsapi.OpCancelKeyDeletion, &kmsapi.CancelKeyDeletionInput{KeyId: k.KeyId}, "KMSInvalidStateException", *k.Arn+" is not pending deletion.")

	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: new(int32(7))})
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata; !d.DeletionDate.Equal(w.now.Add(7 * day)) {
		t.Errorf("DeletionDate %v", d.DeletionDate)
	}
	w.pass(7*day - 1)
	must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId})
	w.pass(1)
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException", "Key '"+*k.Arn+"' does not exist")
	fails(w, a, kmsapi.OpCancelKeyDeletion, &kmsapi.CancelKeyDeletionInput{KeyId: k.KeyId}, "NotFoundException", "")
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/x")}, "NotFoundException", "")
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, denied, "")
	fails(w, a, kmsapi.OpRetireGrant, &kmsapi.RetireGrantInput{GrantToken: g.GrantToken}, "NotFoundException", "")
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows are left of the key", n)
	}
	must(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/x"), TargetKeyId: w.key().KeyId})
}
