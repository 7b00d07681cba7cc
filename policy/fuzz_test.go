package policy_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

var allKinds = []policy.Kind{
	policy.Identity, policy.Resource, policy.Trust, policy.Boundary, policy.Session, policy.SCP, policy.RCP, policy.Managed, policy.ResourceImplied,
}

// FuzzParse: no document makes Parse panic or accept what is not JSON, and
// what it accepts it can walk, decide and explain.
func FuzzParse(f *testing.F) {
	f.Add(explained, uint8(policy.Identity))
	f.Add(statement2012(`"Effect":"Deny","NotPrincipal":{"AWS":["`+accountA+`","`+sessionARN+`"],"Service":"s3.amazonaws.com"},"NotAction":"s3:*","NotResource":"arn:aws:s3:::${aws:username, 'x'}*"`), uint8(policy.Resource))
	f.Add(statement2012(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"DateLessThan":{"a":"2016-12-13t2:00:00.5+23"},"IpAddress":{"b":"::/0"},"NumericEquals":{"c":1}}`), uint8(policy.Trust))
	g := generator{rand.New(rand.NewPCG(5, 5))}
	for i := range 20 {
		kind := []policy.Kind{policy.Identity, policy.Resource}[i%2]
		f.Add(g.document(kind), uint8(kind))
	}
	r := g.request()
	f.Fuzz(func(t *testing.T, doc string, kind uint8) {
		p, err := policy.Parse(doc, allKinds[int(kind)%len(allKinds)])
		if err != nil {
			var m *policy.MalformedError
			if !errors.As(err, &m) || p != nil {
				t.Fatalf("%v, %T", p, err)
			}
			return
		}
		if !json.Valid([]byte(doc)) {
			t.Fatalf("accepted %q", doc)
		}
		if len(p.Statements()) == 0 {
			t.Fatal("accepted a document without statements")
		}
		if e := p.Explain(r); e.Effect != p.Evaluate(r).Effect || e.String() == "" {
			t.Fatal("explained otherwise than decided")
		}
	})
}

// FuzzEvaluate gives strange words to every place of a policy and of a request
// that takes words, and compares with the reference evaluator.
func FuzzEvaluate(f *testing.F) {
	f.Add("s3:Get*", "arn:aws:s3:::b/${aws:username}*", "StringLike", "a*b?${*}", "s3:GetObject", "arn:aws:s3:::b/x", "aab", false)
	f.Add("*", "arn:aws:sqs:*:1:q", "ArnNotLike", "arn:*:s?s:*", "a:b", "arn:aws:sqs::1:q", "arn:aws:sns:::x", true)
	f.Add("a:?", "arn:aws:s3:::${k, 'a'}", "ForAnyValue:StringNotEqualsIgnoreCase", "${aws:username}", "A:B", "arn:aws:s3:::a", "é", true)
	f.Add("*", "*", "NumericLessThan", "10.50", "a:b", "*", "-010.5", false)
	f.Add("*", "*", "IpAddress", "10.0.0.0/8", "a:b", "*", "::ffff:10.1.1.1", false)
	f.Fuzz(func(t *testing.T, action, resource, operator, value, requestAction, requestResource, requestValue string, deny bool) {
		effect := "Allow"
		if deny {
			effect = "Deny"
		}
		doc, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": effect, "Action": action, "Resource": resource,
			"Condition": map[string]any{operator: map[string]any{"k": value}},
		}}})
		if err != nil {
			t.Skip(err)
		}
		p, err := policy.Parse(string(doc), policy.Identity)
		if err != nil {
			return
		}
		r := &policy.Request{
			Action: requestAction, Resource: requestResource,
			Context: policy.Keys{"k": {requestValue}, "aws:username": {"*"}},
		}
		got := p.Evaluate(r)
		// The reference reads fewer forms of dates, and regular expressions fold
		// letters that action names do not have.
		if strings.Contains(strings.ToLower(operator), "date") ||
			!plain(action+resource+operator+value+requestAction+requestResource+requestValue) {
			return
		}
		if want := newReference(string(doc)).evaluate(r); got != want {
			t.Fatalf("%s\n%+v\n got %+v\nwant %+v", doc, r, got, want)
		}
	})
}

func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
