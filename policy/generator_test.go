package policy_test

import (
	"encoding/json"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// generator makes random policies and requests from so few words that they
// often meet, and often just miss.
type generator struct{ *rand.Rand }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g generator, list []T) T { return list[g.IntN(len(list))] }

// inOrder walks a map in the same order every time, so that a seed means one sequence.
func inOrder[T any](m map[string]T) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// some is a random list, rarely empty.
func some(g generator, list []string) []string {
	n := 1 + g.IntN(3)
	if g.chance(4) {
		n = 0
	}
	values := make([]string, n)
	for i := range values {
		values[i] = pick(g, list)
	}
	return values
}

const (
	accountA, accountB = "111122223333", "444455556666"
	canonicalA         = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
	roleARN            = "arn:aws:iam::111122223333:role/team/Signer"
	sessionARN         = "arn:aws:sts::111122223333:assumed-role/Signer/s1"
	userARN            = "arn:aws:iam::111122223333:user/alice"
)

var (
	requestActions = []string{"s3:GetObject", "s3:getobject", "s3:GetObjectAcl", "s3:PutObject", "S3:ListBucket", "kms:Encrypt", "kms:Decrypt", "sts:AssumeRole"}
	policyActions  = []string{
		"*", "s3:*", "S3:Get*", "s3:getobject", "s3:GetObject", "s3:*Object", "s3:Get?bject", "s3:?etObject*", "kms:*crypt", "kms:Encrypt", "*:*", "sts:AssumeRole", "s3:**Acl", "s3:L*t*", "s3:GetObjectAcl?",
	}
	requestResources = []string{
		"*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/alice/a", "arn:aws:s3:::bucket/Alice/a:b:c", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/é/x?",
		"arn:aws:kms:us-east-1:111122223333:key/k1", "arn:aws:kms:us-east-1:444455556666:key/k1", "arn:aws:kms:eu-west-1:111122223333:key/111122223333:key/k1",
		"arn:aws:sqs:us-east-1:111122223333:alice-queue", "arn:aws:iam::111122223333:user/alice", "arn:aws:s3", "",
	}
	policyResources = []string{
		"*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*", "arn:aws:s3:::b?cket", "arn:aws:s3:::bucket/${aws:username}/*",
		"arn:aws:s3:::bucket/${AWS:UserName, 'alice'}/?", "arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/${s3:prefix}*", "arn:aws:s3:::bucket/?/x${?}",
		"arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:us-*-1:*:key/k?", "arn:aws:kms:us-east-1:111122223333:key/k1", "arn:aws:kms:*", "arn:aws:kms:us-east-1",
		"arn:aws:kms:*:*:*", "arn:*:kms:*:444455556666:*", "arn:aws:sqs:*:*:${aws:username}-queue", "arn:aws:iam::*:user/${aws:username}", "arn:aws:kms:*:key/k1",
		"arn:aws:s3:::bucket/${aws:TagKeys}", "arn:aws:s3:::*:*", "arn:aws:kms:?s-east-1:1111????3333:*/*1",
	}
	conditionKeys = []string{
		"aws:username", "aws:TagKeys", "aws:PrincipalTag/Team", "s3:prefix", "aws:SourceIp", "aws:CurrentTime", "aws:SecureTransport", "aws:SourceArn", "s3:max-keys", "aws:Binary",
	}
	texts = []string{
		"", "a", "A", "alice", "Alice", "ALICE", "al*", "a?ice", "*", "?", "*e", "b", "red", "Red", "é", "true", "${aws:username}", "${aws:PrincipalTag/team, 'red'}", "${*}", "${?}x", "x?", "${$}", "${aws:TagKeys, 'a'}", "${s3:prefix}*", "al${*}",
	}
	numbers   = []string{"0", "-0", "1", "01", "1.0", "10", "9", "-1", "-10", "9.99", "+9.990", "10.000000000000000000001", "99999999999999999999999999"}
	dates     = []string{"2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "2024-05-01T12:00:00.5Z", "2024-05-01", "2024-05", "2024-05-01T12:00Z", "1714564800", "0", "2024-05-01T07:00:00-05:00", "1969-12-31T23:59:59Z", "2000-02-29T00:00:00Z", "2024-05-01T12:00:00"}
	bools     = []string{"true", "false", "True", "FALSE"}
	binaries  = []string{"QUI=", "QUJD", "", "AAEC"}
	addresses = []string{"203.0.113.7", "203.0.113.0/24", "203.0.113.9/24", "2001:db8::/32", "2001:DB8::1", "0.0.0.0/0", "::/0", "10.0.0.0/8"}
	arns      = []string{
		"*", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:*:111122223333:topic", "arn:aws:sns:us-east-1:*:*", "arn:aws:sns:*", "arn:aws:s3:::bucket/${aws:username}", "${aws:SourceArn}", "arn:aws:someservice:*:111122223333:finance/*", "arn:aws:sns:us-east-?:111122223333:t*", "arn:aws:sns", "arn:aws:sns:us-east-1", "${aws:username}*", "${aws:SourceArn}*",
	}
	requestValues = map[string][]string{
		"aws:username":          {"alice", "Alice", "bob", "a*", "é"},
		"aws:TagKeys":           {"a", "A", "b", "red", "*"},
		"aws:PrincipalTag/Team": {"red", "Red", "alice", "", "true"},
		"s3:prefix":             {"alice", "al", "x?", "", "é", "al*", "$"},
		"aws:SourceIp":          {"203.0.113.7", "203.0.114.7", "2001:db8::1", "10.1.2.3", "AWS Internal", "::1"},
		"aws:CurrentTime":       {"2024-05-01T12:00:00Z", "2024-05-01T12:00:01Z", "2024-04-30T23:59:59Z", "1714564800", "soon", "2024-05-01"},
		"aws:SecureTransport":   {"true", "false", "True", "maybe"},
		"aws:SourceArn":         {"arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:eu-west-1:444455556666:topic:sub", "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", "arn:aws:s3:::bucket/alice", "no arn", "arn:aws:sns", "alice", "alice:b:c:d:e:f"},
		"s3:max-keys":           {"0", "1", "10", "9.990", "ten", "-1", "99999999999999999999999999"},
		"aws:Binary":            {"QUI=", "QUJD", ""},
	}
	operatorValues = map[string][]string{
		"String": texts, "Numeric": numbers, "Date": dates, "Bool": bools, "Binary": binaries, "Ip": addresses, "Arn": arns, "Null": bools,
	}
	operatorNames = []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
	}
	// operatorKey is the key that has values of the operator's type.
	operatorKey = map[string]string{
		"Numeric": "s3:max-keys", "Date": "aws:CurrentTime", "Bool": "aws:SecureTransport", "Binary": "aws:Binary", "Ip": "aws:SourceIp", "Arn": "aws:SourceArn",
	}
	principals = map[string][]string{
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
		{Type: policy.User, Account: accountB, ARN: "arn:aws:iam::444455556666:user/alice", ID: "AIDAOTHEROTHEROTHERX"},
		{Type: policy.AssumedRole, Account: accountA, ARN: sessionARN, RoleARN: roleARN, ID: "AROAEXAMPLEEXAMPLEEX:s1", CanonicalUser: canonicalA},
		{Type: policy.AssumedRole, Account: accountA, ARN: "arn:aws:sts::111122223333:assumed-role/Signer/s2", RoleARN: "arn:aws:iam::111122223333:role/Signer", ID: "AROAOTHEROTHEROTHERX:s2"},
		{Type: policy.FederatedUser, Account: accountA, ARN: "arn:aws:sts::111122223333:federated-user/fred", UserARN: userARN, UserID: "AIDAEXAMPLEEXAMPLEEX", ID: accountA + ":fred"},
		{Type: policy.User, Account: accountA, ARN: userARN, ID: "AIDAEXAMPLEEXAMPLEEX", Bounded: true},
		{Type: policy.ServicePrincipal, Service: "lambda.amazonaws.com"},
		{Type: policy.Federated, Federated: "accounts.google.com"},
		{Type: policy.CanonicalUser, CanonicalUser: canonicalA},
	}
)

// document makes a policy of the kind, as JSON.
func (g generator) document(kind policy.Kind) string {
	statements := make([]map[string]any, 1+g.IntN(4))
	for i := range statements {
		statements[i] = g.statement(kind)
	}
	doc := map[string]any{"Statement": statements}
	if g.chance(85) {
		doc["Version"] = policy.Version2012
	} else if g.chance(50) {
		doc["Version"] = policy.Version2008
	}
	data, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func (g generator) statement(kind policy.Kind) map[string]any {
	s := map[string]any{"Effect": "Allow"}
	if g.chance(35) {
		s["Effect"] = "Deny"
	}
	element := func(name string, percent int, value any) {
		if g.chance(percent) {
			name = "Not" + name
		}
		s[name] = value
	}
	list := func(words []string) any {
		switch values := some(g, words); {
		case g.chance(35):
			return "*"
		case len(values) == 0:
			return pick(g, words)
		default:
			return values
		}
	}
	element("Action", 10, list(policyActions))
	element("Resource", 15, list(policyResources))
	if kind == policy.Resource {
		element("Principal", 20, g.principalElement())
	}
	if g.chance(55) {
		s["Condition"] = g.condition()
	}
	return s
}

func (g generator) principalElement() any {
	if g.chance(8) {
		return "*"
	}
	element := map[string][]string{}
	for len(element) == 0 {
		for kind, values := range inOrder(principals) {
			if g.chance(35) || kind == "AWS" && g.chance(50) {
				element[kind] = append(some(g, values), pick(g, values))
			}
		}
	}
	return element
}

func (g generator) condition() any {
	condition := map[string]map[string]any{}
	for range 1 + g.IntN(2) {
		name := pick(g, operatorNames)
		family := strings.TrimPrefix(name, "Not")
		for f := range inOrder(operatorValues) {
			if strings.HasPrefix(family, f) {
				family = f
				break
			}
		}
		key, typed := operatorKey[family]
		if !typed || g.chance(10) {
			key = pick(g, conditionKeys)
		}
		if g.chance(30) {
			key = strings.ToUpper(key)
		}
		if name != "Null" && g.chance(20) {
			name += "IfExists"
		}
		if g.chance(35) {
			name = pick(g, []string{"ForAllValues:", "ForAnyValue:"}) + name
		}
		if g.chance(5) {
			name = strings.ToLower(name)
		}
		condition[name] = map[string]any{key: some(g, operatorValues[family])}
	}
	return condition
}

func (g generator) request() *policy.Request {
	keys := policy.Keys{}
	for key, values := range inOrder(requestValues) {
		if g.chance(25) {
			continue
		}
		list := []string{pick(g, values)}
		if key == "aws:TagKeys" || g.chance(5) {
			list = some(g, values)
		}
		if g.chance(40) {
			key = strings.ToLower(key)
		}
		keys[key] = list
	}
	return &policy.Request{
		Action: pick(g, requestActions), Resource: pick(g, requestResources),
		Principal: pick(g, callers), Context: keys,
	}
}
