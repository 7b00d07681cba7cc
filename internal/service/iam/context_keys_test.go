package iam

import (
	"slices"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

func TestContextKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		docs []string
		want []string
	}{
		{
			// "aws iam get-context-keys-for-custom-policy" in the AWS CLI Command Reference.
			"published example",
			[]string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}`},
			[]string{"aws:username", "aws:CurrentTime"},
		},
		{
			"variables with defaults, escapes and in conditions",
			[]string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::${aws:PrincipalTag/team, 'a}b'}/${*}${?}${$}","arn:aws:s3:::b/${aws:userid}/${s3:prefix}"],"Condition":{"StringLike":{"s3:prefix":["${aws:SourceIp}","x"]}}}]}`},
			[]string{"aws:PrincipalTag/team", "aws:userid", "s3:prefix", "aws:SourceIp"},
		},
		{
			"each once, without regard to case",
			[]string{
				`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`,
				`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"AWS:securetransport":"false"},"Null":{"aws:TokenIssueTime":"true"}}}}`,
			},
			[]string{"aws:SecureTransport", "aws:TokenIssueTime"},
		},
		{
			"no variables in the old version",
			[]string{`{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}","Condition":{"StringEquals":{"aws:userid":"${aws:username}"}}}}`},
			[]string{"aws:userid"},
		},
		{
			"none",
			[]string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`},
			[]string{},
		},
	} {
		docs, err := inputPolicies("PolicyInputList", test.docs, policy.Identity)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got := contextKeys(docs); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
