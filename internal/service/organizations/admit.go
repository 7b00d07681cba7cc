package organizations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateMember implements cloud.Organizations: it makes an account of the
// organization of the Fortlet's first account, which founds one if it has none.
// The account comes into the world with a request like that of CreateAccount, so
// that what a stop interrupts is completed at the next start.
func (s *Service) CreateMember(ctx context.Context, m cloud.NewAccount) (*accounts.Account, accounts.RootKey, error) {
	first, err := s.cloud.Accounts.Management(ctx)
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	r := &Request{ID: newRequestID(), Role: cmp.Or(m.Role, defaultRole), Unit: m.Unit, State: inProgress}
	a, key, err := s.cloud.Accounts.Create(ctx, m.Spec, func(tx *store.Tx, a *accounts.Account) error {
		r.Account, r.Name, r.Email, r.Requested = a.ID, a.DisplayName(), a.Email(), a.Created
		return s.admit(tx, first, r)
	})
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	// Whoever asked for it may have gone; the account is there.
	err = s.fulfil(context.WithoutCancel(ctx), r)
	return a, key, errors.Join(err, s.settle(r, err))
}

// admit takes a request for a member of an account's organization.
func (s *Service) admit(tx *store.Tx, management *accounts.Account, r *Request) error {
	o := organizationOf(tx, management.ID)
	if err := s.admissible(tx, o, r); err != nil {
		return err
	}
	if o == nil {
		o = found(tx, Organization{Management: management.ID, Features: allFeatures, Created: r.Requested})
	}
	r.Org = o.ID
	requests.Put(tx, r.key(), r)
	tx.OnCommit(s.forget)
	return nil
}

// admissible checks what is asked of the organization, so far there is one.
func (s *Service) admissible(tx *store.Tx, o *Organization, r *Request) error {
	if !roleName.MatchString(r.Role) || strings.HasPrefix(r.Role, serviceLinkedName) {
		return fmt.Errorf("%w: %q is no name of a role", accounts.ErrInvalid, r.Role)
	}
	st := &seat{Organization: o, service: s, tx: tx, now: r.Requested}
	switch {
	case r.Unit != "" && (o == nil || st.unit(r.Unit) == nil):
		return fmt.Errorf("%w: there is no organizational unit %q", accounts.ErrInvalid, r.Unit)
	case o != nil && len(st.members()) >= maxAccounts:
		return fmt.Errorf("%w: the organization has %d accounts already", accounts.ErrInvalid, maxAccounts)
	}
	return nil
}

var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func organizationOf(tx *store.Tx, account string) *Organization {
	if m := members.Get(tx, account); m != nil {
		return organizations.Get(tx, m.Org)
	}
	return nil
}
