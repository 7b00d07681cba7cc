package compare_test

import (
	"math/rand/v2"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/compare"
)

// FuzzCompare compares whatever documents IAM takes. It must end, its examples
// must be some, and sides that are equal must agree.
func FuzzCompare(f *testing.F) {
	g := generator{rand.New(rand.NewPCG(1, 1))}
	for range 20 {
		f.Add(g.document().String(), g.document().String())
	}
	for _, p := range equalPairs {
		f.Add(`{"Version":"2012-10-17","Statement":[`+p.a+`]}`, `{"Version":"2012-10-17","Statement":[`+p.b+`]}`)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		first, err := policy.Parse(a, policy.Identity)
		if err != nil {
			t.Skip()
		}
		second, err := policy.Parse(b, policy.Identity)
		if err != nil {
			t.Skip()
		}
		sideA, sideB := compare.Side{Policies: []*policy.Policy{first}}, compare.Side{Policies: []*policy.Policy{second}}
		r := compare.Compare(sideA, sideB, compare.Options{Budget: 300_000})
		checkExamples(t, sideA, sideB, r)
		if !r.Equal() {
			return
		}
		g := generator{rand.New(rand.NewPCG(1, 1))}
		for range 200 {
			q := g.request(catalogue.Default())
			if asked(q.Action, sideA, sideB) && allows(sideA, q) != allows(sideB, q) {
				t.Fatalf("said to be equal, but not on %s on %s in %v", q.Action, q.Resource, q.Context)
			}
		}
	})
}
