package leastprivilege

import (
	"slices"

	"github.com/fortlet/fortlet/policy"
)

// outcome is what the current policies say of a call.
type outcome uint8

const (
	allowed   outcome = iota
	unallowed         // no statement allows it: another policy did, or they have changed
	denied            // a statement denies it: they have changed
)

// grant finds, for a call, what the new policy has to say: no more than the
// statements of the current policies that allow it.
func (c *Current) grant(call *call, s *Subject) (outcome, []granted) {
	if c == nil {
		return allowed, []granted{{resources: []string{call.target.text()}}}
	}
	if c.denied(call, s) {
		return denied, nil
	}
	var grants []granted
	if call.target.Pattern {
		grants = c.wide(call, s)
	} else {
		grants = c.exact(call, s)
	}
	if grants == nil && len(c.Unreadable) > 0 { // one of them may have allowed it
		grants = []granted{{resources: []string{call.target.text()}}}
	}
	if grants == nil {
		return unallowed, nil
	}
	return allowed, grants
}

// text is the target in a policy's spelling.
func (t Target) text() string {
	if t.Pattern {
		return t.ARN
	}
	return escape(t.ARN)
}

// denied reports a call that a statement denies for certain.
func (c *Current) denied(call *call, s *Subject) bool {
	for _, g := range c.denies {
		if !call.target.Pattern && len(g.open(call.facts)) == 0 &&
			g.full.Evaluate(call.request(s, call.target.ARN)).Effect == policy.Deny {
			return true
		}
		if call.target.Pattern && g.Condition == nil && g.ofAction(call.action) && g.holds(call.target.ARN) {
			return true
		}
	}
	return false
}

// exact finds the statement that allows a call on a known resource: best one
// without conditions, then one whose conditions are known to hold. Where only
// statements are left whose conditions are about what the record does not tell,
// it gives all of them: any one may have allowed the call.
func (c *Current) exact(call *call, s *Subject) (grants []granted) {
	r := call.request(s, call.target.ARN)
	best := 0
	for _, g := range c.allows {
		n := g.rank(r, call)
		if n == 0 || n < best || n == best && n > guessed {
			continue
		}
		if n > best {
			best, grants = n, nil
		}
		with := g.narrowed(call)
		with.conditions = newConditions(g.Condition)
		grants = append(grants, with)
	}
	return grants
}

// The ranks of a statement: how surely it allows a call.
const (
	guessed = iota + 1 // if what is not known holds
	known              // its conditions hold
	certain            // it has none
)

// rank tells how surely the statement allows a call, 0 if it does not.
func (g *grant) rank(r *policy.Request, call *call) int {
	if !g.ofAction(call.action) {
		return 0
	}
	open := g.open(call.facts)
	switch {
	case len(open) > 0:
		if g.relaxed(call.facts).Evaluate(r).Effect == policy.Allow {
			return guessed
		}
	case g.full.Evaluate(r).Effect != policy.Allow:
	case g.Condition != nil:
		return known
	default:
		return certain
	}
	return 0
}

// wide finds what the current policies allow of a call whose resource is not
// known in full: the pattern where a statement covers it, otherwise the
// statements' own resources.
func (c *Current) wide(call *call, s *Subject) (grants []granted) {
	var narrow []granted
	for _, g := range c.allows {
		if !g.ofAction(call.action) || !g.meets(call.target.ARN) || !g.may(call, s) {
			continue
		}
		with := granted{conditions: newConditions(g.Condition)}
		if g.holds(call.target.ARN) {
			with.resources = []string{call.target.ARN}
			if g.Condition == nil {
				return []granted{with} // no other statement adds to it
			}
			grants = append(grants, with)
			continue
		}
		if with.notResources = slices.Clone(g.NotResource); g.NotResource == nil {
			with.resources = g.meeting(call.target.ARN)
		}
		narrow = append(narrow, with)
	}
	return append(grants, narrow...)
}

// may reports whether the statement's conditions hold for a call, or are about
// what its record does not tell.
func (g *grant) may(call *call, s *Subject) bool {
	if g.Condition == nil {
		return true
	}
	anything := &grant{statement: statement{Effect: "Allow", Action: list{"*"}, Resource: list{"*"}, Condition: g.Condition}}
	return anything.relaxed(call.facts).Evaluate(call.request(s, call.target.ARN)).Effect == policy.Allow
}

// meeting are the statement's resources that something that a pattern stands
// for can be.
func (g *grant) meeting(pattern string) (list []string) {
	for i, r := range g.resources {
		if overlap(r, withoutVariables(pattern)) {
			list = append(list, g.Resource[i])
		}
	}
	return list
}
