package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

const explained = `{"Version":"2012-10-17","Statement":[
	{"Sid":"Home","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::home/${aws:username}/*"},
	{"Sid":"Team","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":["red","blue"]},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}},
	{"Effect":"Deny","NotAction":"s3:Get*","Resource":"*"}]}`

func TestExplainTree(t *testing.T) {
	p := parse(t, explained, policy.Identity)
	e := p.Explain(&policy.Request{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::home/alice/x", Principal: named["session"],
		Context: policy.Keys{"aws:principaltag/team": {"green"}},
	})
	want := `no statement matches: s3:GetObject on arn:aws:s3:::home/alice/x by ` + sessionARN + `
  statement 0 "Home", Allow: does not match
    Action matches: policy [s3:Get* s3:List*], request [s3:GetObject]
    Resource does not match: policy [arn:aws:s3:::home/${aws:username}/*], request [arn:aws:s3:::home/alice/x]; no single value for ${aws:username}
  statement 1 "Team", Allow: does not match
    Action matches: policy [s3:*], request [s3:GetObject]
    Resource matches: policy [*], request [arn:aws:s3:::home/alice/x]
    Condition StringEquals aws:PrincipalTag/Team does not match: policy [red blue], request [green]
    Condition IpAddress aws:SourceIp does not match: policy [203.0.113.0/24], request no such key
  statement 2, Deny: does not match
    NotAction does not match: policy [s3:Get*], request [s3:GetObject]
    Resource matches: policy [*], request [arn:aws:s3:::home/alice/x]
`
	if got := e.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	failed := e.Statements[1].Failed()
	if len(failed) != 2 || failed[0].Operator != "StringEquals" || failed[1].Key != "aws:SourceIp" || !failed[1].Absent || failed[0].Absent {
		t.Errorf("Failed() = %+v", failed)
	}
}

func TestExplainNamesUnresolvedVariables(t *testing.T) {
	p := parse(t, statement2012(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${with, 'default'}/${one}/${Many}/${none}/${none}","Condition":{
		"ArnLike":{"k":["${absent}","*"]},"StringEqualsIgnoreCase":{"k":"${absent}"},"Bool":{"k":"${absent}"},"NumericEquals":{"k":"1"}}`), policy.Identity)
	e := p.Explain(&policy.Request{Action: "s3:Get", Resource: "*", Context: policy.Keys{"one": {"1"}, "many": {"1", "2"}, "none": {}}})
	var got []string
	for _, element := range e.Statements[0].Elements {
		got = append(got, element.Element+element.Operator+":"+strings.Join(element.Unresolved, ","))
	}
	want := "Action: Resource:many,none ConditionArnLike:absent ConditionStringEqualsIgnoreCase:absent ConditionBool:absent ConditionNumericEquals:"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestExplainJSON(t *testing.T) {
	p := parse(t, statement2012(`"Sid":"One","Effect":"Allow","Principal":{"AWS":"`+accountA+`"},"Action":"kms:*","Resource":"*","Condition":{"Null":{"kms:ViaService":"true"}}`), policy.Resource)
	data, err := json.MarshalIndent(p.Explain(&policy.Request{Action: "kms:Sign", Resource: "*", Principal: named["alice"]}), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"effect": "Allow"`, `"statement": 0`, `"via": "account"`, `"type": "User"`, `"sid": "One"`, `"element": "Principal"`,
		`"\"AWS\":\"111122223333\""`, `"operator": "Null"`, `"absent": true`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
}

// TestExplainAgreesWithEvaluate: the tree must tell the same story as the verdict.
func TestExplainAgreesWithEvaluate(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(3, 3))}
	for range 3000 {
		kind := pick(g, []policy.Kind{policy.Identity, policy.Resource})
		p := parse(t, g.document(kind), kind)
		r := g.request()
		v, e := p.Evaluate(r), p.Explain(r)
		if e.Effect != v.Effect || e.Statement != v.Statement || e.Via != v.Via {
			t.Fatalf("%+v, explained as %s", v, e)
		}
		matched := map[policy.Effect]int{policy.Allow: -1, policy.Deny: -1}
		for i := len(e.Statements) - 1; i >= 0; i-- {
			s := e.Statements[i]
			if s.Matched != (len(s.Failed()) == 0) {
				t.Fatalf("statement %d: matched %t with failures %+v", i, s.Matched, s.Failed())
			}
			if s.Matched {
				matched[s.Effect] = i
			}
		}
		first := matched[policy.Deny]
		if first < 0 {
			first = matched[policy.Allow]
		}
		if first != v.Statement {
			t.Fatalf("the first statement shown as deciding is %d, the verdict says %d\n%s", first, v.Statement, e)
		}
	}
}

// TestSuggestAllows: the statement allows the request, and not its neighbour.
func TestSuggestAllows(t *testing.T) {
	for _, resource := range []string{"*", "arn:aws:s3:::b/plain", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a?c", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/$&<é>"} {
		for _, kind := range []policy.Kind{policy.Identity, policy.Resource} {
			for name, caller := range named {
				r := &policy.Request{Action: "s3:GetObject", Resource: resource, Principal: caller, Context: policy.Keys{"aws:username": {"alice"}}}
				suggestion := policy.SuggestFor(kind, r)
				p := parse(t, `{"Version":"2012-10-17","Statement":`+suggestion+`}`, kind)
				check(t, p, r, policy.Allow)
				for _, near := range []string{"arn:aws:s3:::b/other", "arn:aws:s3:::b/abc", "arn:aws:s3:::b/alice"} {
					if resource != "*" {
						check(t, p, &policy.Request{Action: r.Action, Resource: near, Principal: caller, Context: r.Context}, policy.NoMatch)
					}
				}
				check(t, p, &policy.Request{Action: "s3:PutObject", Resource: resource, Principal: caller}, policy.NoMatch)
				if kind == policy.Resource && name != "anonymous" {
					check(t, p, &policy.Request{Action: r.Action, Resource: resource, Principal: named["anonymous"]}, policy.NoMatch)
				}
			}
		}
	}
	got := policy.Suggest(&policy.Request{Action: "s3:Get", Resource: "arn:aws:s3:::b/<&>"})
	if want := `{"Effect":"Allow","Action":"s3:Get","Resource":"arn:aws:s3:::b/<&>"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	trust := policy.SuggestFor(policy.Trust, &policy.Request{Action: "sts:AssumeRole", Resource: roleARN, Principal: named["lambda"]})
	if want := `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`; trust != want {
		t.Errorf("trust: %s", trust)
	}
}
