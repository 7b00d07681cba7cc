package kms

import (
	"strconv"
	"strings"
	"testing"
)

// TestCacheIsBounded: neither many keys nor long policies take memory without
// end.
func TestCacheIsBounded(t *testing.T) {
	var c cache
	put := func(row, size int) { c.put(strconv.Itoa(row), &opened{Key: &Key{Policy: strings.Repeat("x", size)}}) }
	check := func(what string, least, most int) {
		t.Helper()
		length := 0
		for _, o := range c.rows {
			length += len(o.Policy)
		}
		if n := len(c.rows); n < least || n > most || length != c.policies || length > cachedPolicies {
			t.Errorf("%s: %d keys with policies of %d bytes, counted as %d", what, n, length, c.policies)
		}
	}
	for i := range 2 * cached {
		put(i, 400)
	}
	check("many keys", cached, cached)
	for i := range 2 * cached {
		put(i, maxPolicy)
	}
	check("long policies", cachedPolicies/maxPolicy, cachedPolicies/maxPolicy)
	for range 10 {
		put(2*cached-1, maxPolicy) // the same key again
	}
	check("one key again", cachedPolicies/maxPolicy, cachedPolicies/maxPolicy)
	if c.get(strconv.Itoa(2*cached-1)) == nil {
		t.Error("the newest key is not kept")
	}
	c.drop(strconv.Itoa(2*cached - 1))
	c.drop("none")
	check("one dropped", cachedPolicies/maxPolicy-1, cachedPolicies/maxPolicy-1)
	c.clear()
	check("cleared", 0, 0)
}
