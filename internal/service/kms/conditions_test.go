package kms

import (
	"fmt"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// TestEncryptionContextConditions: the examples of
// kms:EncryptionContext:context-key and kms:EncryptionContextKeys in the KMS
// Developer Guide.
func TestEncryptionContextConditions(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	type pairs = map[string]string
	none, helper := pairs(nil), pairs{"AppName": "ExampleApp"}
	more := pairs{"AppName": "ExampleApp", "Project": "Alpha"}
	lower := pairs{"appname": "ExampleApp"}
	tests := []struct {
		name, condition string
		allowed, denied []pairs
	}{
		{"a pair", `{"StringEquals":{"kms:EncryptionContext:AppName":"ExampleApp"}}`,
			[]pairs{helper, more, lower}, []pairs{none, {"AppName": "exampleapp"}, {"Project": "Alpha"}}},
		{"a pair, key in another case", `{"StringEquals":{"KMS:encryptioncontext:APPNAME":"ExampleApp"}}`,
			[]pairs{helper}, []pairs{none}},
		{"a pair and no other", `{"StringEquals":{"kms:EncryptionContext:AppName":"ExampleApp"},"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["AppName"]}}`,
			[]pairs{helper}, []pairs{none, more, lower}},
		{"a key among others", `{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"AppName"}}`,
			[]pairs{helper, more, {"AppName": "x"}}, []pairs{none, lower, {"Project": "Alpha"}}},
		{"any context", `{"Null":{"kms:EncryptionContextKeys":"false"}}`,
			[]pairs{helper, {"x": ""}}, []pairs{none, {}}},
		{"the caller's name", `{"StringEquals":{"kms:EncryptionContext:user":"${aws:username}"}}`,
			[]pairs{{"user": "user"}}, []pairs{none, {"user": "bob"}, {"user": "${aws:username}"}}},
		{"two pairs", `{"StringEquals":{"kms:EncryptionContext:AppName":"ExampleApp","kms:EncryptionContext:Project":"Alpha"}}`,
			[]pairs{more}, []pairs{helper, none}},
		{"not a pair, with several values and an absent key", `{"StringNotEquals":{"kms:EncryptionContext:Stage":["Restricted","Production"]}}`,
			[]pairs{none, {"Stage": "Test"}}, []pairs{{"Stage": "Restricted"}, {"Stage": "Production"}}},
	}
	for _, tt := range tests {
		w.run(tt.name, func(t *testing.T) {
			user := w.user(accountA, "user", allow("kms:Encrypt", "*", tt.condition))
			for _, context := range tt.allowed {
				if err := w.encryptAs(user, k.KeyId, context); err != nil {
					t.Errorf("context %v: %v", context, err)
				}
			}
			for _, context := range tt.denied {
				if err := w.encryptAs(user, k.KeyId, context); !isDenied(err) {
					t.Errorf("context %v: %v, want a denial", context, err)
				}
			}
		})
	}
}

// TestConditionKeys: each key with a value that holds and one that does not.
func TestConditionKeys(t *testing.T) {
	w := newWorld(t)
	symmetric, mrk := w.key(), w.key(replicable)
	signing, mac := w.key(spec("RSA_2048", "SIGN_VERIFY")), w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC"))
	encrypting, agreement := w.key(spec("RSA_2048", "ENCRYPT_DECRYPT")), w.key(spec("ECC_NIST_P256", "KEY_AGREEMENT"))
	imported := w.key(external)
	viaS3 := via{services: []string{"cloudformation.amazonaws.com", "s3.amazonaws.com"}}
	admin := w.admin(accountA)

	encrypt := with(w, kmsapi.OpEncrypt, true, func() *kmsapi.EncryptInput {
		return &kmsapi.EncryptInput{KeyId: symmetric.KeyId, Plaintext: []byte("x")}
	})
	describe := func(k *kmsapi.KeyMetadata) attempt {
		return with(w, kmsapi.OpDescribeKey, true, func() *kmsapi.DescribeKeyInput { return &kmsapi.DescribeKeyInput{KeyId: k.KeyId} })
	}
	create := func(in kmsapi.CreateKeyInput) attempt {
		return with(w, kmsapi.OpCreateKey, true, func() *kmsapi.CreateKeyInput { return &in })
	}
	sign := with(w, kmsapi.OpSign, true, func() *kmsapi.SignInput {
		return &kmsapi.SignInput{KeyId: signing.KeyId, Message: []byte("x"), SigningAlgorithm: "RSASSA_PSS_SHA_256"}
	})
	grant := func(in kmsapi.CreateGrantInput) attempt {
		in.KeyId, in.GranteePrincipal = symmetric.KeyId, new(admin.ARN)
		return with(w, kmsapi.OpCreateGrant, true, func() *kmsapi.CreateGrantInput { return &in })
	}
	type ops = []kmsapi.GrantOperation
	equals := &kmsapi.GrantConstraints{EncryptionContextEquals: map[string]string{"a": "b"}}

	tests := []struct {
		key        string
		operator   string
		value, not string
		try        attempt
	}{
		{"kms:CallerAccount", "StringEquals", accountA, accountB, encrypt},
		{"kms:KeyOrigin", "StringEquals", "AWS_KMS", "EXTERNAL", encrypt},
		{"kms:KeyOrigin", "StringEquals", "EXTERNAL", "AWS_KMS", describe(imported)},
		{"kms:KeySpec", "StringLike", "SYMM*", "RSA_*", encrypt},
		{"kms:CustomerMasterKeySpec", "StringEquals", "SYMMETRIC_DEFAULT", "RSA_2048", encrypt},
		{"kms:KeyUsage", "StringEquals", "SIGN_VERIFY", "ENCRYPT_DECRYPT", sign},
		{"kms:CustomerMasterKeyUsage", "StringEquals", "SIGN_VERIFY", "ENCRYPT_DECRYPT", sign},
		{"kms:MultiRegion", "Bool", "false", "true", encrypt},
		{"kms:MultiRegion", "Bool", "true", "false", describe(mrk)},
		{"kms:MultiRegionKeyType", "StringEquals", "PRIMARY", "REPLICA", describe(mrk)},
		{"kms:EncryptionAlgorithm", "StringEquals", "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256", encrypt},
		{"kms:EncryptionAlgorithm", "StringEquals", "RSAES_OAEP_SHA_256", "SYMMETRIC_DEFAULT", with(w, kmsapi.OpEncrypt, true, func() *kmsapi.EncryptInput {
			return &kmsapi.EncryptInput{KeyId: encrypting.KeyId, Plaintext: []byte("x"), EncryptionAlgorithm: "RSAES_OAEP_SHA_256"}
		})},
		{"kms:EncryptionAlgorithm", "StringEquals", "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256", with(w, kmsapi.OpGenerateDataKey, true, func() *kmsapi.GenerateDataKeyInput {
			return &kmsapi.GenerateDataKeyInput{KeyId: symmetric.KeyId, KeySpec: "AES_256"}
		})},
		{"kms:SigningAlgorithm", "StringLike", "RSASSA_PSS*", "RSASSA_PKCS1*", sign},
		{"kms:MessageType", "StringEquals", "RAW", "DIGEST", sign},
		{"kms:MacAlgorithm", "StringEquals", "HMAC_SHA_256", "HMAC_SHA_512", with(w, kmsapi.OpGenerateMac, true, func() *kmsapi.GenerateMacInput {
			return &kmsapi.GenerateMacInput{KeyId: mac.KeyId, Message: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}
		})},
		{"kms:ScheduleKeyDeletionPendingWindowInDays", "NumericGreaterThanEquals", "30", "31", with(w, kmsapi.OpScheduleKeyDeletion, false, func() *kmsapi.ScheduleKeyDeletionInput {
			return &kmsapi.ScheduleKeyDeletionInput{KeyId: w.key().KeyId}
		})},
		{"kms:KeySpec", "StringEquals", "SYMMETRIC_DEFAULT", "RSA_2048", create(kmsapi.CreateKeyInput{})},
		{"kms:KeyUsage", "StringEquals", "SIGN_VERIFY", "ENCRYPT_DECRYPT", create(kmsapi.CreateKeyInput{KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY"})},
		{"kms:KeyOrigin", "StringEquals", "EXTERNAL", "AWS_KMS", create(kmsapi.CreateKeyInput{Origin: "EXTERNAL"})},
		{"kms:MultiRegion", "Bool", "false", "true", create(kmsapi.CreateKeyInput{})},
		{"kms:MultiRegionKeyType", "StringEquals", "PRIMARY", "REPLICA", create(kmsapi.CreateKeyInput{MultiRegion: new(true)})},
		{"kms:BypassPolicyLockoutSafetyCheck", "Bool", "true", "false", create(kmsapi.CreateKeyInput{BypassPolicyLockoutSafetyCheck: new(true)})},
		{"kms:BypassPolicyLockoutSafetyCheck", "Null", "true", "false", create(kmsapi.CreateKeyInput{})},
		{"kms:GrantOperations", "ForAllValues:StringEquals", "Encrypt", "Decrypt", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}})},
		{"kms:GranteePrincipal", "StringEquals", admin.ARN, "arn:aws:iam::111122223333:user/other", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}})},
		{"kms:RetiringPrincipal", "StringEquals", admin.ARN, "arn:aws:iam::111122223333:user/other", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}, RetiringPrincipal: new(admin.ARN)})},
		{"kms:GrantConstraintType", "StringEquals", "EncryptionContextEquals", "EncryptionContextSubset", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}, Constraints: equals})},
		{"kms:EncryptionContext:a", "StringEquals", "b", "c", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}, Constraints: equals})},
		{"kms:GrantIsForAWSResource", "Bool", "false", "true", grant(kmsapi.CreateGrantInput{Operations: ops{"Encrypt"}})},
		{"kms:ViaService", "Null", "true", "false", encrypt},
	}
	for i, tt := range tests {
		w.run(fmt.Sprint(i, " ", tt.key, " ", tt.value), func(t *testing.T) {
			condition := func(value string) string { return fmt.Sprintf(`{%q:{%q:%q}}`, tt.operator, tt.key, value) }
			if err := tt.try.call(w.user(accountA, "user", allow("kms:*", "*", condition(tt.value)))); err != nil {
				t.Errorf("%s: %v", condition(tt.value), err)
			}
			if err := tt.try.call(w.user(accountA, "user", allow("kms:*", "*", condition(tt.not)))); !isDenied(err) {
				t.Errorf("%s: %v, want a denial", condition(tt.not), err)
			}
		})
	}

	// Through a service: the last one counts, with the Region in its name.
	s3 := w.user(accountA, "s3", allow("kms:*", "*", `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`))
	in := &kmsapi.EncryptInput{KeyId: symmetric.KeyId, Plaintext: []byte("x")}
	must(w, s3, kmsapi.OpEncrypt, in, viaS3)
	fails(w, s3, kmsapi.OpEncrypt, in, denied, "")
	fails(w, s3, kmsapi.OpEncrypt, in, denied, "", via{services: []string{"s3.amazonaws.com", "athena.amazonaws.com"}})
	forAWS := w.user(accountA, "aws", allow("kms:CreateGrant", "*", `{"Bool":{"kms:GrantIsForAWSResource":true}}`))
	g := &kmsapi.CreateGrantInput{KeyId: symmetric.KeyId, GranteePrincipal: new("dynamodb.amazonaws.com"), Operations: ops{"Decrypt"}}
	must(w, forAWS, kmsapi.OpCreateGrant, g, via{services: []string{"dynamodb.amazonaws.com"}})
	fails(w, forAWS, kmsapi.OpCreateGrant, g, denied, "")

	peer := must(w, admin, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: agreement.KeyId}).PublicKey
	ecdh := w.user(accountA, "ecdh", allow("kms:DeriveSharedSecret", "*", `{"StringEquals":{"kms:KeyAgreementAlgorithm":"ECDH"}}`))
	must(w, ecdh, kmsapi.OpDeriveSharedSecret, &kmsapi.DeriveSharedSecretInput{KeyId: agreement.KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: peer})
}

