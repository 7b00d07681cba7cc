package sigv4_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func policyOf(t testing.TB, conditions string) *sigv4.PostPolicy {
	t.Helper()
	p, err := sigv4.ParsePostPolicy(encode(`{"expiration": "2026-01-01T01:00:00Z", "conditions": [` + conditions + `]}`))
	if err != nil {
		t.Fatalf("%s: %v", conditions, err)
	}
	return p
}

func encode(document string) string { return base64.StdEncoding.EncodeToString([]byte(document)) }

const inBucket = `{"bucket": "b"}, `

// TestPostPolicies has the rules of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.
func TestPostPolicies(t *testing.T) {
	const failed = "Invalid according to Policy: Policy Condition failed: "
	for _, c := range []struct {
		name, conditions string
		form             sigv4.Form
		want             string
	}{
		{"exact", inBucket + `{"acl": "private"}`, sigv4.Form{"acl": "private"}, ""},
		{"exact, another", inBucket + `{"acl": "private"}`, sigv4.Form{"acl": "public-read"}, failed + `["eq", "$acl", "private"]`},
		{"exact, in another case", inBucket + `{"acl": "private"}`, sigv4.Form{"acl": "Private"}, failed + `["eq", "$acl", "private"]`},
		{"exact, not sent", inBucket + `{"acl": "private"}`, sigv4.Form{}, failed + `["eq", "$acl", "private"]`},
		{"exact and empty, not sent", inBucket + `{"acl": ""}`, sigv4.Form{}, failed + `["eq", "$acl", ""]`},
		{"eq", inBucket + `["eq", "$acl", "private"]`, sigv4.Form{"acl": "private"}, ""},
		{"eq in another case", inBucket + `["EQ", "$Acl", "private"]`, sigv4.Form{"acl": "private"}, ""},
		{"eq, another", inBucket + `["eq","$acl","private"]`, sigv4.Form{"acl": "x"}, failed + `["eq","$acl","private"]`},
		{"no dollar sign", inBucket + `["eq", "acl", "private"]`, sigv4.Form{"acl": "private"}, failed + `["eq", "acl", "private"]`},
		{"a dollar sign alone", inBucket + `["eq", "$", ""]`, sigv4.Form{"acl": "private"}, failed + `["eq", "$", ""]`},
		{"an escaped dollar sign", inBucket + `["eq", "\$acl", "a\\\$b\\"]`, sigv4.Form{"acl": `a\$b\`}, ""},
		{"prefix", inBucket + `["starts-with", "$key", "user/"]`, sigv4.Form{"key": "user/a"}, ""},
		{"prefix, itself", inBucket + `["starts-with", "$key", "user/"]`, sigv4.Form{"key": "user/"}, ""},
		{"prefix, another", inBucket + `["starts-with", "$key", "user/"]`, sigv4.Form{"key": "users/a"}, failed + `["starts-with", "$key", "user/"]`},
		{"any value", inBucket + `["starts-with", "$key", ""]`, sigv4.Form{"key": "anything"}, ""},
		{"any value, empty", inBucket + `["starts-with", "$key", ""]`, sigv4.Form{"key": ""}, ""},
		{"any value, not sent", inBucket + `["starts-with", "$key", ""]`, sigv4.Form{}, failed + `["starts-with", "$key", ""]`},
		{"types", inBucket + `["starts-with", "$Content-Type", "image/"]`, sigv4.Form{"content-type": "image/jpg,image/png, image/gif"}, ""},
		{"types, one of them another", inBucket + `["starts-with", "$Content-Type", "image/"]`, sigv4.Form{"content-type": "image/jpg,text/html"}, failed + `["starts-with", "$Content-Type", "image/"]`},
		{"two conditions on one", inBucket + `["starts-with", "$key", "a"], ["starts-with", "$key", "ab"]`, sigv4.Form{"key": "ac"}, failed + `["starts-with", "$key", "ab"]`},
		{"bucket", `["eq", "$bucket", "b"]`, sigv4.Form{}, ""},
		{"bucket by its start", `["starts-with", "$bucket", ""]`, sigv4.Form{}, ""},
		{"another bucket", `{"bucket": "c"}`, sigv4.Form{}, failed + `["eq", "$bucket", "c"]`},
		{"another bucket, and the field", `{"bucket": "c"}`, sigv4.Form{"bucket": "c"}, failed + `["eq", "$bucket", "c"]`},
		{"no bucket", `{"acl": "private"}`, sigv4.Form{"acl": "private"}, "Invalid according to Policy: Extra input fields: bucket"},
		{"nothing at all", ``, sigv4.Form{}, "Invalid according to Policy: Extra input fields: bucket"},
		{"a field without a condition", inBucket + `{"acl": "private"}`, sigv4.Form{"acl": "private", "x-amz-meta-a": "b"},
			"Invalid according to Policy: Extra input fields: x-amz-meta-a"},
		{"an empty field without a condition", inBucket, sigv4.Form{"key": ""}, "Invalid according to Policy: Extra input fields: key"},
		{"the credential without one", inBucket, sigv4.Form{"x-amz-credential": "c"}, "Invalid according to Policy: Extra input fields: x-amz-credential"},
		{"the token without one", inBucket, sigv4.Form{"x-amz-security-token": "c"}, "Invalid according to Policy: Extra input fields: x-amz-security-token"},
		{"what needs none", inBucket, sigv4.Form{"policy": "p", "x-amz-signature": "s", "awsaccesskeyid": "a", "signature": "s", "file": "f", "x-ignore-me": "x"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := policyOf(t, strings.TrimSuffix(c.conditions, ", ")).Check(c.form, "b", signedAt)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "AccessDenied" || e.Status != 403 || e.Message != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestExpiryOfPostPolicies(t *testing.T) {
	p := policyOf(t, `{"bucket": "b"}`)
	if err := p.Check(sigv4.Form{}, "b", signedAt.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	err := p.Check(sigv4.Form{}, "b", signedAt.Add(time.Hour+time.Second))
	if err == nil || err.Error() != "AccessDenied: Invalid according to Policy: Policy expired." {
		t.Errorf("error is %v", err)
	}
}

func TestSizesOfPosts(t *testing.T) {
	for _, c := range []struct {
		conditions string
		size       int64
		code       string
	}{
		{`["content-length-range", 1, 5]`, 0, "EntityTooSmall"},
		{`["content-length-range", 1, 5]`, 1, ""},
		{`["content-length-range", 1, 5]`, 5, ""},
		{`["content-length-range", 1, 5]`, 6, "EntityTooLarge"},
		{`["content-length-range", "1", "5"]`, 6, "EntityTooLarge"},
		{`["Content-Length-Range", 0, 9], ["content-length-range", 2, 20]`, 10, "EntityTooLarge"},
		{`["content-length-range", 0, 9], ["content-length-range", 2, 20]`, 1, "EntityTooSmall"},
		{`["content-length-range", 5, 1]`, 3, "EntityTooLarge"},
		{`{"acl": "private"}`, 0, ""},
		{`{"acl": "private"}`, 1 << 62, ""},
	} {
		p := policyOf(t, c.conditions)
		err := p.CheckSize(c.size)
		e, ok := errors.AsType[*api.Error](err)
		if c.code == "" && err != nil || c.code != "" && (!ok || e.Code != c.code || e.Status != 400) {
			t.Errorf("%s of %d: %v", c.conditions, c.size, err)
		}
		if c.code == "EntityTooLarge" && (c.size <= p.MaxSize() || e.Fields["ProposedSize"] == nil || e.Fields["MaxSizeAllowed"] == nil) {
			t.Errorf("%s: largest is %d, %v", c.conditions, p.MaxSize(), e.Fields)
		}
	}
}

func TestMalformedPostPolicies(t *testing.T) {
	const until = `{"expiration": "2026-01-01T01:00:00Z", "conditions": `
	for _, c := range []struct{ document, want string }{
		{"", "Invalid JSON."},
		{"x", "Invalid JSON."},
		{"null", "Invalid JSON."},
		{"[]", "Invalid JSON."},
		{until + `[]} x`, "Invalid JSON."},
		{`{"conditions": []}`, "Policy missing expiration."},
		{`{"Expiration": "2026-01-01T01:00:00Z", "conditions": []}`, "Unexpected: 'Expiration'"},
		{`{"expiration": true, "conditions": []}`, "Invalid JSON."},
		{`{"expiration": "tomorrow", "conditions": []}`, "Invalid 'expiration' value: 'tomorrow'"},
		{`{"expiration": "2026-01-01T01:00:00+01:00", "conditions": []}`, "Invalid 'expiration' value: '2026-01-01T01:00:00+01:00'"},
		{`{"expiration": "2026-01-01", "conditions": []}`, "Invalid 'expiration' value: '2026-01-01'"},
		{`{"expiration": "2026-01-01T01:00:00Z"}`, "Policy missing conditions."},
		{until + `true}`, "Invalid 'conditions' value: must be a List."},
		{until + `{}}`, "Invalid 'conditions' value: must be a List."},
		{until + `null}`, "Invalid 'conditions' value: must be a List."},
		{until + `[true]}`, "Invalid condition test: must be a List or Object."},
		{until + `[null]}`, "Invalid condition test: must be a List or Object."},
		{until + `["eq"]}`, "Invalid condition test: must be a List or Object."},
		{until + `[[]]}`, "Invalid Condition: missing operation identifier."},
		{until + `[["ne", "$acl", "a"]]}`, "Invalid Condition: unknown operation 'ne'."},
		{until + `[[1, "$acl", "a"]]}`, "Invalid Condition: unknown operation ''."},
		{until + `[["eq", "$acl"]]}`, "Invalid eq: wrong number of arguments."},
		{until + `[["eq", "$acl", "a", "b"]]}`, "Invalid eq: wrong number of arguments."},
		{until + `[["content-length-range", 1]]}`, "Invalid content-length-range: wrong number of arguments."},
		{until + `[["eq", false, "a"]]}`, "Invalid JSON."},
		{until + `[["eq", "$acl", 1]]}`, "Invalid JSON."},
		{until + `[["content-length-range", 1, false]]}`, "Invalid JSON."},
		{until + `[["content-length-range", -1, 5]]}`, "Invalid JSON."},
		{until + `[["content-length-range", 1, 5.5]]}`, "Invalid JSON."},
		{until + `[["content-length-range", 1, 1e30]]}`, "Invalid JSON."},
		{until + `[["content-length-range", "a", "5"]]}`, "Invalid JSON."},
		{until + `[{}]}`, "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."},
		{until + `[{"acl": "a", "key": "b"}]}`, "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."},
		{until + `[{"acl": true}]}`, "Invalid Simple-Condition: value must be a string."},
		{until + `[], "extra": 1}`, "Unexpected: 'extra'"},
	} {
		_, err := sigv4.ParsePostPolicy(encode(c.document))
		if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "InvalidPolicyDocument" || e.Status != 400 || e.Message != "Invalid Policy: "+c.want {
			t.Errorf("%s\ngot  %v\nwant %s", c.document, err, c.want)
		}
	}
	if _, err := sigv4.ParsePostPolicy("not base64!"); err == nil || !strings.Contains(err.Error(), "invalid Base64 encoding.") {
		t.Errorf("not base64: %v", err)
	}
}

// FuzzPostPolicy: no policy may panic, and none without a condition on the
// bucket may allow anything.
func FuzzPostPolicy(f *testing.F) {
	f.Add(`{"expiration": "2026-01-01T01:00:00Z", "conditions": [{"bucket": "b"}, ["starts-with", "\$key", "a"], ["content-length-range", 1, 2]]}`, "key", "abc")
	f.Add(`{"expiration": "2026-01-01T01:00:00.000Z", "conditions": [["eq", "$bucket", "\\$"]]}`, "acl", "x")
	f.Add(`\$\`, "", "")
	f.Fuzz(func(t *testing.T, document, name, value string) {
		p, err := sigv4.ParsePostPolicy(encode(document))
		if err != nil {
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "InvalidPolicyDocument" {
				t.Fatal(err)
			}
			return
		}
		form := sigv4.Form{}
		if err := form.Add(name, value); err != nil {
			t.Fatal(err)
		}
		if p.Check(form, "b", signedAt) == nil && !strings.Contains(strings.ToLower(document), "bucket") && !strings.Contains(document, `\u`) {
			t.Fatalf("allowed by %s", document)
		}
		p.CheckSize(p.MaxSize())
	})
}
