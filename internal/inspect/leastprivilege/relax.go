package leastprivilege

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// A record does not tell every condition key. What depends on one that it does
// not tell can be read in two ways: as if it held, or as if it did not. What a
// policy allows in both readings is proven; what only the first allows holds if
// the condition does.

// open are the keys, of conditions and policy variables, on which a statement
// depends and that a record does not tell.
func (s *statement) open(f facts) (keys []string) {
	add := func(key string) {
		if !f.knows(key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, by := range s.Condition {
		for key, values := range by {
			add(key)
			values.variables(add)
		}
	}
	s.Resource.variables(add)
	s.NotResource.variables(add)
	slices.Sort(keys)
	return keys
}

// variables goes through the policy variables of a list.
func (l list) variables(visit func(key string)) {
	for _, text := range l {
		for {
			_, rest, ok := strings.Cut(text, "${")
			if !ok {
				break
			}
			variable, after, _ := strings.Cut(rest, "}")
			key, _, _ := strings.Cut(variable, ",")
			if key = strings.TrimSpace(key); key != "*" && key != "?" && key != "$" {
				visit(key)
			}
			text = after
		}
	}
}

// without is the statement as if all that depends on unknown keys were
// fulfilled.
func (s statement) without(open []string) statement {
	unknown := func(l list) bool {
		found := false
		l.variables(func(key string) { found = found || slices.Contains(open, key) })
		return found
	}
	var kept map[string]map[string]list
	for operator, by := range s.Condition {
		for key, values := range by {
			if slices.Contains(open, key) || unknown(values) {
				continue
			}
			if kept == nil {
				kept = map[string]map[string]list{}
			}
			if kept[operator] == nil {
				kept[operator] = map[string]list{}
			}
			kept[operator][key] = values
		}
	}
	s.Condition = kept
	s.Resource = s.Resource.widened(unknown)
	if unknown(s.NotResource) {
		s.NotResource = slices.DeleteFunc(slices.Clone(s.NotResource), func(r string) bool { return unknown(list{r}) })
		if len(s.NotResource) == 0 {
			s.NotResource, s.Resource = nil, list{"*"}
		}
	}
	return s
}

// widened puts a star in the place of variables that are not known.
func (l list) widened(unknown func(list) bool) list {
	if !unknown(l) {
		return l
	}
	out := slices.Clone(l)
	for i, text := range out {
		if unknown(list{text}) {
			out[i] = withoutVariables(text)
		}
	}
	return out
}

// relaxed is the grant's statement as if its conditions that are not known
// held.
func (g *grant) relaxed(f facts) *policy.Policy {
	p, err := policy.Parse(newDocument(g.statement.without(g.open(f))).String(), policy.Identity)
	if err != nil {
		return new(policy.Policy) // matches nothing
	}
	return p
}

// readings are the two readings of some statements: what they allow at least,
// and what they allow at most.
func readings(statements []statement, f facts) (least, most []statement) {
	for _, s := range statements {
		open := s.open(f)
		switch {
		case len(open) == 0:
			least, most = append(least, s), append(most, s)
		case s.Effect == "Allow":
			most = append(most, s.without(open))
		default:
			least = append(least, s.without(open))
		}
	}
	return least, most
}
