package exposure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

func parse(t *testing.T, kind policy.Kind, statements ...string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`, kind)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return p
}

func wantVerdict(t *testing.T, v Verdict, err error, want ...int) {
	t.Helper()
	if err != nil || v.Open != "" || !slices.Equal(v.Statements, want) {
		t.Errorf("got %v, %q, %v; want %v", v.Statements, v.Open, err, want)
	}
}

func allow(action, resource string, rest ...string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":%s%s}`, action, resource, strings.Join(rest, ""))
}

func TestNewAccess(t *testing.T) {
	read := allow(`["s3:GetObject","s3:ListBucket"]`, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`)
	for _, test := range []struct {
		name              string
		existing, updated []string
		want              []int
	}{
		{"the same", []string{read}, []string{read}, nil},
		{"fewer", []string{read}, []string{allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`)}, nil},
		{"split", []string{read}, []string{allow(`"s3:GetObject"`, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`), allow(`"s3:ListBucket"`, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`)}, nil},
		{"an action more", []string{read}, []string{read, allow(`"s3:PutObject"`, `"arn:aws:s3:::b/*"`)}, []int{1}},
		{"a resource more", []string{read}, []string{allow(`"s3:GetObject"`, `"arn:aws:s3:::c/*"`), read}, []int{0}},
		{"a condition less", []string{allow(`"s3:GetObject"`, `"*"`, `,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)}, []string{allow(`"s3:GetObject"`, `"*"`)}, []int{0}},
		{"a condition more", []string{allow(`"s3:GetObject"`, `"*"`)}, []string{allow(`"s3:GetObject"`, `"*"`, `,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)}, nil},
		{"a denial less", []string{allow(`"s3:*"`, `"*"`), `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`}, []string{allow(`"s3:*"`, `"*"`)}, []int{0}},
		{"more, but denied", []string{read}, []string{read, allow(`"s3:PutObject"`, `"*"`), `{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}`}, nil},
		{"wildcard in place of a list", []string{allow(`["s3:GetObjectAcl"]`, `"*"`)}, []string{allow(`["s3:GetObjectA*"]`, `"*"`)}, []int{0}}, // and GetObjectAttributes
	} {
		t.Run(test.name, func(t *testing.T) {
			v, err := NewAccess(parse(t, policy.Identity, test.existing...), parse(t, policy.Identity, test.updated...))
			wantVerdict(t, v, err, test.want...)
		})
	}
}

func TestGranted(t *testing.T) {
	for _, test := range []struct {
		name               string
		statements         []string
		actions, resources []string
		want               []int
	}{
		{"not granted", []string{allow(`"s3:GetObject"`, `"*"`)}, []string{"s3:PutObject"}, nil, nil},
		{"granted", []string{allow(`"s3:GetObject"`, `"*"`), allow(`"s3:Put*"`, `"*"`)}, []string{"s3:PutObject", "iam:PassRole"}, nil, []int{1}},
		{"granted by everything but others", []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, []string{"s3:PutObject"}, nil, []int{0}},
		{"denied", []string{allow(`"*"`, `"*"`), `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`}, []string{"iam:CreateUser"}, nil, nil},
		{"resource", []string{allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`)}, nil, []string{"arn:aws:s3:::b/secret"}, []int{0}},
		{"other resource", []string{allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`)}, nil, []string{"arn:aws:s3:::c/*"}, nil},
		{"both", []string{allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`), allow(`"s3:PutObject"`, `"arn:aws:s3:::c/*"`)}, []string{"s3:PutObject"}, []string{"arn:aws:s3:::b/*"}, nil},
		{"under a condition", []string{allow(`"s3:GetObject"`, `"*"`, `,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)}, []string{"s3:GetObject"}, nil, []int{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, err := Granted(parse(t, policy.Identity, test.statements...), test.actions, test.resources)
			wantVerdict(t, v, err, test.want...)
		})
	}
	// The example of https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html
	john := parse(t, policy.Resource, `{"Sid":"AllowJohnDoe","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/JohnDoe"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::my-bucket/*"}`)
	v, err := Granted(john, []string{"s3:PutObject"}, nil)
	wantVerdict(t, v, err, 0)
	trust := parse(t, policy.Trust, `{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}`)
	v, err = Granted(trust, []string{"sts:AssumeRole"}, nil)
	wantVerdict(t, v, err, 0)
	v, err = Granted(trust, []string{"sts:TagSession"}, nil)
	wantVerdict(t, v, err)
}

