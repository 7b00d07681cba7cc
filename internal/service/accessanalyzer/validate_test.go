package accessanalyzer

import (
	"strings"
	"testing"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
)

func TestValidatePolicy(t *testing.T) {
	w := newWorld(t)
	codes := func(in *analyzerapi.ValidatePolicyInput) (list []string) {
		t.Helper()
		for {
			out := must(w, analyzerapi.OpValidatePolicy, in)
			for _, f := range out.Findings {
				list = append(list, *f.IssueCode)
				if *f.FindingDetails == "" || !strings.HasPrefix(*f.LearnMoreLink, "https://docs.aws.amazon.com/") || f.FindingType == "" || f.Locations == nil {
					t.Errorf("%+v", f)
				}
				for _, l := range f.Locations {
					if *l.Span.Start.Line < 1 || *l.Span.End.Offset < *l.Span.Start.Offset || int(*l.Span.End.Offset) > len(*in.PolicyDocument) {
						t.Errorf("%s: %+v %+v", *f.IssueCode, *l.Span.Start, *l.Span.End)
					}
				}
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return list
			}
		}
	}
	// The check and where it points are those of
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
	pass := doc(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`)
	if got := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "IDENTITY_POLICY"}); len(got) != 1 || got[0] != "PASS_ROLE_WITH_STAR_IN_RESOURCE" {
		t.Errorf("%v", got)
	}
	f := must(w, analyzerapi.OpValidatePolicy, &analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "IDENTITY_POLICY", Locale: "DE"}).Findings[0]
	if f.FindingType != "SECURITY_WARNING" || len(f.Locations) == 0 {
		t.Fatalf("%+v", f)
	}
	path := f.Locations[0].Path
	if *path[0].Value != "Statement" || *path[1].Index != 0 || *path[2].Value != "Resource" && *path[2].Value != "Action" {
		t.Errorf("%+v", path)
	}
	if got := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: doc(allow("s3:GetObject", "arn:aws:s3:::b/*")), PolicyType: "IDENTITY_POLICY"}); len(got) != 0 {
		t.Errorf("%v", got)
	}
	// What is no policy is a finding and no error.
	for _, bad := range []string{" ", "{", "no JSON", "[]", `{"Version":"2012-10-17"}`} {
		if got := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: &bad, PolicyType: "IDENTITY_POLICY"}); len(got) == 0 {
			t.Errorf("%q: nothing", bad)
		}
	}
	// Pages are parts of the whole.
	many := []string{}
	for range 9 {
		many = append(many, `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`)
	}
	whole := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: doc(many...), PolicyType: "IDENTITY_POLICY"})
	parts := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: doc(many...), PolicyType: "IDENTITY_POLICY", MaxResults: new(int32(2))})
	if len(whole) < 9 || strings.Join(whole, " ") != strings.Join(parts, " ") {
		t.Errorf("%v\n%v", whole, parts)
	}
	long := doc(allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("b", 256<<10)))
	fails(w, analyzerapi.OpValidatePolicy, &analyzerapi.ValidatePolicyInput{PolicyDocument: long, PolicyType: "IDENTITY_POLICY"}, "ValidationException: The policyDocument is longer than 262144 bytes.")
	for _, test := range []struct {
		in   analyzerapi.ValidatePolicyInput
		want string
	}{
		{analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "NONE"}, "ValidationException"},
		{analyzerapi.ValidatePolicyInput{PolicyDocument: pass}, "ValidationException"},
		{analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "IDENTITY_POLICY", Locale: "XX"}, "ValidationException"},
		{analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "IDENTITY_POLICY", NextToken: new("x")}, "ValidationException: token"},
		{analyzerapi.ValidatePolicyInput{PolicyDocument: pass, PolicyType: "IDENTITY_POLICY", ValidatePolicyResourceType: "AWS::S3::Bucket"}, "ValidationException: RESOURCE_POLICY"},
	} {
		fails(w, analyzerapi.OpValidatePolicy, &test.in, test.want)
	}
	// Each type has its own rules.
	if got := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: new(trusting(account)), PolicyType: "RESOURCE_POLICY", ValidatePolicyResourceType: "AWS::IAM::AssumeRolePolicyDocument"}); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for _, kind := range []analyzerapi.PolicyType{"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "RESOURCE_POLICY"} {
		if got := codes(&analyzerapi.ValidatePolicyInput{PolicyDocument: doc(`{"Effect":"Allow","NotAction":"s3:*","Resource":"*","Condition":{"Nothing":{"a":"b"}}}`), PolicyType: kind}); len(got) == 0 {
			t.Errorf("%s: nothing", kind)
		}
	}
}
