// Package compare decides whether policies allow the same, and shows by
// concrete requests where they do not.
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

// Options bound a comparison.
type Options struct {
	Catalogue *catalogue.Catalogue // of the actions that there are; nil: catalogue.Default()
	Examples  int                  // how many examples are wanted of each side; 0: a default
	Budget    int                  // how much work to spend before giving up as undecided; 0: a default
}

// Example is a request that one side allows and the other does not.
type Example struct {
	Request policy.Request
	// By is the policy, of the side that allows, with the statement that allows it.
	By        int
	Statement int
	// Denied: the other side has a statement that denies it; otherwise none allows it.
	Denied bool
}

// Undecided is a part of the question that could not be answered.
type Undecided struct {
	Actions []string // patterns or names of what is left open
	Reason  string
}

// Result is what a comparison found.
type Result struct {
	OnlyA, OnlyB []Example
	Undecided    []Undecided
}

// Equal reports that both sides allow the same.
func (r *Result) Equal() bool {
	return len(r.OnlyA) == 0 && len(r.OnlyB) == 0 && len(r.Undecided) == 0
}
