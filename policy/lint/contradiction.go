package lint

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var conditionNeverHolds = defineOwn(Warning, "CONDITION_NEVER_HOLDS", "The conditions on %s exclude each other: the statement never applies.")

// checkContradictions looks for two conditions on one key that cannot both hold.
func (l *linter) checkContradictions(s *statement) {
	for i := range s.conditions {
		for j := range i {
			a, b := &s.conditions[j], &s.conditions[i]
			if !l.spend(1 + len(a.values)*len(b.values) + a.length()*b.length()/256) {
				return
			}
			if a.is(b.key) && a.simple() && b.simple() && (a.excludes(b) || b.excludes(a)) {
				l.reportAll(conditionNeverHolds, []place{a.keyPlace, b.keyPlace}, a.key)
			}
		}
	}
}

// simple says whether the condition compares one value of the request, with
// values that are known.
func (c *condition) simple() bool {
	return c.known && c.operator.qualifier == "" && len(c.values) > 0 &&
		!slices.ContainsFunc(c.values, func(v value) bool { return variable(v.text) })
}

// excludes says whether where this condition holds, the other one never does.
func (c *condition) excludes(other *condition) bool {
	a, b := c.operator, other.operator
	switch {
	case a.family == nullFamily && c.wantsMissing() && b.needsKey():
		return true
	case a.family == nullFamily && b.family == nullFamily:
		return c.wantsMissing() != other.wantsMissing()
	case a.ifExists || b.ifExists:
		return false
	case a.base == "stringequals" && b.base == "stringnotequals", a.base == "arnequals" && b.base == "arnnotequals",
		a.base == "stringlike" && b.base == "stringnotlike", a.base == "arnlike" && b.base == "arnnotlike",
		a.base == "ipaddress" && b.base == "notipaddress":
		return c.all(func(v string) bool { return other.any(func(o string) bool { return o == v }) })
	case a.base == "stringequals" && b.base == "stringlike":
		return c.all(func(v string) bool { return !other.any(func(o string) bool { return covers(o, v) }) })
	case strings.Contains(a.base, "lessthan") && strings.Contains(b.base, "greaterthan") && a.family == b.family:
		return c.bound(slices.Max[[]float64]) < other.bound(slices.Min[[]float64])
	}
	return false
}

// wantsMissing says whether a Null condition wants that there is no key.
func (c *condition) wantsMissing() bool {
	return c.operator.family == nullFamily && c.all(func(v string) bool { return strings.EqualFold(v, "true") })
}

// length is that of all values together.
func (c *condition) length() (n int) {
	for _, v := range c.values {
		n += len(v.text)
	}
	return n
}

func (c *condition) all(f func(string) bool) bool {
	return !slices.ContainsFunc(c.values, func(v value) bool { return !f(v.text) })
}

func (c *condition) any(f func(string) bool) bool {
	return slices.ContainsFunc(c.values, func(v value) bool { return f(v.text) })
}

// bound is the widest of the condition's numbers or dates. What is neither has
// no bound, and excludes nothing.
func (c *condition) bound(widest func([]float64) float64) float64 {
	var list []float64
	for _, v := range c.values {
		n, err := strconv.ParseFloat(v.text, 64)
		if err != nil {
			t, err := time.Parse(time.RFC3339, v.text)
			if err != nil {
				if t, err = time.Parse(time.DateOnly, v.text); err != nil {
					return widest([]float64{-maxNumber, maxNumber})
				}
			}
			n = float64(t.Unix())
		}
		list = append(list, n)
	}
	return widest(list)
}

const maxNumber = 1 << 62
