package compare

import (
	"cmp"
	"slices"
)

// problem is what is left of a question in one region of resources and one
// environment: rules with principals and conditions only. A solution is a choice
// of one cell in each dimension.
type problem struct {
	sides      [2][]*rule
	bounded    [2]bool // the side has a boundary
	dimensions []*dimension
	complete   bool

	atoms      []outcome // by atom id
	principals []outcome // by principal id
	chosen     []int     // of each dimension, -1 if none yet
	budget     *budget

	barren [2]map[*rule]bool // goals without a solution
}

// outcome is what is known about a truth.
type outcome int8

const (
	open outcome = iota
	yes
	no
)

func outcomeOf(b bool) outcome {
	if b {
		return yes
	}
	return no
}

func (o outcome) and(p outcome) outcome {
	switch {
	case o == no || p == no:
		return no
	case o == yes && p == yes:
		return yes
	}
	return open
}

func (o outcome) not() outcome {
	switch o {
	case yes:
		return no
	case no:
		return yes
	}
	return open
}

func (p *problem) applies(r *rule) outcome {
	o := yes
	if r.principal != nil {
		o = p.principals[r.principal.id]
	}
	for _, a := range r.atoms {
		if o == no {
			return no
		}
		o = o.and(p.atoms[a.id])
	}
	return o
}

// any is whether one of the side's rules of a sort applies.
func (p *problem) any(side int, sort func(*rule) bool) outcome {
	o := no
	for _, r := range p.sides[side] {
		if !sort(r) {
			continue
		}
		switch p.applies(r) {
		case yes:
			return yes
		case open:
			o = open
		}
	}
	return o
}

func (r *rule) denies() bool  { return r.deny }
func (r *rule) allows() bool  { return !r.deny && !r.boundary }
func (r *rule) permits() bool { return !r.deny && r.boundary }

// unhindered is whether nothing of the side stands in the way of its rules that allow.
func (p *problem) unhindered(side int) outcome {
	o := p.any(side, (*rule).denies).not()
	if p.bounded[side] && o != no {
		o = o.and(p.any(side, (*rule).permits))
	}
	return o
}

func (p *problem) allowed(side int) outcome {
	o := p.unhindered(side)
	if o == no {
		return no
	}
	return o.and(p.any(side, (*rule).allows))
}

// found is whether what is chosen makes the goal allow on its side and the
// other side not.
func (p *problem) found(goal *rule, side int) outcome {
	o := p.applies(goal)
	if o != no {
		o = o.and(p.unhindered(side))
	}
	if o != no {
		o = o.and(p.allowed(1 - side).not())
	}
	return o
}

// order puts those dimensions first that the goal depends on, and of these the
// ones with few cells.
func (p *problem) order(goal *rule) {
	rank := func(d *dimension) int {
		n := len(d.cells)
		if !slices.ContainsFunc(d.atoms, func(a *atom) bool { return slices.Contains(goal.atoms, a) }) && (d.key != nil || goal.principal == nil) {
			n += 1 << 20
		}
		return n
	}
	slices.SortStableFunc(p.dimensions, func(a, b *dimension) int { return cmp.Compare(rank(a), rank(b)) })
}

// solve looks for choices of cells with which the goal allows and the other side
// does not, and yields each until that returns false. It reports false where the
// budget ended the search.
func (p *problem) solve(goal *rule, side int, yield func() bool) bool {
	p.order(goal)
	p.chosen = make([]int, len(p.dimensions))
	for i := range p.chosen {
		p.chosen[i] = -1
	}
	ended, exhausted := false, false
	var try func(i int)
	try = func(i int) {
		if ended || exhausted {
			return
		}
		if !p.budget.spend(1 + len(p.sides[0]) + len(p.sides[1])) {
			exhausted = true
			return
		}
		switch p.found(goal, side) {
		case no:
			return
		case yes:
			ended = !yield()
			return
		}
		if i == len(p.dimensions) {
			return // every atom is decided, so that this is not reached
		}
		d := p.dimensions[i]
		for n := range d.cells {
			p.choose(i, d, n)
			try(i + 1)
		}
		p.unchoose(i, d)
	}
	try(0)
	for i, d := range p.dimensions {
		p.unchoose(i, d)
	}
	return !exhausted
}

// isBarren remembers that a goal has no solution: other groups of actions come to
// the same problem.
func (p *problem) isBarren(side int, goal *rule) {
	if p.barren[side] == nil {
		p.barren[side] = make(map[*rule]bool)
	}
	p.barren[side][goal] = true
}

func (p *problem) choose(i int, d *dimension, n int) {
	p.chosen[i] = n
	for j, a := range d.atoms {
		p.atoms[a.id] = outcomeOf(d.cells[n].holds[j])
	}
	for j, e := range d.principals {
		p.principals[e.id] = outcomeOf(d.cells[n].holds[len(d.atoms)+j])
	}
}

func (p *problem) unchoose(i int, d *dimension) {
	p.chosen[i] = -1
	for _, a := range d.atoms {
		p.atoms[a.id] = open
	}
	for _, e := range d.principals {
		p.principals[e.id] = open
	}
}
