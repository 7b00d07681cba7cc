package policy

import "slices"

// Explanation is a verdict with the tree that led to it. It marshals to JSON,
// and its String is an indented tree.
type Explanation struct {
	Effect    Effect `json:"effect"`
	Statement int    `json:"statement"` // the statement that decided, -1 if none
	Via       Via    `json:"via"`

	Action    string    `json:"action"`
	Resource  string    `json:"resource"`
	Principal Principal `json:"principal"`

	Statements []StatementExplanation `json:"statements"`
}

// StatementExplanation says whether a statement matched, element by element.
type StatementExplanation struct {
	Index    int                  `json:"index"`
	Sid      string               `json:"sid,omitempty"`
	Effect   Effect               `json:"effect"`
	Matched  bool                 `json:"matched"`
	Elements []ElementExplanation `json:"elements"`
}

// ElementExplanation says whether one element of a statement matched. Of a
// condition it covers one operator with one key.
type ElementExplanation struct {
	// Element is the element's name: "Action", "NotResource", "Condition".
	Element string `json:"element"`
	// Operator and Key are those of a condition, as the document spells them.
	Operator string `json:"operator,omitempty"`
	Key      string `json:"key,omitempty"`
	// Matched reports whether the element is fulfilled; of a Not element, that
	// none of its values is the request's.
	Matched bool `json:"matched"`
	// Policy has the values of the document, Request those of the request.
	Policy  []string `json:"policy"`
	Request []string `json:"request"`
	// Absent says that the request does not have the condition's key. A key
	// that is there without values is not absent.
	Absent bool `json:"absent,omitempty"`
	// Unresolved lists the policy variables for which the request has no value,
	// or several, where the element has such.
	Unresolved []string `json:"unresolved,omitempty"`
}

// Failed lists the elements that kept the statement from matching.
func (s StatementExplanation) Failed() []ElementExplanation {
	return slices.DeleteFunc(slices.Clone(s.Elements), func(e ElementExplanation) bool { return e.Matched })
}

// Explain answers what Evaluate does, with the reasons. It looks at every
// element of every statement, also where an earlier one has settled the matter.
func (p *Policy) Explain(r *Request) *Explanation {
	v := p.Evaluate(r)
	e := &Explanation{
		Effect: v.Effect, Statement: v.Statement, Via: v.Via,
		Action: r.Action, Resource: r.Resource, Principal: r.Principal,
		Statements: make([]StatementExplanation, len(p.statements)),
	}
	for i := range p.statements {
		e.Statements[i] = p.statements[i].explain(i, r)
	}
	return e
}

func (s *statement) explain(index int, r *Request) StatementExplanation {
	e := StatementExplanation{Index: index, Sid: s.Sid, Effect: s.Effect}
	e.Elements = append(e.Elements, s.explainAction(r))
	if !s.resources.absent {
		e.Elements = append(e.Elements, s.explainResource(r))
	}
	if s.principals != nil {
		e.Elements = append(e.Elements, s.explainPrincipal(r))
	}
	for i := range s.conditions {
		e.Elements = append(e.Elements, s.explainCondition(i, r))
	}
	e.Matched = len(e.Failed()) == 0
	return e
}

func (s *statement) explainAction(r *Request) ElementExplanation {
	return ElementExplanation{
		Element: elementName("Action", s.actions.negated),
		Matched: s.actions.match(r.Action),
		Policy:  slices.Concat(s.Actions, s.NotActions),
		Request: []string{r.Action},
	}
}

func (s *statement) explainResource(r *Request) ElementExplanation {
	return ElementExplanation{
		Element:    elementName("Resource", s.resources.negated),
		Matched:    s.resources.match(r.Resource, r.Context, s.Effect),
		Policy:     slices.Concat(s.Resources, s.NotResources),
		Request:    []string{r.Resource},
		Unresolved: unresolvedIn(s.resources.patterns, r.Context),
	}
}

func (s *statement) explainPrincipal(r *Request) ElementExplanation {
	_, ok := s.principals.match(&r.Principal, s.Effect)
	e := ElementExplanation{
		Element: elementName("Principal", s.principals.negated),
		Matched: ok,
		Request: []string{r.Principal.String()},
	}
	for _, named := range slices.Concat(s.Principals, s.NotPrincipals) {
		e.Policy = append(e.Policy, named.String())
	}
	return e
}

func (s *statement) explainCondition(i int, r *Request) ElementExplanation {
	c, written := &s.conditions[i], s.Conditions[i]
	values, present := lookup(r.Context, c.key)
	return ElementExplanation{
		Element:    "Condition",
		Operator:   written.Operator,
		Key:        written.Key,
		Matched:    c.holds(r.Context, s.Effect),
		Policy:     slices.Clone(written.Values),
		Request:    slices.Clone(values),
		Absent:     !present,
		Unresolved: c.unresolved(r.Context),
	}
}

func elementName(name string, negated bool) string {
	if negated {
		return "Not" + name
	}
	return name
}

// unresolved lists the variables of the condition's values that have no value.
func (c *condition) unresolved(ctx Context) []string {
	switch m := c.values.(type) {
	case textMatcher:
		return unresolvedIn(m, ctx)
	case foldMatcher:
		return unresolvedIn(m, ctx)
	case boolMatcher:
		return unresolvedIn(m.foldMatcher, ctx)
	}
	return nil
}

func unresolvedIn(patterns []pattern, ctx Context) []string {
	var list []string
	for i := range patterns {
		for _, t := range patterns[i].tokens {
			if t.typ != variableToken || slices.Contains(list, t.text) {
				continue
			}
			values, _ := lookup(ctx, t.text)
			if len(values) > 1 || len(values) == 0 && !t.hasFallback {
				list = append(list, t.text)
			}
		}
	}
	return list
}
