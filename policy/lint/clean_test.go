package lint_test

import (
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// Documents that are as they should be, most of them examples of the IAM User
// Guide: nothing is found in them.
func TestClean(t *testing.T) {
	for name, test := range map[string]struct {
		kind     policy.Kind
		typ      string
		document string
	}{
		// access_policies_examples: S3: Allows read and write access to objects
		"bucket": {document: identity(`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"},
			{"Effect":"Allow","Action":["s3:GetObject*","s3:PutObject*"],"Resource":"arn:aws:s3:::b/*"}`)},
		// reference_policies_variables
		"variable":     {document: allow(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"StringLike":{"s3:prefix":["${aws:username}/*"]}}`)},
		"default":      {document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}/*"`)},
		"literal star": {document: allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${*}"`)},
		"pass role":    {document: allow(`"Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/app","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`)},
		"passed star":  {document: allow(`"Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`)},
		"deny":         {document: identity(`{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`)},
		"decrypt":      {document: allow(`"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`)},
		"addresses":    {document: identity(`{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}}}`)},
		"dates":        {document: allow(`"Action":"s3:GetObject","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-04-01T00:00:00Z"},"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}`)},
		"tag keys":     {document: allow(`"Action":"ec2:CreateTags","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`)},
		"public":       {document: allow(`"Action":"ssm:GetParameter","Resource":"arn:aws:ssm:*::parameter/aws/service/*"`)},
		"managed":      {document: allow(`"Action":"iam:GetPolicy","Resource":"arn:aws:iam::aws:policy/ReadOnlyAccess"`)},
		"short":        {document: allow(`"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*"`)},
		"limited deny": {document: identity(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret/*"}`)},
		"own keys":     {document: allow(`"Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"`)},
		// reference_policies_elements_principal
		"bucket policy": {kind: policy.Resource, typ: bucket, document: ofBucket(`"Principal":{"AWS":["123456789012","arn:aws:iam::111122223333:role/r"],"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`)},
		"anybody":       {kind: policy.Resource, typ: bucket, document: ofBucket(`"Principal":"*"`)},
		"trail":         {kind: policy.Resource, typ: bucket, document: ofBucket(`"Principal":{"Service":"cloudtrail.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}`)},
		"instance":      {kind: policy.Trust, document: trust(`"Principal":{"Service":"ec2.amazonaws.com"}`)},
		"deputy":        {kind: policy.Trust, document: trust(`"Principal":{"AWS":"123456789012"},"Condition":{"StringEquals":{"sts:ExternalId":"12345"}}`)},
		"scheduler":     {kind: policy.Trust, document: trust(`"Principal":{"Service":"scheduler.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}`)},
		"tagged":        {kind: policy.Trust, document: allow(`"Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"123456789012"},"Condition":{"StringEquals":{"sts:ExternalId":"12345"}}`)},
		"saml":          {kind: policy.Trust, document: allow(`"Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::123456789012:saml-provider/x"},"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}`)},
		"github":        {kind: policy.Trust, document: gitHub(`{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:octo-org/octo-repo:ref:refs/heads/main"}}`)},
		"scp":           {kind: policy.SCP, document: identity(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}}}`)},
		"rcp":           {kind: policy.RCP, document: rcp(`{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range check(test.document, test.kind, test.typ, "111122223333") {
				t.Errorf("%s: %s", f.Code, f.Details)
			}
		})
	}
}

// With the checks of our own switched off, none is reported, but for the one
// that says that nothing else was looked at.
func TestOwnAreSwitched(t *testing.T) {
	for _, test := range cases {
		for _, f := range checkAWS(test.document, test.kind, test.typ) {
			if f.Own && f.Code != "DOCUMENT_TOO_LARGE" {
				t.Errorf("%s is reported", f.Code)
			}
		}
	}
}
