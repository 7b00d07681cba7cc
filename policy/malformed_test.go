package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// refusal parses a document and answers the reason for which it was refused,
// "" if it was not.
func refusal(t *testing.T, doc string, kind policy.Kind) string {
	t.Helper()
	p, err := policy.Parse(doc, kind)
	if err == nil {
		if p.Document() != doc {
			t.Errorf("Document() = %q, want the text that was parsed", p.Document())
		}
		return ""
	}
	var m *policy.MalformedError
	if !errors.As(err, &m) {
		t.Fatalf("Parse(%s): %T, want *MalformedError", doc, err)
	}
	if p != nil {
		t.Errorf("Parse(%s): a policy and an error", doc)
	}
	if m.Problem == 0 || m.Reason == "" {
		t.Errorf("Parse(%s): incomplete error %+v", doc, m)
	}
	return m.Reason
}

const (
	syntax    = "Syntax errors in policy."
	legacy    = "The policy failed legacy parsing"
	vendor    = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	version   = "Policy document must be version 2012-10-17 or greater."
	actions   = "Policy statement must contain actions."
	resources = "Policy statement must contain resources."
	sids      = "Statement IDs (SID) in a single policy must be unique."
	iamPath   = `IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`
)

// statement2012 wraps the members of one statement into a document.
func statement2012(members string) string {
	return `{"Version":"2012-10-17","Statement":{` + members + `}}`
}

