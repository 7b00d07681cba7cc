package compare_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/compare"
)

var (
	pairCount = flag.Int("compare.pairs", 240, "random pairs of policies to compare")
	requests  = flag.Int("compare.requests", 10_000, "random requests on which sides that are said to be equal must agree")
	seed      = flag.Uint64("compare.seed", 1, "seed of the random pairs")
)

// tally counts how comparisons ended.
type tally struct{ equal, different, undecided int }

// TestAgreesWithEvaluator compares random pairs: equal sides must decide random
// requests alike, and every example must be one. For a long run:
//
//	go test ./policy/compare -run Agree -v -compare.pairs 20000 -compare.seed 7
func TestAgreesWithEvaluator(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(*seed, 4))}
	c := catalogue.Default()
	pool := g.pool(c)
	counts := map[string]*tally{"apart": {}, "changed": {}, "reworded": {}}
	for n := range *pairCount {
		a := g.document()
		b := a.clone()
		sort := []string{"apart", "changed", "reworded"}[n%3]
		names := ""
		switch sort {
		case "apart":
			b = g.document()
		case "changed":
			pick(g, changes)(g, &b)
			names = reword(g, c, &b)
		case "reworded":
			names = reword(g, c, &b)
		}
		sideA, sideB := g.side(t, a), g.side(t, b)
		if sort != "apart" {
			sideB.Boundary = sideA.Boundary
		}
		r := compare.Compare(sideA, sideB, compare.Options{})
		checkExamples(t, sideA, sideB, r)
		count := counts[sort]
		switch {
		case r.Equal():
			count.equal++
			checkAgreement(t, g, pool, sideA, sideB)
		case len(r.OnlyA)+len(r.OnlyB) > 0:
			count.different++
			if sort == "reworded" {
				t.Errorf("pair %d: %s changes what is allowed\n%s\n%s\n%s", n, names, a, b, show(r))
			}
		default:
			count.undecided++
			if testing.Verbose() {
				t.Logf("pair %d, %s\n%s\n%s\n%s", n, names, a, b, show(r))
			}
		}
		if t.Failed() {
			t.Fatalf("pair %d (%s), seed %d\n%s\n%s", n, names, *seed, a, b)
		}
	}
	for sort, count := range counts {
		t.Logf("%s: %+v", sort, *count)
	}
}

func reword(g generator, c *catalogue.Catalogue, d *document) (names string) {
	for range 1 + g.IntN(3) {
		name := pick(g, slices.Sorted(maps.Keys(rewordings)))
		rewordings[name](g, c, d)
		*d = d.clone() // statements may share conditions
		names += name + "; "
	}
	return names
}

// side parses a document, in one policy or in two, at times with a boundary.
func (g generator) side(t *testing.T, d document) compare.Side {
	s := compare.Side{Policies: []*policy.Policy{parse(t, policy.Identity, d.String())}}
	if n := len(d.Statement) / 2; n > 0 && g.chance(30) {
		first, second := d, d
		first.Statement, second.Statement = d.Statement[:n], d.Statement[n:]
		s.Policies = []*policy.Policy{parse(t, policy.Identity, first.String()), parse(t, policy.Identity, second.String())}
	}
	if g.chance(15) {
		s.Boundary = parse(t, policy.Boundary, g.document().String())
	}
	return s
}

// pool is random requests, of which each pair is asked some. To make new ones
// for each would take longer than to decide them.
func (g generator) pool(c *catalogue.Catalogue) []*policy.Request {
	pool := make([]*policy.Request, 3**requests)
	for i := range pool {
		pool[i] = g.request(c)
	}
	return pool
}

func checkAgreement(t *testing.T, g generator, pool []*policy.Request, a, b compare.Side) {
	t.Helper()
	start := g.IntN(len(pool) - *requests)
	for _, r := range pool[start : start+*requests] {
		if !asked(r.Action, a, b) {
			continue
		}
		if allows(a, r) != allows(b, r) {
			t.Errorf("said to be equal, but of %s on %s in %v the sides say %v and %v", r.Action, r.Resource, r.Context, allows(a, r), allows(b, r))
			return
		}
	}
}

// asked reports whether there is such an action: of services that the catalogue
// knows those that it lists, and those that a policy spells.
func asked(action string, sides ...compare.Side) bool {
	mark := map[string]string{"s3:nosuchthing": "nosuchthing\"", "s3:nosuch": "nosuch*"}[strings.ToLower(action)]
	if mark == "" {
		return true
	}
	for _, s := range sides {
		for _, p := range append(s.Policies, s.Boundary) {
			if p != nil && strings.Contains(strings.ToLower(p.Document()), mark) {
				return true
			}
		}
	}
	return false
}

func checkExamples(t *testing.T, a, b compare.Side, r *compare.Result) {
	t.Helper()
	check := func(x compare.Example, allowing, other compare.Side) {
		request := x.Request
		if !allows(allowing, &request) || allows(other, &request) {
			t.Errorf("%s on %s in %v is no example", request.Action, request.Resource, request.Context)
			return
		}
		if v := allowing.Policies[x.By].Evaluate(&request); v.Effect != policy.Allow || v.Statement != x.Statement {
			t.Errorf("%s on %s: policy %d says %+v, not statement %d", request.Action, request.Resource, x.By, v, x.Statement)
		}
		denied := other.Boundary != nil && other.Boundary.Evaluate(&request).Effect == policy.Deny
		for _, p := range other.Policies {
			denied = denied || p.Evaluate(&request).Effect == policy.Deny
		}
		if denied != x.Denied {
			t.Errorf("%s on %s: denied is %v", request.Action, request.Resource, denied)
		}
		// What is true of the example is true of the actions like it.
		for _, action := range x.Actions {
			request.Action = action
			if !allows(allowing, &request) || allows(other, &request) {
				t.Errorf("%s on %s is not like %s", action, request.Resource, x.Request.Action)
			}
		}
	}
	for _, x := range r.OnlyA {
		check(x, a, b)
	}
	for _, x := range r.OnlyB {
		check(x, b, a)
	}
}
