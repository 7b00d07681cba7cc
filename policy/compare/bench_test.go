package compare_test

import (
	"encoding/json"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/compare"
)

const appRole = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::app1-data/*"},
	{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::app1-data","Condition":{"StringLike":{"s3:prefix":["in/*","out/*"]}}},
	{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:us-east-1:123456789012:app1-*"},
	{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:us-east-1:123456789012:key/*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}},
	{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`

// appRoleReworded says the same in other words; appRoleMore allows one action more.
const (
	appRoleReworded = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
	{"Effect":"Allow","Action":["logs:PutLogEvents","logs:CreateLog*"],"Resource":"*"},
	{"Effect":"Deny","Action":"logs:CreateLogDelivery","Resource":"*"},
	{"Effect":"Deny","Action":"logs:CreateLogAnomalyDetector","Resource":"*"},
	{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":["arn:aws:s3:::app1-data/*","arn:aws:s3:::app1-data"]},
	{"Effect":"Allow","Action":["s3:PutObject"],"Resource":"arn:aws:s3:::app1-data/*"},
	{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::app1-data","Condition":{"StringLike":{"s3:prefix":["out/*"]}}},
	{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::app1-data","Condition":{"StringLike":{"s3:prefix":["in/*"]}}},
	{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:us-east-1:123456789012:app1-*"},
	{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:us-east-1:123456789012:key/*","Condition":{"StringLike":{"kms:viaservice":"s3.us-east-1.amazonaws.com"}}}]}`
	appRoleMore = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:PutObjectAcl"],"Resource":"arn:aws:s3:::app1-data/*"},
	{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::app1-data","Condition":{"StringLike":{"s3:prefix":["in/*","out/*"]}}},
	{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:us-east-1:123456789012:app1-*"},
	{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:us-east-1:123456789012:key/*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}},
	{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"},
	{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	administrator = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

// readOnly allows what reads and lists: by patterns as ReadOnlyAccess does, or
// action by action.
func readOnly(patterns bool) string {
	var actions []string
	for _, s := range catalogue.Default().Services {
		for _, verb := range []string{"Get", "List", "Describe"} {
			pattern := s.Prefix + ":" + verb + "*"
			n := len(actions)
			for a := range catalogue.Default().Expand(pattern) {
				actions = append(actions, a.String())
			}
			if patterns && len(actions) > n {
				actions = append(actions[:n], pattern)
			}
		}
	}
	list, err := json.Marshal(actions)
	if err != nil {
		panic(err)
	}
	return `{"Version":"2012-10-17","Statement":[` + on("Allow", string(list), `"*"`, "") + `]}`
}

func sideOf(t testing.TB, doc string) compare.Side {
	return compare.Side{Policies: []*policy.Policy{parse(t, policy.Identity, doc)}}
}

func BenchmarkCompare(b *testing.B) {
	for _, c := range []struct{ name, a, b string }{
		{"the same app role", appRole, appRole},
		{"app role reworded", appRole, appRoleReworded},
		{"app role with more", appRole, appRoleMore},
		{"administrator and read only", administrator, readOnly(true)},
		{"read only by patterns and by name", readOnly(true), readOnly(false)},
	} {
		b.Run(c.name, func(b *testing.B) {
			x, y := sideOf(b, c.a), sideOf(b, c.b)
			compare.Compare(x, y, compare.Options{})
			b.ReportAllocs()
			for b.Loop() {
				compare.Compare(x, y, compare.Options{})
			}
		})
	}
}

// TestLarge compares policies of the size of AWS's own.
func TestLarge(t *testing.T) {
	if r := compare.Compare(sideOf(t, appRole), sideOf(t, appRoleReworded), compare.Options{}); !r.Equal() {
		t.Errorf("app role:\n%s", show(r))
	}
	if r := compare.Compare(sideOf(t, readOnly(true)), sideOf(t, readOnly(false)), compare.Options{}); !r.Equal() {
		t.Errorf("read only:\n%s", show(r))
	}
	r := compare.Compare(sideOf(t, administrator), sideOf(t, readOnly(true)), compare.Options{})
	if len(r.OnlyA) != 10 || !r.MoreA || len(r.OnlyB) > 0 || len(r.Undecided) > 0 {
		t.Errorf("administrator and read only:\n%s", show(r))
	}
}
