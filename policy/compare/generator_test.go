package compare_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/compare"
)

// generator makes random policies and requests from so few words that they
// often meet, and often just miss.
type generator struct{ *rand.Rand }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g generator, list []T) T { return list[g.IntN(len(list))] }

func some(g generator, list []string) []string {
	values := make([]string, 1+g.IntN(3))
	for i := range values {
		values[i] = pick(g, list)
	}
	return values
}

// statement is one as JSON.
type statement struct {
	Effect       string
	Action       []string                       `json:",omitempty"`
	NotAction    []string                       `json:",omitempty"`
	Resource     []string                       `json:",omitempty"`
	NotResource  []string                       `json:",omitempty"`
	Principal    any                            `json:",omitempty"`
	NotPrincipal any                            `json:",omitempty"`
	Condition    map[string]map[string][]string `json:",omitempty"`
}

type document struct {
	Version   string
	Statement []statement
}

func (d document) String() string {
	data, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func (d document) clone() document {
	var c document
	if err := json.Unmarshal([]byte(d.String()), &c); err != nil {
		panic(err)
	}
	return c
}

var (
	actionWords = []string{
		"*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "s3:PutObject", "s3:*Object", "s3:List*", "s3:ListBucket", "s3:Get?bject", "s3:NoSuchThing", "s3:NoSuch*",
		"sqs:*", "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ListQueues", "sqs:Se*", "kms:Decrypt", "kms:*crypt", "nosuch:Get*", "nosuch:GetThing", "nosuch:*", "*:Get*", "sts:AssumeRole", "dynamodb:*Item",
	}
	resourceWords = []string{
		"*", "arn:aws:s3:::*", "arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::a*", "arn:aws:s3:::a/*", "arn:aws:s3:::ab/*", "arn:aws:s3:::a*/*", "arn:aws:s3:::a/jane/*", "arn:aws:s3:::a?", "arn:aws:s3:::?/*",
		"arn:aws:s3:::a/${aws:username}/*", "arn:aws:s3:::a/${aws:username}", "arn:aws:s3:::a/${aws:username, 'jane'}/*", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::a/${aws:PrincipalTag/team}/${aws:username}", "arn:aws:s3:::a/${*}", "arn:aws:s3:::*/x", "arn:aws:s3:::a/?/x",
		"arn:aws:sqs:*:*:*", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:*:111122223333:q*", "arn:aws:sqs:us-*-1:*:q", "arn:aws:sqs:*", "arn:aws:sqs:us-east-1", "arn:aws:kms:*:*:key/*", "arn:aws:kms:*:111122223333:key/k1", "arn:aws:sqs:*:*:${aws:username}",
		"arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/jane", "arn:aws:dynamodb:*:*:table/a",
	}
	conditionWords = map[string]map[string][]string{ // by operator family: key, values
		"String":  {"aws:username": texts, "aws:PrincipalTag/team": texts, "aws:TagKeys": texts, "s3:prefix": texts, "custom:key": texts},
		"Numeric": {"s3:max-keys": {"1", "10", "10.0", "9.5", "-1", "0"}, "custom:number": {"1", "2"}},
		"Date":    {"aws:CurrentTime": {"2024-05-01T12:00:00Z", "2024-05-01T12:00:00.5Z", "2024-05-02", "1714564800"}, "aws:TokenIssueTime": {"2024-05-01T12:00:00Z", "2025-01-01"}},
		"Bool":    {"aws:SecureTransport": {"true", "false"}, "aws:MultiFactorAuthPresent": {"true", "false", "True"}},
		"Ip":      {"aws:SourceIp": {"10.0.0.0/8", "10.1.0.0/16", "10.0.0.1", "2001:db8::/32", "0.0.0.0/0", "::/0", "10.128.0.0/9", "10.0.0.0/9"}},
		"Arn":     {"aws:SourceArn": {"arn:aws:sns:*:*:*", "arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:*", "arn:aws:s3:::${aws:username}", "*"}},
		"Null":    {"aws:username": {"true", "false"}, "aws:TagKeys": {"true", "false"}, "aws:PrincipalTag/team": {"true", "false"}},
	}
	texts     = []string{"jane", "Jane", "j*", "*", "a", "ab", "a?", "", "${aws:username}", "${aws:PrincipalTag/team}", "${*}", "*e", "${aws:username}${aws:username}", "${aws:username}*"}
	operators = []string{
		"StringEquals", "StringEquals", "StringLike", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
		"NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals", "DateLessThan", "DateGreaterThanEquals", "DateEquals",
		"Bool", "Bool", "IpAddress", "NotIpAddress", "ArnLike", "ArnNotLike", "Null", "Null",
	}
)

func (g generator) document() document {
	d := document{Version: policy.Version2012}
	if g.chance(5) {
		d.Version = policy.Version2008
	}
	for range 1 + g.IntN(4) {
		d.Statement = append(d.Statement, g.statement())
	}
	return d
}

func (g generator) statement() statement {
	s := statement{Effect: "Allow"}
	if g.chance(25) {
		s.Effect = "Deny"
	}
	if g.chance(12) {
		s.NotAction = some(g, actionWords)
	} else {
		s.Action = some(g, actionWords)
	}
	switch {
	case g.chance(30):
		s.Resource = []string{"*"}
	case g.chance(12):
		s.NotResource = some(g, resourceWords)
	default:
		s.Resource = some(g, resourceWords)
	}
	if g.chance(45) {
		s.Condition = g.condition()
	}
	return s
}

func (g generator) condition() map[string]map[string][]string {
	c := map[string]map[string][]string{}
	for range 1 + g.IntN(2) {
		name := pick(g, operators)
		family := strings.TrimPrefix(name, "Not")
		for f := range conditionWords {
			if strings.HasPrefix(family, f) {
				family = f
				break
			}
		}
		key := pick(g, slices.Sorted(maps.Keys(conditionWords[family])))
		values := some(g, conditionWords[family][key])
		if name != "Null" && g.chance(15) {
			name += "IfExists"
		}
		if name != "Null" && (key == "aws:TagKeys" || g.chance(8)) {
			name = pick(g, []string{"ForAllValues:", "ForAnyValue:"}) + name
		}
		c[name] = map[string][]string{key: values}
	}
	return c
}

// contextValues are what keys can have in a request. Keys that the catalogue
// knows have no more values than they can.
var contextValues = map[string][]string{
	"aws:username":               {"jane", "Jane", "j", "", "a", "ab", "x", "*", "a/b", "q", "jane/jane", "arn"},
	"aws:PrincipalTag/team":      {"jane", "a", "ab", "", "x", "Jane", "a?", "j"},
	"aws:TagKeys":                {"jane", "a", "ab", "", "x", "Jane", "ac", "e"},
	"s3:prefix":                  {"jane", "a", "ab", "", "x", "Jane", "*", "ee"},
	"custom:key":                 {"jane", "a", "ab", "", "x", "Jane"},
	"custom:number":              {"1", "2", "1.5", "0", "3", "many"},
	"s3:max-keys":                {"1", "10", "9.5", "9.75", "-1", "-2", "0", "0.1", "11"},
	"aws:CurrentTime":            {"2024-05-01T12:00:00Z", "2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00.25Z", "2024-05-02", "2024-05-03", "2020-01-01", "1714564800"},
	"aws:TokenIssueTime":         {"2024-05-01T12:00:00Z", "2025-01-01", "2024-06-01", "2026-01-01", "2020-01-01"},
	"aws:SecureTransport":        {"true", "false"},
	"aws:MultiFactorAuthPresent": {"true", "false"},
	"aws:SourceIp":               {"10.0.0.1", "10.1.2.3", "10.128.0.1", "11.0.0.1", "2001:db8::1", "::1", "255.255.255.255", "::ffff:10.1.1.1"},
	"aws:SourceArn":              {"arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t:u", "arn:aws:sqs:us-east-1:111122223333:t", "arn:aws:s3:::jane", "x", "arn:aws:sns"},
}

var (
	multivalued   = []string{"aws:TagKeys", "custom:key", "custom:number"}
	alwaysPresent = []string{"aws:CurrentTime", "aws:SecureTransport"}
	actionsAsked  = []string{
		"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:GetBucketPolicy", "s3:DeleteObject", "s3:NoSuchThing", "s3:nosuch", "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ListQueues",
		"kms:Decrypt", "kms:Encrypt", "kms:ReEncryptFrom", "nosuch:GetThing", "nosuch:Get", "nosuch:x", "other:GetThing", "other:Thing", "sts:AssumeRole", "dynamodb:GetItem", "ec2:DescribeInstances", "iam:GetRole",
	}
	gapWords = map[string][]string{
		"Region": {"us-east-1", "us-west-1", "eu-west-1", "x"}, "Account": {"111122223333", "444455556666"},
		"BucketName": {"a", "ab", "abc", "b", "jane", "x", "a?"}, "ObjectName": {"x", "jane", "jane/x", "a/b", "jane/", "/x", "*", "b/x", "a:b", "jane/jane", "a/ab", "x/x", "j/jane"},
		"QueueName": {"q", "q1", "jane", "x"}, "KeyId": {"k1", "k2"}, "RoleNameWithPath": {"jane", "team/jane"},
	}
)

// request draws from what can be asked: resources fit the action.
func (g generator) request(c *catalogue.Catalogue) *policy.Request {
	r := &policy.Request{Action: pick(g, actionsAsked)}
	if c != nil {
		r.Resource = g.resource(c.Action(r.Action))
	}
	if g.chance(20) {
		r.Action = strings.ToLower(r.Action)
	}
	keys := policy.Keys{}
	for _, key := range slices.Sorted(maps.Keys(contextValues)) {
		if g.chance(50) && !slices.Contains(alwaysPresent, key) {
			continue
		}
		keys[key] = []string{pick(g, contextValues[key])}
		if slices.Contains(multivalued, key) {
			keys[key] = some(g, contextValues[key])[:g.IntN(2)]
			if g.chance(70) {
				keys[key] = some(g, contextValues[key])
			}
		}
	}
	r.Context = keys
	return r
}

func (g generator) resource(a *catalogue.Action) string {
	if a == nil {
		return pick(g, []string{"*", "arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:nosuch:us-east-1:111122223333:thing/x", "arn:aws:sqs:us-east-1:111122223333:q"})
	}
	var arns []string
	optional := a.Service.Prefix != "s3"
	for _, r := range a.Resources {
		arns = append(arns, r.Type.ARNs...)
		optional = optional && !r.Required
	}
	if len(arns) == 0 || optional && g.chance(20) {
		return "*"
	}
	arn := strings.Replace(pick(g, arns), "${Partition}", "aws", 1)
	for {
		before, rest, found := strings.Cut(arn, "${")
		if !found {
			return arn
		}
		name, after, _ := strings.Cut(rest, "}")
		words := gapWords[name]
		if words == nil {
			words = []string{"x", "jane", "a"}
		}
		arn = before + pick(g, words) + after
	}
}

// allows is what compare.Side means, written a second time.
func allows(s compare.Side, r *policy.Request) bool {
	allowed := false
	for _, p := range s.Policies {
		switch p.Evaluate(r).Effect {
		case policy.Deny:
			return false
		case policy.Allow:
			allowed = true
		}
	}
	return allowed && (s.Boundary == nil || s.Boundary.Evaluate(r).Effect == policy.Allow)
}
