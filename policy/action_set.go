package policy

import (
	"maps"
	"slices"
	"strings"
)

// actionSet is an Action or NotAction element. Policies such as ReadOnlyAccess
// name many hundreds of actions, so the patterns of a long list lie in order of
// their service: a request looks at those of its own service only.
type actionSet struct {
	anywhere []actionPattern // of a short list, or without one service: "*", "s?:Get*"
	services []serviceActions
	negated  bool
}

// short is the length up to which a list is looked through faster than it is
// searched.
const short = 8

// serviceActions are the patterns of one service, named in lower case.
type serviceActions struct {
	service  string
	patterns []actionPattern
}

func compileActions(s Statement) actionSet {
	set := actionSet{negated: s.NotActions != nil}
	byService := make(map[string][]actionPattern)
	all := slices.Concat(s.Actions, s.NotActions)
	for _, action := range all {
		p := newActionPattern(action)
		service, _, found := strings.Cut(p.head, ":")
		if !found || len(all) <= short {
			set.anywhere = append(set.anywhere, p)
			continue
		}
		byService[service] = append(byService[service], p)
	}
	for _, service := range slices.Sorted(maps.Keys(byService)) {
		set.services = append(set.services, serviceActions{service, byService[service]})
	}
	return set
}

func (a *actionSet) match(action string) bool {
	if matchAny(a.anywhere, action) || a.services != nil && matchAny(a.of(action), action) {
		return !a.negated
	}
	return a.negated
}

// of are the patterns of an action's service.
func (a *actionSet) of(action string) []actionPattern {
	service, _, _ := strings.Cut(action, ":")
	i, found := slices.BinarySearchFunc(a.services, service, func(s serviceActions, service string) int {
		return compareFold(s.service, service)
	})
	if !found {
		return nil
	}
	return a.services[i].patterns
}

// compareFold compares a text in lower case with one in any case.
func compareFold(lower, s string) int {
	for i := range min(len(lower), len(s)) {
		if d := int(lower[i]) - int(lowerTable[s[i]]); d != 0 {
			return d
		}
	}
	return len(lower) - len(s)
}

func matchAny(patterns []actionPattern, action string) bool {
	for i := range patterns {
		if patterns[i].match(action) {
			return true
		}
	}
	return false
}
