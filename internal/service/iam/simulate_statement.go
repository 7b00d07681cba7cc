package iam

import (
	"slices"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/policy"
)

// matched lists the statements that decided: those that deny when any does,
// else those that allow. A boundary never allows by itself.
func (s *simulation) matched(readings []reading, decision iamapi.PolicyEvaluationDecisionType) []iamapi.Statement {
	list := []iamapi.Statement{}
	deciding := policy.Allow
	switch decision {
	case explicitDeny:
		deciding = policy.Deny
	case implicitDeny:
		return list
	}
	for _, read := range readings {
		if deciding == policy.Allow && read.simulatedPolicy == s.boundary {
			continue
		}
		for _, st := range read.Statements {
			if st.Matched && st.Effect == deciding {
				list = append(list, read.statement(st.Index))
			}
		}
	}
	return list
}

// statement refers to a statement of the policy.
func (p *simulatedPolicy) statement(index int) iamapi.Statement {
	doc := p.policy.Document()
	if p.spans == nil {
		p.spans = statementSpans(doc)
	}
	at := p.spans[index]
	return iamapi.Statement{
		SourcePolicyId:   &p.id,
		SourcePolicyType: p.from,
		StartPosition:    positionAt(doc, at.start),
		EndPosition:      positionAt(doc, at.end),
	}
}

// missing lists the condition keys without a value that the statements ask for
// which are about this action and resource.
func (s *simulation) missing(readings []reading) []string {
	keys := keyList{names: []string{}}
	for _, read := range readings {
		for _, st := range read.Statements {
			if !concerned(st) {
				continue
			}
			for _, e := range st.Elements {
				if e.Absent {
					keys.add(e.Key)
				}
				for _, name := range e.Unresolved {
					if _, given := s.keys.Lookup(name); !given {
						keys.add(name)
					}
				}
			}
		}
	}
	return keys.names
}

// concerned reports whether a statement fails, if it does, by its conditions
// alone, or by a variable in its resources that has no value.
func concerned(st policy.StatementExplanation) bool {
	return !slices.ContainsFunc(st.Elements, func(e policy.ElementExplanation) bool {
		return !e.Matched && e.Element != "Condition" && len(e.Unresolved) == 0
	})
}
