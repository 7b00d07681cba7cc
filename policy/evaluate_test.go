package policy_test

import (
	"fmt"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

func parse(tb testing.TB, doc string, kind policy.Kind) *policy.Policy {
	tb.Helper()
	p, err := policy.Parse(doc, kind)
	if err != nil {
		tb.Fatalf("%v\n%s", err, doc)
	}
	return p
}

// check evaluates and, where the answer is not the wanted one, shows why.
func check(t *testing.T, p *policy.Policy, r *policy.Request, want policy.Effect) {
	t.Helper()
	if got := p.Evaluate(r); got.Effect != want {
		t.Errorf("got %s, want %s\n%s", got.Effect, want, p.Explain(r))
	}
}

func TestActions(t *testing.T) {
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		// "The prefix and the action name are case insensitive", and the examples of
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
		{"iam:ListAccessKeys", "IAM:listaccesskeys", true},
		{"IAM:LISTACCESSKEYS", "iam:ListAccessKeys", true},
		{"iam:*AccessKey*", "iam:CreateAccessKey", true},
		{"iam:*AccessKey*", "iam:ListAccessKeys", true},
		{"iam:*AccessKey*", "iam:ListUsers", false},
		{"s3:*", "s3:GetObject", true},
		{"s3:*", "s3express:CreateSession", false},
		{"*", "s3:GetObject", true},
		{"*:*", "s3:GetObject", true},
		{"s3:Get", "s3:GetObject", false},
		{"s3:GetObject", "s3:Get", false},
		{"s3:GetObject?", "s3:GetObject", false},
		{"s3:GetObject*", "s3:GetObject", true},
		{"s3:?etObject", "s3:getobject", true},
		{"s3:*Object", "s3:GetObjectAcl", false},
		{"s3:*Object*Acl", "s3:PutObjectVersionAcl", true},
		{"s3:**", "s3:x", true},
	} {
		for element, matches := range map[string]bool{"Action": c.want, "NotAction": !c.want} {
			p := parse(t, statement2012(fmt.Sprintf(`"Effect":"Allow",%q:%q,"Resource":"*"`, element, c.pattern)), policy.Identity)
			check(t, p, &policy.Request{Action: c.action, Resource: "*"}, allowIf(matches))
		}
	}
}

func allowIf(matches bool) policy.Effect {
	if matches {
		return policy.Allow
	}
	return policy.NoMatch
}

