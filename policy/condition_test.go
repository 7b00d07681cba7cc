package policy_test

import (
	"fmt"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

const (
	yes = true
	no  = false
)

// conditionCase is one condition with one request; values nil is an absent key.
type conditionCase struct {
	condition string // of the key k
	values    []string
	want      bool
}

func runConditions(t *testing.T, cases []conditionCase) {
	t.Helper()
	for _, c := range cases {
		p := parse(t, statement2012(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}`), policy.Identity)
		keys := policy.Keys{"aws:username": {"alice"}, "other": {"*"}, "arn": {"arn:aws:sns:us-east-1:111122223333:t"}}
		if c.values != nil {
			keys["k"] = c.values
		}
		check(t, p, &policy.Request{Action: "a:b", Resource: "*", Context: keys}, allowIf(c.want))
	}
}

func v(values ...string) []string { return append([]string{}, values...) }

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func TestOperators(t *testing.T) {
	runConditions(t, []conditionCase{
		{`"StringEquals":{"k":"a"}`, v("a"), yes},
		{`"StringEquals":{"k":"a"}`, v("A"), no},
		{`"StringEquals":{"k":"a*"}`, v("ab"), no},
		{`"StringEquals":{"k":"a*"}`, v("a*"), yes},
		{`"StringEquals":{"k":["a","b"]}`, v("b"), yes},
		{`"StringEquals":{"k":""}`, v(""), yes},
		{`"StringEquals":{"k":"${aws:username}"}`, v("alice"), yes},
		{`"StringEquals":{"k":"${other}"}`, v("x"), no},
		{`"StringEquals":{"k":[]}`, v("a"), no},
		{`"StringNotEquals":{"k":[]}`, v("a"), yes},
		{`"StringEqualsIgnoreCase":{"k":"aÉ"}`, v("Aé"), yes},
		{`"StringEqualsIgnoreCase":{"k":"${aws:username}x"}`, v("ALICEX"), yes},
		{`"StringEqualsIgnoreCase":{"k":"${aws:username}x"}`, v("ALICE"), no},
		{`"StringEqualsIgnoreCase":{"k":"${aws:username}"}`, v("ALICEX"), no},
		{`"StringNotEqualsIgnoreCase":{"k":"a"}`, v("A"), no},
		{`"StringLike":{"k":"home/*"}`, v("home/"), yes},
		{`"StringLike":{"k":"home/*"}`, v("Home/"), no},
		{`"StringLike":{"k":"t1.?"}`, v("t1.x"), yes},
		{`"StringLike":{"k":"home/${aws:username}/*"}`, v("home/alice/a:b/c"), yes},
		{`"StringLike":{"k":"${other}"}`, v("x"), no},
		{`"StringNotLike":{"k":"home/*"}`, v("home/x"), no},
		{`"StringNotLike":{"k":"home/*"}`, v("tmp"), yes},

		{`"NumericLessThanEquals":{"k":"10"}`, v("10"), yes},
		{`"NumericLessThanEquals":{"k":"10"}`, v("10.0"), yes},
		{`"NumericLessThanEquals":{"k":"10"}`, v("10.01"), no},
		{`"NumericLessThan":{"k":"10"}`, v("9"), yes}, // not as text
		{`"NumericGreaterThan":{"k":"-5"}`, v("-4.9"), yes},
		{`"NumericGreaterThan":{"k":"-5"}`, v("-6"), no},
		{`"NumericGreaterThanEquals":{"k":["100","5"]}`, v("7"), yes},
		{`"NumericEquals":{"k":"0"}`, v("-0.0"), yes},
		{`"NumericEquals":{"k":"9007199254740993"}`, v("9007199254740992"), no}, // no floating point
		{`"NumericEquals":{"k":1.50}`, v("1.5"), yes},
		{`"NumericEquals":{"k":"1"}`, v("one"), no},
		{`"NumericNotEquals":{"k":"1"}`, v("1.0"), no},
		{`"NumericNotEquals":{"k":"1"}`, v("2"), yes},
		{`"NumericLessThan":{"k":"1"}`, v(""), no},

		{`"DateGreaterThan":{"k":"2020-01-01T00:00:01Z"}`, v("2020-01-01T00:00:02Z"), yes},
		{`"DateGreaterThan":{"k":"2020-01-01T00:00:01Z"}`, v("2020-01-01T00:00:01Z"), no},
		{`"DateEquals":{"k":"2020-01-01T01:00:00+01:00"}`, v("2020-01-01T00:00:00Z"), yes},
		{`"DateEquals":{"k":"2019-12-31T19:00-05:00"}`, v("1577836800"), yes},
		{`"DateEquals":{"k":"1577836800"}`, v("2020-01-01"), yes},
		{`"DateEquals":{"k":1577836800}`, v("2020-01"), yes},
		{`"DateEquals":{"k":"2020T"}`, v("2020-01-01T00:00:00.000Z"), yes},
		{`"DateLessThan":{"k":"2020-03-01"}`, v("2020-02-29T23:59:59.999999999Z"), yes},
		{`"DateLessThanEquals":{"k":"2020-03-01T00:00:00.000000001Z"}`, v("2020-03-01T00:00:00.000000002Z"), no},
		{`"DateGreaterThanEquals":{"k":"-292275054"}`, v("1970-01-01"), yes},
		{`"DateLessThan":{"k":"9223372036854775807"}`, v("292278993-12-31"), yes},
		{`"DateLessThan":{"k":"2020-03-01T00:00:00.5Z"}`, v("2020-03-01T00:00:00.499Z"), yes},
		{`"DateGreaterThan":{"k":"2020-03-01T00:00:00.5Z"}`, v("2020-03-01T00:00:00.49Z"), no},
		{`"DateNotEquals":{"k":"2020-01-01"}`, v("2020-01-01T00:00:00Z"), no},
		{`"DateLessThan":{"k":"2020-01-01"}`, v("yesterday"), no},

		{`"Bool":{"k":"true"}`, v("true"), yes},
		{`"Bool":{"k":"true"}`, v("false"), no},
		{`"Bool":{"k":true}`, v("True"), yes},
		{`"Bool":{"k":"false"}`, v(""), no},
		{`"Bool":{"k":["true","false"]}`, v("maybe"), no},
		{`"Bool":{"k":"${aws:username}"}`, v("alice"), no},
		{`"BinaryEquals":{"k":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}`, v("QmluYXJ5VmFsdWVJbkJhc2U2NA=="), yes},
		{`"BinaryEquals":{"k":"QUI="}`, v("QUJD"), no},

		{`"IpAddress":{"k":"203.0.113.0/24"}`, v("203.0.113.255"), yes},
		{`"IpAddress":{"k":"203.0.113.0/24"}`, v("203.0.114.0"), no},
		{`"IpAddress":{"k":"203.0.113.77/24"}`, v("203.0.113.1"), yes},
		{`"IpAddress":{"k":"203.0.113.7"}`, v("203.0.113.7"), yes}, // /32
		{`"IpAddress":{"k":"203.0.113.7"}`, v("203.0.113.8"), no},
		{`"IpAddress":{"k":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}`, v("2001:db8:1234:5678::9"), yes},
		{`"IpAddress":{"k":"2001:DB8:1234:5678::/64"}`, v("2001:db8:1234:5679::9"), no},
		{`"IpAddress":{"k":"2001:db8::1"}`, v("2001:0db8:0:0:0:0:0:1"), yes},
		{`"IpAddress":{"k":"203.0.113.0/24"}`, v("::ffff:203.0.113.9"), yes},
		{`"IpAddress":{"k":"::ffff:203.0.113.0/120"}`, v("203.0.113.9"), yes},
		{`"IpAddress":{"k":"::ffff:203.0.113.0/90"}`, v("::fffe:203.0.113.9"), yes},
		{`"IpAddress":{"k":"0.0.0.0/0"}`, v("::1"), no},
		{`"IpAddress":{"k":"::/0"}`, v("fe80::1%eth0"), no},
		{`"IpAddress":{"k":"0.0.0.0/0"}`, v("AWS Internal"), no},
		{`"NotIpAddress":{"k":["10.0.0.0/8","192.0.2.0/24"]}`, v("192.0.2.1"), no},
		{`"NotIpAddress":{"k":["10.0.0.0/8","192.0.2.0/24"]}`, v("198.51.100.1"), yes},

		// The example of the ARN operators: with StringLike the first star reaches over colons.
		{`"StringLike":{"k":"arn:aws:someservice:*:111122223333:finance/*"}`, v("arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"), yes},
		{`"ArnLike":{"k":"arn:aws:someservice:*:111122223333:finance/*"}`, v("arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"), no},
		{`"ArnEquals":{"k":"arn:aws:someservice:*:111122223333:finance/*"}`, v("arn:aws:someservice:us-east-2:111122223333:finance/a:b"), yes},
		{`"ArnNotEquals":{"k":"arn:aws:sns:*:*:t?"}`, v("arn:aws:sns:us-east-1:111122223333:t1"), no},
		{`"ArnNotLike":{"k":"arn:aws:sns:*:*:t?"}`, v("arn:aws:sns:us-east-1:111122223333:t12"), yes},
		{`"ArnLike":{"k":"arn:aws:sns:*:*:T"}`, v("arn:aws:sns:us-east-1:111122223333:t"), no},
		{`"ArnLike":{"k":"${arn}"}`, v("arn:aws:sns:us-east-1:111122223333:t"), yes},
		{`"ArnLike":{"k":"arn:aws:sns:*:*:${aws:username}-*"}`, v("arn:aws:sns:us-east-1:111122223333:alice-1"), yes},
		{`"ArnLike":{"k":"*"}`, v("arn:aws:sns:us-east-1:111122223333:t"), yes},
		{`"ArnLike":{"k":"arn:aws:sns:*"}`, v("arn:aws:sns:us-east-1:111122223333:t"), yes},
		{`"ArnLike":{"k":"arn:aws:sns"}`, v("arn:aws:sns:us-east-1:111122223333:t"), no},
		{`"ArnLike":{"k":"${aws:username}*"}`, v("alice1"), yes},
		{`"ArnLike":{"k":"${aws:username}*"}`, v("alice:b:c:d:e:f"), no},
		{`"ArnLike":{"k":"${arn}*"}`, v("arn:aws:sns:us-east-1:111122223333:t:sub"), yes},
		{`"ArnLike":{"k":"arn:aws:sns:us-*-1"}`, v("arn:aws:sns:us-east-1:111122223333:t-1"), no},
		{`"ArnLike":{"k":"arn:aws:sns:us-east-1:*:*"}`, v("text"), no},
	})
}

// A point that is easily got wrong: "If a single negated matching condition
// operator includes multiple values for a context key, those values are
// evaluated using a logical NOR", and "the condition is true" where the key is absent.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func TestNegatedOperators(t *testing.T) {
	var cases []conditionCase
	for operator, values := range map[string][3]string{ // two of the policy, one other
		"StringNotEquals":           {"a", "b", "c"},
		"StringNotEqualsIgnoreCase": {"a", "b", "c"},
		"StringNotLike":             {"a*", "b", "c"},
		"NumericNotEquals":          {"1", "2", "3"},
		"DateNotEquals":             {"2020-01-01", "2021-01-01", "2022-01-01"},
		"NotIpAddress":              {"10.0.0.1", "10.0.0.2", "10.0.0.3"},
		"ArnNotEquals":              {"arn:aws:sns:::a", "arn:aws:sns:::b", "arn:aws:sns:::c"},
		"ArnNotLike":                {"arn:aws:sns:::a", "arn:aws:sns:::b*", "arn:aws:sns:::c"},
	} {
		condition := func(prefix, suffix string) string {
			return fmt.Sprintf(`%q:{"k":[%q,%q]}`, prefix+operator+suffix, values[0], values[1])
		}
		x, z := values[0], values[2]
		cases = append(cases,
			conditionCase{condition("", ""), v(x), no},
			conditionCase{condition("", ""), v(z), yes},
			conditionCase{condition("", ""), nil, yes},
			conditionCase{condition("", ""), v(), yes},
			conditionCase{condition("", ""), v(z, x), no},
			conditionCase{condition("", "IfExists"), nil, yes},
			conditionCase{condition("", "IfExists"), v(x), no},
			conditionCase{condition("ForAllValues:", ""), v(z, x), no},
			conditionCase{condition("ForAllValues:", ""), v(z, z), yes},
			conditionCase{condition("ForAllValues:", ""), nil, yes},
			conditionCase{condition("ForAnyValue:", ""), v(z, x), yes},
			conditionCase{condition("ForAnyValue:", ""), v(x, x), no},
			conditionCase{condition("ForAnyValue:", ""), nil, no},
			conditionCase{condition("ForAnyValue:", ""), v(), no},
		)
	}
	runConditions(t, cases)
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func TestSetOperators(t *testing.T) {
	runConditions(t, []conditionCase{
		// The table of PostDateTime, Message, Tags against PostDateTime, UserName.
		{`"ForAllValues:StringLike":{"k":["PostDateTime","Message","Tags"]}`, v("PostDateTime", "Message"), yes},
		{`"ForAllValues:StringLike":{"k":["PostDateTime","Message","Tags"]}`, v("PostDateTime", "UserName"), no},
		{`"ForAnyValue:StringLike":{"k":["ID","PostDateTime"]}`, v("UserName", "Message", "PostDateTime"), yes},
		{`"ForAnyValue:StringLike":{"k":["ID","PostDateTime"]}`, v("UserName"), no},

		{`"ForAllValues:StringEquals":{"k":"a"}`, nil, yes},
		{`"ForAllValues:StringEquals":{"k":"a"}`, v(), yes},
		{`"ForAnyValue:StringEquals":{"k":"a"}`, nil, no},
		{`"ForAnyValue:StringEquals":{"k":"a"}`, v(), no},
		{`"ForAnyValue:StringEqualsIfExists":{"k":"a"}`, nil, yes},
		{`"ForAnyValue:StringEqualsIfExists":{"k":"a"}`, v(), no}, // present, with no values
		{`"ForAllValues:StringEqualsIfExists":{"k":"a"}`, v("a", "b"), no},
		{`"forallvalues:stringequalsifexists":{"k":"a"}`, v("a", "b"), no},

		{`"StringEquals":{"k":"a"}`, nil, no},
		{`"StringEquals":{"k":"a"}`, v(), no},
		{`"StringEqualsIfExists":{"k":"a"}`, nil, yes},
		{`"StringEqualsIfExists":{"k":"a"}`, v("b"), no},
		{`"BoolIfExists":{"k":"false"}`, nil, yes},
		{`"BoolIfExists":{"k":"false"}`, v("true"), no},
	})
}

// "To prevent missing context keys or context keys with empty values from
// evaluating to true, you can include the Null condition operator in your
// policy with a false value": Null takes a key without values for null, and no
// set operator makes it say otherwise.
func TestNull(t *testing.T) {
	cases := []conditionCase{
		{`"Null":{"k":["true","false"]}`, nil, yes},
		{`"Null":{"k":true}`, nil, yes},
		{`"Null":{"k":[]}`, nil, no},
		{`"Null":{"k":"false"}`, v(""), yes}, // an empty tag value is a value
		{`"ForAllValues:StringEquals":{"k":"a"},"Null":{"k":"false"}`, nil, no},
		{`"ForAllValues:StringEquals":{"k":"a"},"Null":{"k":"false"}`, v(), no},
		{`"ForAllValues:StringEquals":{"k":"a"},"Null":{"k":"false"}`, v("a"), yes},
		{`"ForAllValues:StringEquals":{"k":"a"},"Null":{"k":"true"}`, v(), yes},
		{`"ForAnyValue:StringEquals":{"k":"a"},"Null":{"k":"true"}`, v(), no},
	}
	for _, operator := range []string{"Null", "null", "ForAllValues:Null", "ForAnyValue:Null"} {
		for _, c := range []conditionCase{
			{`"true"`, nil, yes}, {`"true"`, v(), yes}, {`"true"`, v("a"), no}, {`"true"`, v("a", "b"), no},
			{`"false"`, nil, no}, {`"false"`, v(), no}, {`"false"`, v("a"), yes}, {`"false"`, v("a", "b"), yes},
		} {
			c.condition = fmt.Sprintf(`%q:{"k":%s}`, operator, c.condition)
			cases = append(cases, c)
		}
	}
	runConditions(t, cases)
}

// All operators, and all keys of an operator, must hold.
func TestConditionsAreANDed(t *testing.T) {
	runConditions(t, []conditionCase{
		{`"StringEquals":{"k":"a","aws:username":"alice"}`, v("a"), yes},
		{`"StringEquals":{"k":"a","aws:username":"bob"}`, v("a"), no},
		{`"StringEquals":{"k":"a"},"StringLike":{"aws:username":"al*"}`, v("a"), yes},
		{`"StringEquals":{"k":"a"},"StringLike":{"aws:username":"bo*"}`, v("a"), no},
		{`"StringLike":{"k":"a*"},"StringNotLike":{"k":"*z"}`, v("az"), no},
		{`"x":{}`, nil, yes},
	})
}

// "Key names are case-insensitive", in the policy and in the request, in
// conditions and in variables; tag keys too.
func TestKeysInAnyLetterCase(t *testing.T) {
	for _, written := range []string{"aws:PrincipalTag/Team", "AWS:PRINCIPALTAG/TEAM", "aws:principaltag/team"} {
		for _, present := range []string{"aws:PrincipalTag/Team", "Aws:principalTag/teaM", "aws:principaltag/team"} {
			p := parse(t, statement2012(fmt.Sprintf(
				`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${%[1]s}","Condition":{"StringEquals":{%[1]q:"red"},"Null":{%[1]q:"false"}}`, written)), policy.Identity)
			r := &policy.Request{Action: "a:b", Resource: "arn:aws:s3:::red", Context: policy.Keys{present: {"red"}}}
			check(t, p, r, policy.Allow)
			r.Context = policy.Keys{present: {"blue"}}
			check(t, p, r, policy.NoMatch)
			r.Context = policy.Keys{present + "x": {"red"}}
			check(t, p, r, policy.NoMatch)
		}
	}
}

func TestKeysLookup(t *testing.T) {
	keys := policy.Keys{"aws:b": {"lower"}, "AWS:B": {"upper"}, "aws:C": {"1"}, "AWS:c": {"2"}, "tag/\u017F": {"long s"}, "empty": {}}
	for key, want := range map[string]string{"aws:b": "[lower] true", "aws:c": "[2] true", "tag/s": "[] false", "tag/\u017F": "[long s] true", "empty": "[] true", "x": "[] false"} {
		values, ok := keys.Lookup(key)
		if got := fmt.Sprint(values, ok); got != want {
			t.Errorf("Lookup(%q) = %s, want %s", key, got, want)
		}
	}
}

func TestNoContext(t *testing.T) {
	p := parse(t, statement2012(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"alice"}}`), policy.Identity)
	check(t, p, &policy.Request{Action: "a:b", Resource: "*"}, policy.NoMatch)
}
