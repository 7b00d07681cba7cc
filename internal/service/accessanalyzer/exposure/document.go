package exposure

import (
	"encoding/json"

	"github.com/fortlet/fortlet/policy"
)

// statement is a statement of a document that is made here, element by element.
type statement map[string]any

// document makes a policy.
func document(version string, kind policy.Kind, statements []statement) (*policy.Policy, error) {
	text, err := json.Marshal(map[string]any{"Version": version, "Statement": statements})
	if err != nil {
		return nil, err
	}
	return policy.Parse(string(text), kind)
}

// element is a statement as it stands in a document of a kind.
func element(s policy.Statement, kind policy.Kind) statement {
	e := statement{"Effect": s.Effect.String()}
	list(e, "Action", s.Actions)
	list(e, "NotAction", s.NotActions)
	list(e, "Resource", s.Resources)
	list(e, "NotResource", s.NotResources)
	if s.Resources == nil && s.NotResources == nil && kind == policy.Resource {
		e["Resource"] = "*" // of a trust policy
	}
	if s.Principals != nil {
		e["Principal"] = principals(s.Principals)
	}
	if s.NotPrincipals != nil {
		e["NotPrincipal"] = principals(s.NotPrincipals)
	}
	if conditions := conditions(s.Conditions); len(conditions) > 0 {
		e["Condition"] = conditions
	}
	return e
}

func list(e statement, name string, values []string) {
	if values != nil {
		e[name] = values
	}
}

func principals(elements []policy.PrincipalElement) any {
	byKind := map[string][]string{}
	for _, e := range elements {
		if e.Kind == "*" {
			return "*"
		}
		byKind[e.Kind] = append(byKind[e.Kind], e.Value)
	}
	return byKind
}

// conditions are by operator and key.
func conditions(list []policy.Condition) map[string]map[string][]string {
	byOperator := map[string]map[string][]string{}
	for _, c := range list {
		if byOperator[c.Operator] == nil {
			byOperator[c.Operator] = map[string][]string{}
		}
		byOperator[c.Operator][c.Key] = append(byOperator[c.Operator][c.Key], c.Values...)
	}
	return byOperator
}

// anyone allows everybody everything under a condition.
func anyone(operator, key string, values []string) statement {
	return statement{
		"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
		"Condition": map[string]map[string][]string{operator: {key: values}},
	}
}

// asResource is a policy in the grammar of a resource's policy, which a role's
// trust policy is but for its Resource element.
func asResource(p *policy.Policy) (*policy.Policy, error) {
	if p.Kind() == policy.Resource {
		return p, nil
	}
	var list []statement
	for _, s := range p.Statements() {
		list = append(list, element(s, policy.Resource))
	}
	return document(p.Version(), policy.Resource, list)
}
