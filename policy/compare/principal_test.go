package compare_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

func trust(principal, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	return `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + rest + `}`
}

func condition(c string) string { return `"Condition":{` + c + `}` }

var equalTrusts = []pair{
	{"an account by number and by ARN", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":"arn:aws:iam::111122223333:root"}`, "")},
	{"everyone, spelled twice", trust(`"*"`, ""), trust(`{"AWS":"*"}`, "")},
	{"two statements and a list", trust(`{"AWS":"111122223333"}`, "") + "," + trust(`{"Service":"lambda.amazonaws.com"}`, ""), trust(`{"Service":["lambda.amazonaws.com"],"AWS":"111122223333"}`, "")},
	{"a role of an account that may anyway", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":["111122223333","arn:aws:iam::111122223333:role/a"]}`, "")},
	{"the account, by the caller's key", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":"*"}`, condition(`"StringEquals":{"aws:PrincipalAccount":"111122223333"}`))},
	{"an external id in other words", trust(`{"AWS":"111122223333"}`, condition(`"StringEquals":{"sts:ExternalId":"x"}`)), trust(`{"AWS":"111122223333"}`, condition(`"StringLike":{"sts:externalid":["x"]}`))},
	{"nothing and nothing", `{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}`, `{"Effect":"Deny","Action":"sts:TagSession","Principal":"*"}`},
}

var differentTrusts = []pair{
	{"another account", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":"444455556666"}`, "")},
	{"a role of the account", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":"arn:aws:iam::111122223333:role/a"}`, "")},
	{"another service", trust(`{"Service":"lambda.amazonaws.com"}`, ""), trust(`{"Service":"ec2.amazonaws.com"}`, "")},
	{"an external id", trust(`{"AWS":"111122223333"}`, condition(`"StringEquals":{"sts:ExternalId":"x"}`)), trust(`{"AWS":"111122223333"}`, "")},
	{"another provider", trust(`{"Federated":"accounts.google.com"}`, ""), trust(`{"Federated":"www.amazon.com"}`, "")},
	{"everyone but one", trust(`"*"`, ""), `{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}}`},
	{"a path of roles", trust(`{"AWS":"111122223333"}`, ""), trust(`{"AWS":"111122223333"}`, condition(`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app-*"}`))},
}

func TestTrust(t *testing.T) {
	for _, c := range equalTrusts {
		t.Run(c.name, func(t *testing.T) {
			if r := compare.Trust(parse(t, policy.Trust, c.a), parse(t, policy.Trust, c.b), compare.Options{}); !r.Equal() {
				t.Errorf("not equal:\n%s", show(r))
			}
		})
	}
	for _, c := range differentTrusts {
		t.Run(c.name, func(t *testing.T) {
			a, b := parse(t, policy.Trust, c.a), parse(t, policy.Trust, c.b)
			r := compare.Trust(a, b, compare.Options{})
			t.Logf("\n%s", show(r))
			if len(r.OnlyA)+len(r.OnlyB) == 0 || len(r.Undecided) > 0 {
				t.Errorf("not different:\n%s", show(r))
			}
			checkExamples(t, compare.Side{Policies: []*policy.Policy{a}}, compare.Side{Policies: []*policy.Policy{b}}, r)
		})
	}
	if r := compare.Trust(nil, parse(t, policy.Trust, trust(`"*"`, "")), compare.Options{}); len(r.OnlyA) != 0 || len(r.OnlyB) == 0 {
		t.Errorf("nothing and everyone:\n%s", show(r))
	}
}

const (
	accountA, accountB = "111122223333", "444455556666"
	canonicalA         = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
	roleARN            = "arn:aws:iam::111122223333:role/team/Signer"
	sessionARN         = "arn:aws:sts::111122223333:assumed-role/Signer/s1"
	userARN            = "arn:aws:iam::111122223333:user/alice"
)

var (
	principalWords = map[string][]string{
		"AWS": {
			"*", accountA, accountB, "arn:aws:iam::" + accountA + ":root", userARN, roleARN, sessionARN, "AIDAEXAMPLEEXAMPLEEX", "AROAEXAMPLEEXAMPLEEX", "AROAEXAMPLEEXAMPLEEX:s1",
			"arn:aws:iam::111122223333:role/Signer", "arn:aws:sts::111122223333:assumed-role/Signer/s2", "arn:aws:sts::111122223333:federated-user/fred", "arn:aws:iam::444455556666:user/alice",
		},
		"Service":       {"lambda.amazonaws.com", "s3.amazonaws.com", "*"},
		"Federated":     {"accounts.google.com", "arn:aws:iam::111122223333:saml-provider/p"},
		"CanonicalUser": {canonicalA},
	}
	callers = []policy.Principal{
		{Type: policy.Anonymous},
		{Type: policy.Root, Account: accountA, ARN: "arn:aws:iam::111122223333:root", ID: accountA, CanonicalUser: canonicalA},
		{Type: policy.User, Account: accountA, ARN: userARN, ID: "AIDAEXAMPLEEXAMPLEEX", CanonicalUser: canonicalA},
		{Type: policy.User, Account: accountA, ARN: "arn:aws:iam::111122223333:user/bob", ID: "AIDAOTHEROTHEROTHERX", CanonicalUser: canonicalA},
		{Type: policy.User, Account: accountB, ARN: "arn:aws:iam::444455556666:user/alice", ID: "AIDAOTHEROTHEROTHERX"},
		{Type: policy.AssumedRole, Account: accountA, ARN: sessionARN, RoleARN: roleARN, ID: "AROAEXAMPLEEXAMPLEEX:s1", CanonicalUser: canonicalA},
		{Type: policy.AssumedRole, Account: accountA, ARN: "arn:aws:sts::111122223333:assumed-role/Signer/s2", RoleARN: "arn:aws:iam::111122223333:role/Signer", ID: "AROAOTHEROTHEROTHERX:s2"},
		{Type: policy.AssumedRole, Account: "555566667777", ARN: "arn:aws:sts::555566667777:assumed-role/Signer/s2", RoleARN: "arn:aws:iam::555566667777:role/Signer", ID: "AROAOTHEROTHEROTHERX:s2"},
		{Type: policy.FederatedUser, Account: accountA, ARN: "arn:aws:sts::111122223333:federated-user/fred", UserARN: userARN, UserID: "AIDAEXAMPLEEXAMPLEEX", ID: accountA + ":fred"},
		{Type: policy.User, Account: accountA, ARN: userARN, ID: "AIDAEXAMPLEEXAMPLEEX", Bounded: true},
		{Type: policy.ServicePrincipal, Service: "lambda.amazonaws.com"},
		{Type: policy.ServicePrincipal, Service: "sns.amazonaws.com"},
		{Type: policy.Federated, Federated: "accounts.google.com"},
		{Type: policy.Federated, Federated: "other.example.org"},
		{Type: policy.CanonicalUser, CanonicalUser: canonicalA},
	}
)

func (g generator) principal() any {
	if g.chance(8) {
		return "*"
	}
	element := map[string][]string{}
	for len(element) == 0 {
		for _, kind := range slices.Sorted(maps.Keys(principalWords)) {
			if g.chance(30) || kind == "AWS" && g.chance(60) {
				element[kind] = some(g, principalWords[kind])
			}
		}
	}
	return element
}

// resourcePolicy is a random policy of a queue, with few conditions.
func (g generator) resourcePolicy() document {
	d := document{Version: policy.Version2012}
	for range 1 + g.IntN(4) {
		s := statement{Effect: "Allow", Action: some(g, []string{"sqs:*", "sqs:SendMessage", "sqs:ReceiveMessage"}), Resource: []string{"*"}}
		if g.chance(30) {
			s.Effect = "Deny"
		}
		if s.Principal = g.principal(); g.chance(25) {
			s.Principal, s.NotPrincipal = nil, s.Principal
		}
		switch {
		case g.chance(20):
			s.Condition = g.condition()
		case g.chance(30):
			s.Condition = g.callerCondition()
		}
		d.Statement = append(d.Statement, s)
	}
	return d
}

// callerCondition is one on a key that follows from who calls.
func (g generator) callerCondition() map[string]map[string][]string {
	key := pick(g, []string{"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:username"})
	values := map[string][]string{
		"aws:PrincipalAccount": {accountA, accountB, "1111*", "555566667777"},
		"aws:PrincipalArn":     {userARN, roleARN, "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/alice", "arn:aws:iam::111122223333:root", "*"},
		"aws:PrincipalType":    {"User", "AssumedRole", "Account", "A*"}, "aws:PrincipalIsAWSService": {"true", "false"},
		"aws:PrincipalServiceName": {"lambda.amazonaws.com", "*.amazonaws.com", "sns.amazonaws.com"}, "aws:username": {"alice", "b*"},
	}
	operator := pick(g, []string{"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists", "StringLike"})
	switch {
	case g.chance(10):
		return map[string]map[string][]string{"Null": {key: {pick(g, []string{"true", "false"})}}}
	case key == "aws:PrincipalArn" && g.chance(50):
		operator = pick(g, []string{"ArnEquals", "ArnLike", "ArnNotLike"})
	}
	return map[string]map[string][]string{operator: {key: some(g, values[key])}}
}

// callerKeys are the keys that follow from who calls (IAM User Guide, "AWS
// global condition context keys").
func callerKeys(keys policy.Keys, p policy.Principal) {
	delete(keys, "aws:username")
	set := func(key, value string) {
		if value != "" {
			keys[key] = []string{value}
		}
	}
	set("aws:PrincipalAccount", p.Account)
	set("aws:PrincipalArn", p.ARN)
	set("aws:PrincipalServiceName", p.Service)
	set("aws:PrincipalIsAWSService", "false")
	switch p.Type {
	case policy.AssumedRole:
		set("aws:PrincipalArn", p.RoleARN)
	case policy.User:
		set("aws:username", p.ARN[strings.LastIndex(p.ARN, "/")+1:])
	case policy.ServicePrincipal:
		set("aws:PrincipalIsAWSService", "true")
	}
	types := map[policy.PrincipalType]string{policy.Root: "Account", policy.User: "User", policy.AssumedRole: "AssumedRole", policy.FederatedUser: "FederatedUser", policy.ServicePrincipal: "Service"}
	if set("aws:PrincipalType", "Anonymous"); types[p.Type] != "" {
		set("aws:PrincipalType", types[p.Type])
	}
}

// TestPrincipalsAgreeWithEvaluator is TestAgreesWithEvaluator for policies that
// name principals.
func TestPrincipalsAgreeWithEvaluator(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(*seed, 8))}
	var count tally
	for n := range *pairCount {
		a := g.resourcePolicy()
		b := a.clone()
		switch n % 3 {
		case 0:
			b = g.resourcePolicy()
		case 1:
			rewordings["order"](g, nil, &b)
			rewordings["split actions"](g, nil, &b)
			rewordings["complementary conditions"](g, nil, &b)
		case 2:
			s := pickStatement(g, &b)
			if s.NotPrincipal != nil {
				s.NotPrincipal = g.principal()
			} else {
				s.Principal = g.principal()
			}
		}
		x, y := parse(t, policy.Resource, a.String()), parse(t, policy.Resource, b.String())
		r := compare.Trust(x, y, compare.Options{})
		sideA, sideB := compare.Side{Policies: []*policy.Policy{x}}, compare.Side{Policies: []*policy.Policy{y}}
		checkExamples(t, sideA, sideB, r)
		switch {
		case r.Equal():
			count.equal++
			for range *requests / 10 {
				request := g.request(nil)
				request.Action, request.Resource = pick(g, []string{"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"}), "arn:aws:sqs:us-east-1:111122223333:q"
				request.Principal = pick(g, callers)
				callerKeys(request.Context.(policy.Keys), request.Principal)
				if allows(sideA, request) != allows(sideB, request) {
					t.Errorf("said to be equal, but not for %+v in %v", request.Principal, request.Context)
					break
				}
			}
		case len(r.OnlyA)+len(r.OnlyB) > 0:
			count.different++
			if n%3 == 1 {
				t.Errorf("rewording changes what is allowed:\n%s", show(r))
			}
		default:
			count.undecided++
			if testing.Verbose() {
				t.Logf("%s\n%s\n%s", a, b, show(r))
			}
		}
		if t.Failed() {
			t.Fatalf("pair %d, seed %d\n%s\n%s", n, *seed, a, b)
		}
	}
	t.Logf("%+v", count)
}
