package diff

import (
	"iter"
	"maps"
	"slices"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// At is one of the two sides.
type At int

// The two sides.
const (
	InA At = iota
	InB
)

// Other is the other side.
func (at At) Other() At { return 1 - at }

func (c *Comparison) side(at At) *side {
	if at == InB {
		return c.b
	}
	return c.a
}

func (g *group) at(at At) []*entity {
	if at == InB {
		return g.b
	}
	return g.a
}

// Side is what a side was called.
func (c *Comparison) Side(at At) Side { return c.side(at).Side }

// RoleName is a role as IAMCTL lists it: by name and path, after the dictionary.
type RoleName struct{ Name, Path string }

// ServiceLinked reports whether a service owns the role.
func (r RoleName) ServiceLinked() bool { return serviceLinked(r.Path) }

// Roles are the roles of a side.
func (c *Comparison) Roles(at At) []RoleName {
	return c.roles(func(g *group) bool { return len(g.at(at)) > 0 })
}

// CommonRoles are the roles that both sides have.
func (c *Comparison) CommonRoles() []RoleName { return c.roles((*group).common) }

// UniqueRoles are the roles that one side alone has.
func (c *Comparison) UniqueRoles(at At) []RoleName {
	return c.roles(func(g *group) bool { return len(g.at(at)) > 0 && !g.common() })
}

func (c *Comparison) roles(want func(*group) bool) []RoleName {
	var list []RoleName
	for _, g := range c.groups {
		if g.kind == Role && want(g) {
			list = append(list, RoleName{g.name, g.path})
		}
	}
	return list
}

// Names are the names in a list of roles, each once.
func Names(roles []RoleName) []string {
	var list []string
	for _, r := range roles {
		list = append(list, r.Name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Tuples yields the rows of all roles of a side, before the dictionary.
func (c *Comparison) Tuples(at At) iter.Seq[Tuple] { return tuples(c.side(at).entities) }

func tuples(entities []*entity) iter.Seq[Tuple] {
	return func(yield func(Tuple) bool) {
		for _, e := range entities {
			for _, b := range e.roleBlocks() {
				for r := range b.doc.rows() {
					if !yield(r.tuple(e.name, e.path, b.name, string(b.typ))) {
						return
					}
				}
			}
		}
	}
}

// roleBlocks are the policies of a role of which IAMCTL makes rows.
func (e *entity) roleBlocks() []block {
	if e.kind != Role {
		return nil
	}
	if n := len(e.blocks); n > 0 && e.blocks[n-1].typ == Boundary {
		return e.blocks[:n-1]
	}
	return e.blocks
}

func (r row) tuple(role, path, policy, typ string) Tuple {
	return Tuple{role, path, policy, typ, r.effect, r.service, r.action, r.arn, r.trusted}
}

// countTuples counts what Tuples yields.
func (c *Comparison) countTuples(at At) int {
	counts := make(map[*document]int)
	total := 0
	for _, e := range c.side(at).entities {
		for _, b := range e.roleBlocks() {
			n, ok := counts[b.doc]
			if !ok {
				for range b.doc.rows() {
					n++
				}
				counts[b.doc] = n
			}
			total += n
		}
	}
	return total
}

// Differences yields the rows of one side alone in roles whose name both have,
// after the dictionary. IAMCTL asks for the name there, not for the path.
func (c *Comparison) Differences(at At) iter.Seq[Tuple] {
	names := make(map[string]bool)
	for _, r := range c.CommonRoles() {
		names[r.Name] = true
	}
	return func(yield func(Tuple) bool) {
		for _, g := range c.groups {
			if g.kind != Role || !names[g.name] || len(g.at(at)) == 0 {
				continue
			}
			for i, p := range g.pairs {
				for _, r := range c.resultOf(g, i).rows(at) {
					if !yield(r.tuple(g.name, g.path, p.policy, c.apply.text(string(p.typ)))) {
						return
					}
				}
			}
		}
	}
}

func (c *Comparison) resultOf(g *group, i int) *pairResult {
	if g.results != nil {
		return g.results[i]
	}
	return c.compare(g.pairs[i])
}

func (r *pairResult) rows(at At) []row {
	if at == InB {
		return r.rowsB
	}
	return r.rowsA
}

// DifferingRoles are the names of the roles in Differences.
func (c *Comparison) DifferingRoles(at At) []string {
	names := make(map[string]bool)
	for t := range c.Differences(at) {
		names[t.Role] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Harvest yields the rows of an account's roles, as Tuples does of a side.
func Harvest(account *snapshot.Account, reference *Reference) iter.Seq[Tuple] {
	l := &library{reference: reference}
	var o Options
	var entities []*entity
	for _, s := range o.sources(account) {
		entities = append(entities, s.read(l))
	}
	return tuples(entities)
}
