package reach

import (
	"strings"

	"github.com/fortlet/fortlet/policy"
)

const assumeRole = "sts:AssumeRole"

// assumers are the users and roles whose own policies let them assume some
// role: all others need to be named by a trust policy. Of a large account few
// have to be asked about each role.
type assumers struct {
	wide  []*Principal            // of roles by a pattern, or by what is not looked at here
	roles map[string][]*Principal // of a role by its ARN
}

func newAssumers(w *World) assumers {
	a := assumers{roles: make(map[string][]*Principal)}
	list := w.Principals()
	found := make([][]string, len(list))
	each(len(list), func(i int) { found[i] = assumable(list[i]) })
	for i, p := range list {
		if len(found[i]) > 0 && found[i][0] == anyRole {
			a.wide = append(a.wide, p)
			continue
		}
		for _, role := range found[i] {
			a.roles[role] = append(a.roles[role], p)
		}
	}
	return a
}

// anyRole stands for roles that a policy does not name one by one.
const anyRole = "*"

// assumable lists the ARNs of the roles that the policies of a principal may
// let it assume, or anyRole alone.
func assumable(p *Principal) []string {
	if len(p.leftOut) > 0 {
		return []string{anyRole}
	}
	var roles []string
	for _, doc := range p.identity.Policies {
		for _, s := range doc.Policy.Statements() {
			if s.Effect != policy.Allow || !assumes(&s) {
				continue
			}
			if s.NotResources != nil {
				return []string{anyRole}
			}
			for _, r := range s.Resources {
				if strings.ContainsAny(r, "*?$") {
					return []string{anyRole}
				}
				note(&roles, r)
			}
		}
	}
	return roles
}

// assumes reports whether a statement is about assuming roles.
func assumes(s *policy.Statement) bool {
	for _, a := range s.Actions {
		if policy.MatchAction(a, assumeRole) {
			return true
		}
	}
	for _, a := range s.NotActions {
		if policy.MatchAction(a, assumeRole) {
			return false
		}
	}
	return s.NotActions != nil
}