// TestManagedPolicyRefusals has what IAM answered to CreatePolicy, as the moto
// project recorded it against AWS in tests/test_iam/test_iam_policies.py
// (Apache-2.0). The documents are ours, the facts are theirs.
func TestManagedPolicyRefusals(t *testing.T) {
	const ok = `"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"`
	const bucket = `"Resource":"arn:aws:s3:::b"`
	resource := func(arn string) string {
		return statement2012(`"Effect":"Allow","Action":"s3:ListBucket","Resource":"` + arn + `"`)
	}
	condition := func(c string) string { return statement2012(ok + `,"Condition":` + c) }
	action := func(a string) string { return statement2012(`"Effect":"Allow","Action":` + a + `,` + bucket) }
	for _, c := range []struct{ doc, want string }{
		{`no JSON at all`, syntax},
		{`{"Statement":{` + ok + `}}`, version},
		{`{"Version":"2008-10-17","Statement":{` + ok + `}}`, version},
		{`{"Version":"2013-10-17","Statement":{` + ok + `}}`, syntax},
		{`{"Version":"2012-10-17"}`, syntax},
		{`{"Version":"2012-10-17","Statement":["x"]}`, syntax},
		{`{"Version":"2012-10-17","Statement":[]}`, syntax},
		{`{"Version":"2012-10-17","Statement":{` + ok + `},"Other":"x"}`, syntax},
		{statement2012(ok + `,"Other":"x"`), syntax},
		{`{"Version":"2012-10-17","Id":["x"],"Statement":{` + ok + `}}`, syntax},
		{`{"Version":"2012-10-17","Id":{},"Statement":{` + ok + `}}`, syntax},
		{`{"Version":"2012-10-17","Id":"x","Statement":{` + ok + `}}`, ""},
		{statement2012(`"Effect":"other","Action":"s3:ListBucket",` + bucket), syntax},
		{statement2012(`"Action":"s3:ListBucket",` + bucket), syntax},
		{statement2012(`"Effect":"denY","Action":"s3:ListBucket",` + bucket), legacy},
		{statement2012(`"Effect":"allow",` + bucket), legacy},
		{`{"Statement":{"Effect":"denY","Action":"s3:ListBucket",` + bucket + `}}`, version},

		{action(`"other"`), vendor},
		{action(`""`), vendor},
		{statement2012(`"Effect":"Allow","NotAction":"",` + bucket), vendor},
		{action(`"a a:ListBucket"`), "Vendor a a is not valid"},
		{action(`"s3:List:Bucket"`), "Actions/Condition can contain only one colon."},
		{action(`"s3-s:ListBucket"`), ""},
		{action(`"s3.s:ListBucket"`), ""},
		{action(`"iam: a b c "`), ""},
		{action(`"*"`), ""},
		{action(`[]`), actions},
		{action(`{}`), syntax},
		{action(`[[]]`), syntax},
		{statement2012(`"Effect":"Allow"`), actions},
		{statement2012(`"Effect":"Allow",` + bucket), actions},
		{statement2012(`"Effect":"Allow","NotAction":"s3:Get","Action":[],` + bucket), syntax},
		{statement2012(`"Effect":"Allow","Action":"other"`), "Policy statement must contain resources."},
		{statement2012(`"Effect":"Allow","Action":"other","Resource":"*"`), vendor},

		{statement2012(`"Effect":"Allow","Action":"s3:ListBucket"`), resources},
		{statement2012(`"Effect":"Allow","Action":"s3:ListBucket","Resource":[]`), resources},
		{statement2012(`"Effect":"Allow","Action":"s3:ListBucket","Resource":{"a":"arn:aws:s3:::b"}`), syntax},
		{statement2012(`"Effect":"Deny","Action":"s3:ListBucket","Resource":["x",{}]`), syntax},
		{statement2012(ok + `,"NotResource":[]`), syntax},
		{statement2012(ok + `,"NotResource":"*"`), syntax},
		{resource("no arn"), `Resource no arn must be in ARN format or "*".`},
		{resource(""), `Resource  must be in ARN format or "*".`},
		{statement2012(`"Effect":"Allow","Action":"s:3:ListBucket","Resource":"x"`), `Resource x must be in ARN format or "*".`},
		{resource("a:bcd"), `Partition "bcd" is not valid for resource "arn:bcd:*:*:*:*".`},
		{resource("a:b:cad"), `Partition "b" is not valid for resource "arn:b:cad:*:*:*".`},
		{resource("a:b:c:d:e:f:g:h"), `Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".`},
		{resource("aws:s3:::b"), `Partition "s3" is not valid for resource "arn:s3:::b:*".`},
		{
			statement2012(`"Effect":"Allow","Action":"s3:ListBucket","Resource":["arn:error:s3:::b","arn:error:s3::b"]`),
			`Partition "error" is not valid for resource "arn:error:s3:::b".`,
		},
		{resource("arn:aws"), "Resource vendor must be fully qualified and cannot contain regexes."},
		{resource("arn:aws:s3::b"), legacy},
		{statement2012(`"Effect":"Allow","Action":"s3:ListBucket","NotResource":"arn:aws:s3::b"`), legacy},
		{statement2012(`"Effect":"Allow","Resource":"arn:aws:s3::b"`), legacy},
		{resource("arn:aws::b"), legacy},
		{resource("arn:aws::::b"), legacy},
		{resource("arn:aws:b"), ""},
		{resource("arn:aws:iam:::b"), iamPath},
		{resource("arn:aws:iam:::user/b"), ""},
		{resource("arn:aws:iam:us-east-1::b"), "IAM resource arn:aws:iam:us-east-1::b cannot contain region information."},
		{resource("arn:aws:s3:us-east-1::b"), "Resource arn:aws:s3:us-east-1::b can not contain region information."},
		{resource("arn:aws:s3:us-west-2:123456789012:accesspoint/p/object/*"), ""},
		{resource("arn:aws:cloudwatch:us-east-1::b"), ""},
		{resource("arn:aws:no-such-service:us-east-1::b"), ""},

		{condition(`[]`), syntax},
		{condition(`"a"`), syntax},
		{condition(`{"a":"b"}`), syntax},
		{condition(`{"DateGreaterThan":"b"}`), syntax},
		{condition(`{"DateGreaterThan":[]}`), syntax},
		{condition(`{"DateGreaterThan":{"a":{}}}`), syntax},
		{condition(`{"x":{"a":"1"}}`), syntax},
		{condition(`{"ForAnyValue::StringEqualsIfExists":{"a":"b"}}`), syntax},
		{condition(`[{"ForAllValues:StringEquals":{"aws:TagKeys":"b"}}]`), syntax},
		{condition(`{}`), ""},
		{condition(`{"x":{},"y":{}}`), ""},
		{condition(`{"DateGreaterThan":{}}`), ""},
		{condition(`{"DateGreaterThan":{"a":[]}}`), ""},
		{condition(`{"StringEqualsIfExists":{"a":"b"}}`), ""},
		{condition(`{"ForAnyValue:StringEqualsIfExists":{"a":"b"}}`), ""},
		{condition(`{"DateGreaterThan":{"a":"word"}}`), legacy},
		{statement2012(`"Effect":"Allow","Condition":{"DateGreaterThan":{"a":"word"}}`), legacy},
		{condition(`{"DateLessThanEquals":{"a":"234-13"}}`), legacy},
		{condition(`{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.593194+1"}}`), legacy},
		{condition(`{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.1999999999+10:59"}}`), legacy},
		{condition(`{"DateLessThan":{"a":"9223372036854775808"}}`), legacy},
		{condition(`{"DateLessThan":{"a":"9223372036854775807"}}`), ""},
		{condition(`{"DateLessThan":{"a":"-292275054"}}`), ""},
		{condition(`{"DateGreaterThan":{"a":"01T"}}`), ""},
		{condition(`{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.593194+23"}}`), ""},
		{condition(`{"DateLessThanEquals":{"a":"2016-12-13T21:20:37.593194+00:00"}}`), ""},
		{condition(`{"DateLessThanEquals":{"a":"2019-07-01T13:20:15Z"}}`), ""},
		{
			statement2012(`"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:error:s3:::b","Condition":{"DateGreaterThan":{"a":"word"}}`),
			legacy,
		},

		{statement2012(`"Sid":{},` + ok), syntax},
		{statement2012(`"Sid":[],` + ok), syntax},
		{`{"Version":"2012-10-17","Statement":[{"Sid":"a",` + ok + `},{"Sid":"a","Effect":"Allow"}]}`, sids},
		{`{"Statement":[{"Sid":"a",` + ok + `},{"Sid":"a","Effect":"Allow"}]}`, version},
		{`{"Version":"2012-10-17","Statement":[{"Sid":"",` + ok + `},{"Sid":"",` + ok + `}]}`, ""},
		{`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"aLLow"},{"Sid":"a","Effect":"Allow"}]}`, legacy},
	} {
		if got := refusal(t, c.doc, policy.Managed); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.doc, got, c.want)
		}
	}
}

