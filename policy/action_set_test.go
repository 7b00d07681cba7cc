package policy

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestLongActionLists compares the search of long lists with looking at every
// pattern.
func TestLongActionLists(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	services := []string{"s3", "S3", "sqs", "sns", "kms", "s3-outposts", "iam"}
	names := []string{"Get", "GetObject", "Put", "List", "L", "Delete"}
	wild := []string{"", "", "*", "?", "*t"}
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	matched := 0
	for range 20_000 {
		var list []string
		var patterns []actionPattern
		for range short + 1 + r.IntN(20) {
			action := pick(services) + ":" + pick(names) + pick(wild)
			if r.IntN(60) == 0 {
				action = pick([]string{"s*:Get*", "k?s:L", "s3*"}) // the wildcard is in the service
			}
			list = append(list, action)
			patterns = append(patterns, newActionPattern(action))
		}
		set := compileActions(Statement{Actions: list})
		if set.services == nil {
			t.Fatal("the list is not long")
		}
		action := pick(services) + ":" + pick(names) + pick([]string{"", "t", "Acl"})
		if r.IntN(2) == 0 {
			action = strings.ToUpper(action)
		}
		want := matchAny(patterns, action)
		if want {
			matched++
		}
		if got := set.match(action); got != want {
			t.Fatalf("%s in %q: %t, want %t", action, list, got, want)
		}
		not := compileActions(Statement{NotActions: list})
		if got := not.match(action); got == want {
			t.Fatalf("%s not in %q: %t", action, list, got)
		}
	}
	if matched < 1000 || matched > 19_000 {
		t.Errorf("%d of 20,000 actions matched: the test tells little", matched)
	}
}
