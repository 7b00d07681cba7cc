package policy

import "slices"

// Statement is one statement as the document has it. An element that the
// document does not have is nil.
type Statement struct {
	Sid           string
	Effect        Effect
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	Principals    []PrincipalElement
	NotPrincipals []PrincipalElement
	Conditions    []Condition
}

// PrincipalElement is one principal that a statement names.
type PrincipalElement struct {
	// Kind is "AWS", "Service", "Federated" or "CanonicalUser", and "*" where
	// the whole element is "*".
	Kind string
	// Value is the text under that kind: an ARN, an account, a service, "*".
	Value string
}

// String is the element as IAM writes it in messages: "AWS":"123456789012".
func (p PrincipalElement) String() string {
	if p.Kind == "*" {
		return `"*"`
	}
	return `"` + p.Kind + `":"` + p.Value + `"`
}

// Condition is one operator with one key of it.
type Condition struct {
	// Operator as the document spells it: "ForAnyValue:StringLike".
	Operator string
	// Key as the document spells it: "aws:PrincipalTag/Team".
	Key string
	// Values that the key is compared with. Numbers and booleans are their text.
	Values []string
}

func (s Statement) clone() Statement {
	s.Actions = slices.Clone(s.Actions)
	s.NotActions = slices.Clone(s.NotActions)
	s.Resources = slices.Clone(s.Resources)
	s.NotResources = slices.Clone(s.NotResources)
	s.Principals = slices.Clone(s.Principals)
	s.NotPrincipals = slices.Clone(s.NotPrincipals)
	s.Conditions = slices.Clone(s.Conditions)
	for i := range s.Conditions {
		s.Conditions[i].Values = slices.Clone(s.Conditions[i].Values)
	}
	return s
}
