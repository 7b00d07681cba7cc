package reach

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// Whatever the keys turn out to be that are not known, a policy says no more
// than its loose variant and no less than its tight one, and neither of these
// asks for them.
func TestVariantsEnclose(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	conditions := []string{
		`{"StringEquals":{"aws:SourceVpc":"a"}}`, `{"StringNotEquals":{"aws:SourceVpc":["a","b"]}}`, `{"StringEqualsIfExists":{"aws:SourceVpc":"a"}}`,
		`{"Null":{"aws:SourceVpc":"true"}}`, `{"ForAllValues:StringLike":{"aws:TagKeys":["a*"]}}`, `{"ForAnyValue:StringEquals":{"aws:TagKeys":"b"}}`,
		`{"StringEquals":{"aws:username":"alice"}}`, `{"StringNotLike":{"aws:username":"a*"}}`, `{"StringEquals":{"aws:username":"${aws:SourceVpc}"}}`,
		`{"StringEquals":{"aws:SourceVpc":"a","aws:username":"alice"}}`, `{"StringLike":{"aws:userid":["AROA:x","*:y"]}}`, `{"StringNotLike":{"aws:userid":"AROA:*"}}`,
	}
	resources := []string{`"*"`, `"arn:aws:s3:::b/*"`, `"arn:aws:s3:::${aws:SourceVpc}/k"`, `["arn:aws:s3:::b/k","arn:aws:s3:::c/${aws:SourceVpc}"]`, `"arn:aws:s3:::b/${aws:SourceVpc, 'k'}"`, `"arn:aws:s3:::b/${aws:username}"`}
	unknown := func(key string) bool { return key == "aws:sourcevpc" || key == "aws:tagkeys" || key == "aws:userid" }
	rank := map[policy.Effect]int{policy.Deny: 0, policy.NoMatch: 1, policy.Allow: 2}
	open, different := 0, 0
	for range 3000 {
		var list []string
		for range 1 + r.IntN(3) {
			s := fmt.Sprintf(`{"Effect":%q,%q:%s,%q:%s`, pick("Allow", "Deny"), pick("Action", "Action", "NotAction"), pick(`"*"`, `"s3:GetObject"`, `"s3:Put*"`), pick("Resource", "Resource", "NotResource"), pick(resources...))
			if r.IntN(3) > 0 {
				s += `,"Condition":` + pick(conditions...)
			}
			list = append(list, s+"}")
		}
		p := must(`{"Version":"`+pick(policy.Version2012, policy.Version2012, policy.Version2008)+`","Statement":[`+strings.Join(list, ",")+`]}`, policy.Identity)
		var made variants
		v := made.of(p, unknown)
		if v == nil {
			v = &variant{loose: p, tight: p}
		} else {
			open++
		}
		// The role of the session is known, its name is not.
		given := policy.Keys{"aws:username": {pick("alice", "bob", "k")}, "aws:userid": {"AROA:any"}}
		before := fmt.Sprint(effect(v.loose, given), effect(v.tight, given))
		for range 8 {
			if v := pick("", "a", "b", "k", "c"); v != "" {
				given["aws:sourcevpc"] = []string{v}
			} else {
				delete(given, "aws:sourcevpc")
			}
			given["aws:tagkeys"] = [][]string{{}, {"a"}, {"a", "b"}, {"c"}}[r.IntN(4)]
			given["aws:userid"] = []string{"AROA:" + pick("x", "y", "z")}
			says, loose, tight := effect(p, given), effect(v.loose, given), effect(v.tight, given)
			if rank[tight] > rank[says] || rank[says] > rank[loose] {
				t.Fatalf("%s\nwith %v says %s, tight %s (%s), loose %s (%s)", p.Document(), given, says, tight, v.tight.Document(), loose, v.loose.Document())
			}
			if after := fmt.Sprint(loose, tight); after != before {
				t.Fatalf("%s\nthe variants say %s and %s", p.Document(), before, after)
			}
			if tight != loose {
				different++
			}
		}
	}
	if open < 500 || different < 500 {
		t.Errorf("%d policies are open, %d answers differ", open, different)
	}
}

func effect(p *policy.Policy, keys policy.Keys) policy.Effect {
	return p.Evaluate(&policy.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: keys}).Effect
}
