package policy

// Verdict is what one policy says about one request.
type Verdict struct {
	// Effect is NoMatch, Allow or Deny.
	Effect Effect
	// Statement is the index of the statement that decided, the first of those
	// that did, and -1 where none matched.
	Statement int
	// Via is the union over all statements that allow.
	Via Via
}

// Evaluate decides a request. A statement that denies wins wherever it stands.
// All statements are looked at, so that Via is complete.
func (p *Policy) Evaluate(r *Request) Verdict {
	v := Verdict{Statement: -1}
	for i := range p.statements {
		s := &p.statements[i]
		if v.Effect == Allow && s.Effect == Allow && s.principals == nil {
			continue // it could neither deny nor add to Via
		}
		via, ok := s.match(r)
		switch {
		case !ok:
		case s.Effect == Deny:
			return Verdict{Effect: Deny, Statement: i}
		case v.Effect == NoMatch:
			v = Verdict{Effect: Allow, Statement: i, Via: via}
		default:
			v.Via |= via
		}
	}
	return v
}

// match reports whether the statement applies to the request. The elements
// come in the order of what they cost.
func (s *statement) match(r *Request) (Via, bool) {
	if !s.actions.match(r.Action) || !s.resources.match(r.Resource, r.Context, s.Effect) {
		return ViaNone, false
	}
	via, ok := s.principals.match(&r.Principal, s.Effect)
	if !ok {
		return ViaNone, false
	}
	for i := range s.conditions {
		if !s.conditions[i].holds(r.Context, s.Effect) {
			return ViaNone, false
		}
	}
	return via, true
}