// What is public is S3's meaning of it, of which these are the examples.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
func TestPublic(t *testing.T) {
	open := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"` + condition + `}`
	}
	for _, test := range []struct {
		statement string
		public    bool
	}{
		{open(`"*"`, ``), true},
		{open(`{"AWS":"*"}`, ``), true},
		{open(`{"AWS":"111122223333"}`, ``), false},
		{open(`{"Service":"cloudtrail.amazonaws.com"}`, ``), false},
		{open(`"*"`, `{"StringLike":{"aws:SourceVpc":"vpc-*"}}`), true},
		{open(`"*"`, `{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}`), false},
		{open(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), false},
		{open(`"*"`, `{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`), true},
		{open(`"*"`, `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`), true},
		{open(`"*"`, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`), true},
		{open(`"*"`, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), false},
		{open(`"*"`, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), false},
		{open(`"*"`, `{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}}`), true},
		{open(`"*"`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}`), false},
		{open(`"*"`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}`), true},
		{open(`"*"`, `{"StringEquals":{"aws:PrincipalTag/team":"a"}}`), true},
		{open(`"*"`, `{"Bool":{"aws:SecureTransport":"true"}}`), true},
		{open(`"*"`, `{"StringEquals":{"aws:SourceAccount":"111122223333","s3:x-amz-acl":"private"}}`), false},
		{`{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}`, true},
	} {
		v, err := Public(parse(t, policy.Resource, test.statement))
		want := []int(nil)
		if test.public {
			want = []int{0}
		}
		t.Run(test.statement, func(t *testing.T) { wantVerdict(t, v, err, want...) })
	}
	// Denials count.
	v, err := Public(parse(t, policy.Resource, open(`"*"`, ``), `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}`))
	wantVerdict(t, v, err)
	v, err = Public(parse(t, policy.Resource, open(`"*"`, ``), `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`))
	wantVerdict(t, v, err, 0)
	v, err = Public(parse(t, policy.Trust, `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`))
	wantVerdict(t, v, err, 0)
}

func account(id string) *Zone {
	return &Zone{Accounts: map[string]bool{id: true}, Canonical: func(id string) string { return map[string]string{strings.Repeat("a", 64): "111122223333"}[id] }}
}

func TestExternal(t *testing.T) {
	const bucket = `,"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"`
	to := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":` + principal + bucket + condition + `}`
	}
	org := account("111122223333")
	org.Accounts["444455556666"], org.OrgID = true, "o-exampleorgid"
	for _, test := range []struct {
		name       string
		zone       *Zone
		statements []string
		want       []string
	}{
		{"own account", nil, []string{to(`{"AWS":["111122223333","arn:aws:iam::111122223333:user/u"]}`, ``)}, nil},
		{"service", nil, []string{to(`{"Service":"cloudtrail.amazonaws.com"}`, ``)}, nil},
		{"other account", nil, []string{to(`{"AWS":"444455556666"}`, ``)}, []string{`"AWS":"444455556666" s3:GetObject s3:PutObject`}},
		{"two principals", nil, []string{to(`{"AWS":["arn:aws:iam::444455556666:role/r","arn:aws:iam::777788889999:root"]}`, ``)},
			[]string{`"AWS":"777788889999" s3:GetObject s3:PutObject`, `"AWS":"arn:aws:iam::444455556666:role/r" s3:GetObject s3:PutObject`}},
		{"anyone", nil, []string{to(`"*"`, ``)}, []string{`"AWS":"*" s3:GetObject s3:PutObject public`}},
		{"all but some", nil, []string{`{"Effect":"Allow","NotPrincipal":{"AWS":"444455556666"}` + bucket + `}`}, []string{`"AWS":"*" s3:GetObject s3:PutObject public`}},
		{"anyone from an organization", nil, []string{to(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}`)},
			[]string{`"AWS":"*" s3:GetObject s3:PutObject aws:PrincipalOrgID=o-exampleorgid`}},
		{"anyone from the own account", nil, []string{to(`"*"`, `{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`)}, nil},
		{"by canonical id", nil, []string{to(`{"CanonicalUser":"`+strings.Repeat("a", 64)+`"}`, ``), to(`{"CanonicalUser":"`+strings.Repeat("b", 64)+`"}`, ``)},
			[]string{`"CanonicalUser":"` + strings.Repeat("b", 64) + `" s3:GetObject s3:PutObject`}},
		{"denied", nil, []string{to(`{"AWS":"444455556666"}`, ``), `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`}, []string{`"AWS":"444455556666" s3:GetObject`}},
		{"all denied", nil, []string{to(`{"AWS":"444455556666"}`, ``), `{"Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"*"}`}, nil},
		{"two statements, one access", nil, []string{to(`{"AWS":"444455556666"}`, ``), `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"}`},
			[]string{`"AWS":"444455556666" s3:GetObject s3:ListBucket s3:PutObject`}},
		{"two conditions, two accesses", nil, []string{to(`{"AWS":"444455556666"}`, ``), to(`{"AWS":"444455556666"}`, `{"Bool":{"aws:SecureTransport":"true"}}`)},
			[]string{`"AWS":"444455556666" s3:GetObject s3:PutObject`, `"AWS":"444455556666" s3:GetObject s3:PutObject aws:SecureTransport=true`}},
		{"member account", org, []string{to(`{"AWS":"444455556666"}`, ``)}, nil},
		{"anyone from the own organization", org, []string{to(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}`)}, nil},
		{"a unit of the own organization", org, []string{to(`"*"`, `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-exampleorgid/r-ab12/ou-ab12-11111111/*"}}`)}, nil},
		{"another organization", org, []string{to(`"*"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`)},
			[]string{`"AWS":"*" s3:GetObject s3:PutObject aws:PrincipalOrgID=o-other`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := test.zone
			if z == nil {
				z = account("111122223333")
			}
			found, err := External(parse(t, policy.Resource, test.statements...), z, "s3")
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(slices.Values(describe(found))); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func describe(found []Access) (list []string) {
	for _, a := range found {
		text := a.Principal.String() + " " + strings.Join(a.Actions, " ")
		for _, k := range slices.Sorted(maps.Keys(a.Conditions)) {
			text += " " + k + "=" + a.Conditions[k]
		}
		if a.Public {
			text += " public"
		}
		list = append(list, text)
	}
	return list
}

func TestExternalTrust(t *testing.T) {
	const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	for _, test := range []struct {
		name, statement string
		want            []string
	}{
		{"service", `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`, nil},
		{"own account", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}`, nil},
		{"deleted role", `{"Effect":"Allow","Principal":{"AWS":"AROAIOSFODNN7EXAMPLE"},"Action":"sts:AssumeRole"}`, nil},
		{"other account", `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`,
			[]string{`"AWS":"444455556666" sts:AssumeRole sts:ExternalId=x`}},
		{"provider", `{"Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":"sts:AssumeRoleWithWebIdentity"}`,
			[]string{`"Federated":"` + provider + `" sts:AssumeRoleWithWebIdentity`}},
		{"anyone", `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`, []string{`"AWS":"*" sts:AssumeRole public`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := External(parse(t, policy.Trust, test.statement), account("111122223333"), "sts")
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(found); !slices.Equal(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// AWS's own keys are used for callers of the account alone.
func TestExternalKey(t *testing.T) {
	managed := parse(t, policy.Resource, `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt"],"Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":"111122223333"}}}`)
	if found, err := External(managed, account("111122223333"), "kms"); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := External(managed, account("444455556666"), "kms"); err != nil || len(found) != 1 || found[0].Public {
		t.Errorf("%v, %v", found, err)
	}
	open := parse(t, policy.Resource, `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*"}`)
	found, err := External(open, account("111122223333"), "kms")
	if err != nil || len(found) != 1 || !slices.Contains(found[0].Actions, "kms:Decrypt") || slices.ContainsFunc(found[0].Actions, func(a string) bool { return !strings.HasPrefix(a, "kms:") }) {
		t.Errorf("%v, %v", found, err)
	}
}

// A policy of very many statements takes no longer than one of some, and the
// statement that matters is found wherever it stands.
func TestManyStatements(t *testing.T) {
	existing := parse(t, policy.Identity, allow(`"s3:*"`, `"arn:aws:s3:::b*"`))
	var same, other []string
	for i := range 3 * maxAsked {
		same = append(same, allow(`"s3:GetObject"`, fmt.Sprintf(`"arn:aws:s3:::b%d/*"`, i)))
		other = append(other, allow(`"s3:GetObject"`, fmt.Sprintf(`"arn:aws:s3:::c%d/*"`, i)))
	}
	v, err := NewAccess(existing, parse(t, policy.Identity, append(same, allow(`"s3:PutObject"`, `"arn:aws:s3:::c/*"`))...))
	wantVerdict(t, v, err, len(same))
	if v, err = NewAccess(existing, parse(t, policy.Identity, other...)); err != nil || len(v.Statements) > maxAsked+1 {
		t.Errorf("%d statements, %v", len(v.Statements), err)
	}
}