// TestIdentityPolicyRefusals has what applies to every policy of an identity.
// The messages are those that IAM is seen to give in public issue trackers:
// hashicorp/terraform-provider-aws #10419 (principal), #12267 (leading spaces),
// aws-cloudformation/cfn-lint #1376 (Sid).
func TestIdentityPolicyRefusals(t *testing.T) {
	const ok = `"Effect":"Allow","Action":"s3:Get*","Resource":"*"`
	condition := func(c string) string { return statement2012(ok + `,"Condition":` + c) }
	const alphaNumeric = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	cases := []struct{ doc, want string }{
		{"\n{}", "JSON strings must not have leading spaces"},
		{" " + statement2012(ok), "JSON strings must not have leading spaces"},
		{"", syntax},
		{"{", syntax},
		{"[]", syntax},
		{"null", syntax},
		{"{}", syntax},
		{"{}{}", syntax},
		{"\xff", syntax},
		{statement2012(ok + `,"Sid":"` + "\xff" + `"`), syntax},
		{strings.Repeat("[", 100000), syntax},
		{statement2012(ok + `,"Condition":` + strings.Repeat("[", 50) + strings.Repeat("]", 50)), syntax},
		{`{"Statement":{` + ok + `}}`, ""}, // 2008-10-17 is still a version of the language
		{`{"Version":20121017,"Statement":{` + ok + `}}`, syntax},
		{`{"Version":null,"Statement":{` + ok + `}}`, syntax},
		{`{"version":"2012-10-17","Statement":{` + ok + `}}`, syntax},

		// Individual elements must not contain multiple instances of the same key:
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
		{`{"Version":"2012-10-17","Version":"2012-10-17","Statement":{` + ok + `}}`, syntax},
		{`{"Statement":{` + ok + `},"Statement":{` + ok + `}}`, syntax},
		{statement2012(ok + `,"Effect":"Allow"`), syntax},
		{statement2012(ok + `,"Effect":"Deny"`), syntax},
		{condition(`{"StringEquals":{"a":"b"},"StringEquals":{"c":"d"}}`), syntax},
		{condition(`{"StringEquals":{"a":"b","a":"c"}}`), syntax},
		{statement2012(`"Effect":"Allow","Action":null,"Resource":"*"`), syntax},
		{statement2012(`"Effect":"Allow","Action":["s3:Get",1],"Resource":"*"`), syntax},
		{statement2012(`"Effect":true,"Action":"s3:Get","Resource":"*"`), syntax},

		{statement2012(ok + `,"Principal":"*"`), "Policy document should not specify a principal."},
		{statement2012(ok + `,"NotPrincipal":{"AWS":"123456789012"}`), "Policy document should not specify a principal."},

		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
		{statement2012(ok + `,"Sid":"Abc09"`), ""},
		{statement2012(ok + `,"Sid":"with space"`), alphaNumeric},
		{statement2012(ok + `,"Sid":"under_score"`), alphaNumeric},

		{condition(`null`), syntax},
		{condition(`{"StringEquals":{"a":null}}`), syntax},
		{condition(`{"StringEquals":{"a":[["b"]]}}`), syntax},
		{condition(`{"NullIfExists":{"a":"true"}}`), syntax}, // any operator except Null
		{condition(`{"StringEqualsIfExistsIfExists":{"a":"b"}}`), syntax},
		{condition(`{"ForAllValues:ForAnyValue:StringEquals":{"a":"b"}}`), syntax},
		{condition(`{"ForSomeValues:StringEquals":{"a":"b"}}`), syntax},
		{condition(`{"StringGreaterThan":{"a":"b"}}`), syntax},
		{condition(`{"":{"a":"b"}}`), syntax},

		// Quotation marks are optional for numeric and Boolean values.
		{condition(`{"NumericLessThan":{"s3:max-keys":10}}`), ""},
		{condition(`{"Bool":{"aws:SecureTransport":true}}`), ""},
		{condition(`{"StringEquals":{"a":[1,true,"b"]}}`), ""},
	}
	bad := map[string][]string{
		"NumericEquals": {"", "ten", "1e3", "0x1", "1.", ".5", "1.2.3", "--1", "+", "1 ", "${aws:EpochTime}"},
		"DateEquals":    {"", "today", "2024-13-01", "2024-02-30", "2023-02-29", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00+1", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00-10:60", "2024-01-01T00:00:00.Z", "2024-01-01T00:00.5Z", "2024-01-01T1:2:3:4", "2024-1-1-1", "1.5", "+5", "*", "999999999-01-01"},
		"Bool":          {"", "yes", "1", "truE ", "*"},
		"Null":          {"", "null", "${aws:username}"},
		"BinaryEquals":  {"*", "QQ", "QQ=", "QR==", "Q Q="},
		"IpAddress":     {"", "*", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "::1/129", "fe80::1%eth0", "1.2.3.0-1.2.3.9", "${aws:SourceIp}", "01.2.3.4"},
		"StringEquals":  {"${", "${aws:username", "${}", "${ }", "${a, b}", "${a, 'b}", "${a,}"},
		"ArnLike":       {"${"},
	}
	for operator, values := range bad {
		for _, v := range values {
			cases = append(cases, struct{ doc, want string }{condition(fmt.Sprintf(`{%q:{"a":%q}}`, operator, v)), legacy})
		}
	}
	for _, kind := range []policy.Kind{policy.Identity, policy.Boundary} {
		for _, c := range cases {
			if got := refusal(t, c.doc, kind); got != c.want {
				t.Errorf("%s: %.200s:\n got %q\nwant %q", kind, c.doc, got, c.want)
			}
		}
	}
}

