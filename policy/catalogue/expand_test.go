package catalogue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

func TestExpand(t *testing.T) {
	c := catalogue.Default()
	for _, test := range []struct {
		pattern  string
		min, max int
		has      string
		not      string
	}{
		{"s3:GetObject", 1, 1, "s3:GetObject", ""},
		{"S3:getobject", 1, 1, "s3:GetObject", ""},
		{"s3:Get*", 50, 200, "s3:GetBucketAcl", "s3:PutObject"},
		{"s3:GetObjec?", 1, 1, "s3:GetObject", ""},
		{"s3:*Object", 5, 30, "s3:DeleteObject", "s3:GetObjectAcl"},
		{"s?:Get*", 50, 300, "s3:GetObject", "sqs:GetQueueUrl"},
		{"*:Get*", 2000, 9000, "kms:GetKeyPolicy", "kms:Decrypt"},
		{"*", 20000, 40000, "sts:AssumeRole", ""},
		{"s3:*", 150, 400, "s3:PutObject", "s3express:CreateBucket"},
		{"s3*:CreateBucket", 2, 9, "s3express:CreateBucket", ""},
		{"s3:", 0, 0, "", ""},
		{"s3", 0, 0, "", ""},
		{"", 0, 0, "", ""},
		{"nosuch:*", 0, 0, "", ""},
	} {
		var got []string
		for a := range c.Expand(test.pattern) {
			got = append(got, a.String())
		}
		if len(got) < test.min || len(got) > test.max {
			t.Errorf("%q is %d actions, want %d to %d", test.pattern, len(got), test.min, test.max)
		}
		if test.has != "" && !slices.Contains(got, test.has) {
			t.Errorf("%q has no %s", test.pattern, test.has)
		}
		if test.not != "" && slices.Contains(got, test.not) {
			t.Errorf("%q has %s", test.pattern, test.not)
		}
	}
}

func TestExpandStops(t *testing.T) {
	n := 0
	for range catalogue.Default().Expand("*") {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d actions", n)
	}
}

// What a pattern expands to is what the evaluator lets it stand for.
func TestExpandAgreesWithEvaluate(t *testing.T) {
	c := catalogue.Default()
	random := rand.New(rand.NewPCG(1, 2))
	var all []*catalogue.Action
	for a := range c.Expand("*") {
		all = append(all, a)
	}
	for range 60 {
		pattern := blur(random, all[random.IntN(len(all))].String())
		document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":%q,"Resource":"*"}}`, pattern)
		p, err := policy.Parse(document, policy.Identity)
		if err != nil {
			continue // not an action that a policy can name
		}
		expanded := make(map[*catalogue.Action]bool)
		for a := range c.Expand(pattern) {
			expanded[a] = true
		}
		for _, a := range all {
			allowed := p.Evaluate(&policy.Request{Action: a.String(), Resource: "*"}).Effect == policy.Allow
			if allowed != expanded[a] {
				t.Fatalf("%q, %s: allowed %v, expanded %v", pattern, a, allowed, expanded[a])
			}
		}
	}
}

// blur puts wildcards into an action and changes the case of letters.
func blur(random *rand.Rand, action string) string {
	b := []byte(action)
	for range random.IntN(4) {
		i := random.IntN(len(b))
		switch random.IntN(4) {
		case 0:
			b[i] = '?'
		case 1:
			b = append(b[:i], '*')
		case 2:
			b = slices.Insert(b, i, '*')
		case 3:
			b = slices.Replace(b, i, min(i+3, len(b)), '*')
		}
		if len(b) == 0 {
			return "*"
		}
	}
	if random.IntN(2) == 0 {
		return strings.ToUpper(string(b))
	}
	return string(b)
}
