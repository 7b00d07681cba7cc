package leastprivilege

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// ReplayError is a call that the new policies would not allow.
type ReplayError struct {
	EventID, Event, Action, Resource string
}

func (e *ReplayError) Error() string {
	return fmt.Sprintf("record %s (%s): the policy does not allow %s on %s", e.EventID, e.Event, e.Action, e.Resource)
}

// Replay is what evaluating the calls against the new policies has shown.
type Replay struct {
	Records int `json:"records"` // that were used
	Calls   int `json:"calls"`   // different ones among them
	// Proven calls are allowed whatever their records do not tell.
	Proven int `json:"proven"`
	// Conditional calls are allowed if the conditions hold that the current
	// policies put on them, about keys that no record tells.
	Conditional int      `json:"conditional"`
	Keys        []string `json:"conditionalOn,omitempty"`
}

// replayer evaluates calls against new policies.
type replayer struct {
	statements []statement
	subject    *Subject
	keys       []string // on which the statements depend
	read       map[string]*reading
}

// reading is both readings of the policies, for calls that leave the same keys
// open. Nil allows nothing.
type reading struct {
	least, most *policy.Policy
	allows      *policy.Policy // most, without what denies
}

func newReplayer(docs []document, s *Subject) *replayer {
	r := &replayer{subject: s, read: map[string]*reading{}}
	for _, d := range docs {
		r.statements = append(r.statements, d.Statement...)
	}
	for _, st := range r.statements {
		r.keys = append(r.keys, st.open(nil)...)
	}
	slices.Sort(r.keys)
	r.keys = slices.Compact(r.keys)
	return r
}

// open are the keys that a call leaves open.
func (r *replayer) open(f facts) []string {
	return slices.DeleteFunc(slices.Clone(r.keys), f.knows)
}

// verdict is what a replay says of a call.
type verdict uint8

const (
	refused     verdict = iota
	conditional         // allowed if what is not known holds
	proven
)

// call evaluates a call against both readings of the policies.
func (r *replayer) call(c *call) (verdict, error) {
	read, err := r.reading(c.facts)
	switch {
	case err != nil:
		return refused, err
	case r.allowed(c, read.least):
		return proven, nil
	case r.allowed(c, read.most):
		return conditional, nil
	case c.target.Pattern && r.allowed(c, read.allows):
		// Some of what the pattern stands for is denied, as it was: not what was
		// called for.
		return conditional, nil
	}
	return refused, nil
}

// allowed reports whether a policy allows a call: on its resource, or where
// that is not known, on each that stands for it.
func (r *replayer) allowed(c *call, p *policy.Policy) bool {
	return p != nil && !slices.ContainsFunc(c.samples(), func(resource string) bool {
		return p.Evaluate(c.request(r.subject, resource)).Effect != policy.Allow
	})
}

func (r *replayer) reading(f facts) (*reading, error) {
	key := strings.Join(r.open(f), "\n")
	if read := r.read[key]; read != nil {
		return read, nil
	}
	least, most := readings(r.statements, f)
	read := new(reading)
	var err1, err2, err3 error
	read.least, err1 = parse(least)
	read.most, err2 = parse(most)
	read.allows, err3 = parse(slices.DeleteFunc(most, func(s statement) bool { return s.Effect != "Allow" }))
	r.read[key] = read
	return read, errors.Join(err1, err2, err3)
}

func parse(list []statement) (*policy.Policy, error) {
	if len(list) == 0 {
		return nil, nil
	}
	p, err := policy.Parse(newDocument(list...).String(), policy.Managed)
	if err != nil {
		return nil, fmt.Errorf("the new policy is not well formed: %w", err)
	}
	return p, nil
}

// samples are the resources for which a call is evaluated. A wildcard stands
// for itself: only a wildcard matches it.
func (c *call) samples() (list []string) {
	if !c.target.Pattern {
		return []string{c.target.ARN}
	}
	for _, g := range c.grants {
		for _, r := range g.resources {
			list = append(list, c.sample(r))
		}
	}
	if list == nil { // all but some resources
		list = []string{c.sample(c.target.ARN)}
	}
	return list
}

// sample is a resource as a request would have it: with the values of its
// variables, and its escaped characters as they are.
func (c *call) sample(pattern string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "${")
		b.WriteString(before)
		variable, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return b.String()
		}
		pattern = after
		key, _, _ := strings.Cut(variable, ",")
		switch v, _ := c.facts.Lookup(strings.ToLower(key)); {
		case variable == "*" || variable == "?" || variable == "$":
			b.WriteString(variable)
		case len(v) == 1:
			b.WriteString(v[0])
		default:
			b.WriteByte('*')
		}
	}
}
