package compare

import (
	"cmp"
	"slices"
	"strings"
)

// direction is which of the two questions is asked: what side A alone allows, or
// side B. It is the index of the side that allows.
type direction = int

// finding is how far a direction of a question has come.
type finding struct {
	found   bool
	reasons []string // why it cannot be denied that there is more
}

// question is the comparison of one class of actions.
type question struct {
	*comparison
	sides [2][]*rule

	keys         []string // of variables
	environments []*environment
	dimensions   map[string]*dimension
	problems     map[string]*problem
	spelledIn    map[string][][]spelling // the values of the elements, by environment
	elements     []*resource
}

func newQuestion(c *comparison) *question {
	return &question{
		comparison: c, dimensions: make(map[string]*dimension),
		problems: make(map[string]*problem), spelledIn: make(map[string][][]spelling),
	}
}

// ask decides a class.
func (c *comparison) ask(class *actionClass) {
	q := newQuestion(c)
	for i, in := range class.rules {
		if in {
			q.sides[c.sideOf(i)] = append(q.sides[c.sideOf(i)], c.rules[i])
		}
	}
	q.sides[0], q.sides[1] = reduced(q.sides[0]), reduced(q.sides[1])
	if q.settled() {
		return
	}
	q.collect()
	q.environments = q.allEnvironments()
	groups := c.groups(class)
	if len(groups) > 1 && !q.differs(nil, nil) {
		return // on no resource at all
	}
	for _, g := range groups {
		if c.done() {
			return
		}
		q.differs(g, g.domain)
	}
}

// reduced leaves one rule of those that say the same, in the order of what they
// say, and none where nothing can be allowed.
func reduced(rules []*rule) []*rule {
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b *rule) int { return strings.Compare(a.canon, b.canon) })
	rules = slices.CompactFunc(rules, func(a, b *rule) bool { return a.canon == b.canon })
	if !slices.ContainsFunc(rules, (*rule).allows) || slices.ContainsFunc(rules, (*rule).deniesAll) {
		return nil
	}
	return rules
}

func (r *rule) deniesAll() bool {
	return r.deny && len(r.atoms) == 0 && r.principal == nil && (r.resource == nil || !r.resource.selective())
}

// settled reports that both sides say the same, or that only what nobody asks
// about is open.
func (q *question) settled() bool {
	same := func(a, b *rule) bool { return a.canon == b.canon }
	if q.bounded() == [2]bool{} || q.bounded() == [2]bool{true, true} {
		if slices.EqualFunc(q.sides[0], q.sides[1], same) {
			return true
		}
	}
	return q.sides[0] == nil && q.sides[1] == nil || q.only == onlyNew && q.sides[1] == nil
}

// collect gathers the resource elements and variables of the rules.
func (q *question) collect() {
	for _, side := range q.sides {
		for _, r := range side {
			if r.resource != nil && !slices.Contains(q.elements, r.resource) {
				q.elements = append(q.elements, r.resource)
				q.variables(r.resource.variables)
			}
			for _, a := range r.atoms {
				q.variables(a.variables)
			}
		}
	}
}

func (q *question) variables(keys []string) {
	for _, k := range keys {
		if !slices.Contains(q.keys, k) {
			q.keys = append(q.keys, k)
		}
	}
}

// differs looks for differences on the resources of a domain, or on any where
// it is nil, and reports whether there may be some. With a group it makes
// examples of them and notes what is undecided.
func (q *question) differs(g *group, d *domain) bool {
	search := &search{question: q, group: g, domain: d}
	if len(q.environments) == 0 {
		search.open(reasonVariables(q.keys))
	}
	for _, e := range q.environments {
		search.in(e)
	}
	if search.may && g != nil && len(q.keys) > 0 && q.budget.left > 0 {
		search.trial = true
		for _, e := range q.trials(d) {
			search.in(e)
		}
	}
	return search.conclude()
}

// problem is what the rules say of the resources of a region.
func (q *question) problem(r region, e *environment) *problem {
	name := e.key() + "\xff" + packed(r.matches)
	if known := q.problems[name]; known != nil {
		return known
	}
	p := &problem{
		bounded: q.bounded(), complete: true, budget: &q.budget,
		atoms: make([]outcome, len(q.atoms)), principals: make([]outcome, len(q.principals)),
	}
	var atoms []*atom
	var principals []*principal
	for i, side := range q.sides {
		seen := map[string]bool{}
		for _, rule := range side {
			if rule.resource != nil && !r.matches[rule.resource.id] || seen[rule.unplaced] {
				continue
			}
			seen[rule.unplaced] = true
			p.sides[i] = append(p.sides[i], rule)
			atoms = append(atoms, rule.atoms...)
			if rule.principal != nil && !slices.Contains(principals, rule.principal) {
				principals = append(principals, rule.principal)
			}
		}
	}
	if !p.same() {
		q.addDimensions(p, atoms, principals, e)
	}
	q.problems[name] = p
	return p
}

// same reports that both sides have come down to the same rules.
func (p *problem) same() bool {
	if p.bounded[0] != p.bounded[1] || len(p.sides[0]) != len(p.sides[1]) {
		return false
	}
	for _, a := range p.sides[0] {
		if !slices.ContainsFunc(p.sides[1], func(b *rule) bool { return a.unplaced == b.unplaced }) {
			return false
		}
	}
	return true
}

func (q *question) addDimensions(p *problem, atoms []*atom, principals []*principal, e *environment) {
	slices.SortFunc(atoms, func(a, b *atom) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	atoms = slices.Compact(atoms)
	if len(principals) > 0 {
		var tied []*atom
		tied, atoms = q.tied(atoms, e)
		d := q.callers(principals, tied, e)
		p.complete = p.complete && d.complete
		p.dimensions = append(p.dimensions, d)
	}
	for len(atoms) > 0 {
		n := 1
		for n < len(atoms) && atoms[n].key == atoms[0].key {
			n++
		}
		d := q.dimension(q.key(atoms[0].key), slices.Clone(atoms[:n]), e)
		p.complete = p.complete && d.complete
		p.dimensions = append(p.dimensions, d)
		atoms = atoms[n:]
	}
}
