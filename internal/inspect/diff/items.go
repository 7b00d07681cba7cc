package diff

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// origin is an item's action and resource as the document has them: what the
// dictionary has changed, the catalogue does not know.
type origin struct {
	action   action
	resource string
	mismatch bool // the service of the action does not own the resource
}

// items yields what a document says, after the dictionary, as that of a policy.
func (c *Comparison) items(d *document, policy string, typ PolicyType, yield func(Item, origin)) {
	apply := c.apply
	base := Item{Policy: policy, Type: typ}
	if d.unread {
		base.Text = apply.text(d.text)
		yield(base, origin{})
		return
	}
	if d.unknown != "" {
		base.Text = apply.text(d.unknown)
		yield(base, origin{})
		base.Text = ""
	}
	for i := range d.statements {
		g := itemGenerator{&d.statements[i], c.library, apply, yield}
		g.items(base)
	}
}

// itemGenerator makes the items of one statement.
type itemGenerator struct {
	*statement
	library *library
	apply   *applier
	yield   func(Item, origin)
}

func (g *itemGenerator) items(i Item) {
	i.Effect = g.apply.text(g.effect)
	i.Condition = g.apply.condition(g.condition)
	if g.unknown != "" {
		// Nobody knows what it does to the rest of the statement.
		g.yield(Item{Policy: i.Policy, Type: i.Type, Text: g.apply.text(g.unknown)}, origin{})
	}
	if len(g.principals)+len(g.notPrincipals) == 0 {
		g.actionItems(i)
		return
	}
	for _, p := range g.principals {
		i.Principal, i.NotPrincipal = g.apply.text(p.String()), false
		g.actionItems(i)
	}
	if len(g.notPrincipals) > 0 {
		i.Principal, i.NotPrincipal = joined(g.notPrincipals, func(p principal) string { return g.apply.text(p.String()) }), true
		g.actionItems(i)
	}
}

// joined is a list as one text, whose order says nothing. What an element
// excepts is one item: to except two things is not to except each of them.
func joined[T any](list []T, text func(T) string) string {
	var texts []string
	for _, v := range list {
		texts = append(texts, text(v))
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ", ")
}

func (g *itemGenerator) actionItems(i Item) {
	for _, p := range g.actions {
		for _, a := range p.items {
			i.Service, i.Action, i.NotAction = g.apply.text(a.service), g.apply.text(a.name), false
			g.resourceItems(i, a)
		}
	}
	if len(g.notActions) > 0 {
		i.Service, i.NotAction = "", true
		i.Action = joined(g.notActions, func(p actionPattern) string { return g.apply.text(p.text) })
		g.resourceItems(i, action{})
	}
}

// resourceItems joins an action with the resources that its service owns. An
// action for which there is none is joined with all of them all the same: the
// statement says so, even if nothing comes of it.
func (g *itemGenerator) resourceItems(i Item, a action) {
	if len(g.notResources) > 0 {
		i.NotResource = true
		i.Resource = joined(g.notResources, func(r resourcePattern) string { return g.apply.text(r.text) })
		g.yield(i, origin{action: a})
		i.NotResource = false
	} else if len(g.resources) == 0 {
		g.yield(i, origin{action: a})
	}
	owned := false
	for _, r := range g.resources {
		if i.NotAction || r.joins(a) || g.library.actsOn(a, r.text) {
			owned = true
			i.Resource = g.apply.text(r.text)
			g.yield(i, origin{a, r.text, false})
		}
	}
	if owned {
		return
	}
	for _, r := range g.resources {
		i.Resource = g.apply.text(r.text)
		g.yield(i, origin{a, r.text, true})
	}
}

// joins reports whether the action's service can own such resources. One that
// nobody knows may be anybody's.
func (r resourcePattern) joins(a action) bool {
	return len(r.owners) == 0 || a.service == "*" ||
		slices.Contains(r.owners, "*") || slices.Contains(r.owners, a.service)
}

// annotate says what the resource of an item can be, and whether the action
// acts on such.
func (l *library) annotate(i Item, o origin) Item {
	if o.resource == "" || o.resource == "*" || i.NotResource || i.NotAction {
		return i
	}
	var names []string
	types := l.resourceTypes(o.resource)
	service := l.catalogue.Service(o.action.service)
	for _, t := range types {
		if service != nil && service.ResourceType(t.Name) != t {
			continue // of another service
		}
		if !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	i.ResourceType = strings.Join(names, ", ")
	i.NoEffect = o.mismatch || !l.acts(o)
	return i
}

// acts reports whether an action acts on such resources. What the catalogue
// does not know may.
func (l *library) acts(o origin) bool {
	a := l.catalogue.Action(o.action.service + ":" + o.action.name)
	switch {
	case a == nil:
		return true
	case len(a.Resources) == 0:
		return strings.Trim(o.resource, "*") == "" // it is allowed on "*" alone
	}
	return len(l.resourceTypes(o.resource)) == 0 || l.actsOn(o.action, o.resource)
}

// actsOn reports whether the catalogue says that an action acts on such
// resources, whatever the reference says whose they are.
func (l *library) actsOn(a action, resource string) bool {
	known := l.catalogue.Action(a.service + ":" + a.name)
	if known == nil {
		return false
	}
	types := l.resourceTypes(resource)
	return slices.ContainsFunc(known.Resources, func(r catalogue.ActionResource) bool { return slices.Contains(types, r.Type) })
}
