package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/compare"
)

// maxExamples bounds the examples of each side of an entity.
const maxExamples = 5

// compareEffects compares the effects of what both sides have in other words.
func (c *Comparison) compareEffects(ctx context.Context) error {
	s := &semantics{
		rewriter: newRewriter(c.options.Dictionary),
		options:  compare.Options{Catalogue: c.options.Catalogue, Examples: maxExamples, Memo: new(compare.Memo)},
	}
	type job struct {
		group  *group
		entity *Entity
	}
	var jobs []job
	for i, g := range c.groups {
		if e := c.report.Entities[i]; e.Status == Different {
			jobs = append(jobs, job{g, e})
		}
	}
	return parallel(ctx, len(jobs), func(i int) { s.compare(jobs[i].group, jobs[i].entity) }, func(done int) {
		c.options.Progress("effects", done, len(jobs))
	})
}

// semantics compares effects. It is safe for concurrent use.
type semantics struct {
	rewriter *rewriter
	options  compare.Options
}

func (s *semantics) compare(g *group, e *Entity) {
	m := new(Semantic)
	m.Permissions = s.effect(g, false)
	m.Trust = s.effect(g, true)
	m.Equal = (m.Permissions == nil || m.Permissions.Equal) && (m.Trust == nil || m.Trust.Equal)
	e.Semantic = m
	if m.Equal && len(e.Attributes) == 0 {
		e.Status = SameInEffect
	}
}

// named is one policy of a side, under the name that the account has for it.
type named struct {
	name   string
	policy *policy.Policy
}

// effectSide is what one side's policies come to.
type effectSide struct {
	policies []named
	boundary *named
	caller   policy.Principal // who has the permissions; nobody of a trust policy
}

// effect compares the trust policies of a group, or the others; nil where both
// sides have the same.
func (s *semantics) effect(g *group, trust bool) *Effect {
	a, problemsA := s.side(g.a, trust)
	b, problemsB := s.side(g.b, trust)
	if problems := append(problemsA, problemsB...); len(problems) > 0 {
		return &Effect{Undecided: problems}
	}
	if a.same(b) {
		return nil
	}
	r := compare.Compare(a.side(), b.side(), s.options)
	e := &Effect{Equal: r.Equal(), MoreA: r.MoreA, MoreB: r.MoreB}
	for _, x := range r.OnlyA {
		e.OnlyA = append(e.OnlyA, s.example(x, a, b, false))
	}
	for _, x := range r.OnlyB {
		e.OnlyB = append(e.OnlyB, s.example(x, b, a, true))
	}
	for _, u := range r.Undecided {
		e.Undecided = append(e.Undecided, Undecided{u.Actions, u.Reason})
	}
	return e
}

// side rewrites the policies of one side. What it cannot read is left
// undecided: to compare the rest would say that nothing depends on it.
func (s *semantics) side(entities []*entity, trust bool) (*effectSide, []Undecided) {
	if len(entities) > 1 {
		return nil, []Undecided{{Reason: fmt.Sprintf("the dictionary makes one of %d %ss", len(entities), entities[0].kind)}}
	}
	side := new(effectSide)
	if !trust {
		side.caller = entities[0].principal()
	}
	var problems []Undecided
	for _, b := range entities[0].blocks {
		if (b.typ == Trust) != trust {
			continue
		}
		w := s.rewriter.document(b.doc)
		n := named{b.name, w.policy}
		switch {
		case w.policy == nil:
			problems = append(problems, Undecided{Reason: fmt.Sprintf("%s policy %s: %s", b.typ, b.name, w.problem)})
		case b.typ == Boundary:
			side.boundary = &n
		default:
			side.policies = append(side.policies, n)
		}
	}
	// In one order, the same policies are compared once, whatever their names.
	slices.SortStableFunc(side.policies, func(x, y named) int {
		return cmp.Compare(x.policy.Document(), y.policy.Document())
	})
	return side, problems
}

// same reports whether both sides have the same documents.
func (a *effectSide) same(b *effectSide) bool {
	sameText := func(x, y named) bool { return x.policy.Document() == y.policy.Document() }
	if (a.boundary == nil) != (b.boundary == nil) || a.boundary != nil && !sameText(*a.boundary, *b.boundary) {
		return false
	}
	return slices.EqualFunc(a.policies, b.policies, sameText)
}

func (a *effectSide) side() compare.Side {
	var s compare.Side
	for _, n := range a.policies {
		s.Policies = append(s.Policies, n.policy)
	}
	if a.boundary != nil {
		s.Boundary = a.boundary.policy
	}
	return s
}

// example is a request that one side allows and the other does not, with what
// the evaluator says of it. Swapped says that B is the side that allows.
func (s *semantics) example(x compare.Example, allows, denies *effectSide, swapped bool) Example {
	e := Example{
		Action: x.Request.Action, Resource: s.rewriter.readable(x.Request.Resource),
		AllowedBy: allows.policies[x.By].name, Statement: x.Statement,
		DeniedBy: denies.whyNot(&x.Request),
		ProofA:   s.proofs(&x.Request, allows), ProofB: s.proofs(&x.Request, denies),
	}
	if len(x.Actions) > 1 {
		e.Others = x.Actions[1:]
	}
	if x.Request.Principal.Type != policy.Anonymous {
		e.Principal = s.rewriter.readable(x.Request.Principal.String())
	}
	if keys, ok := x.Request.Context.(policy.Keys); ok && len(keys) > 0 {
		e.Context = make(map[string][]string)
		for name, values := range keys {
			for _, v := range values {
				e.Context[name] = append(e.Context[name], s.rewriter.readable(v))
			}
		}
	}
	if swapped {
		e.ProofA, e.ProofB = e.ProofB, e.ProofA
	}
	return e
}

// whyNot is why a side does not allow a request.
func (a *effectSide) whyNot(r *policy.Request) string {
	allowed := false
	for _, n := range a.policies {
		switch n.policy.Evaluate(r).Effect {
		case policy.Deny:
			return "an explicit deny in " + n.name
		case policy.Allow:
			allowed = true
		}
	}
	if a.boundary != nil && a.boundary.policy.Evaluate(r).Effect == policy.Deny {
		return "an explicit deny in the boundary " + a.boundary.name
	}
	if allowed && a.boundary != nil {
		return "the boundary " + a.boundary.name + " does not allow it"
	}
	return "no statement allows it"
}

// principal is the entity as one that makes requests. Identity policies do not
// ask who that is; it is named in what the evaluator says.
func (e *entity) principal() policy.Principal {
	switch e.kind {
	case Role:
		return policy.Principal{Type: policy.AssumedRole, ARN: e.arn, RoleARN: e.arn}
	case User:
		return policy.Principal{Type: policy.User, ARN: e.arn}
	}
	return policy.Principal{}
}

// proofs are the evaluations of all policies of a side.
func (s *semantics) proofs(request *policy.Request, a *effectSide) []Proof {
	r := new(*request)
	if r.Principal == (policy.Principal{}) {
		r.Principal = a.caller
	}
	list := a.policies
	if a.boundary != nil {
		list = append(slices.Clone(list), *a.boundary)
	}
	proofs := make([]Proof, 0, len(list))
	for _, n := range list {
		e := n.policy.Explain(r)
		proofs = append(proofs, Proof{n.name, e.Effect.String(), s.rewriter.readable(e.String())})
	}
	return proofs
}
