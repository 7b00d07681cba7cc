package policy

// The methods of this file ask a compiled policy about one element of one
// statement at a time. They are for tools that reason about policies, such as
// package compare; deciding a request takes [Policy.Evaluate]. Statements and
// conditions are counted as in [Policy.Statements].

// MatchesAction reports whether the Action or NotAction element of a statement
// covers an action.
func (p *Policy) MatchesAction(statement int, action string) bool {
	return p.statements[statement].actions.match(action)
}

// MatchesResource reports whether the Resource or NotResource element of a
// statement covers a resource. The context is asked for policy variables.
func (p *Policy) MatchesResource(statement int, resource string, ctx Context) bool {
	s := &p.statements[statement]
	return s.resources.match(resource, ctx, s.Effect)
}

// MatchesPrincipal reports whether the Principal or NotPrincipal element of a
// statement covers a caller; every caller where there is no such element.
func (p *Policy) MatchesPrincipal(statement int, caller *Principal) bool {
	s := &p.statements[statement]
	_, ok := s.principals.match(caller, s.Effect)
	return ok
}

// Holds reports whether one condition of a statement holds in a context.
func (p *Policy) Holds(statement, condition int, ctx Context) bool {
	s := &p.statements[statement]
	return s.conditions[condition].holds(ctx, s.Effect)
}

// ParseDate reads a date as the date operators do, as seconds since 1970 and
// nanoseconds.
func ParseDate(text string) (seconds, nanos int64, ok bool) {
	t, ok := parseInstant(text)
	return t.seconds, t.nanos, ok
}
