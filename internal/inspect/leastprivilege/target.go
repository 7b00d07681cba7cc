package leastprivilege

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// targets finds the resources of a call: the ARNs that its record names, where
// they are of a type that the action acts on, or else the type's own pattern
// filled in with the request's parameters. What the record does not tell stays
// a wildcard.
func (m *Mapper) targets(r *Record, a *catalogue.Action) (list []Target) {
	if len(a.Resources) == 0 {
		return []Target{everything}
	}
	known := r.arns()
	for _, res := range a.Resources {
		found := m.ofType(r, known, res.Type)
		if found == nil {
			found = m.filled(r, res.Type, res.Required)
		}
		for _, t := range found {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	if list == nil {
		return []Target{everything}
	}
	return list
}

// ofType gives the ARNs that are of a type. Of one that the call made, only the
// type is kept.
func (m *Mapper) ofType(r *Record, arns []string, t *catalogue.ResourceType) (list []Target) {
	for _, arn := range arns {
		if !slices.Contains(m.Catalogue.ResourceTypes(escape(arn)), t) {
			continue
		}
		if r.made(arn) {
			return m.filled(r, t, true)
		}
		list = append(list, Target{ARN: arn})
	}
	return list
}

// filled fills in the patterns of a type. Where some variable has no value it
// gives something only if it has to.
func (m *Mapper) filled(r *Record, t *catalogue.ResourceType, required bool) (list []Target) {
	for _, pattern := range t.ARNs {
		f := filler{mapper: m, record: r}
		parts := f.fill(pattern)
		if f.complete || required {
			list = append(list, parts...)
		}
	}
	return list
}

// filler fills in one pattern.
type filler struct {
	mapper   *Mapper
	record   *Record
	complete bool
}

// maxFilled bounds how many resources the parameters of one call make.
const maxFilled = 1000

func (f *filler) fill(pattern string) []Target {
	f.complete = true
	list := []Target{{}}
	for pattern != "" {
		literal, rest, ok := strings.Cut(pattern, "${")
		list = extend(list, []Target{{ARN: literal}})
		if !ok {
			break
		}
		var variable string
		variable, pattern, _ = strings.Cut(rest, "}")
		values := f.values(strings.ToLower(variable))
		if len(values) == 0 || len(values)*len(list) > maxFilled {
			f.complete = false
			values = []Target{{ARN: "*", Pattern: true}}
		}
		list = extend(list, values)
	}
	return list
}

// extend joins every beginning to every continuation. A literal that becomes
// part of a pattern is escaped.
func extend(list, by []Target) (joined []Target) {
	for _, a := range list {
		for _, b := range by {
			switch {
			case a.Pattern && !b.Pattern:
				b.ARN = escape(b.ARN)
			case b.Pattern && !a.Pattern:
				a.ARN = escape(a.ARN)
			}
			joined = append(joined, Target{a.ARN + b.ARN, a.Pattern || b.Pattern, a.Either || b.Either})
		}
	}
	return joined
}
