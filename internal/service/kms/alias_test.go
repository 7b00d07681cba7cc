package kms

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
)

func (w *world) alias(k *kmsapi.KeyMetadata, name string) {
	w.Helper()
	must(w, w.admin(accountA), kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: &name, TargetKeyId: k.KeyId})
}

// aliasNames lists the aliases that are not predefined.
func (w *world) aliasNames(in kmsapi.ListAliasesInput) []string {
	w.Helper()
	var names []string
	for {
		out := must(w, w.admin(accountA), kmsapi.OpListAliases, &in)
		for _, a := range out.Aliases {
			if !strings.HasPrefix(*a.AliasName, "alias/aws/") {
				names = append(names, *a.AliasName)
			}
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return names
		}
	}
}

func TestAliases(t *testing.T) {
	w := newWorld(t)
	a, k, other := w.admin(accountA), w.key(), w.key()
	for _, name := range []string{"alias/b", "alias/a/b", "alias/z_-9"} {
		w.alias(k, name)
	}
	w.alias(other, "alias/other")
	if got := w.aliasNames(kmsapi.ListAliasesInput{}); !slices.Equal(got, []string{"alias/a/b", "alias/b", "alias/other", "alias/z_-9"}) {
		t.Errorf("aliases %v", got)
	}
	if got := w.aliasNames(kmsapi.ListAliasesInput{KeyId: k.Arn, Limit: new(int32(1))}); !slices.Equal(got, []string{"alias/a/b", "alias/b", "alias/z_-9"}) {
		t.Errorf("aliases of the key %v", got)
	}
	created := w.now
	w.pass(day)
	must(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/b"), TargetKeyId: other.Arn})
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/b")}).KeyMetadata; *d.KeyId != *other.KeyId {
		t.Error("the alias has not moved")
	}
	list := must(w, a, kmsapi.OpListAliases, &kmsapi.ListAliasesInput{KeyId: other.KeyId}).Aliases
	if len(list) != 2 || *list[0].AliasArn != "arn:aws:kms:us-east-1:111122223333:alias/b" || *list[0].TargetKeyId != *other.KeyId ||
		!list[0].CreationDate.Equal(created) || !list[0].LastUpdatedDate.Equal(w.now) {
		t.Errorf("ListAliases: %+v", list)
	}
	must(w, a, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/b")})
	const missing = "Alias arn:aws:kms:us-east-1:111122223333:alias/b is not found."
	fails(w, a, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/b")}, "NotFoundException", missing)
	fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/b"), TargetKeyId: k.KeyId}, "NotFoundException", missing)
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/b")}, "NotFoundException", missing)

	fails(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/a/b"), TargetKeyId: other.KeyId}, "AlreadyExistsException",
		"An alias with the name arn:aws:kms:us-east-1:111122223333:alias/a/b already exists")
	must(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/a/b"), TargetKeyId: must(w, a, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{}, there).KeyMetadata.KeyId}, there)
}

// TestInvalidAliases: the messages are AWS's, as callers have met them.
func TestInvalidAliases(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	w.alias(k, "alias/x")
	tests := []struct {
		name, target  string
		code, message string
	}{
		{"x", *k.KeyId, "ValidationException", `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`},
		{"alias/", *k.KeyId, "InvalidAliasNameException", ""},
		{"alias/aws/x", *k.KeyId, "NotAuthorizedException", ""},
		{"alias/a:b", *k.KeyId, "ValidationException", "alias/a:b contains invalid characters for an alias"},
		{"alias/a b", *k.KeyId, "ValidationException", ""},
		{"alias/" + strings.Repeat("x", 251), *k.KeyId, "ValidationException", ""},
		{"alias/new", "alias/x", "ValidationException", "Aliases must refer to keys. Not aliases"},
		{"alias/new", "alias/none", "ValidationException", "Aliases must refer to keys. Not aliases"},
		{"alias/new", "arn:aws:kms:us-east-1:111122223333:alias/x", "ValidationException", "Aliases must refer to keys. Not aliases"},
		{"alias/new", "1234abcd-12ab-34cd-56ef-1234567890ab", "NotFoundException", ""},
		{"alias/new", "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab", denied, ""},
	}
	for _, tt := range tests {
		fails(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: &tt.name, TargetKeyId: &tt.target}, tt.code, tt.message)
	}
	for i := range maxAliases - 1 {
		w.alias(k, fmt.Sprint("alias/", i))
	}
	fails(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/more"), TargetKeyId: k.KeyId}, "LimitExceededException", "")
	w.alias(w.key(), "alias/other")
	fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/other"), TargetKeyId: k.KeyId}, "LimitExceededException", "")
	fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/other"), TargetKeyId: new("alias/x")}, "ValidationException", "Aliases must refer to keys. Not aliases")
}

// TestUpdateAliasKinds: both keys must be of one type and usage; [10] of the
// key state table.
func TestUpdateAliasKinds(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	w.alias(w.key(spec("RSA_2048", "SIGN_VERIFY")), "alias/x")
	for _, other := range []*kmsapi.KeyMetadata{w.key(), w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC")), w.key(spec("RSA_2048", "ENCRYPT_DECRYPT"))} {
		fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/x"), TargetKeyId: other.KeyId}, "ValidationException", "")
	}
	k := w.key(spec("ECC_NIST_P256", "SIGN_VERIFY"))
	must(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/x"), TargetKeyId: k.KeyId})
	next := w.key(spec("ECC_NIST_P256", "SIGN_VERIFY"))
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	must(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/x"), TargetKeyId: next.KeyId}) // away from a key that goes
	fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/x"), TargetKeyId: k.KeyId}, "KMSInvalidStateException", *k.Arn+" is pending deletion.")
}

// TestAliasPermissions: for the alias itself by the caller's policies, for each
// key by its key policy. See "Controlling access to aliases".
func TestAliasPermissions(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user")
	mine := func() *kmsapi.KeyMetadata { return w.key(keyPolicy(letAccount(accountA), let(aws(user.ARN), "kms:*"))) }
	k, other, closed := mine(), mine(), w.key()
	w.alias(k, "alias/test-key")
	w.alias(closed, "alias/test-closed")
	update := func(name string, k *kmsapi.KeyMetadata) *kmsapi.UpdateAliasInput {
		return &kmsapi.UpdateAliasInput{AliasName: &name, TargetKeyId: k.KeyId}
	}
	// The key policy alone is not enough: aliases have no policy.
	fails(w, user, kmsapi.OpUpdateAlias, update("alias/test-key", other), denied, "")
	fails(w, user, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/test-new"), TargetKeyId: k.KeyId}, denied, "")
	fails(w, user, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/test-key")}, denied, "")

	user = w.user(accountA, "user", allow("kms:*Alias", "arn:aws:kms:us-east-1:111122223333:alias/test-*"))
	must(w, user, kmsapi.OpUpdateAlias, update("alias/test-key", other))
	must(w, user, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/test-new"), TargetKeyId: k.KeyId})
	must(w, user, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/test-new")})
	// Nor is the permission for the alias, when a key's policy does not let one.
	fails(w, user, kmsapi.OpUpdateAlias, update("alias/test-key", closed), denied, "")
	fails(w, user, kmsapi.OpUpdateAlias, update("alias/test-closed", k), denied, "")
	fails(w, user, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/test-closed")}, denied, "")
	fails(w, user, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/test-2"), TargetKeyId: closed.KeyId}, denied, "")
	fails(w, user, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/other"), TargetKeyId: k.KeyId}, denied, "")
}

// TestAliasConditions: the examples of kms:RequestAlias and kms:ResourceAliases
// in the KMS Developer Guide.
func TestAliasConditions(t *testing.T) {
	w := newWorld(t)
	k, other := w.key(), w.key()
	w.alias(k, "alias/finance-key")
	byRequest := w.user(accountA, "request", allow("kms:*", "*", `{"StringEquals":{"kms:RequestAlias":"alias/finance-key"}}`))
	byResource := w.user(accountA, "resource", allow("kms:*", "*", `{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/finance-key"}}`))
	w.check(w.encryptAs(byRequest, new("alias/finance-key")))
	w.check(w.encryptAs(byRequest, new("arn:aws:kms:us-east-1:111122223333:alias/finance-key")))
	if err := w.encryptAs(byRequest, k.KeyId); !isDenied(err) {
		t.Errorf("the key by its id: %v", err)
	}
	w.check(w.encryptAs(byResource, k.KeyId))
	if err := w.encryptAs(byResource, other.KeyId); !isDenied(err) {
		t.Errorf("a key without the alias: %v", err)
	}
	// Moving the alias moves the permission.
	must(w, w.admin(accountA), kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new("alias/finance-key"), TargetKeyId: other.KeyId})
	w.check(w.encryptAs(byResource, other.KeyId))
	if err := w.encryptAs(byResource, k.KeyId); !isDenied(err) {
		t.Errorf("a key that has lost the alias: %v", err)
	}
}

// TestManagedKeys: the predefined aliases are there from the beginning, their
// keys from the first use on; the key is used through its service only and
// changed by nobody.
func TestManagedKeys(t *testing.T) {
	w := newWorld(t)
	a, user := w.admin(accountA), w.user(accountA, "user")
	const name = "alias/aws/s3"
	find := func() (found *kmsapi.AliasListEntry) {
		in := &kmsapi.ListAliasesInput{Limit: new(int32(3))}
		seen := map[string]bool{}
		for {
			out := must(w, a, kmsapi.OpListAliases, in)
			for _, e := range out.Aliases {
				if seen[*e.AliasName] {
					t.Errorf("%s twice", *e.AliasName)
				}
				seen[*e.AliasName] = true
				if *e.AliasName == name {
					found = &e
				}
			}
			if in.Marker = out.NextMarker; in.Marker == nil {
				if len(seen) != len(predefined) {
					t.Errorf("%d aliases", len(seen))
				}
				return found
			}
		}
	}
	if e := find(); e == nil || e.TargetKeyId != nil || *e.AliasArn != "arn:aws:kms:us-east-1:111122223333:alias/aws/s3" {
		t.Errorf("before the first use: %+v", e)
	}
	viaS3 := via{services: []string{"s3.amazonaws.com"}}
	generate := &kmsapi.GenerateDataKeyInput{KeyId: new(name), KeySpec: "AES_256"}
	fails(w, a, kmsapi.OpGenerateDataKey, generate, denied, "")
	fails(w, w.root(accountA), kmsapi.OpGenerateDataKey, generate, denied, "")
	fails(w, a, kmsapi.OpGenerateDataKey, generate, denied, "", via{services: []string{"lambda.amazonaws.com"}})
	if w.rows() != 0 {
		t.Error("who may not use the key has made it")
	}
	// Everybody in the account may, who may use S3.
	out := must(w, user, kmsapi.OpGenerateDataKey, generate, viaS3)
	again := must(w, user, kmsapi.OpGenerateDataKey, generate, viaS3)
	if *out.KeyId != *again.KeyId {
		t.Error("a second key")
	}
	must(w, user, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob}, viaS3)
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob}, denied, "")
	fails(w, w.admin(accountB), kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob}, denied, "", viaS3)
	if e := find(); *out.KeyId != cloud.ARN("kms", region, accountA, "key/"+*e.TargetKeyId) {
		t.Errorf("after the first use: %+v", e)
	}

	d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new(name)}).KeyMetadata
	if d.KeyManager != "AWS" || d.KeyState != "Enabled" || *d.Description != "Default key that protects my S3 objects when no other key is defined" {
		t.Errorf("DescribeKey: %+v", d)
	}
	if s := must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: d.KeyId}); !*s.KeyRotationEnabled || *s.RotationPeriodInDays != 365 {
		t.Errorf("GetKeyRotationStatus: %+v", s)
	}
	fails(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: d.KeyId}, denied, "")
	fails(w, w.root(accountA), kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: d.KeyId}, denied, "")
	fails(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: d.KeyId}, denied, "")
	fails(w, a, kmsapi.OpDisableKeyRotation, &kmsapi.DisableKeyRotationInput{KeyId: d.KeyId}, denied, "")
	fails(w, a, kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: d.KeyId, Policy: new(document(letAccount(accountA)))}, denied, "")
	fails(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: d.KeyId, Tags: []kmsapi.Tag{}}, denied, "")
	fails(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/mine"), TargetKeyId: d.KeyId}, denied, "")
	fails(w, a, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new(name)}, denied, "")
	fails(w, a, kmsapi.OpUpdateAlias, &kmsapi.UpdateAliasInput{AliasName: new(name), TargetKeyId: w.key().KeyId}, denied, "")
	fails(w, a, kmsapi.OpDeleteAlias, &kmsapi.DeleteAliasInput{AliasName: new("alias/aws/sns")}, "NotFoundException", "")

	w.pass(366 * day)
	must(w, user, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: out.CiphertextBlob}, viaS3)
	if n := len(w.rotations(d.KeyId)); n != 2 {
		t.Errorf("%d materials after a year", n)
	}
}

// TestDescribeMakesManagedKey: see DescribeKey: asked for a predefined alias
// without a key, it makes the key.
func TestDescribeMakesManagedKey(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user", allow("kms:DescribeKey", "*"))
	fails(w, w.user(accountA, "nobody"), kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/aws/ebs")}, denied, "")
	one := must(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/aws/ebs")}).KeyMetadata
	two := must(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("arn:aws:kms:us-east-1:111122223333:alias/aws/ebs")}).KeyMetadata
	if one.KeyManager != "AWS" || *one.Arn != *two.Arn {
		t.Errorf("%+v %+v", one, two)
	}
	// EBS is EC2 to KMS: see kms:ViaService in the KMS Developer Guide.
	must(w, w.user(accountA, "any"), kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: one.KeyId, KeySpec: "AES_256"}, via{services: []string{"ec2.amazonaws.com"}})
	fails(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("arn:aws:kms:us-east-1:444455556666:alias/aws/ebs")}, denied, "")
	fails(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: new("alias/aws/nothing")}, "NotFoundException", "")
}
