package leastprivilege

import (
	"cmp"
	"slices"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// ServiceUse is what the current policies allow of a service, and what was used
// of it.
type ServiceUse struct {
	Service string   `json:"service"` // "s3"
	Name    string   `json:"name"`
	Allowed int      `json:"allowed"` // actions that the current policies allow
	Used    int      `json:"used"`    // those of them that were used
	Unused  []string `json:"unused"`
}

// use compares what the current policies allow, on whatever resource, with the
// actions that were used.
func (c *Current) use(known *catalogue.Catalogue, calls []*call) (list []ServiceUse) {
	used := map[string]bool{}
	for _, call := range calls {
		used[call.action] = true
	}
	by := map[*catalogue.Service]*ServiceUse{}
	for a := range c.actions(known) {
		u := by[a.Service]
		if u == nil {
			u = &ServiceUse{Service: a.Service.Prefix, Name: a.Service.Name}
			by[a.Service] = u
		}
		u.Allowed++
		if name := a.String(); used[name] {
			u.Used++
		} else {
			u.Unused = append(u.Unused, name)
		}
	}
	for _, u := range by {
		slices.Sort(u.Unused)
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b ServiceUse) int { return cmp.Compare(a.Service, b.Service) })
	return list
}

// actions are those that some statement allows and none denies altogether.
func (c *Current) actions(known *catalogue.Catalogue) map[*catalogue.Action]bool {
	found := map[*catalogue.Action]bool{}
	for _, g := range c.allows {
		for a := range g.actions(known) {
			found[a] = true
		}
	}
	for _, g := range c.denies {
		if g.Condition == nil && g.holds("*") {
			for a := range g.actions(known) {
				delete(found, a)
			}
		}
	}
	return found
}

// actions are those that the statement is about.
func (g *grant) actions(known *catalogue.Catalogue) map[*catalogue.Action]bool {
	found := map[*catalogue.Action]bool{}
	for _, pattern := range g.Action {
		for a := range known.Expand(pattern) {
			found[a] = true
		}
	}
	if g.NotAction == nil {
		return found
	}
	for a := range known.Expand("*") {
		if g.ofAction(a.String()) {
			found[a] = true
		}
	}
	return found
}
