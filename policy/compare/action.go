package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// actionClass is actions to which the same rules apply.
type actionClass struct {
	rules    []bool // which, side A's first
	services []*serviceIndex
	some     []someActions
	unlisted []string // names that the catalogue does not know
}

// someActions are a part of a service's actions.
type someActions struct {
	service *serviceIndex
	numbers []int
}

// group is actions of a class that act on the same resources.
type group struct {
	domain *domain
	names  []string
}

// classes sorts all actions into classes: those of the catalogue, those that
// the policies spell, and for patterns that reach beyond both, names that nobody
// has listed. What no rule applies to is left out.
func (c *comparison) classes() []*actionClass {
	b := classBuilder{comparison: c, byRules: make(map[string]*actionClass)}
	b.set = make([]bool, len(c.rules))
	b.sortPatterns()
	if !b.globbed {
		for i, r := range b.rules {
			b.set[i] = (len(b.anywhere[i]) > 0) != r.notAction
		}
		b.rest = b.class()
	}
	for _, s := range c.index.services {
		b.service(s)
	}
	b.spelled()
	b.beyond()
	if b.unread {
		c.giveUp([]string{"*"}, reasonBudget)
	}
	return b.list
}

type classBuilder struct {
	*comparison
	byRules map[string]*actionClass
	list    []*actionClass
	set     []bool

	anywhere [][]string            // by rule: patterns that are not of one service
	mentions map[string][][]string // by service, by rule: patterns of names
	globbed  bool                  // some pattern of anywhere is more than "*"
	rest     *actionClass          // of services that no pattern mentions, where globbed is false
	unread   bool                  // some pattern was not compared with all actions
	dead     []string              // patterns of a known service that cover none of its actions
}

// sortPatterns sorts the rules' patterns by service.
func (b *classBuilder) sortPatterns() {
	b.anywhere = make([][]string, len(b.rules))
	b.mentions = make(map[string][][]string)
	for i, r := range b.rules {
		for _, a := range r.actions {
			service, name, found := strings.Cut(a, ":")
			if !found || strings.ContainsAny(service, "*?") {
				b.anywhere[i] = append(b.anywhere[i], a)
				b.globbed = b.globbed || a != "*" && a != "*:*"
				continue
			}
			if b.mentions[service] == nil {
				b.mentions[service] = make([][]string, len(b.rules))
			}
			b.mentions[service][i] = append(b.mentions[service][i], name)
		}
	}
}

// class is the class of the actions to which the rules of b.set apply; nil if
// none does.
func (b *classBuilder) class() *actionClass {
	if !slices.Contains(b.set, true) {
		return nil
	}
	k := packed(b.set)
	if known := b.byRules[k]; known != nil {
		return known
	}
	made := &actionClass{rules: slices.Clone(b.set)}
	b.byRules[k] = made
	b.list = append(b.list, made)
	return made
}

// service sorts the actions of a service.
func (b *classBuilder) service(s *serviceIndex) {
	patterns := b.mentions[strings.TrimSuffix(s.prefix, ":")]
	if patterns == nil && !b.globbed {
		if b.rest != nil {
			b.rest.services = append(b.rest.services, s)
		}
		return
	}
	covered := make([][]bool, len(b.rules))
	for i := range b.rules {
		covered[i] = make([]bool, len(s.names))
		for _, a := range b.anywhere[i] {
			b.unread = !b.markAnywhere(s, covered[i], a) || b.unread
		}
		if patterns == nil {
			continue
		}
		for _, name := range patterns[i] {
			if !s.mark(covered[i], name) && strings.ContainsAny(name, "*?") {
				b.dead = append(b.dead, s.prefix+name)
			}
		}
	}
	for n := range s.names {
		for i, r := range b.rules {
			b.set[i] = covered[i][n] != r.notAction
		}
		class := b.class()
		if class == nil {
			continue
		}
		if last := len(class.some) - 1; last < 0 || class.some[last].service != s {
			class.some = append(class.some, someActions{service: s})
		}
		last := &class.some[len(class.some)-1]
		last.numbers = append(last.numbers, n)
	}
}

