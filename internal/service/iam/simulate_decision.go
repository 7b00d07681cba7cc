package iam

import (
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// Where a simulated policy comes from, in the words that IAM sends. The API's
// model lists others, which it does not send.
const (
	fromIAM      iamapi.PolicySourceType = "IAM Policy"
	fromResource iamapi.PolicySourceType = "Resource Policy"
)

// The decisions, shorter.
const (
	allowed      = iamapi.PolicyEvaluationDecisionTypeAllowed
	explicitDeny = iamapi.PolicyEvaluationDecisionTypeExplicitDeny
	implicitDeny = iamapi.PolicyEvaluationDecisionTypeImplicitDeny
)

// simulatedPolicy is a policy with the name that results give it.
type simulatedPolicy struct {
	id     string
	from   iamapi.PolicySourceType
	policy *policy.Policy
	spans  []span // of its statements, when first needed
}

// simulation is everything that decides a simulated request, but for its
// action and resource.
type simulation struct {
	identity   []simulatedPolicy
	boundary   *simulatedPolicy  // nil: none
	resource   *simulatedPolicy  // nil: none
	membership *authz.Membership // nil: in no organization
	caller     simulatedCaller
	owner      string // account of resources whose ARN names none; "" for the caller's
	keys       policy.Keys
}

// outcome is the result for one action and one resource.
type outcome struct {
	decision      iamapi.PolicyEvaluationDecisionType
	matched       []iamapi.Statement
	missing       []string
	organizations *bool // nil: no organization
	boundary      *bool // nil: no boundary
	details       map[string]iamapi.PolicyEvaluationDecisionType
}

// reading is what one policy says.
type reading struct {
	*simulatedPolicy
	*policy.Explanation
}

// decide follows the evaluation logic of package authz, of which it has the
// part that a simulation can have: no sessions, no grants, and only the
// condition keys that were given.
func (s *simulation) decide(action, resource string) outcome {
	r := &policy.Request{Action: action, Resource: resource, Principal: s.caller.principal, Context: s.keys}
	r.Principal.Bounded = s.boundary != nil
	var o outcome
	if s.membership != nil {
		effect := organizationEffect(s.membership, r)
		o.organizations = new(effect == policy.Allow)
		if effect != policy.Allow {
			o.decision = word(effect)
			o.matched, o.missing = []iamapi.Statement{}, []string{}
			return o
		}
	}
	readings := s.read(r)
	v := s.views(readings)
	if s.boundary != nil {
		o.boundary = new(v.boundary == policy.Allow)
	}
	crosses := s.crosses(resource)
	if crosses {
		o.details = map[string]iamapi.PolicyEvaluationDecisionType{
			string(fromIAM):      word(v.identity),
			string(fromResource): word(v.resource),
		}
	}
	o.decision = v.decision(crosses)
	o.matched = s.matched(readings, o.decision)
	o.missing = s.missing(readings)
	return o
}

// views is what the policies of each kind say together.
type views struct {
	identity, boundary, resource policy.Effect
	via                          policy.Via // how the resource's policy names the caller
}

func (s *simulation) views(readings []reading) views {
	var v views
	if s.boundary == nil {
		v.boundary = policy.Allow
	}
	for _, read := range readings {
		switch {
		case read.simulatedPolicy == s.boundary:
			v.boundary = read.Effect
		case read.simulatedPolicy == s.resource:
			v.resource, v.via = read.Effect, read.Via
		default:
			v.identity = max(v.identity, read.Effect) // Deny is the greatest
		}
	}
	return v
}

func (v views) decision(crosses bool) iamapi.PolicyEvaluationDecisionType {
	identity := v.identity == policy.Allow && v.boundary == policy.Allow
	resource := v.resource == policy.Allow
	switch {
	case max(v.identity, v.boundary, v.resource) == policy.Deny:
		return explicitDeny
	case crosses && identity && resource, !crosses && (identity || resource && v.reaches()):
		return allowed
	}
	return implicitDeny
}

// reaches reports whether a resource's policy by itself lets in a caller of
// the same account: past the boundary when it names the user itself, within it
// when it names the role or everyone. One that names the account leaves the
// matter to the account.
func (v views) reaches() bool {
	return v.via.Has(policy.ViaUser) || v.boundary == policy.Allow && v.via.Has(policy.ViaRole|policy.ViaAnyone)
}

// crosses reports whether the resource belongs to another account than the
// caller. A simulation that says nothing of the resource's side is about the
// caller's side alone.
func (s *simulation) crosses(resource string) bool {
	if s.resource == nil && s.owner == "" {
		return false
	}
	owner := accountOf(resource)
	if owner == "" {
		owner = s.owner
	}
	return owner != "" && owner != s.caller.principal.Account
}

// read asks every policy that applies, the resource's first.
func (s *simulation) read(r *policy.Request) []reading {
	var readings []reading
	ask := func(p *simulatedPolicy) {
		if p != nil {
			readings = append(readings, reading{p, p.policy.Explain(r)})
		}
	}
	ask(s.resource)
	for i := range s.identity {
		ask(&s.identity[i])
	}
	ask(s.boundary)
	return readings
}

// organizationEffect is what the service control policies say: every level
// must allow. They do not bind the management account.
func organizationEffect(m *authz.Membership, r *policy.Request) policy.Effect {
	if m.Management {
		return policy.Allow
	}
	all := policy.Allow
	for _, level := range m.SCPs {
		some := policy.NoMatch
		for _, doc := range level {
			switch doc.Policy.Evaluate(r).Effect {
			case policy.Deny:
				return policy.Deny
			case policy.Allow:
				some = policy.Allow
			}
		}
		if some != policy.Allow {
			all = policy.NoMatch
		}
	}
	return all
}

// word is an effect in IAM's words.
func word(e policy.Effect) iamapi.PolicyEvaluationDecisionType {
	switch e {
	case policy.Allow:
		return allowed
	case policy.Deny:
		return explicitDeny
	}
	return implicitDeny
}
