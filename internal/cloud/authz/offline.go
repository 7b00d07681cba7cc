package authz

import (
	"cmp"

	"github.com/fortlet/fortlet/policy"
)

// Suppose decides a request that nobody makes, by the same logic as Check, for
// tools that tell what would be decided. Conditions look their keys up in what
// keys makes of the scope's own: it can add keys that no request brought, take
// others away, and note what was asked for.
//
// The scope keeps no record of it, and the decision tells a caller of another
// account what it is told everybody.
func (s *Scope) Suppose(r Request, keys func(policy.Context) policy.Context) *Decision {
	r.Owner = cmp.Or(r.Owner, ownerOf(r.Resource, s.Principal.Account))
	d := s.question(r)
	d.query.Context = keys(d.query.Context)
	d.evaluate()
	return d
}
