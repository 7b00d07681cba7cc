package compare

import (
	"slices"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// ways is what is asked of a comparison.
type ways uint8

const (
	bothWays ways = iota
	onlyNew       // what side B alone allows
)

const defaultExamples = 10

// comparison is one comparison on its way.
type comparison struct {
	index      *index
	both       [2]side
	rules      []*rule // of both sides
	only       ways
	limit      int
	budget     budget
	partitions []string

	resources  map[string]*resource
	principals map[string]*principal
	atoms      map[string]*atom
	keys       map[string]*keyInfo
	spelled    map[string]string // actions as policies write them, by their lower case

	result *Result
}

func (o Options) catalogue() *catalogue.Catalogue {
	if o.Catalogue == nil {
		return catalogue.Default()
	}
	return o.Catalogue
}

func (o Options) compare(a, b Side, only ways) *Result {
	if a.identical(b) {
		return new(Result)
	}
	c := o.newComparison(only)
	c.run(a, b)
	return c.result
}

// identical reports that two sides have the same documents.
func (s Side) identical(o Side) bool {
	same := func(a, b *policy.Policy) bool {
		return a == b || a != nil && b != nil && a.Kind() == b.Kind() && a.Document() == b.Document()
	}
	return same(s.Boundary, o.Boundary) && slices.EqualFunc(s.Policies, o.Policies, same)
}

func (o Options) newComparison(only ways) *comparison {
	c := &comparison{
		index: indexOf(o.catalogue()), only: only, limit: o.Examples, budget: budget{o.Budget},
		resources: make(map[string]*resource), principals: make(map[string]*principal),
		atoms: make(map[string]*atom), keys: make(map[string]*keyInfo), spelled: make(map[string]string),
		result: new(Result),
	}
	if c.limit <= 0 {
		c.limit = defaultExamples
	}
	if c.budget.left <= 0 {
		c.budget.left = defaultBudget
	}
	return c
}

func (c *comparison) run(a, b Side) {
	c.both = [2]side{c.rulesOf(a), c.rulesOf(b)}
	if c.alike() {
		return
	}
	c.rules = slices.Concat(c.both[0].rules, c.both[1].rules)
	var values []string
	for _, r := range c.resources {
		values = append(values, r.values...)
	}
	c.partitions = partitionsOf(values)
	for _, class := range c.classes() {
		if c.done() {
			return
		}
		c.ask(class)
	}
}

// alike reports that both sides consist of the same statements.
func (c *comparison) alike() bool {
	if c.bounded()[0] != c.bounded()[1] {
		return false
	}
	said := func(s side) []string {
		var list []string
		for _, r := range s.rules {
			list = append(list, r.whole())
		}
		return canonical(list)
	}
	return slices.Equal(said(c.both[0]), said(c.both[1]))
}

// sideOf is the side of a rule, by its number.
func (c *comparison) sideOf(rule int) int {
	if rule < len(c.both[0].rules) {
		return 0
	}
	return 1
}

func (c *comparison) bounded() [2]bool {
	return [2]bool{c.both[0].Boundary != nil, c.both[1].Boundary != nil}
}

// examples are those of a direction.
func (c *comparison) examples(dir direction) (list *[]Example, more *bool) {
	if dir == 0 {
		return &c.result.OnlyA, &c.result.MoreA
	}
	return &c.result.OnlyB, &c.result.MoreB
}

// full reports that no more examples of a direction are wanted, just when one
// would be looked for.
func (c *comparison) full(dir direction) bool {
	list, more := c.examples(dir)
	if len(*list) < c.limit {
		return false
	}
	*more = true
	return true
}

// done reports that nothing more is asked.
func (c *comparison) done() bool {
	return c.full(1) && (c.full(0) || c.only == onlyNew)
}

// giveUp notes actions that nothing is known about.
func (c *comparison) giveUp(actions []string, reason string) {
	for i := range c.result.Undecided {
		if u := &c.result.Undecided[i]; u.Reason == reason {
			u.Actions = append(u.Actions, actions...)
			return
		}
	}
	c.result.Undecided = append(c.result.Undecided, Undecided{Actions: slices.Clone(actions), Reason: reason})
}