// TestDryRun: what would be denied is denied, what would fail fails, and what
// would succeed does nothing.
func TestDryRun(t *testing.T) {
	w := newWorld(t)
	a, nobody := w.admin(accountA), w.user(accountA, "nobody")
	k, signing := w.key(), w.key(spec("ECC_NIST_P256", "SIGN_VERIFY"))
	mac, agreement := w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC")), w.key(spec("ECC_NIST_P256", "KEY_AGREEMENT"))
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}).CiphertextBlob
	signature := must(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: signing.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}).Signature
	code := must(w, a, kmsapi.OpGenerateMac, &kmsapi.GenerateMacInput{KeyId: mac.KeyId, Message: []byte("x"), MacAlgorithm: "HMAC_SHA_256"}).Mac
	peer := must(w, a, kmsapi.OpGetPublicKey, &kmsapi.GetPublicKeyInput{KeyId: agreement.KeyId}).PublicKey
	g := w.grant(a, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(a.ARN)})
	dry := new(true)
	for _, try := range []attempt{
		with(w, kmsapi.OpEncrypt, true, func() *kmsapi.EncryptInput {
			return &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), DryRun: dry}
		}),
		with(w, kmsapi.OpDecrypt, true, func() *kmsapi.DecryptInput { return &kmsapi.DecryptInput{CiphertextBlob: blob, DryRun: dry} }),
		with(w, kmsapi.OpDecrypt, true, func() *kmsapi.DecryptInput {
			return &kmsapi.DecryptInput{KeyId: k.KeyId, DryRun: dry, DryRunModifiers: []kmsapi.DryRunModifierType{"IGNORE_CIPHERTEXT"}}
		}),
		with(w, kmsapi.OpReEncrypt, true, func() *kmsapi.ReEncryptInput {
			return &kmsapi.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: k.KeyId, DryRun: dry}
		}),
		with(w, kmsapi.OpReEncrypt, true, func() *kmsapi.ReEncryptInput {
			return &kmsapi.ReEncryptInput{SourceKeyId: k.KeyId, DestinationKeyId: k.KeyId, DryRun: dry, DryRunModifiers: []kmsapi.DryRunModifierType{"IGNORE_CIPHERTEXT"}}
		}),
		with(w, kmsapi.OpGenerateDataKey, true, func() *kmsapi.GenerateDataKeyInput {
			return &kmsapi.GenerateDataKeyInput{KeyId: k.KeyId, KeySpec: "AES_256", DryRun: dry}
		}),
		with(w, kmsapi.OpGenerateDataKeyWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyWithoutPlaintextInput{KeyId: k.KeyId, KeySpec: "AES_256", DryRun: dry}
		}),
		with(w, kmsapi.OpGenerateDataKeyPair, true, func() *kmsapi.GenerateDataKeyPairInput {
			return &kmsapi.GenerateDataKeyPairInput{KeyId: k.KeyId, KeyPairSpec: "RSA_4096", DryRun: dry}
		}),
		with(w, kmsapi.OpGenerateDataKeyPairWithoutPlaintext, true, func() *kmsapi.GenerateDataKeyPairWithoutPlaintextInput {
			return &kmsapi.GenerateDataKeyPairWithoutPlaintextInput{KeyId: k.KeyId, KeyPairSpec: "RSA_4096", DryRun: dry}
		}),
		with(w, kmsapi.OpSign, true, func() *kmsapi.SignInput {
			return &kmsapi.SignInput{KeyId: signing.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256", DryRun: dry}
		}),
		with(w, kmsapi.OpVerify, true, func() *kmsapi.VerifyInput {
			return &kmsapi.VerifyInput{KeyId: signing.KeyId, Message: []byte("x"), Signature: signature, SigningAlgorithm: "ECDSA_SHA_256", DryRun: dry}
		}),
		with(w, kmsapi.OpGenerateMac, true, func() *kmsapi.GenerateMacInput {
			return &kmsapi.GenerateMacInput{KeyId: mac.KeyId, Message: []byte("x"), MacAlgorithm: "HMAC_SHA_256", DryRun: dry}
		}),
		with(w, kmsapi.OpVerifyMac, true, func() *kmsapi.VerifyMacInput {
			return &kmsapi.VerifyMacInput{KeyId: mac.KeyId, Message: []byte("x"), Mac: code, MacAlgorithm: "HMAC_SHA_256", DryRun: dry}
		}),
		with(w, kmsapi.OpDeriveSharedSecret, true, func() *kmsapi.DeriveSharedSecretInput {
			return &kmsapi.DeriveSharedSecretInput{KeyId: agreement.KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: peer, DryRun: dry}
		}),
		with(w, kmsapi.OpCreateGrant, true, func() *kmsapi.CreateGrantInput {
			return &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: new(a.ARN), Operations: []kmsapi.GrantOperation{"Encrypt"}, DryRun: dry}
		}),
		with(w, kmsapi.OpRevokeGrant, true, func() *kmsapi.RevokeGrantInput {
			return &kmsapi.RevokeGrantInput{KeyId: k.KeyId, GrantId: g.GrantId, DryRun: dry}
		}),
		with(w, kmsapi.OpRetireGrant, true, func() *kmsapi.RetireGrantInput {
			return &kmsapi.RetireGrantInput{GrantToken: g.GrantToken, DryRun: dry}
		}),
	} {
		wantError(t, try.op.Name, try.call(a), "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
		wantError(t, try.op.Name, try.call(nobody), denied, "")
	}
	if n := len(must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId}).Grants); n != 1 {
		t.Errorf("%d grants after dry runs", n)
	}
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob[:len(blob)-1], DryRun: dry}, "InvalidCiphertextException", "")
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{DryRun: dry, DryRunModifiers: []kmsapi.DryRunModifierType{"IGNORE_CIPHERTEXT"}}, "ValidationException", "")
	// The modifier is for dry runs alone.
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{KeyId: k.KeyId, DryRunModifiers: []kmsapi.DryRunModifierType{"IGNORE_CIPHERTEXT"}}, "ValidationException", "")
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x"), DryRun: dry}, "DisabledException", "")
}
