package lint

import (
	"iter"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// coversFold is covers in any letter case.
func coversFold(outer, inner string) bool {
	return covers(strings.ToLower(outer), strings.ToLower(inner))
}

// covers says whether everything that the inner pattern stands for, the outer
// one stands for too: wildcards of the inner one are then matched by stars of
// the outer one only.
func covers(outer, inner string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(inner) {
		switch {
		case p < len(outer) && outer[p] == '*':
			star, mark = p, i
			p++
		case p < len(outer) && (outer[p] == inner[i] || outer[p] == '?' && inner[i] != '*'):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(outer[p:], "*") == ""
}

// redundant are the values that another one of the list covers. Of two that say
// the same, the second is the redundant one.
func (l *linter) redundant(list []value, normal func(string) string, covers func(outer, inner string) bool) []value {
	texts := make([]string, len(list))
	first := make(map[string]int, len(list))
	var wild []int // only these can cover others
	for i, v := range list {
		texts[i] = normal(v.text)
		if _, found := first[texts[i]]; !found {
			first[texts[i]] = i
			if wildcard(texts[i]) {
				wild = append(wild, i)
			}
		}
	}
	var redundant []value
	for i, v := range list {
		covered := first[texts[i]] != i
		for _, w := range wild {
			if covered || !l.spend(coverSteps(texts[w], texts[i])) {
				break
			}
			covered = w != i && covers(texts[w], texts[i]) && !(w > i && covers(texts[i], texts[w]))
		}
		if covered {
			redundant = append(redundant, v)
		}
	}
	return redundant
}

// budget is how many steps may be spent on one document, each about as long as
// it takes to compare two short values. No policy that AWS takes needs as many.
const budget = 4 << 20

// spend uses steps of the budget. It uses none, and says no, where there are not
// as many left: then a check says nothing rather than something uncertain.
func (l *linter) spend(steps int) bool {
	if steps > budget-l.spent {
		return false
	}
	l.spent += steps
	return true
}

// coverSteps are the steps of covers. Where the outer text has many stars, it
// goes through the inner one many times.
func coverSteps(outer, inner string) int { return 1 + len(outer)*len(inner)/256 }

// expand gives the actions that a pattern stands for. It reports false where
// there is no budget left to look for them.
func (l *linter) expand(pattern string) (actions iter.Seq[*catalogue.Action], ok bool) {
	return l.catalogue.Expand(pattern), l.spend(l.expandSteps(pattern))
}

// expandSteps are the steps of looking for the actions of a pattern: among those
// of its service, or of all.
func (l *linter) expandSteps(pattern string) int {
	each := 1 + len(pattern)/64
	service, _, found := strings.Cut(pattern, ":")
	if s := l.catalogue.Service(service); found && !wildcard(service) {
		if s == nil {
			return 1
		}
		return each * len(s.Actions)
	}
	steps := 1
	for _, s := range l.catalogue.Services {
		steps += each * len(s.Actions)
	}
	return steps
}

// suggestions is how many names are looked for in one document.
const suggestions = 50

// nearest finds the name that was probably meant.
func (l *linter) nearest(name string, names func() []string) string {
	if l.suggested++; l.suggested > suggestions {
		return ""
	}
	return nearest(name, names())
}

// nearest is the name that is so like the given one that it was probably meant;
// nothing where there is none.
func nearest(name string, names []string) string {
	best, distance := "", 1+len(name)/4
	lower := strings.ToLower(name)
	for _, candidate := range names {
		if d := edits(lower, strings.ToLower(candidate), distance); d < distance || d == distance && best == "" {
			best, distance = candidate, d
		}
	}
	return best
}

// edits counts the letters to change, insert or remove to make b of a; more than
// limit is just more.
func edits(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
