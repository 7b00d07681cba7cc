package compare

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// index is a catalogue in the form in which classes of actions are made.
type index struct {
	services []*serviceIndex // in order of their prefixes
	byPrefix map[string]*serviceIndex
	domains  []*domain

	catalogue *catalogue.Catalogue
	mu        sync.Mutex
	keys      map[string]*catalogue.ConditionKey // guarded by mu
}

// serviceIndex is the actions of a service, in order of their names in lower case.
type serviceIndex struct {
	prefix  string // in lower case, with its colon
	names   []string
	actions []*catalogue.Action
	domains []int // of each action
}

var indexes sync.Map // by *catalogue.Catalogue

func indexOf(c *catalogue.Catalogue) *index {
	if x, ok := indexes.Load(c); ok {
		return x.(*index)
	}
	x, _ := indexes.LoadOrStore(c, newIndex(c))
	return x.(*index)
}

func newIndex(c *catalogue.Catalogue) *index {
	x := &index{byPrefix: make(map[string]*serviceIndex), catalogue: c, keys: make(map[string]*catalogue.ConditionKey)}
	numbers := make(map[string]int)
	for _, s := range c.Services {
		si := &serviceIndex{prefix: lower(s.Prefix) + ":"}
		for i := range s.Actions {
			si.actions = append(si.actions, &s.Actions[i])
		}
		slices.SortFunc(si.actions, func(a, b *catalogue.Action) int {
			return strings.Compare(lower(a.Name), lower(b.Name))
		})
		for _, a := range si.actions {
			si.names = append(si.names, lower(a.Name))
			texts := templatesOf(a)
			name := strings.Join(texts, "\x00")
			n, ok := numbers[name]
			if !ok {
				n = len(x.domains)
				numbers[name] = n
				d := &domain{}
				for _, t := range texts {
					d.templates = append(d.templates, newTemplate(t))
				}
				x.domains = append(x.domains, d)
			}
			si.domains = append(si.domains, n)
		}
		x.services = append(x.services, si)
		x.byPrefix[strings.TrimSuffix(si.prefix, ":")] = si
	}
	return x
}

// covered are the actions, as a range, that a name pattern covers if it is exact
// or has a star at its end only; ok is false for other patterns.
func (s *serviceIndex) covered(pattern string) (from, to int, ok bool) {
	i := strings.IndexAny(pattern, "*?")
	switch {
	case i < 0:
		from, found := slices.BinarySearch(s.names, pattern)
		if found {
			return from, from + 1, true
		}
		return 0, 0, true
	case pattern[i:] != "*":
		return 0, 0, false
	}
	head := pattern[:i]
	from = sort.SearchStrings(s.names, head)
	to = from + sort.Search(len(s.names)-from, func(n int) bool { return !strings.HasPrefix(s.names[from+n], head) })
	return from, to, true
}

// mark sets the actions that a name pattern covers, and reports whether there
// are any.
func (s *serviceIndex) mark(set []bool, pattern string) bool {
	from, to, ok := s.covered(pattern)
	if ok {
		for i := from; i < to; i++ {
			set[i] = true
		}
		return from < to
	}
	found := false
	for i, name := range s.names {
		if policy.MatchAction(pattern, name) {
			set[i], found = true, true
		}
	}
	return found
}
