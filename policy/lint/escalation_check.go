package lint

import (
	"slices"

	"github.com/fortlet/fortlet/policy"
)

var (
	administrator       = defineOwn(Warning, "ADMINISTRATOR_ACCESS", "The statement allows every action on every resource.")
	privilegeEscalation = defineOwn(SecurityWarning, "PRIVILEGE_ESCALATION", "Who has this policy can %s: %s.")
)

// checkEscalations reports the ways to more privileges that an identity policy
// opens by itself.
func (l *linter) checkEscalations() {
	switch {
	case l.parsed == nil || !l.Own:
		return
	case l.kind != policy.Identity && l.kind != policy.Managed && l.kind != policy.Session:
		return
	}
	holder := Holder{Policies: []*policy.Policy{l.parsed}}
	if where, is := holder.Administrator(); is {
		l.report(administrator, l.doc.statements[where.Statement].place)
		return // which is every way
	}
	for _, path := range holder.Paths() {
		var seen []int
		var where []place
		for _, g := range path.Grants {
			if !slices.Contains(seen, g.Statement) {
				seen = append(seen, g.Statement)
				where = append(where, l.doc.statements[g.Statement].place)
			}
		}
		l.reportAll(privilegeEscalation, where, path.How, path.Name())
	}
}
