package leastprivilege

import (
	"errors"
	"fmt"
	"slices"
)

// MaxCalls is how many different calls are kept: some 500 MB of them.
const MaxCalls = 500_000

// collector takes the records of a subject and keeps what they needed.
type collector struct {
	o       *Options
	mapper  *Mapper
	current *Current
	keys    map[string]bool // condition keys that matter

	counts   Counts
	seen     map[string]*seen // by call
	calls    []*call          // those that the new policy must allow
	unmapped tally
	outside  tally // of calls that the current policies do not allow
	inferred tally
	wide     tally // of calls whose resource is not known
}

// seen is a call with what the current policies say of it.
type seen struct {
	*call
	outcome outcome
}

func newCollector(o *Options, c *Current) *collector {
	k := &collector{
		o: o, current: c, keys: c.keys(), seen: map[string]*seen{},
		mapper: &Mapper{Catalogue: o.Catalogue, Account: o.Account},
	}
	return k
}

// record takes one record.
func (k *collector) record(r *Record) error {
	switch k.o.Subject.of(r) {
	case stranger:
		return nil
	case former:
		k.counts.Former++
		return nil
	}
	k.counts.Records++
	switch {
	case !r.isCall():
		k.counts.NoCall++
		return nil
	case r.Denied() && !k.o.IncludeDenied:
		k.counts.Denied++
		return nil
	case r.ErrorCode != "" && !r.Denied():
		k.counts.Failed++
	}
	needs, err := k.mapper.Map(r)
	if u := new(UnmappedError); errors.As(err, &u) {
		k.counts.Unmapped++
		k.unmapped.add(r, u.Service+" "+u.Event, u.Reason)
		return nil
	}
	if len(needs) == 0 {
		k.counts.NoPermission++
		return nil
	}
	return k.used(r, needs)
}

// used takes what a record needed. The record is used if the new policies are to
// allow all that it is certain to have needed.
func (k *collector) used(r *Record, needs []Need) error {
	all := factsOf(r, &k.o.Subject).only(k.keys)
	used := true
	for _, n := range needs {
		ok, err := k.need(r, &n, all)
		if err != nil {
			return err
		}
		used = used && (ok || n.Inferred != "")
	}
	if used {
		k.counts.Used++
	} else {
		k.counts.Outside++
	}
	return nil
}

func (k *collector) need(r *Record, n *Need, f facts) (ok bool, err error) {
	list := make([]*seen, len(n.Targets))
	either := false
	for i, t := range n.Targets {
		if list[i], err = k.see(r, n.Action, t, f); err != nil {
			return false, err
		}
		either = either || t.Either && list[i].outcome == allowed
	}
	ok = true
	for i, s := range list {
		switch {
		case s.outcome == allowed:
			k.count(r, s.call, n)
		case n.Inferred != "", n.Targets[i].Either && either:
		default:
			ok = false
			k.outside.add(r, s.action+" on "+n.Targets[i].ARN, outsideReasons[s.outcome])
		}
	}
	return ok, nil
}

var outsideReasons = map[outcome]string{
	unallowed: "no current policy of the principal allows it: a resource's policy did, or the policies have changed",
	denied:    "a current policy of the principal denies it: the policies have changed",
}

func (k *collector) count(r *Record, c *call, n *Need) {
	c.records++
	if n.Untold != "" {
		k.unmapped.add(r, r.EventSource+" "+r.EventName, n.Untold)
	}
	if n.Inferred != "" {
		k.inferred.add(r, c.action+" on "+c.target.ARN, n.Inferred)
	}
	if c.wide != "" {
		k.wide.add(r, c.action, c.wide)
	}
}

// typed reports an action that acts on resources of some type.
func (m *Mapper) typed(action string) bool {
	a := m.Catalogue.Action(action)
	return a != nil && len(a.Resources) > 0
}

// wideReason is what the report says of a call whose resource is not known.
func (c *call) wideReason() string {
	var list []string
	for _, g := range c.grants {
		list = append(list, g.resources...)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	switch {
	case len(list) == 0:
		return "the record does not name the resource: all but what the current policy excepts"
	case len(list) > 3:
		return fmt.Sprintf("the record does not name the resource: %s and %d more", list[0], len(list)-1)
	}
	return fmt.Sprintf("the record does not name the resource: %s", join(list))
}

// see finds a call, or decides on a new one.
func (k *collector) see(r *Record, action string, t Target, f facts) (*seen, error) {
	c := &call{action: action, target: t, facts: f, example: r.EventID, event: r.EventName, at: r.EventTime}
	key := c.key()
	if s := k.seen[key]; s != nil {
		return s, nil
	}
	if len(k.seen) >= MaxCalls {
		return nil, fmt.Errorf("more than %d different calls: choose a shorter window", MaxCalls)
	}
	s := &seen{call: c}
	s.outcome, c.grants = k.current.grant(c, &k.o.Subject)
	k.seen[key] = s
	if s.outcome == allowed {
		k.calls = append(k.calls, c)
		if t.Pattern && k.mapper.typed(action) {
			c.wide = c.wideReason()
		}
	}
	return s, nil
}
