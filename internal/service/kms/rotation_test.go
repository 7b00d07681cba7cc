package kms

import (
	"fmt"
	"testing"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// rotations tells of a key's materials: type, state and date of each.
func (w *world) rotations(keyID *string, how ...via) []string {
	w.Helper()
	var all []string
	in := &kmsapi.ListKeyRotationsInput{KeyId: keyID, IncludeKeyMaterial: "ALL_KEY_MATERIAL", Limit: new(int32(2))}
	for {
		out := must(w, w.admin(accountA), kmsapi.OpListKeyRotations, in, how...)
		for _, r := range out.Rotations {
			text := string(r.KeyMaterialState)
			if r.RotationDate != nil {
				text = fmt.Sprint(r.RotationType, " ", r.KeyMaterialState, " ", r.RotationDate.Format(time.DateOnly))
			}
			if r.ImportState != "" {
				text += " " + string(r.ImportState)
			}
			all = append(all, text)
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return all
		}
	}
}

func wantList(t testing.TB, got []string, want ...string) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestAutomaticRotation: nothing happens until somebody comes by; then the
// rotations are there, each at its date, and old ciphertexts still open.
func TestAutomaticRotation(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	status := func() *kmsapi.GetKeyRotationStatusOutput {
		return must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	}
	if s := status(); *s.KeyRotationEnabled || s.NextRotationDate != nil || s.RotationPeriodInDays != nil || *s.KeyId != *k.KeyId {
		t.Errorf("before: %+v", s)
	}
	for _, days := range []int32{89, 2561} {
		fails(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: &days}, "ValidationException", "")
	}
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId})
	if s := status(); !*s.KeyRotationEnabled || *s.RotationPeriodInDays != 365 || !s.NextRotationDate.Equal(w.now.Add(365*day)) {
		t.Errorf("by default: %+v", s)
	}
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(100))})
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId}) // changes nothing
	if s := status(); *s.RotationPeriodInDays != 100 || !s.NextRotationDate.Equal(w.now.Add(100*day)) {
		t.Errorf("of 100 days: %+v", s)
	}

	encrypt := func() []byte {
		return must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	}
	blobs, materials := [][]byte{encrypt()}, map[string]bool{}
	w.pass(100*day - 1)
	blobs = append(blobs, encrypt())
	if n := len(w.rotations(k.KeyId)); n != 1 {
		t.Errorf("%d materials before the first rotation", n)
	}
	w.pass(201*day + 1)
	blobs = append(blobs, encrypt())
	wantList(t, w.rotations(k.KeyId), "NON_CURRENT", "AUTOMATIC NON_CURRENT 2026-06-09", "AUTOMATIC NON_CURRENT 2026-09-17", "AUTOMATIC CURRENT 2026-12-26")
	if s := status(); !s.NextRotationDate.Equal(time.Date(2027, 4, 5, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("next rotation %v", s.NextRotationDate)
	}
	for i, blob := range blobs {
		out := must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
		materials[*out.KeyMaterialId] = true
		if string(out.Plaintext) != "plain" {
			t.Errorf("ciphertext %d: %q", i, out.Plaintext)
		}
	}
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata; len(materials) != 2 || !materials[*d.CurrentKeyMaterialId] || *d.CurrentKeyMaterialId == *k.CurrentKeyMaterialId {
		t.Errorf("materials %v, current %s", materials, *d.CurrentKeyMaterialId)
	}
	must(w, a, kmsapi.OpDisableKeyRotation, &kmsapi.DisableKeyRotationInput{KeyId: k.KeyId})
	w.pass(1000 * day)
	encrypt()
	if n := len(w.rotations(k.KeyId)); n != 4 {
		t.Errorf("%d materials with rotation disabled", n)
	}
	if n := len(must(w, a, kmsapi.OpListKeyRotations, &kmsapi.ListKeyRotationsInput{KeyId: k.KeyId}).Rotations); n != 3 {
		t.Errorf("%d rotations by default, want 3: the first material is none", n)
	}
}

