package htmlreport_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// Two accounts as a team has them: the same roles under the names of their
// environments, and what has drifted apart since.

const (
	devAccount = "123456789012"
	qaAccount  = "987654321098"
)

var dictionary = equivalence.New(
	equivalence.Entry{Name: "ENV", Strings: []string{"dev", "qa"}},
	equivalence.Entry{Name: "ACCOUNT", Strings: []string{devAccount, qaAccount}},
)

func trusts(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, service)
}

type roleSpec struct {
	name, path, trust string
	policies          map[string]string
	tags              map[string]string
}

func account(id, env string, roles ...roleSpec) *snapshot.Account {
	a := &snapshot.Account{ID: id, Taken: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)}
	fill := strings.NewReplacer("ENV", env, "ACCOUNT", id).Replace
	for i, r := range roles {
		if r.path == "" {
			r.path = "/"
		}
		role := snapshot.Role{Trust: fill(r.trust), Entity: snapshot.Entity{
			Name: fill(r.name), Path: r.path, ARN: fill("arn:aws:iam::ACCOUNT:role" + r.path + r.name), ID: fmt.Sprintf("AROA%016d", i), Tags: r.tags,
		}}
		for name, text := range r.policies {
			role.Inline = append(role.Inline, snapshot.InlinePolicy{Name: fill(name), Document: fill(text)})
		}
		a.Roles = append(a.Roles, role)
	}
	a.Sort()
	return a
}

const reads = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Sid": "Bucket", "Effect": "Allow",
    "Action": [%s],
    "Resource": ["arn:aws:s3:::app1-ENV", "arn:aws:s3:::app1-ENV/*"]
  }]
}`

func team(env string, qa bool) []roleSpec {
	read := fmt.Sprintf(reads, `"s3:Get*", "s3:List*"`)
	orders := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:us-east-1:ACCOUNT:orders-ENV"},{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"sqs.us-east-1.amazonaws.com"}}}]}`
	audit := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetRole","iam:GetRolePolicy"],"Resource":"*"},{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}]}`
	deploy := trusts("codebuild")
	if qa {
		read = fmt.Sprintf(reads, `"s3:Get*", "s3:List*", "s3:PutObject"`)
		orders = strings.Replace(orders, `,"Condition":{"StringEquals":{"kms:ViaService":"sqs.us-east-1.amazonaws.com"}}`, "", 1)
		audit = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["cloudtrail:LookupEvents","iam:GetRolePolicy","iam:GetRole"],"Resource":["*","arn:aws:iam::ACCOUNT:role/*"]}}`
		deploy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com","AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}`
	}
	roles := []roleSpec{
		{name: "app1_ENV", trust: trusts("ec2"), policies: map[string]string{"app1-bucket": read}},
		{name: "orders-worker-ENV", trust: trusts("lambda"), policies: map[string]string{"orders": orders}},
		{name: "audit-reader", trust: trusts("ec2"), policies: map[string]string{"read": audit}},
		{name: "deploy", path: "/ci/", trust: deploy, policies: map[string]string{"deploy": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"cloudformation:*","Resource":"*"}}`}},
		{name: "AWSServiceRoleForSupport", path: "/aws-service-role/support.amazonaws.com/", trust: trusts("support")},
	}
	for _, name := range []string{"billing", "catalogue", "checkout", "mailer", "search", "thumbnails"} {
		roles = append(roles, roleSpec{name: name + "-ENV", trust: trusts("lambda"), policies: map[string]string{
			"own": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":"arn:aws:dynamodb:us-east-1:ACCOUNT:table/` + name + `-ENV"}}`,
		}})
	}
	if qa {
		return append(roles, roleSpec{name: "load-test", trust: trusts("ecs-tasks"), policies: map[string]string{"run": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":"*"}}`}})
	}
	return append(roles, roleSpec{name: "sandbox", trust: trusts("ec2"), policies: map[string]string{"all": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}})
}

// compare is the comparison of two accounts.
func compare(t testing.TB, a, b *snapshot.Account, d *equivalence.Dictionary) *diff.Report {
	t.Helper()
	data, err := diff.WriteReference(catalogue.Default())
	if err != nil {
		t.Fatal(err)
	}
	reference, err := diff.ReadReference(data)
	if err != nil {
		t.Fatal(err)
	}
	side := func(tag string, a *snapshot.Account) diff.Input {
		return diff.Input{Side: diff.Side{Tag: tag, Profile: tag + "-profile", Account: a.ID, Taken: a.Taken}, Snapshot: a}
	}
	c, err := diff.Compare(t.Context(), side("dev", a), side("qa", b), diff.Options{Dictionary: d, Reference: reference, Semantic: true})
	if err != nil {
		t.Fatal(err)
	}
	return c.Report()
}

func teams(t testing.TB) *diff.Report {
	t.Helper()
	return compare(t, account(devAccount, "dev", team("dev", false)...), account(qaAccount, "qa", team("qa", true)...), dictionary)
}
