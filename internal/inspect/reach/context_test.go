package reach_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/reach"
)

func TestParseContext(t *testing.T) {
	keys, err := reach.ParseContext([]string{"aws:SourceIp=192.0.2.1", "aws:TagKeys=a", "AWS:tagkeys=b", "s3:prefix=", "kms:EncryptionContext:app=a=b", "aws:PrincipalTag/Team name=x"})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]string{"aws:sourceip": {"192.0.2.1"}, "aws:tagkeys": {"a", "b"}, "s3:prefix": {""}, "kms:encryptioncontext:app": {"a=b"}, "aws:principaltag/team name": {"x"}} {
		if !slices.Equal(keys[key], want) {
			t.Errorf("%s is %q, want %q", key, keys[key], want)
		}
	}
	for _, given := range []string{
		"", "=", "aws:SourceIp", "SourceIp=192.0.2.1", ":x=y", "aws:=y", "aws:${x}=y", "aws:a b=y",
		"aws:SourceIp=somewhere", "aws:SecureTransport=yes", "aws:CurrentTime=today", "aws:MultiFactorAuthAge=long", "s3:max-keys=many",
	} {
		if _, err := reach.ParseContext([]string{given}); !errors.As(err, new(*reach.ContextError)) {
			t.Errorf("%q: %v", given, err)
		}
	}
	for _, given := range []string{"aws:SecureTransport=true", "aws:CurrentTime=2026-01-01T00:00:00Z", "aws:MultiFactorAuthAge=60", "aws:SourceIp=2001:db8::1", "nobody:knows=this"} {
		if _, err := reach.ParseContext([]string{given}); err != nil {
			t.Errorf("%q: %v", given, err)
		}
	}
}

func TestParseAction(t *testing.T) {
	for name, want := range map[string]string{"s3:GetObject": "s3:GetObject", "S3:getobject": "s3:GetObject", "s3:GetNothing": ""} {
		action, known, err := reach.ParseAction(name)
		if err != nil || known != (want != "") || known && action != want {
			t.Errorf("%s: %s, %t, %v", name, action, known, err)
		}
	}
	for _, name := range []string{"", "GetObject", "s3:", ":GetObject", "s3:Get*", "*", "s3:Get?bject", "s3:Get:Object", "s3: GetObject"} {
		if _, _, err := reach.ParseAction(name); !errors.As(err, new(*reach.ActionError)) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAboutResource(t *testing.T) {
	for _, tt := range []struct{ action, resource, want string }{
		{"s3:GetObject", object, ""}, {"s3:ListBucket", bucket, ""}, {"kms:Decrypt", keyARN, ""}, {"iam:CreateUser", arnOf + "user/x", ""}, {"kms:ListKeys", "*", ""},
		{"s3:GetObject", bucket, "none of these"}, {"s3:GetObject", "*", "no resource is named"}, {"kms:ListKeys", keyARN, "no resource"}, {"no:Action", "*", ""},
	} {
		if got := reach.AboutResource(tt.action, tt.resource); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s on %s: %q, want %q", tt.action, tt.resource, got, tt.want)
		}
	}
}
