package kms

import (
	"slices"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

var there = via{region: region2}

func (w *world) replica(k *kmsapi.KeyMetadata, region string) *kmsapi.ReplicateKeyOutput {
	w.Helper()
	return must(w, w.admin(accountA), kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: &region})
}

func (w *world) describe(k *kmsapi.KeyMetadata, how ...via) *kmsapi.KeyMetadata {
	w.Helper()
	return must(w, w.admin(accountA), kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, how...).KeyMetadata
}

// TestReplicas: the metadata of a set was recorded from AWS, but for the
// transient state Creating.
func TestReplicas(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable)
	c := k.MultiRegionConfiguration
	if !strings.HasPrefix(*k.KeyId, "mrk-") || !*k.MultiRegion || c.MultiRegionKeyType != "PRIMARY" || *c.PrimaryKey.Arn != *k.Arn || *c.PrimaryKey.Region != region || len(c.ReplicaKeys) != 0 {
		t.Errorf("CreateKey: %+v %+v", k, c)
	}
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException", "", there)
	out := must(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{
		KeyId: k.Arn, ReplicaRegion: new(region2), Description: new("replica"),
		Tags: []kmsapi.Tag{{TagKey: new("a"), TagValue: new("b")}},
	})
	m := out.ReplicaKeyMetadata
	if *m.KeyId != *k.KeyId || *m.Arn != strings.Replace(*k.Arn, region, region2, 1) || *m.Description != "replica" ||
		m.KeyState != "Enabled" || *m.CurrentKeyMaterialId != *k.CurrentKeyMaterialId || len(out.ReplicaTags) != 1 || !strings.Contains(*out.ReplicaPolicy, "key-default-1") {
		t.Errorf("ReplicateKey: %+v", out)
	}
	for _, d := range []*kmsapi.KeyMetadata{m, w.describe(k), w.describe(k, there)} {
		c := d.MultiRegionConfiguration
		if *c.PrimaryKey.Arn != *k.Arn || len(c.ReplicaKeys) != 1 || *c.ReplicaKeys[0].Arn != *m.Arn || *c.ReplicaKeys[0].Region != region2 ||
			(c.MultiRegionKeyType == "REPLICA") != (*d.Arn == *m.Arn) {
			t.Errorf("configuration %+v", c)
		}
	}
	if tags := must(w, a, kmsapi.OpListResourceTags, &kmsapi.ListResourceTagsInput{KeyId: k.KeyId}).Tags; len(tags) != 0 {
		t.Errorf("tags of the primary key: %+v", tags)
	}

	// What one key encrypts, the other opens.
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	plain := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, there)
	if string(plain.Plaintext) != "plain" || *plain.KeyId != *m.Arn {
		t.Errorf("Decrypt: %+v", plain)
	}
	fails(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, denied, "", via{region: "ap-south-1"})

	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region2)}, "AlreadyExistsException", "")
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region)}, "AlreadyExistsException", "")
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new("ap-south-1")}, "UnsupportedOperationException",
		"arn:aws:kms:eu-west-1:111122223333:key/"+*k.KeyId+" is not a multi-Region primary key.", there)
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: w.key().KeyId, ReplicaRegion: new(region2)}, "UnsupportedOperationException", "")
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new("nowhere")}, "ValidationException", "")
	other := w.key(replicable)
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: other.KeyId})
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: other.KeyId, ReplicaRegion: new(region2)}, "DisabledException", "")
	must(w, a, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: other.KeyId})
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: other.KeyId, ReplicaRegion: new(region2), Policy: new("{")}, "MalformedPolicyDocumentException", "")
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: other.KeyId, ReplicaRegion: new(region2), Policy: new(document(let(aws(w.user(accountA, "x").ARN), "kms:*")))}, "MalformedPolicyDocumentException", "")
}

// TestReplicasAreKeysOfTheirOwn: policy, state, aliases, tags and grants are
// not shared.
func TestReplicasAreKeysOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	a, user, k := w.admin(accountA), w.user(accountA, "user"), w.key(replicable)
	w.replica(k, region2)
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	if w.describe(k).KeyState != "Disabled" || w.describe(k, there).KeyState != "Enabled" {
		t.Error("the state is shared")
	}
	must(w, a, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: k.KeyId})
	must(w, a, kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: k.KeyId, Policy: new(document(letAccount(accountA), let(aws(user.ARN), "kms:*")))})
	must(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId})
	fails(w, user, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, denied, "", there)
	must(w, a, kmsapi.OpCreateGrant, &kmsapi.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: &user.ARN, Operations: []kmsapi.GrantOperation{"Encrypt"}}, there)
	if n := len(must(w, a, kmsapi.OpListGrants, &kmsapi.ListGrantsInput{KeyId: k.KeyId}).Grants); n != 0 {
		t.Errorf("%d grants of the primary key", n)
	}
}

