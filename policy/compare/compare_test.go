package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

func parse(t testing.TB, kind policy.Kind, statements string) *policy.Policy {
	t.Helper()
	doc := statements
	if !strings.Contains(doc, `"Statement"`) {
		doc = `{"Version":"2012-10-17","Statement":[` + statements + `]}`
	}
	p, err := policy.Parse(doc, kind)
	if err != nil {
		t.Fatalf("%s\n%v", doc, err)
	}
	return p
}

func identity(t testing.TB, statements string) compare.Side {
	return compare.Side{Policies: []*policy.Policy{parse(t, policy.Identity, statements)}}
}

func show(r *compare.Result) string {
	var b strings.Builder
	for _, x := range r.OnlyA {
		fmt.Fprintf(&b, "only A: %s %s %v %v by %d/%d denied %v, %d actions\n", x.Request.Action, x.Request.Resource, x.Request.Principal, x.Request.Context, x.By, x.Statement, x.Denied, len(x.Actions))
	}
	for _, x := range r.OnlyB {
		fmt.Fprintf(&b, "only B: %s %s %v %v by %d/%d denied %v, %d actions\n", x.Request.Action, x.Request.Resource, x.Request.Principal, x.Request.Context, x.By, x.Statement, x.Denied, len(x.Actions))
	}
	for _, u := range r.Undecided {
		fmt.Fprintf(&b, "undecided: %s (%d actions, %s)\n", u.Reason, len(u.Actions), u.Actions[0])
	}
	return b.String()
}

// pairs are statements of two policies.
type pair struct{ name, a, b string }

func on(effect, action, resource, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	return `{"Effect":"` + effect + `","Action":` + action + `,"Resource":` + resource + rest + `}`
}

