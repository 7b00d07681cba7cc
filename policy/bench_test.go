package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// tenPolicies are ten identity policies of five statements each, of the sorts
// that real ones have: wildcards, variables, tags, addresses, dates, a Deny
// with NotAction. The request is allowed by the last statement of all.
func tenPolicies(tb testing.TB) []*policy.Policy {
	tb.Helper()
	var list []*policy.Policy
	for i := range 10 {
		action := "s3:PutObject"
		if i == 9 {
			action = "s3:Get*"
		}
		doc := strings.NewReplacer("TEAM", fmt.Sprintf("team-%d", i), "LAST", action).Replace(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["ec2:Describe*","ec2:StartInstances","ec2:StopInstances"],"Resource":"*",
			 "Condition":{"StringEquals":{"ec2:ResourceTag/Team":"TEAM"}}},
			{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":["arn:aws:s3:::TEAM-data/*","arn:aws:s3:::TEAM-logs/*"]},
			{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"arn:aws:kms:*:111122223333:key/*",
			 "Condition":{"StringLike":{"kms:ViaService":"s3.*.amazonaws.com"}}},
			{"Effect":"Deny","NotAction":["iam:*","sts:GetCallerIdentity"],"Resource":"*",
			 "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}}},
			{"Effect":"Allow","Action":"LAST","Resource":"arn:aws:s3:::shared/home/${aws:username}/*",
			 "Condition":{"StringEquals":{"aws:PrincipalTag/Team":["blue","TEAM"]},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}}]}`)
		p, err := policy.Parse(doc, policy.Identity)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func benchRequest() *policy.Request {
	return &policy.Request{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::shared/home/alice/report.csv",
		Principal: policy.Principal{Type: policy.User, Account: accountA, ARN: userARN, ID: "AIDAEXAMPLEEXAMPLEEX"},
		Context: policy.Keys{
			"aws:username": {"alice"}, "aws:principaltag/team": {"team-9"}, "aws:currenttime": {"2024-05-01T12:00:00Z"},
			"aws:sourceip": {"203.0.113.7"}, "aws:securetransport": {"true"}, "aws:multifactorauthpresent": {"true"},
			"aws:principalarn": {userARN}, "aws:userid": {"AIDAEXAMPLEEXAMPLEEX"}, "aws:requestedregion": {"us-east-1"},
		},
	}
}

func decide(policies []*policy.Policy, r *policy.Request) policy.Effect {
	effect := policy.NoMatch
	for _, p := range policies {
		effect = max(effect, p.Evaluate(r).Effect)
	}
	return effect
}

// BenchmarkTenPolicies decides over ten policies of five statements each.
func BenchmarkTenPolicies(b *testing.B) {
	policies, r := tenPolicies(b), benchRequest()
	b.ReportAllocs()
	for b.Loop() {
		if decide(policies, r) != policy.Allow {
			b.Fatal("not allowed")
		}
	}
}

// BenchmarkTenPoliciesNoMatch is the same for a request that nothing matches.
func BenchmarkTenPoliciesNoMatch(b *testing.B) {
	policies, r := tenPolicies(b), benchRequest()
	r.Resource = "arn:aws:s3:::shared/home/bob/report.csv"
	b.ReportAllocs()
	for b.Loop() {
		if decide(policies, r) != policy.NoMatch {
			b.Fatal("allowed")
		}
	}
}

func BenchmarkParse(b *testing.B) {
	doc := tenPolicies(b)[0].Document()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse(doc, policy.Identity); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDecidingAllocatesNothing covers every kind of operator, and both ends.
func TestDecidingAllocatesNothing(t *testing.T) {
	conditions := []string{
		`"StringEquals":{"aws:username":"alice"}`, `"StringLike":{"aws:username":["b*","al?c*"]}`,
		`"StringEqualsIgnoreCase":{"aws:username":"ALICE"}`, `"StringEquals":{"aws:username":"${aws:username}"}`,
		`"StringNotLike":{"aws:username":"${aws:userid}*"}`, `"StringEqualsIgnoreCase":{"aws:username":"${aws:username}"}`,
		`"NumericLessThan":{"n":"10.5"}`, `"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00+01:00"}`,
		`"IpAddress":{"aws:SourceIp":["2001:db8::/32","203.0.113.0/24"]}`, `"Bool":{"aws:SecureTransport":"true"}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}`, `"Null":{"aws:username":"false"}`,
		`"BinaryEquals":{"b":"QUI="}`, `"ForAllValues:StringLike":{"aws:TagKeys":["t*"]}`,
		`"ForAnyValue:StringEquals":{"aws:TagKeys":["t1"]}`, `"StringEqualsIfExists":{"absent":"x"}`,
	}
	policies, r := tenPolicies(t), benchRequest()
	keys := r.Context.(policy.Keys)
	keys["n"], keys["b"], keys["aws:tagkeys"] = []string{"9.75"}, []string{"QUI="}, []string{"t1", "t2"}
	for _, c := range conditions {
		doc := statement2012(`"Effect":"Allow","Principal":{"AWS":["` + roleARN + `","` + accountA + `"]},"Action":"s3:Get*","Resource":"arn:aws:s3:*:*:*/home/*","Condition":{` + c + `}`)
		p, err := policy.Parse(doc, policy.Resource)
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		policies = append(policies, p)
		if p.Evaluate(r).Effect != policy.Allow {
			t.Errorf("%s: not allowed", c)
		}
	}
	if n := testing.AllocsPerRun(100, func() { decide(policies, r) }); n != 0 {
		t.Errorf("%v allocations for a request that is allowed", n)
	}
	r.Resource = "arn:aws:s3:::elsewhere"
	if n := testing.AllocsPerRun(100, func() { decide(policies, r) }); n != 0 {
		t.Errorf("%v allocations for a request that nothing matches", n)
	}
}
