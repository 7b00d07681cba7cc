package leastprivilege

import (
	"cmp"
	"slices"
	"strings"
)

// Finding is something that the report tells of a number of records.
type Finding struct {
	What    string `json:"what"`
	Why     string `json:"why"`
	Records int    `json:"records"`
	Example string `json:"example"` // the id of the first
}

// tally counts records by what and why.
type tally map[[2]string]*Finding

func (t *tally) add(r *Record, what, why string) {
	if *t == nil {
		*t = tally{}
	}
	key := [2]string{what, why}
	f := (*t)[key]
	if f == nil {
		f = &Finding{What: what, Why: why, Example: r.EventID}
		(*t)[key] = f
	}
	f.Records++
}

// list is in the order of what, so that the same records make the same report.
func (t tally) list() []Finding {
	list := make([]Finding, 0, len(t))
	for _, f := range t {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Why, b.Why)) })
	return list
}

func join(list []string) string { return strings.Join(list, ", ") }