var equalPairs = []pair{
	{"letter case of actions", on("Allow", `"s3:GetObject"`, `"*"`, ""), on("Allow", `"S3:getobject"`, `"*"`, "")},
	{"a wildcard and the list", on("Allow", `"sqs:*Permission"`, `"*"`, ""), on("Allow", `["sqs:AddPermission","sqs:RemovePermission"]`, `"*"`, "")},
	{"order", on("Allow", `["s3:GetObject","s3:PutObject"]`, `["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]`, ""), on("Allow", `["s3:PutObject","s3:GetObject"]`, `["arn:aws:s3:::b/*","arn:aws:s3:::a/*"]`, "")},
	{"split statements", on("Allow", `["s3:GetObject","s3:PutObject"]`, `["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]`, ""),
		on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, "") + "," + on("Allow", `"s3:PutObject"`, `["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]`, "") + "," + on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::b/*"`, "")},
	{"duplicated statements", on("Allow", `"s3:*"`, `"*"`, ""), on("Allow", `"s3:*"`, `"*"`, "") + "," + on("Allow", `"s3:*"`, `"*"`, "")},
	{"redundant narrower statement", on("Allow", `"s3:*"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `"s3:*"`, `"arn:aws:s3:::a/*"`, "") + "," + on("Allow", `"s3:Get*"`, `"arn:aws:s3:::a/b/*"`, `"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)},
	{"denial of what was never allowed", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, "") + "," + on("Deny", `"s3:*"`, `"arn:aws:s3:::b/*"`, "")},
	{"StringLike without wildcards", on("Allow", `"s3:*"`, `"*"`, `"Condition":{"StringEquals":{"aws:username":["a","b"]}}`), on("Allow", `"s3:*"`, `"*"`, `"Condition":{"StringLike":{"AWS:UserName":["b","a"]}}`)},
	{"complementary conditions", on("Allow", `"s3:*"`, `"*"`, ""),
		on("Allow", `"s3:*"`, `"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"true"}}`) + "," + on("Allow", `"s3:*"`, `"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)},
	{"complementary conditions on a key that may be absent", on("Allow", `"s3:*"`, `"*"`, ""),
		on("Allow", `"s3:*"`, `"*"`, `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}`) + "," + on("Allow", `"s3:*"`, `"*"`, `"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}`)},
	{"allow with a condition, deny without it", on("Allow", `"sqs:*"`, `"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"true"}}`),
		on("Allow", `"sqs:*"`, `"*"`, "") + "," + on("Deny", `"*"`, `"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)},
	{"a resource that the action is never asked on", on("Allow", `"s3:ListBucket"`, `"arn:aws:s3:::a"`, ""), on("Allow", `"s3:ListBucket"`, `["arn:aws:s3:::a","arn:aws:s3:::a/*"]`, "")},
	{"a wildcard that covers another", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a*/*"`, ""), on("Allow", `"s3:GetObject"`, `["arn:aws:s3:::a*/*","arn:aws:s3:::ab/c?/*"]`, "")},
	{"the same resources with the older cut", on("Allow", `"sqs:SendMessage"`, `"arn:aws:sqs:*:*:*"`, ""), on("Allow", `"sqs:SendMessage"`, `"arn:aws:sqs:*"`, "")},
	{"NotResource and what it leaves", on("Deny", `"sqs:*"`, `"*"`, "") + "," + on("Allow", `"s3:ListBucket"`, `"*"`, ""), on("Allow", `"s3:ListBucket"`, `"*"`, "")},
	{"variables in the same words", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, ""), on("Allow", `["s3:GetObject"]`, `["arn:aws:s3:::a/${aws:UserName}/*"]`, "")},
	{"a variable within a wildcard", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `["s3:GetObject"]`, `["arn:aws:s3:::a/*","arn:aws:s3:::a/${aws:username}/*"]`, "")},
	{"a variable within a wildcard behind it", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, ""), on("Allow", `["s3:GetObject"]`, `["arn:aws:s3:::a/${aws:username}/*","arn:aws:s3:::a/${aws:username}/b/?"]`, "")},
	{"a variable with one value", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, `"Condition":{"StringEquals":{"aws:username":"jane"}}`), on("Allow", `["s3:GetObject"]`, `["arn:aws:s3:::a/jane/*"]`, `"Condition":{"StringEquals":{"aws:username":"jane"}}`)},
	{"the same variable in a condition", on("Allow", `"ec2:*"`, `"*"`, `"Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}`), on("Allow", `"ec2:*"`, `"*"`, `"Condition":{"StringLike":{"aws:resourcetag/team":["${aws:PrincipalTag/team}"]}}`)},
	{"numbers written differently", on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"NumericLessThanEquals":{"s3:max-keys":"10"}}`), on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"NumericLessThanEquals":{"s3:max-keys":["10.0","9"]}}`)},
	{"two address ranges that are one", on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9","10.1.1.1"]}}`)},
	{"statements for each value of a condition with variables", on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"StringLike":{"s3:prefix":["home/${aws:username}/*","public/*"]}}`), on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"StringLike":{"s3:prefix":"public/*"}}`) + "," + on("Allow", `"s3:ListBucket"`, `"*"`, `"Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}`)},
	{"nothing and nothing", on("Deny", `"*"`, `"*"`, ""), on("Allow", `"s3:*"`, `"*"`, "") + "," + on("Deny", `"s3:*"`, `"*"`, "")},
	{"services that the catalogue does not know", on("Allow", `["nosuch:Get*","nosuch:GetX"]`, `"*"`, ""), on("Allow", `"nosuch:get*"`, `"*"`, "")},
	{"everything in two halves", on("Allow", `"*"`, `"*"`, ""), on("Allow", `"s3:*"`, `"*"`, "") + `,{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`},
	{"condition on a set, spelled twice", on("Allow", `"ec2:CreateTags"`, `"*"`, `"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`), on("Allow", `"ec2:CreateTags"`, `"*"`, `"Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["b","a","a"]}}`)},
}

func TestEqual(t *testing.T) {
	for _, c := range equalPairs {
		t.Run(c.name, func(t *testing.T) {
			if r := compare.Compare(identity(t, c.a), identity(t, c.b), compare.Options{}); !r.Equal() {
				t.Errorf("not equal:\n%s", show(r))
			}
		})
	}
}

var differentPairs = []struct {
	pair
	onlyA, onlyB int
}{
	{pair{"one more action", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `["s3:GetObject","s3:PutObject"]`, `"arn:aws:s3:::a/*"`, "")}, 0, 1},
	{pair{"another bucket", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::b/*"`, "")}, 1, 1},
	{pair{"a single wildcard", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/*"`, ""), on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/?"`, "")}, 1, 0},
	{pair{"a condition", on("Allow", `"sqs:SendMessage"`, `"*"`, ""), on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)}, 1, 0},
	{pair{"a denial", on("Allow", `"sqs:SendMessage"`, `"*"`, ""), on("Allow", `"sqs:SendMessage"`, `"*"`, "") + "," + on("Deny", `"sqs:SendMessage"`, `"arn:aws:sqs:*:*:x*"`, "")}, 1, 0},
	{pair{"a variable and one of its values", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, ""), on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/jane/*"`, "")}, 1, 1},
	{pair{"a denial that meets a variable", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, ""), on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, "") + "," + on("Deny", `"s3:GetObject"`, `"arn:aws:s3:::a/jane/*"`, "")}, 1, 0},
	{pair{"the older language has no variables", on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}"`, ""), `{"Version":"2008-10-17","Statement":[` + on("Allow", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}"`, "") + `]}`}, 1, 1},
	{pair{"an action that the catalogue does not know", on("Allow", `"s3:NoSuchAction"`, `"*"`, ""), on("Allow", `"s3:NoOtherAction"`, `"*"`, "")}, 1, 1},
	{pair{"patterns that cover no known action", on("Allow", `"s3:NoSuch*"`, `"*"`, ""), on("Allow", `"s3:NoOther*"`, `"*"`, "")}, 1, 1},
	{pair{"services that the catalogue does not know", on("Allow", `"nosuch:Get*"`, `"*"`, ""), on("Allow", `"nosuch:G*"`, `"*"`, "")}, 0, 1},
	{pair{"colons behind the fifth", on("Allow", `"logs:PutLogEvents"`, `"arn:aws:logs:*:*:log-group:a*"`, ""), on("Allow", `"logs:PutLogEvents"`, `"arn:aws:logs:*:*:log-group:a*"`, "") + "," + on("Deny", `"logs:PutLogEvents"`, `"arn:aws:logs:*:*:log-group:a:log-stream:b"`, "")}, 1, 0},
	{pair{"half of an address range", on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/9"}}`)}, 1, 0},
	{pair{"a value that is no number", on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"NumericLessThan":{"custom:number":"5"}}`) + "," + on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"NumericGreaterThanEquals":{"custom:number":"5"}}`), on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"Null":{"custom:number":"false"}}`)}, 0, 1},
	{pair{"a variable without a value in NotResource", `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a/${aws:username}/*"}`, on("Allow", `"s3:GetObject"`, `"*"`, "") + "," + on("Deny", `"s3:GetObject"`, `"arn:aws:s3:::a/${aws:username}/*"`, "")}, 0, 1},
	{pair{"a variable that plays no part", `{"Effect":"Allow","Action":"sqs:SendMessage","NotResource":"arn:aws:s3:::a/${aws:username}/*"}`, `{"Effect":"Allow","Action":"sqs:SendMessage","NotResource":"arn:aws:s3:::a/${aws:username}/*"},` + on("Deny", `"sqs:SendMessage"`, `"arn:aws:sqs:us-east-1:111122223333:q"`, "")}, 1, 0},
	{pair{"all but a service", on("Allow", `"*"`, `"*"`, ""), `{"Effect":"Allow","NotAction":"s3:GetObject","Resource":"*"}`}, 1, 0},
	{pair{"all and any", on("Allow", `"ec2:CreateTags"`, `"*"`, `"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`), on("Allow", `"ec2:CreateTags"`, `"*"`, `"Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}`)}, 1, 1},
	{pair{"IfExists", on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"StringEqualsIfExists":{"aws:SourceVpc":"a"}}`), on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"StringEquals":{"aws:SourceVpc":"a"}}`)}, 1, 0},
	{pair{"a date", on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"DateLessThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`), on("Allow", `"sqs:SendMessage"`, `"*"`, `"Condition":{"DateLessThanEquals":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}`)}, 0, 1},
}

func TestDifferent(t *testing.T) {
	for _, c := range differentPairs {
		t.Run(c.name, func(t *testing.T) {
			a, b := identity(t, c.a), identity(t, c.b)
			r := compare.Compare(a, b, compare.Options{})
			t.Logf("\n%s", show(r))
			if len(r.OnlyA) != c.onlyA && (c.onlyA == 0 || len(r.OnlyA) == 0) || len(r.OnlyB) != c.onlyB && (c.onlyB == 0 || len(r.OnlyB) == 0) || len(r.Undecided) > 0 {
				t.Errorf("found\n%s", show(r))
			}
		})
	}
}
