package access

import "github.com/fortlet/fortlet/policy"

// Denies is what a policy denies, nil when it denies nothing. A bucket's policy
// says no more about an object that another account owns.
func Denies(p *policy.Policy) *policy.Policy {
	var list []statement
	for _, s := range p.Statements() {
		if s.Effect == policy.Deny {
			list = append(list, write(&s))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return parse(document{Version: p.Version(), Statement: list})
}

// write gives a statement as its document has it.
func write(s *policy.Statement) statement {
	w := statement{Sid: s.Sid, Effect: s.Effect.String()}
	w.Principal, w.NotPrincipal = principals(s.Principals), principals(s.NotPrincipals)
	w.Action, w.NotAction = texts(s.Actions), texts(s.NotActions)
	w.Resource, w.NotResource = texts(s.Resources), texts(s.NotResources)
	if len(s.Conditions) == 0 {
		return w
	}
	conditions := make(map[string]map[string][]string)
	for _, c := range s.Conditions {
		if conditions[c.Operator] == nil {
			conditions[c.Operator] = make(map[string][]string)
		}
		conditions[c.Operator][c.Key] = c.Values
	}
	w.Condition = conditions
	return w
}

func principals(list []policy.PrincipalElement) any {
	if len(list) == 0 {
		return nil
	}
	byKind := make(map[string][]string)
	for _, p := range list {
		if p.Kind == "*" {
			return "*"
		}
		byKind[p.Kind] = append(byKind[p.Kind], p.Value)
	}
	return byKind
}

// texts is nil, and not a list of nothing, for an element that is not there.
func texts(list []string) any {
	if list == nil {
		return nil
	}
	return list
}
