package report_test

import (
	"fmt"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// BenchmarkWrite writes the files of two accounts with 100 roles that may read
// everything: some million rows.
func BenchmarkWrite(b *testing.B) {
	data, err := diff.WriteReference(catalogue.Default())
	if err != nil {
		b.Fatal(err)
	}
	reference, err := diff.ReadReference(data)
	if err != nil {
		b.Fatal(err)
	}
	var patterns string
	for i, s := range catalogue.Default().Services {
		if i > 0 {
			patterns += ","
		}
		patterns += fmt.Sprintf(`"%[1]s:Get*","%[1]s:List*","%[1]s:Describe*"`, s.Prefix)
	}
	const arn = "arn:aws:iam::111122223333:policy/reader"
	a := &snapshot.Account{Policies: []snapshot.ManagedPolicy{{ARN: arn, Name: "reader", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + patterns + `],"Resource":"*"}]}`}}}
	for i := range 100 {
		name := fmt.Sprintf("role%d", i)
		a.Roles = append(a.Roles, snapshot.Role{Entity: snapshot.Entity{Name: name, Path: "/", ARN: "arn:aws:iam::111122223333:role/" + name, Attached: []string{arn}}, Trust: `{}`})
	}
	a.Sort()
	c, err := diff.Compare(b.Context(), diff.Input{Side: diff.Side{Tag: "a"}, Snapshot: a}, diff.Input{Side: diff.Side{Tag: "b"}, Snapshot: a}, diff.Options{Reference: reference})
	if err != nil {
		b.Fatal(err)
	}
	rows := 0
	for range c.Tuples(diff.InA) {
		rows++
	}
	folder := b.TempDir()
	for b.Loop() {
		if err := report.Write(folder, c, false); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(2*rows), "rows/op")
}
