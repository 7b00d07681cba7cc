package lint_test

import (
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

func BenchmarkCheck(b *testing.B) {
	document := identity(`{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListBucket"],"Resource":["arn:aws:s3:::app1-dev","arn:aws:s3:::app1-dev/*"]},
		{"Sid":"Log","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:eu-west-1:123456789012:log-group:/app/*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}},
		{"Sid":"Pass","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/app","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`)
	for b.Loop() {
		lint.Check(document, policy.Identity, lint.Options{Own: true})
	}
}
