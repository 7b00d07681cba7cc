package compare

import (
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// Side is one side of a comparison: it allows what a policy of Policies allows,
// none denies, and the boundary, if there is one, allows too.
type Side struct {
	Policies []*policy.Policy
	Boundary *policy.Policy
}

// Options bound a comparison. The zero Options are good defaults.
type Options struct {
	// Catalogue of the actions that there are; nil: catalogue.Default().
	Catalogue *catalogue.Catalogue
	// Examples is how many examples are wanted of each side; 0: 10.
	Examples int
	// Budget is how many steps to spend before what is left is undecided; 0: a
	// default that takes some seconds at most.
	Budget int
	// Memo, if there is one, remembers what has been compared.
	Memo *Memo
}

// Example is a request that one side allows and the other does not, confirmed
// by [policy.Policy.Evaluate] on both.
type Example struct {
	// Request with a readable resource and context. Its principal is set where
	// the policies name principals.
	Request policy.Request
	// Actions are those of which the same can be shown, the request's first:
	// the same statements apply to them, and they act on the same types of resources.
	Actions []string
	// By is the index of the policy, of the side that allows, and Statement the
	// index of the statement in it that allows the request.
	By        int
	Statement int
	// Denied: the other side has a statement that denies it; otherwise none
	// allows it, or its boundary does not.
	Denied bool
}

// Undecided is a part of the question that could not be answered.
type Undecided struct {
	Actions []string // names of what is left open
	Reason  string
}

// Result is what a comparison found.
type Result struct {
	// OnlyA are requests that side A alone allows, OnlyB those of side B.
	OnlyA, OnlyB []Example
	// MoreA and MoreB: when there were as many examples as were asked for, the
	// search for more ended.
	MoreA, MoreB bool
	// Undecided is what nothing can be said about.
	Undecided []Undecided
}

// Equal reports that both sides allow the same.
func (r *Result) Equal() bool {
	return len(r.OnlyA) == 0 && len(r.OnlyB) == 0 && len(r.Undecided) == 0
}

// Compare decides whether two sides allow the same.
func Compare(a, b Side, o Options) *Result {
	return o.remembered(a, b, bothWays)
}

// Trust compares two policies that name principals: trust policies of roles,
// policies of resources. Nil is a policy that allows nothing.
func Trust(a, b *policy.Policy, o Options) *Result {
	return Compare(sideOf(a), sideOf(b), o)
}

// NoNewAccess finds what updated allows and existing does not: OnlyB. It does
// not look for what was taken away.
func NoNewAccess(existing, updated Side, o Options) *Result {
	return o.remembered(existing, updated, onlyNew)
}

func sideOf(p *policy.Policy) Side {
	if p == nil {
		return Side{}
	}
	return Side{Policies: []*policy.Policy{p}}
}
