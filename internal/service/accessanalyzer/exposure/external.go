package exposure

import (
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Access is what a policy allows to a principal outside of a zone of trust.
type Access struct {
	Principal  policy.PrincipalElement // {"AWS", "*"} for anyone
	Conditions map[string]string       // values by condition key
	Actions    []string                // sorted
	Public     bool
}

// External finds who gets in through a policy of a resource from outside of a
// zone, by the actions of the resource's service. One who is let in by several
// statements under the same conditions is found once.
func External(p *policy.Policy, z *Zone, service string) ([]Access, error) {
	outside := outsiders(p, z)
	if len(outside) == 0 {
		return nil, nil
	}
	p, err := asResource(p)
	if err != nil {
		return nil, err
	}
	within, err := z.within(service)
	if err != nil {
		return nil, err
	}
	var found []Access
	for _, o := range outside {
		a, err := o.access(p, within, service, share(len(outside)))
		if err != nil {
			return nil, err
		}
		if a != nil {
			found = merge(found, *a)
		}
	}
	return found, nil
}

// outsider is a principal whom a statement that allows something names, and who
// is not in the zone.
type outsider struct {
	statement int
	principal policy.PrincipalElement
}

func outsiders(p *policy.Policy, z *Zone) (list []outsider) {
	for i, s := range p.Statements() {
		if s.Effect != policy.Allow {
			continue
		}
		for _, e := range named(s) {
			if !z.Contains(e) {
				list = append(list, outsider{i, e})
			}
		}
	}
	return list
}

// named are the principals of a statement. All but a few are anyone.
func named(s policy.Statement) []policy.PrincipalElement {
	if s.NotPrincipals != nil {
		return []policy.PrincipalElement{{Kind: "AWS", Value: "*"}}
	}
	list := slices.Clone(s.Principals)
	for i := range list {
		list[i] = Plain(list[i])
	}
	return list
}

// Plain is a principal in the one way in which findings name it: an account by
// its number, anyone as "AWS":"*".
func Plain(e policy.PrincipalElement) policy.PrincipalElement {
	if e.Value == "*" {
		e.Kind = "AWS"
	}
	if parts := strings.SplitN(e.Value, ":", 6); e.Kind == "AWS" && len(parts) == 6 && parts[5] == "root" {
		e.Value = parts[4]
	}
	return e
}

// maxKinds is how many kinds of actions are told apart.
const maxKinds = 200

// access is what the statement gives to the principal, nil for nothing.
func (o outsider) access(p, within *policy.Policy, service string, budget int) (*Access, error) {
	statements := p.Statements()
	s := &statements[o.statement]
	if s.NotPrincipals == nil {
		s.Principals = []policy.PrincipalElement{o.principal}
	}
	part, err := alone(p, statements, o.statement)
	if err != nil {
		return nil, err
	}
	examples, open := ask(within, part, maxKinds, budget)
	a := Access{Principal: o.principal, Conditions: map[string]string{}, Actions: actionsOf(examples)}
	switch {
	case len(examples) == 0 && open == "":
		return nil, nil
	case open != "": // taken for given
		a.Actions = slices.Compact(slices.Sorted(slices.Values(append(a.Actions, written(s, service)...))))
	}
	for _, c := range s.Conditions {
		values := c.Values
		if before, ok := a.Conditions[c.Key]; ok { // under another operator
			values = append([]string{before}, values...)
		}
		a.Conditions[c.Key] = strings.Join(values, ",")
	}
	if o.principal.Value == "*" {
		v, err := Public(part)
		if err != nil {
			return nil, err
		}
		a.Public = len(v.Statements) > 0 || v.Open != ""
	}
	return &a, nil
}

// written are the actions as a statement writes them.
func written(s *policy.Statement, service string) []string {
	if s.Actions == nil {
		return []string{service + ":*"}
	}
	return s.Actions
}

// merge adds an access to those that were found.
func merge(found []Access, a Access) []Access {
	i := slices.IndexFunc(found, func(b Access) bool {
		return a.Principal == b.Principal && maps.Equal(a.Conditions, b.Conditions)
	})
	if i < 0 {
		return append(found, a)
	}
	found[i].Actions = slices.Compact(slices.Sorted(slices.Values(append(found[i].Actions, a.Actions...))))
	found[i].Public = found[i].Public || a.Public
	return found
}
