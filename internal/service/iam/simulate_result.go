package iam

import (
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// anyResource is the resource of a simulation that names none.
const anyResource = "*"

// result is the answer for one action over all resources. What there is to say
// of named resources is said for each of them; the result as a whole then
// speaks for all: it allows when all are allowed.
func (s *simulation) result(action string, resources []string) iamapi.EvaluationResult {
	if len(resources) == 0 || len(resources) == 1 && resources[0] == anyResource {
		o := s.decide(action, anyResource)
		return iamapi.EvaluationResult{
			EvalActionName:                    &action,
			EvalResourceName:                  new(anyResource),
			EvalDecision:                      o.decision,
			MatchedStatements:                 o.matched,
			MissingContextValues:              o.missing,
			OrganizationsDecisionDetail:       organizationsDetail(o.organizations),
			PermissionsBoundaryDecisionDetail: boundaryDetail(o.boundary),
			EvalDecisionDetails:               o.details,
		}
	}
	r := iamapi.EvaluationResult{
		EvalActionName:       &action,
		EvalResourceName:     new(anyResource),
		MissingContextValues: []string{},
	}
	if len(resources) == 1 {
		r.EvalResourceName = &resources[0]
	}
	outcomes := make([]outcome, len(resources))
	for i, resource := range resources {
		outcomes[i] = s.decide(action, resource)
		r.ResourceSpecificResults = append(r.ResourceSpecificResults, outcomes[i].specific(resource))
	}
	whole := combine(outcomes)
	r.EvalDecision = whole.decision
	r.MatchedStatements = whole.matched
	r.OrganizationsDecisionDetail = organizationsDetail(whole.organizations)
	r.PermissionsBoundaryDecisionDetail = boundaryDetail(whole.boundary)
	r.EvalDecisionDetails = whole.details
	return r
}

func (o *outcome) specific(resource string) iamapi.ResourceSpecificResult {
	return iamapi.ResourceSpecificResult{
		EvalResourceName:                  &resource,
		EvalResourceDecision:              o.decision,
		MatchedStatements:                 o.matched,
		MissingContextValues:              o.missing,
		EvalDecisionDetails:               o.details,
		PermissionsBoundaryDecisionDetail: boundaryDetail(o.boundary),
	}
}

// combine makes one outcome of those of several resources: the worst of them,
// with the statements that led to it. Details are there, if empty, also when
// no resource is another account's, unless the organization ended the matter.
func combine(outcomes []outcome) outcome {
	whole := outcomes[0]
	whole.matched = []iamapi.Statement{}
	for _, o := range outcomes {
		whole.decision = worse(whole.decision, o.decision)
		whole.organizations = both(whole.organizations, o.organizations)
		whole.boundary = both(whole.boundary, o.boundary)
	}
	if whole.organizations == nil || *whole.organizations {
		whole.details = make(map[string]iamapi.PolicyEvaluationDecisionType)
	}
	for _, o := range outcomes {
		if o.decision == whole.decision {
			whole.addMatched(o.matched)
		}
		for from, decision := range o.details {
			if have, ok := whole.details[from]; ok {
				decision = worse(have, decision)
			}
			whole.details[from] = decision
		}
	}
	return whole
}

// addMatched adds the statements that are not there yet.
func (o *outcome) addMatched(list []iamapi.Statement) {
	for _, add := range list {
		known := false
		for _, have := range o.matched {
			known = known || *have.SourcePolicyId == *add.SourcePolicyId && *have.StartPosition.Line == *add.StartPosition.Line &&
				*have.StartPosition.Column == *add.StartPosition.Column
		}
		if !known {
			o.matched = append(o.matched, add)
		}
	}
}

// worse is the decision that is further from being allowed.
func worse(a, b iamapi.PolicyEvaluationDecisionType) iamapi.PolicyEvaluationDecisionType {
	for _, d := range []iamapi.PolicyEvaluationDecisionType{explicitDeny, implicitDeny} {
		if a == d || b == d {
			return d
		}
	}
	return allowed
}

// both is whether both are so; nil where neither is known.
func both(a, b *bool) *bool {
	if a == nil || b == nil {
		return a
	}
	return new(*a && *b)
}

func organizationsDetail(ok *bool) *iamapi.OrganizationsDecisionDetail {
	if ok == nil {
		return nil
	}
	return &iamapi.OrganizationsDecisionDetail{AllowedByOrganizations: ok}
}

func boundaryDetail(ok *bool) *iamapi.PermissionsBoundaryDecisionDetail {
	if ok == nil {
		return nil
	}
	return &iamapi.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: ok}
}
