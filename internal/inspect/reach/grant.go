package reach

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Grant is a grant of a KMS key.
type Grant struct {
	ID         string
	Grantee    string   // ARN of a principal, or the name of a service
	Operations []string // "Decrypt"
	// Equals and Subset are its constraints on the encryption context.
	Equals, Subset map[string]string
}

// constrained reports a grant that counts for some encryption contexts only.
func (g *Grant) constrained() bool { return len(g.Equals)+len(g.Subset) > 0 }

// about reports whether a grant is for a principal and an action. To the root
// user of an account it is given for the account to hand on.
func (g *Grant) about(p *Principal, action string) (ok, account bool) {
	if !slices.Contains(g.Operations, strings.TrimPrefix(action, "kms:")) {
		return false, false
	}
	names := []string{p.Principal.ARN, p.RoleARN, p.Service}
	if p.Type == policy.Root {
		names = names[:1]
	}
	if g.Grantee != "" && slices.Contains(names, g.Grantee) {
		return true, false
	}
	ref, isARN := parseARN(g.Grantee)
	account = isARN && ref.kind == "root" && ref.account == p.Account
	return account, account
}

// admits reports whether the encryption context that is given satisfies the
// constraints, as far as one can see: a key without value is not given.
func (g *Grant) admits(given policy.Keys) bool {
	context := make(map[string]string)
	for k, v := range given {
		if name, ok := strings.CutPrefix(k, encryptionContext); ok && len(v) == 1 {
			context[name] = v[0]
		}
	}
	if len(g.Equals) > 0 && len(g.Equals) != len(context) {
		return false
	}
	for _, pairs := range []map[string]string{g.Equals, g.Subset} {
		for k, v := range pairs {
			if context[strings.ToLower(k)] != v {
				return false
			}
		}
	}
	return true
}

const encryptionContext = "kms:encryptioncontext:"