// markAnywhere marks the actions of a service that a pattern of any service
// covers. It reports false where the budget ended before.
func (b *classBuilder) markAnywhere(s *serviceIndex, covered []bool, pattern string) bool {
	if pattern == "*" || pattern == "*:*" {
		for i := range covered {
			covered[i] = true
		}
		return true
	}
	const stepsOfName = 4
	if !b.budget.spend(len(s.names) * (stepsOfName + len(pattern)/16)) {
		return false
	}
	for i, name := range s.names {
		if policy.MatchAction(pattern, s.prefix+name) {
			covered[i] = true
		}
	}
	return true
}

// spelled adds the exact names that the catalogue does not have, and a name for
// each pattern of a known service that covers no known action: it may be that
// the catalogue is older than the policy.
func (b *classBuilder) spelled() {
	var names []string
	for _, r := range b.rules {
		for _, a := range r.actions {
			if !strings.ContainsAny(a, "*?") && !b.known(a) {
				names = append(names, a)
			}
		}
	}
	for _, pattern := range b.dead {
		names = append(names, emptied.Replace(pattern))
	}
	for _, name := range canonical(names) {
		b.unlisted(name)
	}
}

func (b *classBuilder) known(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	s := b.index.byPrefix[service]
	if s == nil {
		return false
	}
	_, found := slices.BinarySearch(s.names, name)
	return found
}

// unlisted sorts one name that the catalogue does not have.
func (b *classBuilder) unlisted(name string) {
	for i, r := range b.rules {
		b.set[i] = r.policy.MatchesAction(r.index, name)
	}
	if class := b.class(); class != nil && !slices.Contains(class.unlisted, name) {
		class.unlisted = append(class.unlisted, name)
	}
}

// unknownService is the service of no catalogue.
const unknownService = "unlisted-service"

// What makes a name of a pattern.
var (
	emptied          = strings.NewReplacer("*", "", "?", "x")
	unlistedServices = strings.NewReplacer("*", unknownService, "?", "x")
)

// beyond adds actions of services that the catalogue does not know: one name
// for each set of patterns that some name matches.
func (b *classBuilder) beyond() {
	var services []string
	for service := range b.mentions {
		if b.index.byPrefix[service] == nil {
			services = append(services, service)
		}
	}
	for _, r := range b.rules {
		if r.notAction {
			services = append(services, unknownService)
		}
		for _, a := range r.actions {
			service, _, _ := strings.Cut(a, ":")
			if strings.ContainsAny(service, "*?") {
				services = append(services, unlistedServices.Replace(service))
			}
		}
	}
	for _, service := range canonical(services) {
		if b.index.byPrefix[service] == nil {
			b.names(service)
		}
	}
}

// names adds a name of the service for each set of patterns.
func (b *classBuilder) names(service string) {
	m := &machine{}
	free := class{columns: never}
	m.add(append(text(service+":"), token{kind: one, set: free}).star(free), true)
	for i := range b.rules {
		for _, a := range b.anywhere[i] {
			m.add(glob(nil).wild(a, class{}), false)
		}
		if patterns := b.mentions[service]; patterns != nil {
			for _, name := range patterns[i] {
				m.add(glob(nil).wild(service+":"+name, class{}), false)
			}
		}
	}
	complete := m.explore(&b.budget, func(_ []bool, w word) bool {
		b.unlisted(w.String())
		return true
	})
	if !complete {
		b.giveUp([]string{service + ":*"}, reasonBudget)
	}
}

// groups sorts the actions of a class by what they act on.
func (c *comparison) groups(class *actionClass) []*group {
	x := c.index
	var list []*group
	byDomain := make(map[int]*group)
	add := func(s *serviceIndex, n int) {
		g := byDomain[s.domains[n]]
		if g == nil {
			g = &group{domain: x.domains[s.domains[n]]}
			byDomain[s.domains[n]] = g
			list = append(list, g)
		}
		g.names = append(g.names, s.actions[n].Service.Prefix+":"+s.actions[n].Name)
	}
	for _, some := range class.some {
		for _, n := range some.numbers {
			add(some.service, n)
		}
	}
	for _, s := range class.services {
		for n := range s.names {
			add(s, n)
		}
	}
	if len(class.unlisted) > 0 {
		g := &group{domain: anything}
		for _, name := range class.unlisted {
			g.names = append(g.names, cmp.Or(c.spelled[name], name))
		}
		list = append(list, g)
	}
	// Most actions first, so that the first examples say most.
	slices.SortStableFunc(list, func(a, b *group) int { return cmp.Compare(len(b.names), len(a.names)) })
	return list
}
