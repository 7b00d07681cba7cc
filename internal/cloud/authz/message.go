package authz

import (
	"maps"
	"slices"
)

// Message is the content of an encoded authorization message, in the form
// that sts:DecodeAuthorizationMessage gives it.
type Message struct {
	Allowed           bool           `json:"allowed"`
	ExplicitDeny      bool           `json:"explicitDeny"`
	MatchedStatements items          `json:"matchedStatements"`
	Failures          items          `json:"failures"`
	Context           messageContext `json:"context"`
}

type items struct {
	Items []any `json:"items"`
}

type messageContext struct {
	Principal  principal `json:"principal"`
	Action     string    `json:"action"`
	Resource   string    `json:"resource"`
	Conditions items     `json:"conditions"`
}

type principal struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	ARN  string `json:"arn"`
}

type condition struct {
	Key    string `json:"key"`
	Values items  `json:"values"`
}

type value struct {
	Value string `json:"value"`
}

type matched struct {
	StatementID string `json:"statementId"`
	Effect      string `json:"effect"`
	Policy      string `json:"policyId"`
}

// Message describes the decision as an encoded authorization message does, to
// the caller's account.
func (d *Decision) Message() *Message {
	p, private := d.Scope.Principal, d.foreign()
	m := &Message{
		Allowed:           d.Allowed,
		ExplicitDeny:      d.Explicit,
		MatchedStatements: items{[]any{}},
		Failures:          items{[]any{}},
		Context: messageContext{
			Principal:  principal{p.ID, p.Name, p.ARN},
			Action:     d.Request.Action,
			Resource:   d.Request.Resource,
			Conditions: items{[]any{}},
		},
	}
	if d.Explicit && !(private && d.By.ofOwner()) {
		m.MatchedStatements.Items = append(m.MatchedStatements.Items,
			matched{sid(d.Document.Policy, d.Statement), "DENY", d.Document.ID})
	}
	values := d.contextValues(private)
	for _, k := range slices.Sorted(maps.Keys(values)) {
		c := condition{Key: k, Values: items{[]any{}}}
		for _, v := range values[k] {
			c.Values.Items = append(c.Values.Items, value{v})
		}
		m.Context.Conditions.Items = append(m.Context.Conditions.Items, c)
	}
	return m
}
