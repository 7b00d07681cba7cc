package policy_test

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

var (
	pairs = flag.Int("policy.pairs", 200_000, "random policy/request pairs to compare with the reference evaluator")
	seed  = flag.Uint64("policy.seed", 1, "seed of the random pairs")
)

// TestAgreesWithReference compares the evaluator with the slow and obvious one.
func TestAgreesWithReference(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(*seed, 2012))}
	effects := map[policy.Effect]int{}
	for n := 0; n < *pairs; {
		kind := pick(g, []policy.Kind{policy.Identity, policy.Resource})
		doc := g.document(kind)
		p, err := policy.Parse(doc, kind)
		if err != nil {
			t.Fatalf("%s\n%v", doc, err)
		}
		ref := newReference(doc)
		for range 10 {
			r := g.request()
			got, want := p.Evaluate(r), ref.evaluate(r)
			if got != want {
				request, _ := json.Marshal(r)
				t.Fatalf("policy %s\nrequest %s\n got %+v\nwant %+v\n%s", doc, request, got, want, p.Explain(r))
			}
			effects[got.Effect]++
			n++
		}
	}
	t.Logf("%d pairs: %v", *pairs, effects)
	for _, e := range []policy.Effect{policy.NoMatch, policy.Allow, policy.Deny} {
		if effects[e] < *pairs/20 {
			t.Errorf("only %d of %d pairs end in %s: the generator no longer tests it", effects[e], *pairs, e)
		}
	}
}
