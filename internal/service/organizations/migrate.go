package organizations

import (
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Migrate makes the organization that an older program took all accounts to be
// in, if there are several. It has the ids that they were told, so that policies
// that name them stay true.
func Migrate(tx *store.Tx) error {
	var first *accounts.Account
	all := accounts.All(tx)
	for _, a := range all {
		if a.Management {
			first = a
		}
	}
	if first == nil || len(all) < 2 {
		return nil
	}
	o := found(tx, Organization{Management: first.ID, Features: allFeatures, Created: first.Created})
	for _, a := range all {
		if a.ID != first.ID {
			members.Put(tx, a.ID, &Member{Account: a.ID, Org: o.ID, Method: created, Joined: a.Created})
		}
	}
	return nil
}
