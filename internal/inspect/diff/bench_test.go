package diff_test

import (
	"fmt"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// world is an account of many roles: each has its own inline policies, two
// managed ones of its own and one that others have, too: those of odd number may
// do everything. In env qa every tenth may do more than in dev, and every seventh
// is worded otherwise.
func world(account, env string, roles int) *snapshot.Account {
	a := &snapshot.Account{ID: account}
	managed := func(name, document string) string {
		arn := "arn:aws:iam::" + account + ":policy/" + name
		a.Policies = append(a.Policies, snapshot.ManagedPolicy{ARN: arn, Name: name, Path: "/", Version: "v1", Document: document})
		return arn
	}
	shared := []string{
		managed("administrator", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
		managed("reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","ec2:Describe*","iam:List*","iam:Get*"],"Resource":"*"}]}`),
	}
	for i := range roles {
		name := fmt.Sprintf("app%d_%s", i, env)
		actions := `"s3:GetObject","s3:PutObject"`
		if env == "qa" && i%7 == 0 {
			actions = `"s3:PutObject","s3:GetObject"`
		}
		if env == "qa" && i%10 == 0 {
			actions += `,"s3:DeleteObject"`
		}
		bucket := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[%s],"Resource":"arn:aws:s3:::%s-data/*"},{"Effect":"Allow","Action":"s3:List*","Resource":"arn:aws:s3:::%s-data"}]}`, actions, name, name)
		queue := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage","sqs:Receive*"],"Resource":"arn:aws:sqs:us-east-1:%s:%s"}]}`, account, name)
		table := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-east-1:%s:table/%s","Condition":{"StringEquals":{"aws:SourceAccount":"%s"}}}]}`, account, name, account)
		a.Roles = append(a.Roles, snapshot.Role{
			Entity: snapshot.Entity{
				Name: name, Path: "/", ARN: "arn:aws:iam::" + account + ":role/" + name,
				Inline:   []snapshot.InlinePolicy{{Name: "bucket", Document: bucket}, {Name: "queue", Document: queue}, {Name: "table", Document: table}},
				Attached: []string{managed(name+"-a", bucket), managed(name+"-b", queue), shared[1-i%2]},
			},
			Trust: fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}]}`, account),
		})
	}
	a.Sort()
	return a
}

func worlds(roles int) (a, b diff.Input) {
	return diff.Input{Side: diff.Side{Tag: "dev", Profile: "a"}, Snapshot: world("123456789012", "dev", roles)},
		diff.Input{Side: diff.Side{Tag: "qa", Profile: "b"}, Snapshot: world("987654321098", "qa", roles)}
}

var worldDictionary = equivalence.New(
	equivalence.Entry{Name: "accountname", Strings: []string{"dev", "qa"}},
	equivalence.Entry{Name: "000000000000", Strings: []string{"123456789012", "987654321098"}},
)

func fullReference(t testing.TB) *diff.Reference {
	t.Helper()
	data, err := diff.WriteReference(catalogue.Default())
	if err != nil {
		t.Fatal(err)
	}
	r, err := diff.ReadReference(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// BenchmarkCompare is the comparison alone, of two accounts of 1,000 roles with
// 5,000 policies of their own each.
func BenchmarkCompare(b *testing.B) {
	for _, semantic := range []bool{false, true} {
		for _, roles := range []int{100, 1000, 10000} {
			b.Run(fmt.Sprintf("semantic=%v/roles=%d", semantic, roles), func(b *testing.B) {
				x, y := worlds(roles)
				reference := fullReference(b)
				b.ReportAllocs()
				for b.Loop() {
					c, err := diff.Compare(b.Context(), x, y, diff.Options{Dictionary: worldDictionary, Reference: reference, Semantic: semantic})
					if err != nil {
						b.Fatal(err)
					}
					for _, at := range []diff.At{diff.InA, diff.InB} {
						for range c.Tuples(at) {
						}
					}
				}
			})
		}
	}
}
