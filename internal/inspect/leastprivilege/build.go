package leastprivilege

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// atom is one permission that the new policy gives: an action on one resource,
// or on all but some, under conditions.
type atom struct {
	action     string
	resource   string   // in a policy's spelling
	not        []string // in the place of resource
	conditions conditions
	vias       []string // of kms:ViaService; none: directly too
}

// key tells atoms apart, vias aside.
func (a *atom) key() string {
	return a.action + "\n" + a.resource + "\n" + strings.Join(a.not, "\n") + "\n\n" + a.conditions.key
}

// atoms are the permissions that the calls need, each once.
func atoms(calls []*call) []*atom {
	found := map[string]*atom{}
	direct := map[string]bool{}
	for _, c := range calls {
		for _, g := range c.grants {
			for _, a := range g.atoms(c) {
				key := a.key()
				if found[key] == nil {
					found[key] = a
				}
				if via := c.via(); via != "" && !a.conditions.asks("kms:ViaService") {
					a = found[key]
					a.vias = append(a.vias, via)
				} else {
					direct[key] = true
				}
			}
		}
	}
	for key, a := range found {
		if direct[key] {
			a.vias = nil
		}
		slices.Sort(a.vias)
		a.vias = slices.Compact(a.vias)
	}
	list := slices.Collect(maps.Values(found))
	slices.SortFunc(list, func(a, b *atom) int { return cmp.Compare(a.key(), b.key()) })
	return list
}

func (g *granted) atoms(c *call) (list []*atom) {
	if g.notResources != nil {
		return []*atom{{action: c.action, not: g.notResources, conditions: g.conditions}}
	}
	for _, r := range g.resources {
		list = append(list, &atom{action: c.action, resource: r, conditions: g.conditions})
	}
	return list
}

// final are the conditions with the services through which alone the
// permission was used.
func (a *atom) final() conditions {
	if len(a.vias) == 0 {
		return a.conditions
	}
	return a.conditions.with("StringEquals", "kms:ViaService", a.vias)
}

// grouped is an action with all its resources under the same conditions.
type grouped struct {
	action     string
	resources  []string
	not        []string
	original   conditions // as the current policies have them
	conditions conditions
}

// byAction collects the resources of every action.
func byAction(list []*atom) (groups []*grouped) {
	found := map[string]*grouped{}
	for _, a := range list {
		with := a.final()
		key := a.action + "\n" + strings.Join(a.not, "\n") + "\n\n" + with.key
		g := found[key]
		if g == nil {
			g = &grouped{action: a.action, not: a.not, original: a.conditions, conditions: with}
			found[key] = g
			groups = append(groups, g)
		}
		if a.not == nil {
			g.resources = append(g.resources, a.resource)
		}
	}
	return groups
}

// statements writes the groups as few statements: one for all actions that have
// the same resources and conditions.
func statements(groups []*grouped) []statement {
	found := map[string]*statement{}
	var order []*statement
	for _, g := range groups {
		resources := g.resources
		key := strings.Join(resources, "\n") + "\n\n" + strings.Join(g.not, "\n") + "\n\n" + g.conditions.key
		s := found[key]
		if s == nil {
			s = &statement{Effect: "Allow", Resource: resources, NotResource: g.not, Condition: g.conditions.by}
			found[key] = s
			order = append(order, s)
		}
		s.Action = append(s.Action, g.action)
	}
	list := make([]statement, len(order))
	for i, s := range order {
		slices.Sort(s.Action)
		list[i] = *s
	}
	slices.SortStableFunc(list, func(a, b statement) int {
		return cmp.Or(slices.Compare(a.Action, b.Action), slices.Compare(a.Resource, b.Resource))
	})
	return list
}

// prune sorts resources and drops those that another one covers.
func prune(resources []string) []string {
	slices.Sort(resources)
	resources = slices.Compact(resources)
	wide := slices.DeleteFunc(slices.Clone(resources), func(r string) bool { return !strings.ContainsAny(r, "*?") })
	return slices.DeleteFunc(resources, func(r string) bool {
		return slices.ContainsFunc(wide, func(w string) bool { return w != r && covers(w, r) && !(covers(r, w) && r < w) })
	})
}

// kept are the statements of the current policies that deny something of what
// the new ones allow: without them the new ones would be wider.
func (c *Current) kept(allows []statement) (list []statement) {
	if c == nil {
		return nil
	}
	for _, g := range c.denies {
		if slices.ContainsFunc(allows, g.bounds) {
			list = append(list, g.statement)
		}
	}
	return list
}

// bounds reports whether the statement can be about something of another one.
func (g *grant) bounds(s statement) bool {
	if !slices.ContainsFunc(s.Action, g.ofAction) {
		return false
	}
	return s.Resource == nil || slices.ContainsFunc(s.Resource, g.meets)
}
