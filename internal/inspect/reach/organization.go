package reach

import "github.com/fortlet/fortlet/internal/cloud/authz"

// Organization is what is known of the organization that the account is in, or
// of its being in none.
type Organization struct {
	// Membership is the account's place; nil when it is in no organization. Its
	// Paths, SCPs and RCPs are empty where PoliciesRead is false.
	Membership *authz.Membership
	// PoliciesRead says that SCPs and RCPs are those in force.
	PoliciesRead bool
	// Account is whose membership it is.
	Account string
}

// Of implements authz.Organization. What is not known of other accounts is not
// guessed: their principals are answered as depending on it.
func (o *Organization) Of(account string) *authz.Membership {
	if o == nil || account != o.Account {
		return nil
	}
	return o.Membership
}

func (o *Organization) knows(account string) bool { return account == o.Account }

func (o *Organization) knowsPath(account string) bool {
	return o.knows(account) && (o.Membership == nil || len(o.Membership.Paths) > 0)
}
