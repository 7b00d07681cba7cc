package iam

import (
	"bytes"
	"testing"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

func TestAccessKeys(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")})
	k := do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("bob")}).AccessKey
	id := *k.AccessKeyId
	if k.Status != "Active" || len(id) != 20 || id[:4] != "AKIA" || len(*k.SecretAccessKey) != 40 {
		t.Errorf("key %+v", k)
	}
	c := w.iam.AccessKey(id)
	if c.Secret != *k.SecretAccessKey || !c.LongTerm || c.Principal.Type != policy.User || c.Principal.Name != "bob" || c.Principal.AccessKeyID != id {
		t.Errorf("credential for %+v", c.Principal)
	}
	update := func(status iamapi.StatusType) iamapi.UpdateAccessKeyInput {
		return iamapi.UpdateAccessKeyInput{UserName: new("bob"), AccessKeyId: &id, Status: status}
	}
	do(w, iamapi.OpUpdateAccessKey, update("Inactive"))
	if w.iam.AccessKey(id) != nil {
		t.Error("an inactive key is good")
	}
	refused(w, iamapi.OpUpdateAccessKey, update("Expired"), "InvalidInput")
	refused(w, iamapi.OpUpdateAccessKey, update("Other"), "ValidationError")
	do(w, iamapi.OpUpdateAccessKey, update("Active"))
	if w.iam.AccessKey(id) == nil {
		t.Error("the active key is no good")
	}
	do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("bob")})
	refused(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("bob")}, "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2")
	first := do(w, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{UserName: new("bob"), MaxItems: new(int32(1))})
	rest := do(w, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{UserName: new("bob"), Marker: first.Marker})
	if len(first.AccessKeyMetadata) != 1 || len(rest.AccessKeyMetadata) != 1 || *first.AccessKeyMetadata[0].AccessKeyId == *rest.AccessKeyMetadata[0].AccessKeyId {
		t.Errorf("pages %+v, %+v", first, rest)
	}
	do(w, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{UserName: new("bob"), AccessKeyId: &id})
	if w.iam.AccessKey(id) != nil {
		t.Error("a deleted key is good")
	}
	refused(w, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{UserName: new("bob"), AccessKeyId: &id}, "NoSuchEntity: The Access Key with id "+id+" cannot be found.")
}

func TestAccessKeysOfOneself(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}"))
	alice := w.user("alice", "")
	as(w, bob, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{})
	if n := len(as(w, bob, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{}).AccessKeyMetadata); n != 2 {
		t.Errorf("%d keys", n)
	}
	refusedAs(w, bob, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{UserName: new("alice")}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("alice")}, "AccessDenied")
	// A key of another user is not found under one's own name.
	refusedAs(w, bob, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{AccessKeyId: &alice.AccessKeyID}, "NoSuchEntity")
	refusedAs(w, bob, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{UserName: new("alice"), AccessKeyId: &alice.AccessKeyID}, "AccessDenied")
	refusedAs(w, alice, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{}, "AccessDenied")
	refusedAs(w, w.session("r"), iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{}, "ValidationError: Must specify userName")
}

func TestRootAccessKey(t *testing.T) {
	w := newWorld(t)
	keys := do(w, iamapi.OpListAccessKeys, iamapi.ListAccessKeysInput{}).AccessKeyMetadata
	if len(keys) != 1 || *keys[0].AccessKeyId != w.root.AccessKeyID || keys[0].UserName != nil {
		t.Errorf("keys %+v", keys)
	}
	refused(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{}, "NotImplemented")
	refused(w, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{AccessKeyId: &w.root.AccessKeyID}, "NotImplemented")
	refused(w, iamapi.OpUpdateAccessKey, iamapi.UpdateAccessKeyInput{AccessKeyId: &w.root.AccessKeyID, Status: "Inactive"}, "NotImplemented")
}