// TestRotationOfDisabledKeys: see GetKeyRotationStatus: a disabled key does not
// rotate; enabled again and overdue, it rotates at once and every period
// thereafter.
func TestRotationOfDisabledKeys(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(90))})
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	w.pass(400 * day)
	if n := len(w.rotations(k.KeyId)); n != 1 {
		t.Errorf("%d materials of a disabled key", n)
	}
	must(w, a, kmsapi.OpEnableKey, &kmsapi.EnableKeyInput{KeyId: k.KeyId})
	wantList(t, w.rotations(k.KeyId), "NON_CURRENT", "AUTOMATIC CURRENT 2027-04-05")
	s := must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	if !s.NextRotationDate.Equal(w.now.Add(90 * day)) {
		t.Errorf("next rotation %v", s.NextRotationDate)
	}
	must(w, a, kmsapi.OpScheduleKeyDeletion, &kmsapi.ScheduleKeyDeletionInput{KeyId: k.KeyId})
	s = must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	if *s.KeyRotationEnabled {
		t.Error("a key that is pending deletion rotates")
	}
	must(w, a, kmsapi.OpCancelKeyDeletion, &kmsapi.CancelKeyDeletionInput{KeyId: k.KeyId})
	s = must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	if !*s.KeyRotationEnabled {
		t.Error("the rotation status did not return")
	}
}

func TestRotationOnDemand(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(90))})
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("plain")}).CiphertextBlob
	for range maxOnDemandRotations {
		if out := must(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}); *out.KeyId != *k.Arn {
			t.Errorf("RotateKeyOnDemand: %s", *out.KeyId)
		}
	}
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, "LimitExceededException",
		"The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: "+*k.Arn)
	must(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
	// Rotations on demand leave the schedule as it is.
	s := must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	if !s.NextRotationDate.Equal(w.now.Add(90*day)) || s.OnDemandRotationStartDate != nil {
		t.Errorf("status %+v", s)
	}
	list := w.rotations(k.KeyId)
	if len(list) != 26 || list[25] != "ON_DEMAND CURRENT 2026-03-01" {
		t.Errorf("rotations %q", list)
	}
	other := w.key()
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: other.KeyId, RotationPeriodInDays: new(int32(90))})
	w.pass(90*day - 19*time.Minute)
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: other.KeyId}, "ConflictException", "")
}

// TestWhatDoesNotRotate: [6] and [7] of the key state table.
func TestWhatDoesNotRotate(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	const code = "UnsupportedOperationException"
	for _, k := range []*kmsapi.KeyMetadata{w.key(spec("RSA_2048", "SIGN_VERIFY")), w.key(spec("HMAC_256", "GENERATE_VERIFY_MAC"))} {
		fails(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId}, code, "")
		fails(w, a, kmsapi.OpDisableKeyRotation, &kmsapi.DisableKeyRotationInput{KeyId: k.KeyId}, code, "")
		fails(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId}, code, "")
		fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, code, "")
		fails(w, a, kmsapi.OpListKeyRotations, &kmsapi.ListKeyRotationsInput{KeyId: k.KeyId}, code, "")
	}
	imported := w.key(external)
	message := *imported.Arn + " origin is EXTERNAL which is not valid for this operation."
	fails(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: imported.KeyId}, code, message)
	fails(w, a, kmsapi.OpDisableKeyRotation, &kmsapi.DisableKeyRotationInput{KeyId: imported.KeyId}, code, message)
	fails(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: imported.KeyId}, code, message)
	k := w.key()
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: k.KeyId})
	fails(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId}, "DisabledException", "")
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: k.KeyId}, "DisabledException", "")
	// Of two reasons AWS tells the state first.
	rsa := w.key(spec("RSA_2048", "SIGN_VERIFY"))
	must(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: rsa.KeyId})
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: rsa.KeyId}, "DisabledException", *rsa.Arn+" is disabled.")
	fails(w, a, kmsapi.OpRotateKeyOnDemand, &kmsapi.RotateKeyOnDemandInput{KeyId: imported.KeyId}, "KMSInvalidStateException", *imported.Arn+" is pending import.")
}

func TestRotationPeriodCondition(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	user := w.user(accountA, "user", allow("kms:EnableKeyRotation", "*", `{"NumericLessThanEquals":{"kms:RotationPeriodInDays":"180"}}`))
	must(w, user, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(180))})
	fails(w, user, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(181))}, denied, "")
	fails(w, user, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId}, denied, "")
}

// TestManyMissedRotations: a clock that jumps far does not make a key of
// endless materials.
func TestManyMissedRotations(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId, RotationPeriodInDays: new(int32(90))})
	w.pass(250 * 365 * day)
	w.check(w.encryptAs(a, k.KeyId))
	if n := len(w.rotations(k.KeyId)); n < maxMissed || n > maxMissed+2 {
		t.Errorf("%d materials", n)
	}
	s := must(w, a, kmsapi.OpGetKeyRotationStatus, &kmsapi.GetKeyRotationStatusInput{KeyId: k.KeyId})
	if !s.NextRotationDate.After(w.now) || s.NextRotationDate.After(w.now.Add(90*day)) {
		t.Errorf("next rotation %v at %v", s.NextRotationDate, w.now)
	}
}
