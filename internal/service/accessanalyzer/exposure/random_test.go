package exposure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// The tests of this file hold what is said of a policy against what it does:
// random policies, and random requests that the evaluator decides.

const (
	own      = "111122223333"
	stranger = "444455556666"
)

// generator makes policies and requests of few enough parts that they meet.
type generator struct{ *rand.Rand }

func pick[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func (g generator) statement() string {
	effect := pick(g, "Allow", "Allow", "Deny")
	principal := pick(g, `"*"`, `{"AWS":"*"}`, `{"AWS":"`+own+`"}`, `{"AWS":"`+stranger+`"}`, `{"AWS":["`+own+`","arn:aws:iam::`+stranger+`:role/r"]}`, `{"Service":"cloudtrail.amazonaws.com"}`)
	action := pick(g, `"s3:*"`, `"s3:Get*"`, `["s3:GetObject","s3:ListBucket"]`, `"s3:PutObject"`)
	resource := pick(g, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`, `"arn:aws:s3:::b/*"`, `"arn:aws:s3:::b/a*"`, `"*"`)
	condition := pick(g, ``, ``, `,"Condition":{`+g.condition()+`}`, `,"Condition":{`+g.condition()+`}`)
	return fmt.Sprintf(`{"Effect":%q,"Principal":%s,"Action":%s,"Resource":%s%s}`, effect, principal, action, resource, condition)
}

func (g generator) condition() string {
	return pick(g,
		`"Bool":{"aws:SecureTransport":"true"}`, `"Bool":{"aws:SecureTransport":"false"}`,
		`"StringEquals":{"aws:PrincipalAccount":"`+own+`"}`, `"StringNotEquals":{"aws:PrincipalAccount":"`+own+`"}`, `"StringEqualsIfExists":{"aws:PrincipalAccount":"`+own+`"}`,
		`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`, `"StringLike":{"aws:PrincipalOrgID":"o-*"}`,
		`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, `"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, `"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::`+own+`:role/*"}`, `"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::`+own+`:*"}`,
	)
}

func (g generator) document() string {
	var list []string
	for range 1 + g.IntN(4) {
		list = append(list, g.statement())
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// request is one from outside, anonymous or of the stranger.
func (g generator) request() *policy.Request {
	r := &policy.Request{Action: "s3:ListBucket", Resource: "arn:aws:s3:::b"}
	if g.IntN(3) > 0 {
		r.Action, r.Resource = pick(g, "s3:GetObject", "s3:PutObject"), pick(g, "arn:aws:s3:::b/a1", "arn:aws:s3:::b/z")
	}
	keys := policy.Keys{"aws:securetransport": {pick(g, "true", "false")}, "aws:sourceip": {pick(g, "203.0.113.9", "198.51.100.7", "2001:db8::1")}}
	if g.IntN(3) > 0 {
		role := "arn:aws:iam::" + stranger + ":role/" + pick(g, "r", "s")
		r.Principal = policy.Principal{Type: policy.AssumedRole, Account: stranger, ARN: strings.Replace(role, ":iam:", ":sts:", 1) + "/x", RoleARN: role}
		keys["aws:principalaccount"], keys["aws:principalarn"] = []string{stranger}, []string{role}
		if g.IntN(2) == 0 {
			keys["aws:principalorgid"] = []string{pick(g, "o-1", "o-2")}
		}
	}
	r.Context = keys
	return r
}

// covers reports whether an access is that of a request.
func (a *Access) covers(r *policy.Request) bool {
	who := a.Principal.Value
	return slices.Contains(a.Actions, r.Action) && (who == "*" || who == r.Principal.Account && who != "" || who == r.Principal.RoleARN && who != "")
}

// Whatever the evaluator allows somebody from outside, External has found.
func TestNoExternalAccessIsMissed(t *testing.T) {
	g, allowed := generator{rand.New(rand.NewPCG(1, 2))}, 0
	for range 300 {
		text := g.document()
		p, err := policy.Parse(text, policy.Resource)
		if err != nil {
			t.Fatal(err)
		}
		found, err := External(p, account(own), "s3")
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for range 60 {
			r := g.request()
			if p.Evaluate(r).Effect != policy.Allow {
				continue
			}
			allowed++
			if !slices.ContainsFunc(found, func(a Access) bool { return a.covers(r) }) {
				t.Fatalf("%s\nallows %s %s to %s %v\nfound %v", text, r.Action, r.Resource, r.Principal, r.Context, describe(found))
			}
		}
	}
	if allowed < 1000 {
		t.Errorf("only %d requests were allowed", allowed)
	}
}

// Whatever it allows somebody of whom a policy knows nothing is public.
func TestNoPublicAccessIsMissed(t *testing.T) {
	g, allowed, closed := generator{rand.New(rand.NewPCG(3, 4))}, 0, 0
	for range 300 {
		text := g.document()
		p, err := policy.Parse(text, policy.Resource)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Public(p)
		if err != nil || v.Open != "" {
			t.Fatalf("%s: %v %s", text, err, v.Open)
		}
		if len(v.Statements) == 0 {
			closed++
		}
		for range 60 {
			r := g.request()
			keys := r.Context.(policy.Keys)
			if r.Principal.Account != "" || keys["aws:sourceip"][0] == "203.0.113.9" || p.Evaluate(r).Effect != policy.Allow {
				continue // somebody, or from an address, whom a policy may name
			}
			allowed++
			if len(v.Statements) == 0 {
				t.Fatalf("%s\nallows %s %s to anyone with %v", text, r.Action, r.Resource, r.Context)
			}
		}
	}
	if allowed < 300 || closed < 30 {
		t.Errorf("%d requests were allowed, %d policies closed", allowed, closed)
	}
}
