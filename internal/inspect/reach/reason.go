package reach

import (
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// reasonFor tells what decided. It does not explain: of a large account it is
// asked thousands of times.
func (a *asking) reason() Reason {
	d, p := a.given.Decision, a.p
	r := Reason{Text: d.Reason(), Type: string(d.By)}
	switch {
	case d.Grant != "":
		r.Type, r.Policy = "grant", d.Grant
	case d.Allowed && d.Document == nil && p.kind == "root":
		r.Type = ""
	case d.Document != nil:
		r.Policy = d.Document.ID
		r.Statement = statementOf(d.Document.Policy, a.decisive(d))
	}
	return r
}

// decisive is the statement that decided. Of a resource's policy several can
// allow, the first by letting the account in only: the one that names the
// principal says more.
func (a *asking) decisive(d *authz.Decision) int {
	p := d.Document.Policy
	if !d.Allowed || d.By != authz.ResourceBased || a.p.kind == "root" {
		return d.Statement
	}
	r := a.query()
	for i, alone := range a.world.variants.singles(p) {
		if v := alone.Evaluate(&r); v.Effect == policy.Allow && v.Via.Has(^policy.ViaAccount) {
			return i
		}
	}
	return d.Statement
}

// query is the question as a policy is asked it.
func (a *asking) query() policy.Request {
	r := policy.Request{Action: a.q.Action, Resource: a.q.Resource.ARN, Principal: a.p.Principal.Principal, Context: a.given.keys}
	r.Principal.Bounded = a.p.identity != nil && a.p.identity.Boundary != nil
	return r
}

func statementOf(p *policy.Policy, index int) string {
	statements := p.Statements()
	if index < 0 || index >= len(statements) {
		return ""
	}
	return sidOf(statements[index].Sid, index)
}

// Explain reads every policy again and notes why. It is nil where no policy was
// asked.
func (a *Answer) Explain() *authz.Explanation {
	if a.decision == nil {
		return nil
	}
	e := a.decision.Explain(authz.Everybody)
	if e.Remedy != nil {
		// Nobody can add a policy to a session.
		e.Remedy.Where = strings.ReplaceAll(e.Remedy.Where, a.Principal.Principal.ARN, a.Principal.ARN())
	}
	return e
}

// Failed are the statements that are about the action, the resource and the
// principal and do not apply because of a condition.
func (a *Answer) Failed() []FailedStatement {
	e := a.Explain()
	if e == nil {
		return nil
	}
	var list []FailedStatement
	for _, reading := range e.Policies {
		for _, s := range reading.Explanation.Statements {
			failed := s.Failed()
			if len(failed) == 0 {
				continue
			}
			conditions := failed[:0:0]
			for _, f := range failed {
				if f.Element == "Condition" {
					conditions = append(conditions, f)
				}
			}
			if len(conditions) == len(failed) {
				list = append(list, FailedStatement{Type: string(reading.Type), Policy: reading.ID, Statement: sidOf(s.Sid, s.Index), Effect: s.Effect.String(), Conditions: conditions})
			}
		}
	}
	return list
}

// FailedStatement is a statement that applies but for its conditions.
type FailedStatement struct {
	Type       string                      `json:"type"`
	Policy     string                      `json:"policy"`
	Statement  string                      `json:"statement"`
	Effect     string                      `json:"effect"`
	Conditions []policy.ElementExplanation `json:"conditions"`
}
