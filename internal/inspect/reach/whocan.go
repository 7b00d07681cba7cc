package reach

import (
	"maps"
	"slices"

	"github.com/fortlet/fortlet/policy"
)

// Finding is somebody who can, or may be able to.
type Finding struct {
	Principal *Principal
	Verdict   Verdict // Yes or Depends
	// Path are the roles that it assumes first, one after the other; empty when
	// it can as it is.
	Path []Step
	// Answer is that of the last role of the path, or its own.
	Answer *Answer
}

// Step is a role that is assumed, and why it can be.
type Step struct {
	Role   *Principal
	Action string
	Answer *Answer
}

// Report is who can.
type Report struct {
	// Findings are those who can as they are, then those who have to assume
	// roles, by the number of roles.
	Findings []*Finding
	// Asked is the number of principals that were asked.
	Asked int
	// Assumed are condition keys whose values were taken for granted.
	Assumed map[string][]string
	// Notes tell what is not known about chains.
	Notes []string
}

// WhoCan answers a question for everybody. Chains of roles are followed up to a
// depth; with 0 only those are found who can as they are.
func (w *World) WhoCan(q *Question, depth int) *Report {
	list := append([]*Principal{w.root()}, w.users...)
	list = append(list, w.roles...)
	list = append(list, w.outsiders(q.Resource.Policy, q.Resource.ACL)...)
	list = append(list, w.grantees(q.Resource.Grants, list)...)
	answers := make([]*Answer, len(list))
	each(len(list), func(i int) { answers[i] = w.askAmong(q, list[i]) })

	r := &Report{Asked: len(list)}
	for i, p := range list {
		if answers[i] != nil && answers[i].Verdict != No {
			r.Findings = append(r.Findings, &Finding{Principal: p, Verdict: answers[i].Verdict, Answer: answers[i]})
		}
	}
	c := newChains(w, q, depth)
	r.Findings = c.extend(r.Findings)
	r.Assumed = assumedBy(slices.Concat(answers, slices.Collect(maps.Values(c.edges))))
	r.Notes = c.notes
	if q.Resource.Unread != "" {
		r.Notes = append(r.Notes, "whoever else the policy of "+q.Resource.ARN+" lets in is not listed: "+q.Resource.Unread)
	}
	return r
}

// assumedBy is what any of the answers took for granted.
func assumedBy(answers []*Answer) map[string][]string {
	all := make(map[string][]string)
	for _, a := range answers {
		if a != nil {
			maps.Copy(all, a.Assumed)
		}
	}
	return all
}

// askAmong answers for one of many. A policy that could not be read could let
// anybody in: those only are told of whom their own policies let.
func (w *World) askAmong(q *Question, p *Principal) *Answer {
	if q.Resource.Unread == "" {
		return w.Ask(q, p)
	}
	r := *q.Resource
	r.Unread = ""
	if r.Gate {
		r.Policy = delegation(w.account)
	}
	supposed := *q
	supposed.Resource = &r
	if w.Ask(&supposed, p).Verdict == No {
		return nil
	}
	return w.Ask(q, p)
}

// grantees are those whom grants name and who are not in the list yet.
func (w *World) grantees(grants []Grant, list []*Principal) []*Principal {
	var more []*Principal
	for i := range grants {
		var p *Principal
		switch name := grants[i].Grantee; {
		case isService(name):
			p = service(name)
		case name != "":
			found := w.named(policy.PrincipalElement{Kind: "AWS", Value: name})
			if len(found) != 1 {
				continue
			}
			p = found[0]
		default:
			continue
		}
		same := func(o *Principal) bool { return o.kind == p.kind && o.ARN() == p.ARN() }
		if !slices.ContainsFunc(list, same) && !slices.ContainsFunc(more, same) {
			more = append(more, p)
		}
	}
	return more
}