func TestResources(t *testing.T) {
	keys := policy.Keys{
		"aws:username": {"alice"}, "star": {"*"}, "quest": {"?"}, "aws:TagKeys": {"a", "b"}, "empty": {}, "colon": {"a:b"}, "none": {""},
	}
	for _, c := range []struct {
		pattern, resource string
		want              bool
	}{
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
		{"*", "*", true},
		{"*", "arn:aws:s3:::b", true},
		{"arn:aws:s3:::*", "*", false}, // an action without a resource needs "*" itself
		{"arn:aws:iam::111122223333:user/Bob", "arn:aws:iam::111122223333:user/bob", false},
		{"arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/a/b", true},
		{"arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test/3/object.jpg", true},
		{"arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/object.jpg", false},
		{"arn:aws:s3:::a??", "arn:aws:s3:::abc", true},
		{"arn:aws:s3:::a??", "arn:aws:s3:::ab", false},
		{"arn:aws:s3:::a?", "arn:aws:s3:::aé", true}, // a character, not a byte
		{"arn:aws:s3:::a??", "arn:aws:s3:::aé", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y:z", true}, // the last part is free-form
		{"arn:aws:s3:::b*c", "arn:aws:s3:::b:::c", true},

		// Part by part: a wildcard before the last part stays within its own.
		{"arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true},
		{"arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:us-east-1:444455556666:x:111122223333:q", false},
		{"arn:aws:sqs:us-*-1:*:q", "arn:aws:sqs:us-east-1:111122223333:q", true},
		{"arn:aws:sqs:us-*-1:*:q", "arn:aws:sqs:us-east-2:x-1:q", false},
		{"arn:aws:sqs:?:*:q", "arn:aws:sqs:::q", false},
		{"arn:aws:sqs:*:*:q", "arn:aws:sqs:::q", true},
		{"arn:aws:sqs:us-east-1:?11122223333:q", "arn:aws:sqs:us-east-1::11122223333:q", false},
		{"arn:aws*:sqs:*:*:q", "arn:aws-cn:sqs:cn-north-1:111122223333:q", true},
		{"arn:aws:sqs:*:*:q", "q", false},
		{"arn:aws:sqs:*:*:*", "arn:aws:sqs:us-east-1:111122223333", false},

		// Cut short, an ARN goes on with anything; IAM shows the missing parts as stars
		// ("arn:b:cad:*:*:*" in its own messages).
		{"arn:aws:sqs:*", "arn:aws:sqs:us-east-1:111122223333:q", true},
		{"arn:aws:sqs", "arn:aws:sqs:us-east-1:111122223333:q", true},
		{"arn:aws:sqs:us-east-1", "arn:aws:sqs:us-east-1:111122223333:q", true},
		{"arn:aws:sqs:us-east-1", "arn:aws:sqs:us-east-12:111122223333:q", false},
		{"arn:aws:ec2:*:instance/*", "arn:aws:ec2:us-east-1:111122223333:instance/i-1", true},
		{"arn:aws:sq", "arn:aws:sqs:us-east-1:111122223333:q", false},

		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/alice/x", true},
		{"arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/alice/x", true},
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", false},
		{"arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username}/x", false},
		{"arn:aws:s3:::b/${star}", "arn:aws:s3:::b/x", false}, // a value has no wildcards
		{"arn:aws:s3:::b/${star}", "arn:aws:s3:::b/*", true},
		{"arn:aws:s3:::b/${quest}", "arn:aws:s3:::b/x", false},
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", false},
		{"arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", true},
		{"arn:aws:s3:::b/${?}", "arn:aws:s3:::b/?", true},
		{"arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", true},
		{"arn:aws:s3:::b/${absent}", "arn:aws:s3:::b/", false},
		{"arn:aws:s3:::b/${absent}*", "arn:aws:s3:::b/x", false},
		{"arn:aws:s3:::b/${absent, 'anonymous'}", "arn:aws:s3:::b/anonymous", true},
		{"arn:aws:s3:::b/${aws:username, 'anonymous'}", "arn:aws:s3:::b/anonymous", false},
		{"arn:aws:s3:::b/${absent,'}*'}x", "arn:aws:s3:::b/}*x", true},
		{"arn:aws:s3:::b/${absent,''}x", "arn:aws:s3:::b/x", true},
		{"arn:aws:s3:::b/${empty, 'x'}", "arn:aws:s3:::b/x", true},
		{"arn:aws:s3:::b/${none, 'x'}", "arn:aws:s3:::b/x", false}, // an empty value is a value
		{"arn:aws:s3:::b/${none, 'x'}", "arn:aws:s3:::b/", true},
		{"arn:aws:s3:::b/${aws:TagKeys}", "arn:aws:s3:::b/a", false}, // multivalued keys are no variables
		{"arn:aws:s3:::b/${aws:TagKeys, 'x'}", "arn:aws:s3:::b/x", false},
		{"arn:aws:s3:::${colon}", "arn:aws:s3:::a:b", true},
		{"arn:aws:s3:::${aws:username}${aws:username}-*", "arn:aws:s3:::alicealice-1", true},
		{"arn:aws:s3:::${aws:username}/${colon}/${star}?", "arn:aws:s3:::alice/a:b/*x", true},
		{"arn:aws:s3:::${aws:username}/${colon}/${star}?", "arn:aws:s3:::alice/alice/alicex", false},
		{"arn:aws:s3:::${star}${star}${star}${star}${aws:username}", "arn:aws:s3:::****alice", true},
		// "You can't use a variable to replace parts of the ARN before the fifth colon".
		{"arn:aws:sqs:us-east-1:${aws:username}:q", "arn:aws:sqs:us-east-1:alice:q", false},
	} {
		p := parse(t, statement2012(fmt.Sprintf(`"Effect":"Allow","Action":"*","Resource":%q`, c.pattern)), policy.Identity)
		check(t, p, &policy.Request{Action: "a:b", Resource: c.resource, Context: keys}, allowIf(c.want))
	}
}

// TestVersion2008HasNoVariables: "variables like ${aws:username} are treated
// as literal strings in the policy", and 2008-10-17 is what a missing Version means.
func TestVersion2008HasNoVariables(t *testing.T) {
	keys := policy.Keys{"aws:username": {"alice"}}
	for _, version := range []string{`"Version":"2008-10-17",`, ""} {
		p := parse(t, `{`+version+`"Statement":[
			{"Effect":"Allow","Action":"s3:Get","Resource":"arn:aws:s3:::b/${aws:username}"},
			{"Effect":"Allow","Action":"s3:Put","Resource":"*","Condition":{"StringEquals":{"aws:username":"${aws:username}"}}},
			{"Effect":"Allow","Action":"s3:List","Resource":"arn:aws:s3:::${*}"}]}`, policy.Identity)
		if p.Version() != policy.Version2008 {
			t.Errorf("Version() = %q", p.Version())
		}
		for _, c := range []struct {
			action, resource string
			want             bool
		}{
			{"s3:Get", "arn:aws:s3:::b/alice", false},
			{"s3:Get", "arn:aws:s3:::b/${aws:username}", true},
			{"s3:Put", "arn:aws:s3:::b", false},
			{"s3:List", "arn:aws:s3:::*", false},
			{"s3:List", "arn:aws:s3:::${any}", true},
		} {
			check(t, p, &policy.Request{Action: c.action, Resource: c.resource, Context: keys}, allowIf(c.want))
		}
	}
}

// TestNotResource has the example of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
func TestNotResource(t *testing.T) {
	p := parse(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:*","Resource":"*"},
		{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::HRBucket/Payroll","arn:aws:s3:::HRBucket/Payroll/*"]}]}`, policy.Identity)
	for resource, want := range map[string]policy.Effect{
		"arn:aws:s3:::HRBucket/Payroll":   policy.Allow,
		"arn:aws:s3:::HRBucket/Payroll/x": policy.Allow,
		"arn:aws:s3:::HRBucket/Other":     policy.Deny,
		"*":                               policy.Deny,
	} {
		check(t, p, &policy.Request{Action: "s3:GetObject", Resource: resource}, want)
	}
}

// TestUnresolvedVariableIsClosed: a variable without a value "might cause the
// entire statement to be invalid", and must not open anything by negation.
func TestUnresolvedVariableIsClosed(t *testing.T) {
	for _, members := range []string{
		`"NotResource":"arn:aws:s3:::b/${aws:username}/*"`,
		`"Resource":"*","Condition":{"StringNotEquals":{"s3:prefix":"${aws:username}"}}`,
		`"Resource":"*","Condition":{"StringNotEqualsIgnoreCase":{"s3:prefix":"${aws:username}"}}`,
		`"Resource":"*","Condition":{"ArnNotLike":{"s3:prefix":"arn:aws:s3:::${aws:username}"}}`,
		`"Resource":"*","Condition":{"ForAllValues:StringNotLike":{"s3:prefix":"${aws:username}*"}}`,
		`"Resource":"*","Condition":{"ForAnyValue:StringNotLike":{"s3:prefix":"${aws:username}*"}}`,
	} {
		r := &policy.Request{Action: "s3:Get", Resource: "arn:aws:s3:::b/alice/x", Context: policy.Keys{"s3:prefix": {"alice"}}}
		allow := parse(t, statement2012(`"Effect":"Allow","Action":"*",`+members), policy.Identity)
		deny := parse(t, statement2012(`"Effect":"Deny","Action":"*",`+members), policy.Identity)
		check(t, allow, r, policy.NoMatch)
		check(t, deny, r, policy.Deny)
	}
}

func TestDenyWins(t *testing.T) {
	const allow, deny = `{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}`
	for _, statements := range []string{allow + "," + deny, deny + "," + allow, allow + "," + allow + "," + deny} {
		p := parse(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`, policy.Identity)
		check(t, p, &policy.Request{Action: "s3:DeleteObject", Resource: "*"}, policy.Deny)
		check(t, p, &policy.Request{Action: "s3:GetObject", Resource: "*"}, policy.Allow)
	}
}

func TestVerdictNamesTheStatement(t *testing.T) {
	p := parse(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:Put","Resource":"*"},
		{"Effect":"Allow","Action":"s3:Get","Resource":"*"},
		{"Effect":"Allow","Action":"s3:*","Resource":"*"},
		{"Effect":"Deny","Action":"s3:Put","Resource":"*"}]}`, policy.Identity)
	for action, want := range map[string]policy.Verdict{
		"s3:Get":  {Effect: policy.Allow, Statement: 1},
		"s3:List": {Effect: policy.Allow, Statement: 2},
		"s3:Put":  {Effect: policy.Deny, Statement: 3},
		"kms:Get": {Effect: policy.NoMatch, Statement: -1},
	} {
		if got := p.Evaluate(&policy.Request{Action: action, Resource: "*"}); got != want {
			t.Errorf("%s: %+v, want %+v", action, got, want)
		}
	}
	if got := new(policy.Policy).Evaluate(&policy.Request{Action: "s3:Get"}); got.Effect != policy.NoMatch || got.Statement != -1 {
		t.Errorf("the zero policy says %+v", got)
	}
}

func TestStatementsAreACopy(t *testing.T) {
	p := parse(t, `{"Version":"2012-10-17","Id":"doc","Statement":{"Sid":"One","Effect":"Allow","NotAction":"s3:Get","NotResource":["arn:aws:s3:::b"],
		"Condition":{"StringEquals":{"aws:username":["a",1,true]},"Null":{"b":"true"}}}}`, policy.Identity)
	walk := func() policy.Statement { return p.Statements()[0] }
	s := walk()
	if p.ID() != "doc" || p.Kind() != policy.Identity || p.Version() != policy.Version2012 {
		t.Errorf("id %q, kind %s, version %q", p.ID(), p.Kind(), p.Version())
	}
	got := fmt.Sprintf("%+v", s)
	want := "{Sid:One Effect:Allow Actions:[] NotActions:[s3:Get] Resources:[] NotResources:[arn:aws:s3:::b] Principals:[] NotPrincipals:[] " +
		"Conditions:[{Operator:StringEquals Key:aws:username Values:[a 1 true]} {Operator:Null Key:b Values:[true]}]}"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s.NotActions[0], s.NotResources[0], s.Conditions[0].Values[0], s.Conditions[1].Key = "x", "x", "x", "x"
	if again := fmt.Sprintf("%+v", walk()); again != want {
		t.Errorf("changed through the copy: %s", again)
	}
}
