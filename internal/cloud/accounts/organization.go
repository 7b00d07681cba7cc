package accounts

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// organization is the one organization that all accounts are in, all of them
// directly under its root. It has no policies yet.
type organization struct {
	management string
	manager    authz.Membership
	member     authz.Membership
}

var _ authz.Organization = (*Registry)(nil)

// Of describes the place of an account; nil for one that is not of this
// Fortlet.
func (r *Registry) Of(account string) *authz.Membership {
	o := r.organization()
	switch {
	case o == nil || !r.has(account):
		return nil
	case account == o.management:
		return &o.manager
	}
	return &o.member
}

// organization is read once: the management account never changes.
func (r *Registry) organization() *organization {
	if o := r.org.Load(); o != nil {
		return o
	}
	management, err := r.Management(context.Background())
	if err != nil || management == nil {
		return nil
	}
	// The ids are made of the account's own random one, so they need no place
	// to be kept.
	random := management.CanonicalID
	id, root := "o-"+random[:10], "r-"+random[10:14]
	member := authz.Membership{OrgID: id, Paths: []string{id + "/" + root + "/"}}
	manager := member
	manager.Management = true
	r.org.Store(&organization{management.ID, manager, member})
	return r.org.Load()
}

func (r *Registry) has(account string) (found bool) {
	err := r.db.View(context.Background(), func(tx *store.Tx) error {
		found = table.Get(tx, account) != nil
		return nil
	})
	return err == nil && found
}
