package kms

import (
	"errors"
	"sync"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// together runs f n times at once and gives the errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errs
}

// TestFirstUsesAtOnce: however many come first, there is one AWS managed key.
func TestFirstUsesAtOnce(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user")
	ids := make([]string, 16)
	errs := together(len(ids), func(i int) error {
		out, err := invoke(w, user, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{KeyId: new("alias/aws/s3"), KeySpec: "AES_256"}, via{services: []string{"s3.amazonaws.com"}})
		if err == nil {
			ids[i] = *out.KeyId
		}
		return err
	})
	w.check(errors.Join(errs...))
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("keys %s and %s", ids[0], id)
		}
	}
	if n := len(must(w, w.admin(accountA), kmsapi.OpListKeys, &kmsapi.ListKeysInput{}).Keys); n != 1 {
		t.Errorf("%d keys", n)
	}
}

// TestRotationAtOnce: a rotation that is due happens once, whoever comes by.
func TestRotationAtOnce(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpEnableKeyRotation, &kmsapi.EnableKeyRotationInput{KeyId: k.KeyId})
	blob := must(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: []byte("x")}).CiphertextBlob
	w.pass(365 * day)
	w.check(errors.Join(together(16, func(i int) error {
		if i%2 == 0 {
			_, err := invoke(w, a, kmsapi.OpDecrypt, &kmsapi.DecryptInput{CiphertextBlob: blob})
			return err
		}
		return w.encryptAs(a, k.KeyId)
	})...))
	if n := len(w.rotations(k.KeyId)); n != 2 {
		t.Errorf("%d materials", n)
	}
}

// TestAliasesAtOnce: a name goes to one of those who want it.
func TestAliasesAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	var targets []*string
	for range 8 {
		targets = append(targets, w.key().KeyId)
	}
	won := 0
	for _, err := range together(len(targets), func(i int) error {
		_, err := invoke(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/x"), TargetKeyId: targets[i]})
		return err
	}) {
		if err == nil {
			won++
		} else {
			wantError(t, "CreateAlias", err, "AlreadyExistsException", "")
		}
	}
	if won != 1 {
		t.Errorf("%d of them have the alias", won)
	}
}

// TestChangeIsAllowedByTheKeyAsItIs: a policy that changes between a request's
// authorization and its transaction decides anew.
func TestChangeIsAllowedByTheKeyAsItIs(t *testing.T) {
	w := newWorld(t)
	user := w.user(accountA, "user")
	k := w.key(keyPolicy(letAccount(accountA), let(aws(user.ARN), "kms:DisableKey")))
	call := &cloud.Call{ID: "request", Cloud: w.cloud, Operation: &kmsapi.OpDisableKey.Operation}
	call.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: user, Region: region, Time: w.now}
	ctx := cloud.NewContext(t.Context(), call)

	target, err := w.service.find(ctx, *k.KeyId, false)
	w.check(err)
	a := access{action: "kms:DisableKey"}
	w.check(w.service.authorize(ctx, target, &a))
	must(w, w.admin(accountA), kmsapi.OpPutKeyPolicy, &kmsapi.PutKeyPolicyInput{KeyId: k.KeyId, Policy: new(document(letAccount(accountA)))})
	err = w.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		_, err := w.service.again(ctx, tx, target, &a)
		return err
	})
	var no *authz.Denied
	if !errors.As(err, &no) {
		t.Errorf("under the new policy: %v", err)
	}
}

// TestReset: after a reset nothing of before is known.
func TestReset(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	w.check(w.encryptAs(w.admin(accountA), k.KeyId))
	w.check(w.cloud.Store.Reset(t.Context()))
	w.service.forget()
	fails(w, w.admin(accountA), kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException", "")
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows", n)
	}
}
