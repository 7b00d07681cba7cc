package organizations

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateMember implements cloud.Organizations: it makes an account of the
// organization of the Fortlet's first account, which founds one if it has none.
func (s *Service) CreateMember(ctx context.Context, m cloud.NewAccount) (*accounts.Account, accounts.RootKey, error) {
	first, err := s.cloud.Accounts.Management(ctx)
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	r := &Request{Role: cmp.Or(m.Role, defaultRole), Unit: m.Unit}
	err = s.view(ctx, func(tx *store.Tx) error {
		return s.admissible(tx, organizationOf(tx, first.ID), r)
	})
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	a, key, err := s.cloud.Accounts.Create(ctx, m.Spec)
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	ctx = context.WithoutCancel(ctx)
	if r.Org, err = s.ensure(ctx, first.ID); err == nil {
		err = s.join(ctx, a, r)
	}
	return a, key, err
}

// admissible checks what is asked of the organization, so far there is one.
func (s *Service) admissible(tx *store.Tx, o *Organization, r *Request) error {
	if !roleName.MatchString(r.Role) || strings.HasPrefix(r.Role, serviceLinkedName) {
		return fmt.Errorf("%w: %q is no name of a role", accounts.ErrInvalid, r.Role)
	}
	st := &seat{Organization: o, service: s, tx: tx, now: s.cloud.Now().UTC()}
	switch {
	case r.Unit != "" && (o == nil || st.unit(r.Unit) == nil):
		return fmt.Errorf("%w: there is no organizational unit %q", accounts.ErrInvalid, r.Unit)
	case o != nil && len(st.members()) >= maxAccounts:
		return fmt.Errorf("%w: the organization has %d accounts already", accounts.ErrInvalid, maxAccounts)
	}
	return nil
}

var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// ensure gives the id of an account's organization, which it founds if there is
// none.
func (s *Service) ensure(ctx context.Context, account string) (id string, err error) {
	err = s.update(ctx, func(tx *store.Tx) error {
		o := organizationOf(tx, account)
		if o == nil {
			o = found(tx, account, allFeatures, s.cloud.Now().UTC())
		}
		id = o.ID
		return nil
	})
	return id, err
}

func organizationOf(tx *store.Tx, account string) *Organization {
	if m := members.Get(tx, account); m != nil {
		return organizations.Get(tx, m.Org)
	}
	return nil
}
