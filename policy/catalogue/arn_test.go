package catalogue_test

import (
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// The patterns are those of the Service Authorization Reference, and the ARNs
// are from the user guides of the services.
func TestMatches(t *testing.T) {
	for _, test := range []struct {
		typ  string
		arn  string
		want bool
	}{
		{"s3:bucket", "arn:aws:s3:::app1-dev", true},
		{"s3:bucket", "arn:aws-cn:s3:::app1-dev", true},
		{"s3:bucket", "arn:aws:s3:::app1-dev/key", false},
		{"s3:bucket", "arn:aws:s3:::app1-dev/*", false},
		{"s3:bucket", "arn:aws:s3:::app1-*", true},
		{"s3:bucket", "arn:aws:s3:::*", true},
		{"s3:bucket", "*", true},
		{"s3:bucket", "arn:aws:s3:::", false},
		{"s3:bucket", "arn:aws:s3:us-east-1::app1-dev", false},
		{"s3:bucket", "arn:aws:s3:*:*:app1-dev", true}, // a star is nothing, too
		{"s3:bucket", "arn:aws:s3:?::app1-dev", false},
		{"s3:bucket", "arn:aws:sqs:::app1-dev", false},
		{"s3:bucket", "arn:aws:s*:::app1-dev", true},
		{"s3:object", "arn:aws:s3:::app1-dev", false},
		{"s3:object", "arn:aws:s3:::app1-dev/a/b/c", true},
		{"s3:object", "arn:aws:s3:::app1-dev/*", true},
		{"s3:object", "arn:aws:s3:::app1*", true},
		{"s3:object", "arn:aws:s3:::app1-dev/${aws:username}/*", true},
		{"s3:object", "arn:aws:s3:::app1?", false},
		{"iam:role", "arn:aws:iam::123456789012:role/app/team/Admin", true},
		{"iam:role", "arn:aws:iam::123456789012:user/Admin", false},
		{"iam:role", "arn:aws:iam::*:*", true},
		{"iam:role", "arn:aws:iam::123456789012:*/Admin", true},
		{"iam:role", "arn:aws:iam:us-east-1:123456789012:role/Admin", false},
		{"logs:log-group", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f", true},
		{"logs:log-stream", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:log-stream:2026/11/22/[1]ab", true},
		{"ssm:parameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db/password", true},
		{"sqs:queue", "arn:aws:sqs:*", true},
		{"sqs:queue", "arn:aws:sqs:eu-west-1:123456789012:", false},
		{"sqs:queue", "arn:aws:sns:*", false},
		{"sqs:queue", "not an arn", false},
		{"sqs:queue", "", false},
		{"apigateway:RestApi", "arn:aws:apigateway:eu-west-1::/restapis/abc", true},
		{"apigateway:Stages", "arn:aws:apigateway:eu-west-1::/apis/abc/stages", true},
		{"apigateway:Stages", "arn:aws:apigateway:eu-west-1::/restapis/abc/stages", true},
		{"dms:Endpoint", "arn:aws:dms:eu-west-1:123456789012:endpoint:ABC", true},
	} {
		service, name, _ := strings.Cut(test.typ, ":")
		typ := catalogue.Default().Service(service).ResourceType(name)
		if typ == nil {
			t.Errorf("no resource type %s", test.typ)
			continue
		}
		if got := typ.Matches(test.arn); got != test.want {
			t.Errorf("%s matches %q: %v, want %v", test.typ, test.arn, got, test.want)
		}
	}
}

func TestResourceTypes(t *testing.T) {
	for _, test := range []struct{ arn, want string }{
		{"arn:aws:s3:::app1-dev", "s3:bucket ssm:bucket"},
		{"arn:aws:s3:::app1-dev/*", "s3:object"},
		{"arn:aws:s3:::app1-*", "s3:bucket s3:object ssm:bucket"},
		{"arn:aws:dynamodb:eu-west-1:123456789012:table/t", "dynamodb:table"},
		{"arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i", "dynamodb:index"},
		{"arn:aws:dynamodb:eu-west-1:123456789012:table/*/index/*", "dynamodb:index"},
		{"arn:aws:lambda:eu-west-1:123456789012:function:f", "lambda:function"},
		{"arn:aws:lambda:eu-west-1:123456789012:function:f:live", "lambda:function alias lambda:function version"},
		{"arn:aws:kms:eu-west-1:123456789012:alias/app/key", "kms:alias events:alias"},
		{"arn:aws:iam::aws:policy/ReadOnlyAccess", "iam:policy"},
		{"arn:aws:ec2:eu-west-1::image/ami-1", "ec2:image"},
		{"arn:aws:nosuch:eu-west-1:123456789012:thing", ""},
		{"arn:aws:dynamodb:eu-west-1:123456789012:table/t*", "dynamodb:backup dynamodb:export dynamodb:import dynamodb:index dynamodb:stream dynamodb:table"},
		{"arn:aws:iam::123456789012:role/app/*", "iam:role ec2:role ssm:iam-role sts:role"},
		{"nonsense", ""},
	} {
		var got []string
		for _, typ := range catalogue.Default().ResourceTypes(test.arn) {
			got = append(got, typ.Service.Prefix+":"+typ.Name)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s is %q, want %q", test.arn, got, test.want)
		}
	}
}

// Every type of the catalogue is found by an ARN made from its own pattern, and
// a star is each of them.
func TestEveryTypeIsFound(t *testing.T) {
	c := catalogue.Default()
	all := 0
	for _, s := range c.Services {
		for i := range s.ResourceTypes {
			typ := &s.ResourceTypes[i]
			all++
			for _, pattern := range typ.ARNs {
				if arn := fill(pattern); !typ.Matches(arn) {
					t.Errorf("%s %s does not match %s", s.Prefix, typ.Name, arn)
				}
			}
			if !typ.Matches("*") || !typ.Matches("arn:*") {
				t.Errorf("%s %s is not among everything", s.Prefix, typ.Name)
			}
		}
	}
	if got := len(c.ResourceTypes("*")); got != all {
		t.Errorf("a star is %d of %d types", got, all)
	}
}

// fill gives each variable of a pattern a value.
func fill(pattern string) string {
	for {
		start := strings.Index(pattern, "${")
		if start < 0 {
			return strings.ReplaceAll(pattern, "*", "x")
		}
		end := start + strings.IndexByte(pattern[start:], '}')
		pattern = pattern[:start] + "v" + pattern[end+1:]
	}
}