// TestSharedRotation: rotation is a property of the set, which only its primary
// key changes.
func TestSharedRotation(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable)
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(90))})
	w.replica(k, region2)
	s := must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId}, there)
	if !*s.KeyRotationEnabled || *s.RotationPeriodInDays != 90 {
		t.Errorf("status of the replica: %+v", s)
	}
	fails(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId}, "UnsupportedOperationException", "", there)
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, "UnsupportedOperationException", "", there)
	must(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId})
	w.pass(91 * day)
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}, there).CiphertextBlob
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
	want := []string{"NON_CURRENT", "ON_DEMAND NON_CURRENT 2026-03-01", "AUTOMATIC CURRENT 2026-05-30"}
	wantList(t, w.rotations(k.KeyId), want...)
	wantList(t, w.rotations(k.KeyId, there), want...)
	if *w.describe(k).CurrentKeyMaterialId != *w.describe(k, there).CurrentKeyMaterialId {
		t.Error("the keys have different material")
	}
	must(w, a, kmsapi.OpDisableKeyRotation, &kmsapi.DisableKeyRotationInput{KeyId: k.KeyId})
	s = must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId}, there)
	if *s.KeyRotationEnabled {
		t.Error("the replica still rotates")
	}
}

func TestUpdatePrimaryRegion(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable)
	w.replica(k, region2)
	in := &kmsapi.UpdatePrimaryRegionInput{KeyId: k.KeyId, PrimaryRegion: new(region2)}
	fails(w, a, kmsapi.OpUpdatePrimaryRegion, &kmsapi.UpdatePrimaryRegionInput{KeyId: k.KeyId, PrimaryRegion: new("ap-south-1")}, "NotFoundException", "")
	fails(w, a, kmsapi.OpUpdatePrimaryRegion, &kmsapi.UpdatePrimaryRegionInput{KeyId: k.KeyId, PrimaryRegion: new(region)}, "ValidationException", "")
	fails(w, a, kmsapi.OpUpdatePrimaryRegion, in, "UnsupportedOperationException", "", there)
	fails(w, a, kmsapi.OpUpdatePrimaryRegion, &kmsapi.UpdatePrimaryRegionInput{KeyId: w.key().KeyId, PrimaryRegion: new(region2)}, "UnsupportedOperationException", "")

	// Permission is for both keys.
	only := w.user(accountA, "only", allow("kms:UpdatePrimaryRegion", *k.Arn))
	fails(w, only, kmsapi.OpUpdatePrimaryRegion, in, denied, "")
	elsewhere := w.user(accountA, "elsewhere", allow("kms:UpdatePrimaryRegion", "*", `{"StringEquals":{"kms:PrimaryRegion":"ap-south-1"}}`))
	fails(w, elsewhere, kmsapi.OpUpdatePrimaryRegion, in, denied, "")

	must(w, a, kmsapi.OpUpdatePrimaryRegion, in)
	if w.describe(k).MultiRegionConfiguration.MultiRegionKeyType != "REPLICA" || w.describe(k, there).MultiRegionConfiguration.MultiRegionKeyType != "PRIMARY" {
		t.Error("the primary key has not moved")
	}
	fails(w, a, kmsapi.OpUpdatePrimaryRegion, in, "UnsupportedOperationException", "")
	must(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new("ap-south-1")}, there)
	if n := len(w.describe(k).MultiRegionConfiguration.ReplicaKeys); n != 2 {
		t.Errorf("%d replicas", n)
	}
}

func TestReplicationConditions(t *testing.T) {
	w := newWorld(t)
	k := w.key(replicable)
	user := w.user(accountA, "user", allow("kms:CreateKey", "*"), allow("kms:ReplicateKey", "*", `{"StringLike":{"kms:ReplicaRegion":"eu-*"}}`))
	must(w, user, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region2)})
	fails(w, user, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new("ap-south-1")}, denied, "")
	replicas := w.user(accountA, "replicas", allow("kms:DescribeKey", "*", `{"StringEquals":{"kms:MultiRegionKeyType":"REPLICA"}}`))
	must(w, replicas, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, there)
	fails(w, replicas, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, denied, "")
	fails(w, replicas, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: w.key().KeyId}, denied, "")
}

