package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

func parse(t testing.TB, statements ...string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`, policy.Resource)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const any = `"*"`

func put(principal, condition string) string {
	s := `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:PutObject","Resource":"*"`
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + `}`
}

// The examples and rules of "The meaning of public" (Amazon S3 User Guide,
// "Blocking public access to your Amazon S3 storage").
func TestPublic(t *testing.T) {
	user := `{"AWS":"arn:aws:iam::111122223333:user/u"}`
	for _, tt := range []struct {
		name       string
		statements []string
		public     bool
	}{
		{"example: an identity provider", []string{put(`{"Federated":"graph.facebook.com"}`, "")}, true},
		{"example: anybody", []string{put(any, "")}, true},
		{"example: anybody from any VPC", []string{put(any, `{"StringLike":{"aws:SourceVpc":"vpc-*"}}`)}, true},
		{"example: anybody from one VPC", []string{put(any, `{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`)}, false},
		{"example: a service, an account, the public", []string{
			put(`{"Service":"cloudtrail.amazonaws.com"}`, ""), put(`{"AWS":"444455556666"}`, ""), put(any, ""),
		}, true},
		{"example: a service and an account", []string{put(`{"Service":"cloudtrail.amazonaws.com"}`, ""), put(`{"AWS":"444455556666"}`, "")}, false},

		{"a user", []string{put(user, "")}, false},
		{"a user, whatever the condition", []string{put(user, `{"StringLike":{"aws:SourceVpc":"*"}}`)}, false},
		{"everybody of AWS", []string{put(`{"AWS":"*"}`, "")}, true},
		{"a user and everybody", []string{put(`{"AWS":["arn:aws:iam::111122223333:user/u","*"]}`, "")}, true},
		{"everybody but a user", []string{`{"Effect":"Allow","NotPrincipal":` + user + `,"Action":"s3:GetObject","Resource":"*"}`}, true},
		{"denied to everybody", []string{`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`}, false},

		{"an organization", []string{put(any, `{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}`)}, false},
		{"an account by condition", []string{put(any, `{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`)}, false},
		{"a variable", []string{put(any, `{"StringEquals":{"aws:PrincipalAccount":"${aws:SourceAccount}"}}`)}, true},
		{"one fixed and one not", []string{put(any, `{"StringLike":{"aws:PrincipalOrgID":["o-1234567890","o-*"]}}`)}, true},
		{"content without the key", []string{put(any, `{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-91237329"}}`)}, true},
		{"content with no values", []string{put(any, `{"ForAllValues:StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`)}, true},
		{"any of values", []string{put(any, `{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"o-1234567890/r-ab12/"}}`)}, false},
		{"anywhere else", []string{put(any, `{"StringNotEquals":{"aws:SourceVpc":"vpc-91237329"}}`)}, true},
		{"a key that tells nobody apart", []string{put(any, `{"StringEquals":{"s3:x-amz-acl":"private"}}`)}, true},
		{"a KMS key", []string{put(any, `{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:111122223333:key/k"}}`)}, false},
		{"a user id", []string{put(any, `{"StringEquals":{"aws:userid":"AIDAEXAMPLE"}}`)}, false},
		{"sessions of a role by id", []string{put(any, `{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}`)}, true},
		{"access points of an account", []string{put(any, `{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}`)}, false},
		{"access points of any account", []string{put(any, `{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/*"}}`)}, true},

		{"an address", []string{put(any, `{"IpAddress":{"aws:SourceIp":"192.0.2.1"}}`)}, false},
		{"a range of /8", []string{put(any, `{"IpAddress":{"aws:SourceIp":"44.0.0.0/8"}}`)}, false},
		{"a range of /1", []string{put(any, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`)}, true},
		{"a range of /7 among others", []string{put(any, `{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","44.0.0.0/7"]}}`)}, true},
		{"an IPv6 range of /32", []string{put(any, `{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`)}, false},
		{"an IPv6 range of /31", []string{put(any, `{"IpAddress":{"aws:SourceIp":"2001:db8::/31"}}`)}, true},
		{"all of IPv4, written as IPv6", []string{put(any, `{"IpAddress":{"aws:SourceIp":"::ffff:0:0/96"}}`)}, true},
		{"an IPv4 range of /7, written as IPv6", []string{put(any, `{"IpAddress":{"aws:SourceIp":"::ffff:44.0.0.0/103"}}`)}, true},
		{"an IPv4 range of /8, written as IPv6", []string{put(any, `{"IpAddress":{"aws:SourceIp":"::ffff:44.0.0.0/104"}}`)}, false},
		{"everywhere but an address", []string{put(any, `{"NotIpAddress":{"aws:SourceIp":"192.0.2.1"}}`)}, true},
	} {
		if got := access.Public(parse(t, tt.statements...)); got != tt.public {
			t.Errorf("%s: public is %v", tt.name, got)
		}
	}
}

// What a policy denies is denied by Denies too, and nothing is allowed.
func TestDenies(t *testing.T) {
	p := parse(t,
		put(any, ""),
		`{"Sid":"Encrypted","Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:user/u"]},"NotAction":["s3:Get*","s3:List*"],`+
			`"NotResource":"arn:aws:s3:::b/free/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":["aws:kms","aws:kms:dsse"]},"Null":{"aws:TokenIssueTime":"true"}}}`,
		`{"Effect":"Deny","Principal":{"AWS":"444455556666","Service":"cloudtrail.amazonaws.com"},"Action":"s3:DeleteObject","Resource":"*"}`,
		`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/never/*"}`)
	denies := access.Denies(p)
	kinds := []policy.Principal{
		{Type: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/u"},
		{Type: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/other"},
		{Type: policy.User, Account: "444455556666", ARN: "arn:aws:iam::444455556666:user/u"},
		{Type: policy.ServicePrincipal, Service: "cloudtrail.amazonaws.com"},
		{Type: policy.Anonymous},
	}
	seen := 0
	for _, who := range kinds {
		for _, action := range []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject"} {
			for _, key := range []string{"k", "free/k", "never/k"} {
				for _, algorithm := range []string{"AES256", "aws:kms"} {
					r := &policy.Request{Action: action, Resource: "arn:aws:s3:::b/" + key, Principal: who,
						Context: policy.Keys{"s3:x-amz-server-side-encryption": {algorithm}}}
					want := p.Evaluate(r).Effect == policy.Deny
					got := denies.Evaluate(r).Effect
					if want != (got == policy.Deny) || got == policy.Allow {
						t.Errorf("%s of %s by %s with %s: %s, the policy denies: %v", action, key, who, algorithm, got, want)
					}
					if want {
						seen++
					}
				}
			}
		}
	}
	if seen == 0 || seen == len(kinds)*3*3*2 {
		t.Errorf("%d cases are denied: the test tells nothing", seen)
	}
	if access.Denies(parse(t, put(any, ""))) != nil {
		t.Error("a policy that denies nothing denies something")
	}
}

func TestBucketName(t *testing.T) {
	// General purpose bucket naming rules (Amazon S3 User Guide).
	for _, name := range []string{
		"docexamplebucket1", "log-delivery-march-2020", "my-hosted-content", "docexamplewebsite.com", "www.docexamplewebsite.com",
		"my.example.s3.bucket", "abc", "1.2.3", strings.Repeat("a", 63), "a--b",
	} {
		if !access.BucketName(name) {
			t.Errorf("%s is refused", name)
		}
	}
	for _, name := range []string{
		"", "ab", strings.Repeat("a", 64), "doc_example_bucket", "DocExampleBucket", "doc-example-bucket-", "-doc", ".doc", "doc.",
		"doc..example", "doc.-example", "doc-.example", "192.168.5.4", "xn--bucket", "sthree-bucket", "amzn-s3-demo-bucket",
		"bucket-s3alias", "bucket--ol-s3", "bucket.mrap", "bucket--x-s3", "bucket--table-s3", "bücket", "a b c", "a/b", "a\x00b",
	} {
		if access.BucketName(name) {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestParseGrantees(t *testing.T) {
	id := strings.Repeat("79a5", 16)
	for header, want := range map[string]string{
		`id="` + id + `"`: "CanonicalUser " + id,
		`id=` + id:        "CanonicalUser " + id,
		` ID = "` + id + `" , uri="` + access.AllUsers + `"`:           "CanonicalUser " + id + ", Group " + access.AllUsers,
		`emailAddress="xyz@amazon.com", emailAddress="abc@amazon.com"`: "AmazonCustomerByEmail xyz@amazon.com, AmazonCustomerByEmail abc@amazon.com",
		``: "", `id`: "", `id=`: "", `id=""`: "", `id="` + id: "", `who="` + id + `"`: "", `id="a",`: "", `id="a"b"`: "", `"id"="a"`: "",
	} {
		grantees, ok := access.ParseGrantees(header)
		var got []string
		for _, g := range grantees {
			for _, v := range []*string{g.ID, g.URI, g.EmailAddress} {
				if v != nil {
					got = append(got, fmt.Sprint(g.Type, " ", *v))
				}
			}
		}
		if ok != (want != "") || strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, %v, want %q", header, got, ok, want)
		}
	}
}