func TestSecretIsSealed(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("bob")})
	k := do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("bob")}).AccessKey
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("eve")})
	eve := do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("eve")}).AccessKey
	err := w.iam.update(t.Context(), func(tx *store.Tx) error {
		row := accessKeys.Get(tx, *k.AccessKeyId)
		if bytes.Contains(row.Secret, []byte(*k.SecretAccessKey)) {
			t.Error("the secret is stored in the clear")
		}
		// A sealed secret opens under its own key id only.
		moved := *accessKeys.Get(tx, *eve.AccessKeyId)
		moved.Secret = row.Secret
		accessKeys.Put(tx, moved.ID, &moved)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.iam.AccessKey(*eve.AccessKeyId) != nil {
		t.Error("a secret was moved to another key")
	}
}

// What is derived from a credential can be kept as long as the pointer stays.
func TestCredentialStaysTheSame(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	before := w.iam.AccessKey(bob.AccessKeyID)
	w.group("unrelated")
	if w.iam.AccessKey(bob.AccessKeyID) != before {
		t.Error("the credential changed with an unrelated group")
	}
	do(w, iamapi.OpUpdateUser, iamapi.UpdateUserInput{UserName: new("bob"), NewPath: new("/x/")})
	if after := w.iam.AccessKey(bob.AccessKeyID); after == before || after.Principal.ARN != "arn:aws:iam::111122223333:user/x/bob" {
		t.Errorf("the credential did not change with its user: %+v", after.Principal)
	}
	if w.iam.AccessKey("AKIAAAAAAAAAAAAAAAAA") != nil {
		t.Error("an unknown key is good")
	}
}

func TestAccessKeyLastUsed(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	id := bob.AccessKeyID
	get := func() *iamapi.AccessKeyLastUsed {
		t.Helper()
		out := do(w, iamapi.OpGetAccessKeyLastUsed, iamapi.GetAccessKeyLastUsedInput{AccessKeyId: &id})
		if *out.UserName != "bob" {
			t.Errorf("key of %s", *out.UserName)
		}
		return out.AccessKeyLastUsed
	}
	if u := get(); u.LastUsedDate != nil || *u.ServiceName != "N/A" || *u.Region != "N/A" {
		t.Errorf("never used: %+v", u)
	}
	w.iam.Used(id, "kms", "eu-west-1", w.time)
	w.iam.Used(id, "s3", "us-east-1", w.time.Add(time.Second))
	if u := get(); !u.LastUsedDate.Equal(w.time.Add(time.Second)) || *u.ServiceName != "s3" || *u.Region != "us-east-1" {
		t.Errorf("last used %+v", u)
	}
	// It outlives the process.
	if err := w.iam.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.iam.uses.latest = lookup[string, *use]{}
	if u := get(); *u.ServiceName != "s3" {
		t.Errorf("after a restart %+v", u)
	}
	// AWS keeps it secret whether a key of another account exists
	// (localstack test_iam_users.snapshot.json, test_access_key_errors).
	refused(w, iamapi.OpGetAccessKeyLastUsed, iamapi.GetAccessKeyLastUsedInput{AccessKeyId: new("AKIAAAAAAAAAAAAAAAAA")},
		"AccessDenied: User: arn:aws:iam::111122223333:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAAAAAAAAAAAAAAAAA")
	refusedAs(w, w.stranger, iamapi.OpGetAccessKeyLastUsed, iamapi.GetAccessKeyLastUsedInput{AccessKeyId: &id},
		"AccessDenied: User: arn:aws:iam::444455556666:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key "+id)
	refusedAs(w, bob, iamapi.OpGetAccessKeyLastUsed, iamapi.GetAccessKeyLastUsedInput{AccessKeyId: &id}, "iam:GetAccessKeyLastUsed on resource: arn:aws:iam::111122223333:user/bob because")

	// A use that is noted after the key was deleted leaves nothing behind.
	do(w, iamapi.OpDeleteAccessKey, iamapi.DeleteAccessKeyInput{UserName: new("bob"), AccessKeyId: &id})
	w.iam.Used(id, "s3", "us-east-1", w.time)
	if err := w.iam.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := w.iam.view(t.Context(), func(tx *store.Tx) error {
		if lastUses.Get(tx, id) != nil {
			t.Error("the last use of a deleted key was kept")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// See "Compare AWS STS credentials" in the IAM User Guide: sessions of
// GetFederationToken cannot call IAM, those of GetSessionToken only with MFA.
func TestSessionsAtTheDoor(t *testing.T) {
	w := newWorld(t)
	bob := *w.user("bob", allow("*", "*"))
	bob.Session = &authz.Session{}
	refusedAs(w, &bob, iamapi.OpListUsers, iamapi.ListUsersInput{}, "InvalidClientTokenId: The security token included in the request is invalid")
	bob.Session = &authz.Session{MFA: true, MFATime: w.time}
	as(w, &bob, iamapi.OpListUsers, iamapi.ListUsersInput{})

	root := *w.root
	root.Session = &authz.Session{}
	refusedAs(w, &root, iamapi.OpListUsers, iamapi.ListUsersInput{}, "InvalidClientTokenId")
	fed := &authz.Principal{
		Principal: policy.Principal{Type: policy.FederatedUser, Account: home, ARN: "arn:aws:sts::" + home + ":federated-user/f", ID: home + ":f"},
		Name:      "f",
		Session:   &authz.Session{MFA: true},
	}
	refusedAs(w, fed, iamapi.OpListUsers, iamapi.ListUsersInput{}, "InvalidClientTokenId")
}
