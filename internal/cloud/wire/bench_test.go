package wire

import (
	"net/http"
	"testing"

	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/api/sts"
)

const benchKey = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

var benchEncrypt = []byte(`{"KeyId":"` + benchKey + `","Plaintext":"c2l4dGVlbiBieXRlcy4uLnNpeHRlZW4gYnl0ZXMuLi4=",` +
	`"EncryptionContext":{"purpose":"test","stage":"beta"}}`)

func BenchmarkJSONDecodeEncrypt(b *testing.B) {
	codec := For(kms.Service.Protocol)
	r := &Request{Method: http.MethodPost, Body: benchEncrypt}
	b.ReportAllocs()
	for b.Loop() {
		in, err := codec.Decode(&kms.OpEncrypt.Operation, r)
		if err == nil {
			err = Validate(&kms.OpEncrypt.Operation, in)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONEncodeEncrypt(b *testing.B) {
	codec := For(kms.Service.Protocol)
	out := &kms.EncryptOutput{CiphertextBlob: make([]byte, 184), KeyId: new(benchKey), EncryptionAlgorithm: kms.EncryptionAlgorithmSpecSymmetricDefault}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		codec.EncodeOutput(buf, &kms.OpEncrypt.Operation, out, "d2c2a1f4-0c7b-4b4f-a3de-33a1f1b2c3d4")
	}
}

func BenchmarkQueryEncodeGetCallerIdentity(b *testing.B) {
	codec := For(sts.Service.Protocol)
	out := &sts.GetCallerIdentityOutput{
		UserId: new("AIDACKCEVSQ6C2EXAMPLE"), Account: new("111122223333"), Arn: new("arn:aws:iam::111122223333:user/Alice"),
	}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		codec.EncodeOutput(buf, &sts.OpGetCallerIdentity.Operation, out, "d2c2a1f4-0c7b-4b4f-a3de-33a1f1b2c3d4")
	}
}

func BenchmarkQueryDecodeGetCallerIdentity(b *testing.B) {
	codec := For(sts.Service.Protocol)
	body := []byte("Action=GetCallerIdentity&Version=2011-06-15")
	b.ReportAllocs()
	for b.Loop() {
		r := &Request{Method: http.MethodPost, Body: body}
		form, err := r.Form()
		if err != nil || form.Get("Action") != "GetCallerIdentity" {
			b.Fatal(err)
		}
		if _, err := codec.Decode(&sts.OpGetCallerIdentity.Operation, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQueryDecodeCreateUser(b *testing.B) {
	codec := For(iam.Service.Protocol)
	body := []byte("Action=CreateUser&Version=2010-05-08&UserName=Alice&Path=%2Fstaff%2F&Tags.member.1.Key=team&Tags.member.1.Value=red")
	b.ReportAllocs()
	for b.Loop() {
		in, err := codec.Decode(&iam.OpCreateUser.Operation, &Request{Method: http.MethodPost, Body: body})
		if err == nil {
			err = Validate(&iam.OpCreateUser.Operation, in)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTrailEncrypt(b *testing.B) {
	in := &kms.EncryptInput{
		KeyId: new(benchKey), Plaintext: make([]byte, 32),
		EncryptionContext: map[string]string{"purpose": "test", "stage": "beta"},
	}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		AppendTrail(buf, in)
	}
}
