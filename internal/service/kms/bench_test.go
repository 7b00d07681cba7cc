package kms

import (
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// method calls a service method as the pipeline does, without the pipeline:
// what is measured is the service with its authorization and cryptography.
func method[In, Out any](b *testing.B, w *world, p *authz.Principal, op *api.Op[In, Out], in *In, run func(*cloud.Call) error) {
	b.ReportAllocs()
	for b.Loop() {
		c := &cloud.Call{ID: "request", Cloud: w.cloud, Operation: &op.Operation, Input: in}
		c.Scope = authz.Scope{Authorizer: w.cloud.Authorizer, Principal: p, Region: region, Time: w.now}
		if err := run(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncrypt(b *testing.B) {
	w := newWorld(b)
	user := w.user(accountA, "user", allow("kms:Encrypt", "*"), allow("sts:*", "*"), allow("s3:*", "*"))
	in := &kmsapi.EncryptInput{KeyId: w.key().KeyId, Plaintext: make([]byte, 32), EncryptionContext: map[string]string{"purpose": "benchmark"}}
	method(b, w, user, kmsapi.OpEncrypt, in, func(c *cloud.Call) error {
		_, err := w.service.Encrypt(cloud.NewContext(b.Context(), c), in)
		return err
	})
}

func BenchmarkDecrypt(b *testing.B) {
	w := newWorld(b)
	user := w.admin(accountA)
	blob := must(w, user, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: w.key().KeyId, Plaintext: make([]byte, 32)}).CiphertextBlob
	in := &kmsapi.DecryptInput{CiphertextBlob: blob}
	method(b, w, user, kmsapi.OpDecrypt, in, func(c *cloud.Call) error {
		_, err := w.service.Decrypt(cloud.NewContext(b.Context(), c), in)
		return err
	})
}

func BenchmarkSignP256(b *testing.B) {
	w := newWorld(b)
	user := w.admin(accountA)
	k := w.key(spec(kmsapi.KeySpecEccNistP256, kmsapi.KeyUsageTypeSignVerify))
	in := &kmsapi.SignInput{KeyId: k.KeyId, Message: make([]byte, 32), SigningAlgorithm: kmsapi.SigningAlgorithmSpecEcdsaSha256}
	method(b, w, user, kmsapi.OpSign, in, func(c *cloud.Call) error {
		_, err := w.service.Sign(cloud.NewContext(b.Context(), c), in)
		return err
	})
}

// BenchmarkEncryptByGrant is a caller whom only a grant lets in.
func BenchmarkEncryptByGrant(b *testing.B) {
	w := newWorld(b)
	user := w.user(accountA, "user")
	k := w.key()
	must(w, w.admin(accountA), kmsapi.OpCreateGrant, &kmsapi.CreateGrantInput{
		KeyId: k.KeyId, GranteePrincipal: new(user.ARN), Operations: []kmsapi.GrantOperation{kmsapi.GrantOperationEncrypt},
	})
	in := &kmsapi.EncryptInput{KeyId: k.KeyId, Plaintext: make([]byte, 32)}
	method(b, w, user, kmsapi.OpEncrypt, in, func(c *cloud.Call) error {
		_, err := w.service.Encrypt(cloud.NewContext(b.Context(), c), in)
		return err
	})
}
