package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// Options say what is compared, and how.
type Options struct {
	Dictionary *equivalence.Dictionary
	Reference  *Reference
	Catalogue  *catalogue.Catalogue // nil: catalogue.Default()

	// SkipServiceLinked leaves out the roles that services own.
	SkipServiceLinked bool
	// Users and Groups are compared too; the rows know roles alone.
	Users, Groups bool
	// Only is a shell pattern that names must fit, before or after the
	// dictionary.
	Only string
	// Semantic compares the effects of what is worded differently.
	Semantic bool
	// Progress is told how much of a stage is done.
	Progress func(stage string, done, total int)
}

// errReference says that there is nothing to expand actions with.
var errReference = errors.New("no reference of services and actions")

func (o *Options) check() error {
	if o.Reference == nil {
		return errReference
	}
	if _, err := path.Match(o.Only, ""); err != nil {
		return fmt.Errorf("pattern %q: %w", o.Only, err)
	}
	if o.Catalogue == nil {
		o.Catalogue = catalogue.Default()
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return nil
}

// Comparison is two sides with what sets them apart. It is for one goroutine.
type Comparison struct {
	options Options
	library *library
	apply   *applier
	a, b    *side
	groups  []*group

	pairs   map[pairKey]*pairResult
	counts  map[*document]int
	scratch map[Item]struct{} // for counting, to be cleared
	report  *Report
}

// group is what both sides have under one name and path.
type group struct {
	kind       Kind
	name, path string
	a, b       []*entity
	pairs      []pair
	results    []*pairResult // of pairs, where both sides have the entity
}

func (g *group) common() bool { return len(g.a) > 0 && len(g.b) > 0 }

// Compare compares two sides.
func Compare(ctx context.Context, a, b Input, o Options) (*Comparison, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Comparison{
		options: o,
		library: &library{reference: o.Reference, catalogue: o.Catalogue},
		apply:   newApplier(o.Dictionary),
		pairs:   make(map[pairKey]*pairResult),
		counts:  make(map[*document]int),
		scratch: make(map[Item]struct{}),
	}
	var err error
	if c.a, c.b, err = c.read(ctx, a, b); err != nil {
		return nil, err
	}
	c.group()
	for i, g := range c.groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.options.Progress("comparing", i+1, len(c.groups))
		if g.common() {
			for _, p := range g.pairs {
				g.results = append(g.results, c.compare(p))
			}
		}
	}
	c.makeReport()
	if o.Semantic {
		if err := c.compareEffects(ctx); err != nil {
			return nil, err
		}
	}
	c.conclude()
	return c, nil
}

// Report is what was found.
func (c *Comparison) Report() *Report { return c.report }

// read reads both sides at once, and all documents on all processors.
func (c *Comparison) read(ctx context.Context, a, b Input) (*side, *side, error) {
	sources := c.options.sources(a.Snapshot)
	n := len(sources)
	sources = append(sources, c.options.sources(b.Snapshot)...)
	entities, err := c.library.readAll(ctx, sources, c.options.Progress)
	if err != nil {
		return nil, nil, err
	}
	return &side{a.Side, entities[:n]}, &side{b.Side, entities[n:]}, nil
}

// groupKey is what makes two entities the same one: IAMCTL takes a role with
// the same name at another path for another role.
type groupKey struct {
	kind       Kind
	name, path string
}

// group matches the entities of both sides.
func (c *Comparison) group() {
	groups := make(map[groupKey]*group)
	find := func(e *entity) *group {
		k := groupKey{e.kind, c.apply.text(e.name), c.apply.text(e.path)}
		if groups[k] == nil {
			groups[k] = &group{kind: k.kind, name: k.name, path: k.path}
		}
		return groups[k]
	}
	for _, e := range c.a.entities {
		g := find(e)
		g.a = append(g.a, e)
	}
	for _, e := range c.b.entities {
		g := find(e)
		g.b = append(g.b, e)
	}
	c.groups = slices.SortedFunc(maps.Values(groups), compareGroups)
	for _, g := range c.groups {
		g.pairs = c.pairsOf(g)
	}
}

// kindOrder is the order in which the report has them.
var kindOrder = []Kind{Role, User, Group}

func compareGroups(x, y *group) int {
	return cmp.Or(
		cmp.Compare(slices.Index(kindOrder, x.kind), slices.Index(kindOrder, y.kind)),
		cmp.Compare(x.name, y.name), cmp.Compare(x.path, y.path),
	)
}

// pairsOf puts the policies of a group next to each other.
func (c *Comparison) pairsOf(g *group) []pair {
	var list []pair
	find := func(b block) *pair {
		name := c.apply.text(b.name)
		i := slices.IndexFunc(list, func(p pair) bool { return p.typ == b.typ && p.policy == name })
		if i < 0 {
			list = append(list, pair{policy: name, typ: b.typ})
			i = len(list) - 1
		}
		return &list[i]
	}
	for _, e := range g.a {
		for _, b := range e.blocks {
			p := find(b)
			p.a = append(p.a, b.doc)
		}
	}
	for _, e := range g.b {
		for _, b := range e.blocks {
			p := find(b)
			p.b = append(p.b, b.doc)
		}
	}
	slices.SortFunc(list, func(x, y pair) int {
		return cmp.Or(cmp.Compare(slices.Index(typeOrder, x.typ), slices.Index(typeOrder, y.typ)), cmp.Compare(x.policy, y.policy))
	})
	return list
}

// typeOrder is the order in which the report has an entity's policies.
var typeOrder = []PolicyType{Trust, Inline, Managed, Boundary}
