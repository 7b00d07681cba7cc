package policy

import (
	"slices"
	"strings"
)

// read fills the statement from its JSON: names, types and which elements may
// stand together. What the values say is checked later.
func (s *statement) read(n node, g grammar) *MalformedError {
	if n.typ != objectNode {
		return syntaxError()
	}
	for _, m := range n.members {
		if err := s.readElement(m, g); err != nil {
			return err
		}
	}
	if s.Actions != nil && s.NotActions != nil ||
		s.Resources != nil && s.NotResources != nil ||
		s.Principals != nil && s.NotPrincipals != nil {
		return syntaxError()
	}
	return s.checkElements(g)
}

func (s *statement) readElement(m member, g grammar) *MalformedError {
	ok := true
	switch m.name {
	case "Sid":
		s.Sid, ok = m.value.text, m.value.typ == stringNode
	case "Effect":
		return s.readEffect(m.value)
	case "Action":
		s.Actions, ok = m.value.strings()
	case "NotAction":
		s.NotActions, ok = m.value.strings()
	case "Resource":
		s.Resources, ok = m.value.strings()
	case "NotResource":
		s.NotResources, ok = m.value.strings()
	case "Principal":
		var err *MalformedError
		s.Principals, err = readPrincipals(m.value, g)
		return err
	case "NotPrincipal":
		var err *MalformedError
		s.NotPrincipals, err = readPrincipals(m.value, g)
		return err
	case "Condition":
		s.Conditions, ok = readConditions(m.value)
	default:
		return unknownField(g, m.name)
	}
	if !ok {
		return syntaxError()
	}
	return nil
}

func (s *statement) readEffect(n node) *MalformedError {
	if n.typ != stringNode {
		return syntaxError()
	}
	for _, e := range []Effect{Allow, Deny} {
		if strings.EqualFold(n.text, e.String()) {
			s.Effect, s.effectSpelled = e, n.text == e.String()
			return nil
		}
	}
	return syntaxError()
}

// checkElements refuses a statement that lacks what every statement has, or
// has what its kind forbids.
func (s *statement) checkElements(g grammar) *MalformedError {
	if s.Effect == NoMatch {
		return missingField(g, "Effect", ProblemSyntax, reasonSyntax)
	}
	hasPrincipal := s.Principals != nil || s.NotPrincipals != nil
	hasResource := s.Resources != nil || s.NotResources != nil
	switch {
	case hasPrincipal && g.principal == forbidden:
		return malformed(ProblemPrincipal, "Policy document should not specify a principal.")
	case !hasPrincipal && g.principal == required:
		return missingField(g, "Principal", ProblemPrincipal, "Missing required field Principal")
	case hasResource && g.resource == forbidden:
		return malformed(ProblemResource, "Has prohibited field Resource")
	}
	return nil
}

func readConditions(n node) ([]Condition, bool) {
	if n.typ != objectNode {
		return nil, false
	}
	list := make([]Condition, 0, len(n.members))
	for _, m := range n.members {
		if m.value.typ != objectNode {
			return nil, false
		}
		// IAM accepts an operator that it does not know as long as it has no keys.
		if _, known := parseOperator(m.name); !known && len(m.value.members) > 0 {
			return nil, false
		}
		for _, key := range m.value.members {
			values, ok := key.value.scalars()
			if !ok {
				return nil, false
			}
			list = append(list, Condition{Operator: m.name, Key: key.name, Values: values})
		}
	}
	return list, true
}

// compile validates actions, resources and principals and prepares them.
func (s *statement) compile(g grammar, variables bool) *MalformedError {
	if g.resource == required && len(s.Resources)+len(s.NotResources) == 0 {
		return missingField(g, "Resource", ProblemResource, "Policy statement must contain resources.")
	}
	for _, action := range slices.Concat(s.Actions, s.NotActions) {
		if err := checkAction(action); err != nil {
			return err
		}
	}
	if g.extra != nil {
		if err := g.extra(s); err != nil {
			return err
		}
	}
	s.actions = compileActions(s.Statement)
	var err *MalformedError
	if s.resources, err = compileResources(s.Statement, variables); err != nil {
		return err
	}
	s.principals, err = compilePrincipals(s.Statement, g)
	return err
}
