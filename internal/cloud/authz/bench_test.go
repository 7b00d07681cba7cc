package authz

import (
	"context"
	"testing"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// BenchmarkCheck decides for a user with four policies on a gated resource, as
// KMS asks on every Encrypt.
func BenchmarkCheck(b *testing.B) {
	doc := func(text string, kind policy.Kind) *policy.Policy {
		p, err := policy.Parse(text, kind)
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	statement := func(s string) *policy.Policy {
		return doc(`{"Version":"2012-10-17","Statement":[`+s+`]}`, policy.Identity)
	}
	p := user(account)
	id := &Identity{Policies: []Document{
		{Type: IdentityBased, ID: "a", Policy: statement(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}`)},
		{Type: IdentityBased, ID: "b", Policy: statement(`{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}`)},
		{Type: IdentityBased, ID: "c", Policy: statement(`{"Effect":"Allow","Action":["sts:*","kms:Encrypt"],"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}`)},
		{Type: IdentityBased, ID: "d", Policy: statement(`{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}`)},
	}}
	key := doc(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:root"},"Action":"kms:*","Resource":"*"}]}`, policy.Resource)
	a := &Authorizer{Directory: directory{account + "/user/u": id}}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		s := &Scope{Authorizer: a, Principal: p, Region: "us-east-1", Time: now, SourceIP: "127.0.0.1"}
		ctx := context.WithValue(context.Background(), ScopeKey, s)
		err := Check(ctx, Request{Action: "kms:Encrypt", Resource: "arn:aws:kms:us-east-1:" + account + ":key/k", Policy: key, Gate: true})
		if err != nil {
			b.Fatal(err)
		}
	}
}
