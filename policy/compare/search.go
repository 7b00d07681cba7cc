package compare

import (
	"slices"
	"strings"
)

// search is a question about one domain.
type search struct {
	*question
	group  *group // nil: only whether there may be differences is asked
	domain *domain

	findings [2]finding
	goals    []*rule // those of which there is an example
	may      bool    // there may be differences
	trial    bool    // examples are looked for in directions that are in doubt
}

// open notes why a difference cannot be ruled out, in both directions.
func (s *search) open(reason string) {
	for dir := range s.findings {
		s.doubt(dir, reason)
	}
}

func (s *search) doubt(dir direction, reason string) {
	s.may = true
	f := &s.findings[dir]
	if !slices.Contains(f.reasons, reason) {
		f.reasons = append(f.reasons, reason)
	}
}

// in looks at one environment.
func (s *search) in(e *environment) {
	if s.group == nil && s.may || !s.wanted(0) && !s.wanted(1) {
		return
	}
	regions, complete := s.regions(s.elements, s.domain, e)
	if !complete || !s.budget.spend(len(regions)) {
		s.open(reasonBudget)
	}
	for _, r := range regions {
		p := s.problem(r, e)
		if p.same() {
			continue
		}
		for dir := range s.findings {
			if s.wanted(dir) {
				s.solve(p, r, e, dir)
			}
		}
	}
}

// wanted reports whether a direction is still of interest.
func (s *search) wanted(dir direction) bool {
	if s.trial && (s.findings[dir].found || len(s.findings[dir].reasons) == 0) {
		return false
	}
	return (dir == 1 || s.only != onlyNew) && !s.full(dir)
}

// solve looks for an example for each rule that allows. One is enough.
func (s *search) solve(p *problem, r region, e *environment, dir direction) {
	for _, goal := range p.sides[dir] {
		if !goal.allows() || p.barren[dir][goal] || slices.Contains(s.goals, goal) {
			continue
		}
		confirmed, tried := false, 0
		ended := p.solve(goal, dir, func() bool {
			s.may = true
			tried++
			if s.group == nil || !e.exact() || tried > maxTries {
				return false
			}
			confirmed = s.confirm(p, r, e, dir)
			return !confirmed
		})
		switch {
		case confirmed:
			s.goals = append(s.goals, goal)
			s.findings[dir].found = true
		case tried > 0:
			s.doubt(dir, s.whyOpen(p, e))
		case !ended:
			s.doubt(dir, reasonBudget)
		case !p.complete:
			s.doubt(dir, s.whyIncomplete(p))
		default:
			p.isBarren(dir, goal)
		}
	}
}

// maxTries is how many solutions are tried that turn out not to be requests.
const maxTries = 200

// conclude notes what stays undecided, and reports whether there may be
// differences. Where there is an example in a direction, that there may be
// others that were not found is no news.
func (s *search) conclude() bool {
	if s.group == nil {
		return s.may
	}
	var reasons []string
	for dir, f := range s.findings {
		if f.found || dir == 0 && s.only == onlyNew {
			continue
		}
		for _, r := range f.reasons {
			if !slices.Contains(reasons, r) {
				reasons = append(reasons, r)
			}
		}
	}
	for _, r := range reasons {
		s.giveUp(s.group.names, r)
	}
	return s.may
}

// The reasons for which something is undecided.
const reasonBudget = "there are more combinations than the budget allows to look at"

func reasonVariables(keys []string) string {
	return "it depends on what ${" + strings.Join(keys, "}, ${") + "} can be"
}

// whyOpen says why a solution could not be made into a request.
func (s *search) whyOpen(p *problem, e *environment) string {
	if !e.exact() {
		return reasonVariables(s.question.keys)
	}
	return "it depends on which values " + s.keysOf(p, func(*dimension) bool { return true }) + " can have together"
}

// keysOf names the keys of some of the dimensions.
func (s *search) keysOf(p *problem, are func(*dimension) bool) string {
	var keys []string
	for _, d := range p.dimensions {
		switch {
		case !are(d):
		case d.key != nil:
			keys = append(keys, d.key.spelled)
		default:
			keys = append(keys, "the principal")
			for _, a := range d.atoms {
				keys = append(keys, s.key(a.key).spelled)
			}
		}
	}
	return strings.Join(canonical(keys), ", ")
}

// whyIncomplete names the keys of which not all cells are known.
func (s *search) whyIncomplete(p *problem) string {
	return "the conditions on " + s.keysOf(p, func(d *dimension) bool { return !d.complete }) + " are too many to look at all their values"
}
