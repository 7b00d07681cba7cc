package compare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// rule is one statement of one side.
type rule struct {
	policy   *policy.Policy
	position int // of the policy among the side's
	index    int // of the statement in the policy
	boundary bool
	deny     bool

	actions   []string // in lower case
	notAction bool
	resource  *resource // nil: any
	principal *principal
	atoms     []*atom // the conditions, in order of their ids, none twice

	unplaced string // what the rule says, apart from its actions and resources
	canon    string // apart from its actions
}

// whole is all that the rule says.
func (r *rule) whole() string {
	name := r.canon
	if r.notAction {
		name += "!"
	}
	return name + "\x00" + strings.Join(canonical(r.actions), "\x00")
}

// resource is a Resource or NotResource element. Elements that say the same in
// the same words are one.
type resource struct {
	id        int
	of        *rule // one that has it
	values    []string
	negated   bool
	deny      bool
	syntax    bool     // "${" is special in it
	variables []string // their keys
}

// matches evaluates the element.
func (r *resource) matches(arn string, ctx policy.Context) bool {
	return r.of.policy.MatchesResource(r.of.index, arn, ctx)
}

// principal is a Principal or NotPrincipal element.
type principal struct {
	id      int
	of      *rule
	named   []policy.PrincipalElement
	negated bool
	deny    bool
}

func (p *principal) matches(caller *policy.Principal) bool {
	return p.of.policy.MatchesPrincipal(p.of.index, caller)
}

// side is the rules of one side.
type side struct {
	Side
	rules []*rule
}

// spell is an action in lower case. How the policy writes it is remembered, to
// be shown.
func (c *comparison) spell(action string) string {
	name := lower(action)
	if _, known := c.spelled[name]; !known {
		c.spelled[name] = action
	}
	return name
}

// canonical orders values that are compared as a set.
func canonical(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

// rulesOf reads a side.
func (c *comparison) rulesOf(s Side) side {
	out := side{Side: s}
	for i, p := range s.Policies {
		out.rules = append(out.rules, c.rulesIn(p, i, false)...)
	}
	if s.Boundary != nil {
		out.rules = append(out.rules, c.rulesIn(s.Boundary, len(s.Policies), true)...)
	}
	return out
}

func (c *comparison) rulesIn(p *policy.Policy, position int, boundary bool) []*rule {
	var list []*rule
	for i, s := range p.Statements() {
		r := &rule{policy: p, position: position, index: i, boundary: boundary, deny: s.Effect == policy.Deny}
		r.notAction = s.NotActions != nil
		for _, a := range slices.Concat(s.Actions, s.NotActions) {
			r.actions = append(r.actions, c.spell(a))
		}
		variables := p.Version() == policy.Version2012
		r.resource = c.resourceOf(r, &s, variables)
		r.principal = c.principalOf(r, &s)
		for j, cond := range s.Conditions {
			r.atoms = append(r.atoms, c.atomOf(r, j, cond, variables))
		}
		slices.SortFunc(r.atoms, func(a, b *atom) int { return a.id - b.id })
		r.atoms = slices.Compact(r.atoms)
		r.name()
		list = append(list, r)
	}
	return list
}

// name sets what tells rules apart.
func (r *rule) name() {
	b := []byte{'a', 'i'}
	if r.deny {
		b[0] = 'd'
	}
	if r.boundary && !r.deny {
		b[1] = 'b' // a denial is one wherever it stands
	}
	number := func(name byte, n int) { b = strconv.AppendInt(append(b, name), int64(n), 36) }
	if r.principal != nil {
		number('p', r.principal.id)
	}
	for _, a := range r.atoms {
		number('c', a.id)
	}
	r.unplaced = string(b)
	if r.resource != nil {
		number('r', r.resource.id)
	}
	r.canon = string(b)
}

func (c *comparison) resourceOf(r *rule, s *policy.Statement, variables bool) *resource {
	if s.Resources == nil && s.NotResources == nil {
		return nil
	}
	e := &resource{of: r, negated: s.NotResources != nil, deny: r.deny}
	c.meetVariables(slices.Concat(s.Resources, s.NotResources))
	for _, v := range slices.Concat(s.Resources, s.NotResources) {
		if head := headOf(v); head >= 0 {
			v = v[:head] + normal(v[head:], variables) // there are no variables before it
		}
		e.values = append(e.values, v)
	}
	e.values = canonical(e.values)
	if slices.Contains(e.values, "*") {
		e.values = []string{"*"}
	}
	e.syntax, e.variables = variablesOf(e.values, variables)
	name := identity('R', e.negated, e.syntax, e.negated && e.variables != nil && e.deny, strings.Join(e.values, "\x00"))
	if known := c.resources[name]; known != nil {
		return known
	}
	e.id = len(c.resources)
	c.resources[name] = e
	return e
}

func (c *comparison) principalOf(r *rule, s *policy.Statement) *principal {
	named := slices.Concat(s.Principals, s.NotPrincipals)
	if len(named) == 0 {
		return nil
	}
	e := &principal{of: r, named: named, negated: s.NotPrincipals != nil, deny: r.deny}
	var texts []string
	for _, n := range named {
		texts = append(texts, n.String())
	}
	name := identity('P', e.negated, false, e.negated && e.deny, strings.Join(canonical(texts), "\x00"))
	if known := c.principals[name]; known != nil {
		return known
	}
	e.id = len(c.principals)
	c.principals[name] = e
	return e
}

// identity is a name for what is the same: a sort of things, what is so about
// it, and its values.
func identity(sort byte, a, b, c bool, rest string) string {
	name := []byte{sort, '0', '0', '0'}
	for i, so := range [...]bool{a, b, c} {
		if so {
			name[i+1] = '1'
		}
	}
	return string(name) + rest
}

// lower is the text with its ASCII letters in lower case, as actions are compared.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
