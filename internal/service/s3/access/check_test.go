package access_test

import (
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

func TestCheckPolicy(t *testing.T) {
	const (
		bucket  = "arn:aws:s3:::the-bucket"
		action  = "Policy has invalid action"
		res     = "Policy has invalid resource"
		key     = "Policy has an invalid condition key"
		idle    = "Action does not apply to any resource(s) in statement"
		idleKey = "Conditions do not apply to combination of actions and resources in statement"
	)
	for _, tt := range []struct{ name, elements, want string }{
		{"an object action", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket/*"`, ""},
		{"a bucket action", `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::the-bucket"`, ""},
		{"any letter case", `"Action":"s3:getOBJECT","Resource":"arn:aws:s3:::the-bucket/*"`, ""},
		{"both", `"Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::the-bucket","arn:aws:s3:::the-bucket/*"]`, ""},
		{"everything", `"Action":"s3:*","Resource":"arn:aws:s3:::the-bucket"`, ""},
		{"every action of all services", `"Action":"*","Resource":"arn:aws:s3:::the-bucket/*"`, ""},
		{"every resource", `"Action":"s3:GetObject","Resource":"*"`, ""},
		{"a pattern that the bucket matches", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-*"`, ""},
		{"a pattern into the objects", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket/a?c/${aws:username}/*"`, ""},
		{"a variable", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalTag/b}/x"`, ""},
		{"all but an action", `"NotAction":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket"`, ""},
		{"all but a resource", `"Action":["s3:ListBucket","s3:GetObject"],"NotResource":"arn:aws:s3:::the-bucket/private/*"`, ""},

		{"another bucket", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::another/*"`, res},
		{"another bucket among them", `"Action":"s3:GetObject","Resource":["arn:aws:s3:::the-bucket/*","arn:aws:s3:::another/*"]`, res},
		{"a name that begins alike", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket2/*"`, res},
		{"no S3 resource", `"Action":"s3:GetObject","Resource":"arn:aws:sqs:us-east-1:111122223333:the-bucket"`, res},
		{"not another bucket", `"Action":"s3:GetObject","NotResource":"arn:aws:s3:::another/*"`, res},
		{"no such action", `"Action":"s3:FetchObject","Resource":"arn:aws:s3:::the-bucket/*"`, action},
		{"another service", `"Action":["s3:GetObject","kms:Decrypt"],"Resource":"arn:aws:s3:::the-bucket/*"`, action},
		{"of the account", `"Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::the-bucket"`, action},
		{"object action, bucket resource", `"Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket"`, idle},
		{"bucket action, object resource", `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::the-bucket/*"`, idle},
		{"one of two is idle", `"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::the-bucket/*"`, idle},

		{"a key of the action", `"Action":"s3:PutObject","Resource":"arn:aws:s3:::the-bucket/*","Condition":{"StringEquals":{"s3:X-Amz-Acl":"private"}}`, ""},
		{"a key of some actions", `"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}`, ""},
		{"a key of all actions", `"Action":"s3:GetObject","Resource":"*","Condition":{"NumericGreaterThan":{"s3:signatureAge":"600000"}}`, ""},
		{"a tag", `"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/Dept":"x"}}`, ""},
		{"a global key", `"Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.1"}}`, ""},
		{"no such key", `"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:nothing":"x"}}`, key},
		{"no tag", `"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/":"x"}}`, key},
		{"a key of other actions", `"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-acl":"private"}}`, idleKey},
		{"a key of listings", `"Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}`, idleKey},
	} {
		p := parse(t, `{"Effect":"Allow","Principal":"*",`+tt.elements+`}`)
		if got := access.CheckPolicy(p, bucket); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// No policy that fits in the quota takes long to check.
func TestCheckPolicyOfStars(t *testing.T) {
	for _, unit := range []string{"*", "*a", "?*", "${a}", "${a", "*?", "a"} {
		wide := strings.Repeat(unit, 19_000/len(unit))
		for _, doc := range []string{
			`{"Effect":"Allow","Principal":"*","Action":"s3:` + wide + `","Resource":"*"}`,
			`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::` + wide + `"}`,
		} {
			p, err := policy.Parse(`{"Version":"2012-10-17","Statement":`+doc+`}`, policy.Resource)
			if err != nil {
				continue
			}
			allocated := testing.AllocsPerRun(1, func() { access.CheckPolicy(p, "arn:aws:s3:::the-bucket") })
			if allocated > 50_000 {
				t.Errorf("a policy of %q takes %.0f allocations", unit, allocated)
			}
		}
	}
}

func FuzzCheckPolicy(f *testing.F) {
	f.Add("s3:Get*", "arn:aws:s3:::the-bucket/*")
	f.Add("*", "*")
	f.Add("s3:${a}*?", "arn:aws:s3:::${b}?*")
	f.Fuzz(func(t *testing.T, action, resource string) {
		access.ParseGrantees(action)
		access.BucketName(resource)
		p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":`+quote(action)+`,"Resource":`+quote(resource)+`}}`, policy.Resource)
		if err != nil {
			return
		}
		// Where the policy matches a request for the bucket, the check must not
		// call the resource that of another.
		r := &policy.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::the-bucket/key"}
		if p.Evaluate(r).Effect == policy.Allow && access.CheckPolicy(p, "arn:aws:s3:::the-bucket") != "" {
			t.Errorf("%q on %q allows and is refused: %s", action, resource, access.CheckPolicy(p, "arn:aws:s3:::the-bucket"))
		}
		access.Public(p)
		access.Denies(p)
	})
}