// TestTrustPolicyRefusals has what IAM says of role trust policies. "Has
// prohibited field Resource" and "no principals" are seen in
// devopsacademyau/academy #1368 and terraform-aws-modules/terraform-aws-iam #47.
func TestTrustPolicyRefusals(t *testing.T) {
	const assume = `"Effect":"Allow","Action":"sts:AssumeRole"`
	principal := func(p string) string { return statement2012(assume + `,"Principal":` + p) }
	invalid := func(kind, value string) string {
		return fmt.Sprintf(`Invalid principal in policy: "%s":"%s"`, kind, value)
	}
	const federated = "Federated principals must be valid domain names or SAML metadata ARNs"
	const onlySTS = "AssumeRole policy may only specify STS AssumeRole actions."
	cases := []struct{ doc, want string }{
		{`not json`, "This policy contains invalid Json"},
		{` not json`, "This policy contains invalid Json"},
		{` {}`, "JSON strings must not have leading spaces"},
		{`{}`, "Missing required field Statement"},
		{statement2012(assume), "Missing required field Principal"},
		{principal(`{}`), "Missing required field Principal cannot be empty!"},
		{principal(`{"AWS":[]}`), "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!"},
		{principal(`{"AWS":"123456789012"},"Resource":"*"`), "Has prohibited field Resource"},
		{principal(`{"AWS":"123456789012"},"NotResource":"*"`), "Has prohibited field Resource"},
		{principal(`{"AWS":"123456789012"},"Other":"*"`), "Unknown field Other"},
		{principal(`{"Group":"123456789012"}`), "Unknown field Group"},
		{principal(`"123456789012"`), syntax},
		{principal(`["*"]`), syntax},
		{principal(`{"AWS":[1]}`), syntax},
		{principal(`{"AWS":"123456789012"},"NotPrincipal":"*"`), syntax},
		{statement2012(`"Principal":"*","Action":"sts:AssumeRole"`), "Missing required field Effect"},
		{statement2012(`"Principal":"*","Effect":"Allow"`), "Missing required field Action"},
		{statement2012(`"Principal":"*","Effect":"Allow","Action":"s3:GetObject"`), onlySTS},
		{statement2012(`"Principal":"*","Effect":"Allow","Action":"sts:GetCallerIdentity"`), onlySTS},
		{statement2012(`"Principal":"*","Effect":"Allow","Action":"*"`), onlySTS},
		{statement2012(`"Principal":"*","Effect":"Allow","NotAction":"sts:AssumeRole"`), onlySTS},
		{statement2012(`"Principal":"*","Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","STS:*"]`), ""},
		{statement2012(`"Principal":"*","Effect":"Allow","Action":"sts:AssumeRole","Sid":"any text, really"`), ""},
	}
	for kind, values := range map[string][]string{
		"AWS": {
			"", "12345678901", "1234567890123", "12345678901a", "arn:aws:iam::123456789012:*",
			"arn:aws:iam::*:root", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:user/a?",
			"arn:aws:iam::123456789012:group/admins", "arn:aws:iam::123456789012:policy/p",
			"arn:aws:iam::123456789012:user/", "arn:aws:iam::123456789012:user", "arn:aws:iam::123456789012",
			"arn:aws:iam:us-east-1:123456789012:root", "arn:other:iam::123456789012:root",
			"arn:aws:sts::123456789012:assumed-role/R", "arn:aws:sts::123456789012:assumed-role/R/*",
			"arn:aws:s3:::bucket", "AIDA", "AKIAIOSFODNN7EXAMPLE", "aidaexampleexampleex", "AIDAexampleexampleex", "ANPAEXAMPLEEXAMPLEEX", "AIDAEXAMPLEEXAMPLEEX:s",
			"arn:aws:iam::123456789012:user/a b", "root", "arn:",
		},
		"Service":       {"", "lambda", "lambda.example.com", "*.amazonaws.com", "lambda.amazonaws.com/x", ".amazonaws.com"},
		"CanonicalUser": {"", "79a59df9", strings.Repeat("g", 64)},
	} {
		upper := map[string]string{"AWS": "AWS", "Service": "SERVICE", "CanonicalUser": "CANONICAL_USER"}[kind]
		for _, v := range values {
			cases = append(cases, struct{ doc, want string }{principal(fmt.Sprintf(`{%q:%q}`, kind, v)), invalid(upper, v)})
		}
	}
	for _, v := range []string{"", "localhost", "*", "*.example.com", "arn:aws:iam::123456789012:user/a", "arn:aws:iam::1:saml-provider/p", "https://example.com"} {
		cases = append(cases, struct{ doc, want string }{principal(fmt.Sprintf(`{"Federated":%q}`, v)), federated})
	}
	for _, p := range []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":["123456789012","arn:aws:iam::123456789012:root"]}`,
		`{"AWS":"arn:aws:iam::123456789012:user/path/to/a"}`, `{"AWS":"arn:aws:iam::123456789012:role/r"}`,
		`{"AWS":"arn:aws:sts::123456789012:assumed-role/R/S"}`, `{"AWS":"arn:aws:sts::123456789012:federated-user/N"}`,
		`{"AWS":"arn:aws-us-gov:iam::123456789012:root"}`, `{"AWS":"AIDAEXAMPLEEXAMPLEEX"}`,
		`{"AWS":"AROAEXAMPLEEXAMPLEEX"}`, `{"AWS":"AROAEXAMPLEEXAMPLEEX:session"}`,
		`{"Service":["ec2.amazonaws.com","pods.eks.amazonaws.com"]}`,
		`{"Federated":"accounts.google.com"}`, `{"Federated":"arn:aws:iam::123456789012:saml-provider/p"}`,
		`{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}`,
		`{"AWS":"123456789012","Service":"ec2.amazonaws.com"}`,
	} {
		cases = append(cases, struct{ doc, want string }{principal(p), ""})
	}
	for _, c := range cases {
		if got := refusal(t, c.doc, policy.Trust); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.doc, got, c.want)
		}
	}
}

