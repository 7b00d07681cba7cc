package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// chains finds those who can become one who can.
type chains struct {
	world *World
	q     *Question // whose keys hold for every call of a chain
	depth int
	best  map[string]*Finding // by principal
	edges map[edge]*Answer    // who may assume whom, as far as it was asked
	notes []string
}

type edge struct{ who, role string }

func newChains(w *World, q *Question, depth int) *chains {
	return &chains{world: w, q: q, depth: depth, best: make(map[string]*Finding), edges: make(map[edge]*Answer)}
}

// id tells principals apart.
func (p *Principal) id() string { return p.kind + " " + p.ARN() }

// extend adds those who have to assume roles. First come chains without any
// condition, then, for whom there is none, those with: a longer chain that
// certainly works says more than a short one that may.
func (c *chains) extend(direct []*Finding) []*Finding {
	for _, f := range direct {
		c.best[f.Principal.id()] = f
	}
	for _, v := range []Verdict{Yes, Depends} {
		c.follow(v)
	}
	list := slices.Collect(maps.Values(c.best))
	slices.SortFunc(list, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(rank[a.Principal.kind], rank[b.Principal.kind]), cmp.Compare(a.Principal.ARN(), b.Principal.ARN()))
	})
	return list
}

// rank orders findings by kind.
var rank = map[string]int{"root": 0, "user": 1, "role": 2, "session": 3, "federated-user": 4, "account": 5, "service": 6, "federated": 7, "canonical-user": 8, "everyone": 9, "anonymous": 10}

// follow goes from those who can back to those who can assume them, a step at a
// time, so that the shortest chains are found. For Yes every step must be
// certain.
func (c *chains) follow(v Verdict) {
	for length := range c.depth {
		var pairs []pair
		for _, f := range c.at(length, v) {
			for _, who := range c.candidates(f.Principal) {
				if found := c.best[who.id()]; found == nil || v == Yes && found.Verdict != Yes {
					pairs = append(pairs, pair{who, f})
				}
			}
		}
		c.ask(pairs)
		for _, p := range pairs {
			c.add(p, v)
		}
	}
}

// pair is somebody who may be able to assume a role that can.
type pair struct {
	who  *Principal
	role *Finding
}

func (p pair) edge() edge { return edge{p.who.id(), p.role.Principal.id()} }

// at lists the findings with a path of a length whose principal is a role, or a
// session of one, of the account.
func (c *chains) at(length int, v Verdict) []*Finding {
	var list []*Finding
	for _, f := range c.best {
		if len(f.Path) == length && f.Principal.Type == policy.AssumedRole && !f.Principal.foreign && (v == Depends || f.Verdict == Yes) {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *Finding) int {
		return cmp.Or(-cmp.Compare(a.Verdict, b.Verdict), cmp.Compare(a.Principal.ARN(), b.Principal.ARN()))
	})
	return list
}

// ask answers for pairs that were not asked before.
func (c *chains) ask(pairs []pair) {
	var open []pair
	for _, p := range pairs {
		if _, asked := c.edges[p.edge()]; !asked {
			c.edges[p.edge()] = nil
			open = append(open, p)
		}
	}
	answers := make([]*Answer, len(open))
	each(len(open), func(i int) { answers[i] = c.assume(open[i].who, open[i].role.Principal) })
	for i, p := range open {
		c.edges[p.edge()] = answers[i]
	}
}

func (c *chains) assume(who, role *Principal) *Answer {
	q := &Question{Action: assumeAction(who), Resource: c.world.roleResource(role), Given: c.q.Given, Absent: c.q.Absent}
	if role.named {
		q.Given = maps.Clone(q.Given)
		if q.Given == nil {
			q.Given = make(policy.Keys)
		}
		q.Given["sts:rolesessionname"] = []string{role.SessionName}
	}
	return c.world.Ask(q, who)
}

// assumeAction is the action by which somebody assumes roles.
func assumeAction(p *Principal) string {
	switch {
	case p.Type != policy.Federated:
		return assumeRole
	case strings.Contains(p.Federated, ":saml-provider/"):
		return "sts:AssumeRoleWithSAML"
	}
	return "sts:AssumeRoleWithWebIdentity"
}

// add notes that somebody can by assuming a role, unless a better way is known.
func (c *chains) add(p pair, v Verdict) {
	answer := c.edges[p.edge()]
	found := c.best[p.who.id()]
	if answer.Verdict == No || v == Yes && answer.Verdict != Yes || found != nil && (v != Yes || found.Verdict == Yes) {
		return
	}
	verdict := Yes
	if answer.Verdict == Depends || p.role.Verdict == Depends {
		verdict = Depends
	}
	step := Step{Role: p.role.Principal, Action: assumeAction(p.who), Answer: answer}
	c.best[p.who.id()] = &Finding{
		Principal: p.who,
		Verdict:   verdict,
		Path:      append([]Step{step}, p.role.Path...),
		Answer:    p.role.Answer,
	}
}

// candidates are those whom the trust policy of a role, and nothing else, does
// not keep from assuming it.
func (c *chains) candidates(role *Principal) []*Principal {
	if role.trustUnread {
		note(&c.notes, "who may assume "+role.Label()+" is not known: its trust policy does not parse")
		return nil
	}
	w, trust := c.world, role.identity.Trust
	var list []*Principal
	for _, s := range trust.Statements() {
		if s.Effect != policy.Allow {
			continue
		}
		if len(s.NotPrincipals) > 0 {
			return append(w.Principals(), c.outside(trust)...)
		}
		for _, e := range s.Principals {
			switch {
			case e.Value == "*" && (e.Kind == "AWS" || e.Kind == "*"):
				return append(w.Principals(), c.outside(trust)...)
			case e.Kind == "AWS" && w.isRoot(e.Value):
				list = append(list, w.assumers.wide...)
				list = append(list, w.assumers.roles[role.identity.ARN]...)
			case e.Kind == "AWS":
				if p := w.member(e.Value); p != nil {
					list = append(list, p)
				}
			}
		}
	}
	return append(list, c.outside(trust)...)
}

// outside are the outsiders that a trust policy names, save those who cannot
// call STS.
func (c *chains) outside(trust *policy.Policy) []*Principal {
	return slices.DeleteFunc(c.world.outsiders(trust), func(p *Principal) bool { return p.Type == policy.Anonymous })
}

// isRoot reports a name of the account in a policy.
func (w *World) isRoot(value string) bool {
	ref, ok := parseARN(value)
	return value == w.account || ok && ref.kind == "root" && ref.account == w.account
}

// member is the user or role of the account that a policy names by ARN or
// unique id.
func (w *World) member(value string) *Principal {
	if id := w.byID[value]; id != nil {
		value = id.ARN
	}
	ref, ok := parseARN(value)
	if !ok || ref.account != w.account || ref.kind != "user" && ref.kind != "role" {
		return nil
	}
	p, err := w.findARN(value)
	if err != nil {
		return nil
	}
	return p
}