// TestDeletingMultiRegionKeys: the primary key's waiting period begins when the
// last replica is gone.
func TestDeletingMultiRegionKeys(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable)
	w.replica(k, region2)
	out := must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: new(int32(10))})
	if out.KeyState != "PendingReplicaDeletion" || out.DeletionDate != nil || *out.PendingWindowInDays != 10 {
		t.Errorf("ScheduleKeyDeletion: %+v", out)
	}
	w.pass(100 * day)
	if d := w.describe(k); d.KeyState != "PendingReplicaDeletion" || *d.PendingDeletionWindowInDays != 10 || d.DeletionDate != nil {
		t.Errorf("the primary key with a replica: %+v", d)
	}
	gone := must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: new(int32(7))}, there).DeletionDate
	w.pass(9 * day)
	d := w.describe(k)
	if d.KeyState != "PendingDeletion" || !d.DeletionDate.Equal(gone.Add(10*day)) || len(d.MultiRegionConfiguration.ReplicaKeys) != 0 {
		t.Errorf("the primary key without a replica: %+v", d)
	}
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException", "", there)
	w.pass(8 * day)
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException", "")
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// TestIdleMultiRegionDeletion: the same when nobody has come by in between, and
// for a replica that goes while its primary key stays.
func TestIdleMultiRegionDeletion(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable)
	w.replica(k, region2)
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId}, there)
	kept := w.key(replicable)
	w.replica(kept, region2)
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: kept.KeyId}, there)
	w.pass(400 * day)
	if d := w.describe(kept); len(d.MultiRegionConfiguration.ReplicaKeys) != 0 || d.KeyState != "Enabled" {
		t.Errorf("a key whose replica is gone: %+v", d)
	}
	w.key() // whatever changes something sweeps
	list := must(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{}).Keys
	if slices.ContainsFunc(list, func(e kmsapi.KeyListEntry) bool { return *e.KeyId == *k.KeyId }) || len(list) != 2 {
		t.Errorf("keys %+v", list)
	}
	must(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: kept.KeyId, ReplicaRegion: new(region2)})
}

// TestImportedMultiRegion: material is imported into each key of a set, and new
// material is rotated to when all of them have it.
func TestImportedMultiRegion(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key(replicable, external)
	first, second := []byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210")
	fails(w, a, kmsapi.OpReplicateKey, &kmsapi.ReplicateKeyInput{KeyId: k.KeyId, ReplicaRegion: new(region2)}, "KMSInvalidStateException", "")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, first))
	if r := w.replica(k, region2).ReplicaKeyMetadata; r.KeyState != "PendingImport" {
		t.Errorf("replica %s", r.KeyState)
	}
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, second, there), "IncorrectKeyMaterialException", "", there)
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, first, there), there)
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}, there).CiphertextBlob
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})

	next := func(how ...via) *kmsapi.ImportKeyMaterialInput {
		in := w.wrapped(k.KeyId, second, how...)
		in.ImportType = "NEW_KEY_MATERIAL"
		return in
	}
	fails(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, second, there), "IncorrectKeyMaterialException", "", there)
	must(w, a, kmsapi.OpImportKeyMaterial, next())
	fails(w, a, kmsapi.OpImportKeyMaterial, next(there), "IncorrectKeyMaterialException", "", there) // to the replica it is not new
	wantList(t, w.rotations(k.KeyId), "CURRENT IMPORTED", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED")
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, "KMSInvalidStateException", "")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, second, there), there)
	wantList(t, w.rotations(k.KeyId), "CURRENT IMPORTED", "PENDING_ROTATION IMPORTED")
	must(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId})
	wantList(t, w.rotations(k.KeyId, there), "NON_CURRENT IMPORTED", "ON_DEMAND CURRENT 2026-03-01 IMPORTED")
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob}, there)

	// Deleting a replica's material touches no other key.
	must(w, a, kmsapi.OpDeleteImportedKeyMaterial, &kmsapi.DeleteImportedKeyMaterialInput{KeyId: k.KeyId}, there)
	if w.describe(k).KeyState != "Enabled" || w.describe(k, there).KeyState != "PendingImport" {
		t.Error("states after the deletion")
	}
}