func TestKindsDiffer(t *testing.T) {
	const plain = `"Effect":"Allow","Action":"s3:Get*","Resource":"*"`
	const anyone = plain + `,"Principal":"*"`
	const organizations = "The provided policy document does not meet the requirements of the specified policy type."
	deny := `"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":"*"`
	for _, c := range []struct {
		kind      policy.Kind
		doc, want string
	}{
		{policy.Session, `no`, "The policy is not in the valid JSON format."},
		{policy.Session, " " + statement2012(plain), ""},
		{policy.Session, statement2012(anyone), "Policy document should not specify a principal."},
		{policy.Resource, `no`, "Policies must be valid JSON and the first byte must be '{'"},
		{policy.Resource, statement2012(plain), "Missing required field Principal"},
		{policy.Resource, statement2012(anyone), ""},
		{policy.Resource, statement2012(anyone + `,"Sid":"Enable IAM User Permissions"`), ""},
		{policy.Resource, statement2012(`"Effect":"Allow","Action":"s3:Get*","Principal":"*"`), "Missing required field Resource"},
		{policy.Resource, statement2012(plain + `,"Principal":{"Service":"*"}`), ""},
		{policy.Resource, statement2012(plain + `,"Principal":{"CanonicalUser":"` + strings.Repeat("79a5", 16) + `"}`), ""},
		{policy.ResourceImplied, statement2012(`"Effect":"Allow","Action":"ecr:*","Principal":"*"`), ""},
		{policy.ResourceImplied, statement2012(anyone), "Has prohibited field Resource"},
		{policy.SCP, statement2012(plain), ""},
		{policy.SCP, statement2012(anyone), "Policy document should not specify a principal."},
		{policy.SCP, `{"Statement":{` + plain + `}}`, "Policy document must be version 2012-10-17 or greater."},
		{policy.SCP, `no`, organizations},
		{policy.RCP, statement2012(deny), ""},
		{policy.RCP, statement2012(`"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"`), ""},
		{policy.RCP, statement2012(anyone), organizations},
		{policy.RCP, statement2012(`"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":{"AWS":"123456789012"}`), organizations},
		{policy.RCP, statement2012(`"Effect":"Deny","Action":"s3:*","Resource":"*","NotPrincipal":"*"`), organizations},
		{policy.RCP, statement2012(`"Effect":"Deny","NotAction":"s3:*","Resource":"*","Principal":"*"`), organizations},
		{policy.Kind(99), statement2012(plain), "unknown kind of policy 99"},
	} {
		if got := refusal(t, c.doc, c.kind); got != c.want {
			t.Errorf("%s: %s:\n got %q\nwant %q", c.kind, c.doc, got, c.want)
		}
	}
}

// TestSize counts as "Policy size calculations do not include white space
// characters" has it:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func TestSize(t *testing.T) {
	for doc, want := range map[string]int{
		"":                             0,
		"{ \"a\" :\n\t\"b\" }\r\n":     9,
		`{"a":"b c"}`:                  10,
		`{"a":"é"}`:                    9,
		"\u00a0":                       1, // white space as JSON has it
		strings.Repeat("x ", 6144):     6144,
		strings.Repeat(" \n\t", 10000): 0,
	} {
		if got := policy.Size(doc); got != want {
			t.Errorf("Size(%.20q) = %d, want %d", doc, got, want)
		}
	}
}
