// Package exposure answers what IAM Access Analyzer asks about policies: does a
// new version of a policy allow more than the one before it (NewAccess), does a
// policy allow certain actions or resources at all (Granted), does it let the
// public in (Public), and whom does it let in from outside of a zone of trust
// (External)?
//
// All are one question to package compare, which reasons about all requests at
// once: is there a request that this policy allows and that one does not? What
// is trusted is written down as the policy on the other side. So a Deny
// statement counts, and a condition, and whether a difference is one of wording.
//
// Nothing here is decided by guessing. Where compare cannot tell, a Verdict says
// so, and External takes the access for given.
package exposure

import (
	"slices"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

// Verdict is the answer about a policy. The zero Verdict is that it gives no
// such access.
type Verdict struct {
	// Statements are the indices of those that give the access: of very long
	// policies not of all, but always of one.
	Statements []int
	// Open says why it could not be decided; "" if it could.
	Open string
}

// NewAccess finds the statements of updated that allow what existing does not.
// Both must be of one kind.
func NewAccess(existing, updated *policy.Policy) (Verdict, error) {
	return beyond(existing, updated)
}

// beyond finds the statements of a policy that allow more than trusted does: one
// that an example shows, so that what was found is never lost, and of the others
// as many as there is time to ask about.
func beyond(trusted, p *policy.Policy) (Verdict, error) {
	examples, open := ask(trusted, p, 1, work)
	if len(examples) == 0 {
		return Verdict{Open: open}, nil
	}
	shown := examples[0].Statement
	v := Verdict{Statements: []int{shown}}
	statements, asked := p.Statements(), 0
	for i := range statements {
		if statements[i].Effect != policy.Allow || i == shown {
			continue
		}
		if asked++; asked > maxAsked {
			break
		}
		alone, err := alone(p, statements, i)
		if err != nil {
			return Verdict{}, err
		}
		if examples, open := ask(trusted, alone, 1, share(len(statements))); len(examples) > 0 || open != "" {
			v.Statements = append(v.Statements, i)
		}
	}
	slices.Sort(v.Statements)
	return v, nil
}

// maxAsked is how many statements are asked about one by one.
const maxAsked = 100

// The work that goes into an answer, in the steps of compare. All of it takes
// some seconds; a usual policy is decided in a few thousand.
const (
	work      = 20_000_000
	leastWork = 100_000 // for a part of the question
)

// share is the work for one of n parts of a question.
func share(n int) int { return max(work/max(n, 1), leastWork) }

// ask asks for some requests that a policy allows beyond what trusted does.
// Without any, open says what could not be decided; with some, that there is
// more than they show.
func ask(trusted, p *policy.Policy, some, budget int) (examples []compare.Example, open string) {
	r := compare.NoNewAccess(side(trusted), side(p), compare.Options{Examples: some, Budget: budget})
	switch {
	case len(r.Undecided) > 0:
		open = r.Undecided[0].Reason
	case r.MoreB:
		open = "there is more"
	}
	return r.OnlyB, open
}

func side(p *policy.Policy) compare.Side { return compare.Side{Policies: []*policy.Policy{p}} }

// alone is a policy with one of its Allow statements and all that deny.
func alone(p *policy.Policy, statements []policy.Statement, i int) (*policy.Policy, error) {
	kept := []statement{}
	for j, s := range statements {
		if j == i || s.Effect == policy.Deny {
			kept = append(kept, element(s, p.Kind()))
		}
	}
	return document(p.Version(), p.Kind(), kept)
}

// actionsOf are the actions that examples show, sorted.
func actionsOf(examples []compare.Example) []string {
	var actions []string
	for _, e := range examples {
		actions = append(actions, e.Request.Action)
		actions = append(actions, e.Actions...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}
