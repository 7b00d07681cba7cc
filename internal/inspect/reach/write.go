package reach

import (
	"encoding/json"

	"github.com/fortlet/fortlet/policy"
)

// Denials is what a policy denies, nil where that is nothing.
func Denials(p *policy.Policy) *policy.Policy {
	if p == nil {
		return nil
	}
	var list []policy.Statement
	for _, s := range p.Statements() {
		if s.Effect == policy.Deny {
			list = append(list, s)
		}
	}
	if list == nil {
		return nil
	}
	return write(p, list)
}

// Granting makes the policy of a resource of statements of which no document
// exists: those of an access control list. It is nil where there are none.
func Granting(statements []policy.Statement) *policy.Policy {
	if len(statements) == 0 {
		return nil
	}
	return write(anyResource, statements)
}

// written is a statement of a document.
type written struct {
	Sid          string `json:",omitempty"`
	Effect       string
	Principal    any      `json:",omitempty"`
	NotPrincipal any      `json:",omitempty"`
	Action       []string `json:",omitempty"`
	NotAction    []string `json:",omitempty"`
	Resource     []string `json:",omitempty"`
	NotResource  []string `json:",omitempty"`
	Condition    any      `json:",omitempty"`
}

// write compiles some statements of a policy as a policy of its kind.
func write(of *policy.Policy, statements []policy.Statement) *policy.Policy {
	if len(statements) == 0 {
		return nothing
	}
	var list []written
	for _, s := range statements {
		w := written{
			Effect: s.Effect.String(), Action: s.Actions, NotAction: s.NotActions, Resource: s.Resources, NotResource: s.NotResources,
			Principal: writePrincipals(s.Principals), NotPrincipal: writePrincipals(s.NotPrincipals),
		}
		if len(s.Conditions) > 0 {
			w.Condition = writeConditions(s.Conditions)
		}
		list = append(list, w)
	}
	document, err := json.Marshal(map[string]any{"Version": of.Version(), "Statement": list})
	if err != nil {
		panic(err) // strings, lists and maps of strings
	}
	return must(string(document), of.Kind()) // as its parts did before
}

func writePrincipals(list []policy.PrincipalElement) any {
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

func writeConditions(list []policy.Condition) map[string]map[string][]string {
	byOperator := make(map[string]map[string][]string)
	for _, c := range list {
		if byOperator[c.Operator] == nil {
			byOperator[c.Operator] = make(map[string][]string)
		}
		byOperator[c.Operator][c.Key] = c.Values
	}
	return byOperator
}
