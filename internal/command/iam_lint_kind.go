package command

import (
	"encoding/json"

	"github.com/fortlet/fortlet/policy"
)

// kindsOfFiles are the kinds that --type names.
var kindsOfFiles = map[string]*policy.Kind{
	"identity": new(policy.Identity),
	"resource": new(policy.Resource),
	"trust":    new(policy.Trust),
	"scp":      new(policy.SCP),
	"rcp":      new(policy.RCP),
}

// looksLike is the kind that a document probably has: one that names principals
// belongs to a resource, and one that names no resource besides to a role. What
// is no policy at all is looked at as an identity policy.
func looksLike(document string) string {
	type statement struct {
		Principal, NotPrincipal json.RawMessage
		Resource, NotResource   json.RawMessage
	}
	var one struct{ Statement statement }
	var many struct{ Statement []statement }
	if json.Unmarshal([]byte(document), &many) != nil && json.Unmarshal([]byte(document), &one) == nil {
		many.Statement = []statement{one.Statement}
	}
	kind := "identity"
	for _, s := range many.Statement {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
		case s.Resource != nil || s.NotResource != nil:
			return "resource"
		default:
			kind = "trust"
		}
	}
	return kind
}
