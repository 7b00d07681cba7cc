package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// makeReport writes down what the comparison of the items found.
func (c *Comparison) makeReport() {
	r := &Report{A: c.a.Side, B: c.b.Side, Summary: c.summarize(), Semantic: c.options.Semantic}
	for _, g := range c.groups {
		r.Entities = append(r.Entities, c.entityOf(g))
		r.Warnings = append(r.Warnings, c.collisions(g)...)
		r.Warnings = append(r.Warnings, c.rowsOnly(g)...)
	}
	for _, at := range []At{InA, InB} {
		for _, e := range c.side(at).entities {
			r.Warnings = append(r.Warnings, e.problems(c.Side(at).Tag)...)
		}
	}
	c.report = r
}

func (c *Comparison) entityOf(g *group) *Entity {
	e := &Entity{
		Kind: g.kind, Name: g.name, Path: g.path, ServiceLinked: g.kind == Role && serviceLinked(g.path),
		A: originals(g.a), B: originals(g.b),
	}
	switch {
	case len(g.b) == 0:
		e.Status = OnlyA
	case len(g.a) == 0:
		e.Status = OnlyB
	default:
		e.Status = Same
		for _, r := range g.results {
			e.OnlyA = append(e.OnlyA, r.itemsA...)
			e.OnlyB = append(e.OnlyB, r.itemsB...)
			e.Common += r.common
			if !r.same() {
				e.Status = Different
			}
		}
		if e.Attributes = c.attributes(g); len(e.Attributes) > 0 {
			e.Status = Different
		}
	}
	if e.Status != Same {
		e.Policies = c.policies(g)
	}
	return e
}

func originals(entities []*entity) []Original {
	var list []Original
	for _, e := range entities {
		list = append(list, Original{e.name, e.arn})
	}
	return list
}

// policies are the documents of a group, side by side.
func (c *Comparison) policies(g *group) []Policy {
	var list []Policy
	for i, p := range g.pairs {
		list = append(list, Policy{
			Name: p.policy, Type: p.typ,
			Same: g.common() && g.results[i].same(),
			A:    c.documents(g.a, p), B: c.documents(g.b, p),
		})
	}
	return list
}

func (c *Comparison) documents(entities []*entity, p pair) []Document {
	var list []Document
	for _, e := range entities {
		for _, b := range e.blocks {
			if b.typ == p.typ && c.apply.text(b.name) == p.policy {
				list = append(list, Document{b.name, b.arn, b.doc.text, b.doc.problem})
			}
		}
	}
	return list
}

// attributes are the tags and memberships that differ.
func (c *Comparison) attributes(g *group) []Attribute {
	a, b := c.attributeSet(g.a), c.attributeSet(g.b)
	all := maps.Clone(a)
	maps.Copy(all, b)
	var list []Attribute
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if a[name] != b[name] {
			list = append(list, Attribute{name, a[name], b[name]})
		}
	}
	return list
}

// attributeSet has the attributes of entities by name. A tag without a value
// is not the same as none.
func (c *Comparison) attributeSet(entities []*entity) map[string]string {
	sets := make(map[string][]string)
	for _, e := range entities {
		for key, value := range e.tags {
			name := "tag " + c.apply.text(key)
			sets[name] = append(sets[name], fmt.Sprintf("%q", c.apply.text(value)))
		}
		for name, values := range e.lists {
			for _, v := range values {
				sets[name] = append(sets[name], c.apply.text(v))
			}
		}
	}
	set := make(map[string]string)
	for name, values := range sets {
		slices.Sort(values)
		set[name] = strings.Join(slices.Compact(values), ", ")
	}
	return set
}

// collisions warns of names that the dictionary makes equal on one side: what
// one of them allows then passes for what the other does.
func (c *Comparison) collisions(g *group) []string {
	var list []string
	for _, at := range []At{InA, InB} {
		entities := g.at(at)
		if len(entities) < 2 {
			continue
		}
		var names []string
		for _, e := range entities {
			names = append(names, e.name)
		}
		list = append(list, fmt.Sprintf("%s: the dictionary makes one %s %q of %s", c.Side(at).Tag, g.kind, g.name, strings.Join(names, ", ")))
	}
	return list
}

// rowsOnly warns of policies whose rows differ and whose items do not: the CSV
// files then tell of a difference that IAM does not make.
func (c *Comparison) rowsOnly(g *group) []string {
	var list []string
	for i, r := range g.results {
		if r.same() && len(r.rowsA)+len(r.rowsB) > 0 {
			list = append(list, fmt.Sprintf("policy %q of %s %q: the rows differ, but not what IAM reads", g.pairs[i].policy, g.kind, g.name))
		}
	}
	return list
}

// conclude says whether anything is left that differs.
func (c *Comparison) conclude() {
	for _, e := range c.report.Entities {
		if e.Status != Same && e.Status != SameInEffect {
			c.report.Different = true
		}
	}
}
