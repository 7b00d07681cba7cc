package organizations

import (
	"context"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListAccounts lists all accounts of the organization.
func (s *Service) ListAccounts(ctx context.Context, in *orgapi.ListAccountsInput) (*orgapi.ListAccountsOutput, error) {
	out := new(orgapi.ListAccountsOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		out.Accounts, out.NextToken, err = st.accountsPage(st.members(), pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

// DescribeAccount describes an account.
func (s *Service) DescribeAccount(ctx context.Context, in *orgapi.DescribeAccountInput) (*orgapi.DescribeAccountOutput, error) {
	out := new(orgapi.DescribeAccountOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, m, err := s.enterAccount(ctx, tx, *in.AccountId, readers)
		if err == nil {
			out.Account = st.showAccount(m)
		}
		return err
	})
}

// enterAccount is enter for an operation on an account of the organization.
func (s *Service) enterAccount(ctx context.Context, tx *store.Tx, id string, of audience) (*seat, *Member, error) {
	st, err := s.enter(ctx, tx, need{of: of, targets: []string{id}})
	if err != nil {
		return nil, nil, err
	}
	m := st.member(id)
	if m == nil {
		return nil, nil, errAccountNotFound()
	}
	return st, m, nil
}

func (st *seat) accountsPage(list []*Member, p pageRequest) ([]orgapi.Account, *string, error) {
	page, next, err := paged(list, func(m **Member) string { return (*m).Account }, p)
	shown := make([]orgapi.Account, 0, len(page))
	for _, m := range page {
		shown = append(shown, *st.showAccount(m))
	}
	return shown, next, err
}

func (st *seat) showAccount(m *Member) *orgapi.Account {
	a := accounts.In(st.tx, m.Account)
	status, state := statusOf(a)
	return &orgapi.Account{
		Id:              &a.ID,
		Arn:             new(st.accountARN(a.ID)),
		Email:           new(a.Email()),
		Name:            new(a.DisplayName()),
		Status:          status,
		State:           state,
		Paths:           []string{st.path(a.ID)},
		JoinedMethod:    orgapi.AccountJoinedMethod(m.Method),
		JoinedTimestamp: &m.Joined,
	}
}

// statusOf is the state of an account in the older and in the newer words. The
// newer tell an account that its owner has closed from one that AWS has
// suspended.
func statusOf(a *accounts.Account) (orgapi.AccountStatus, orgapi.AccountState) {
	if a.Closed.IsZero() {
		return orgapi.AccountStatusActive, orgapi.AccountStateActive
	}
	return orgapi.AccountStatusSuspended, orgapi.AccountStateClosed
}

// MoveAccount moves an account from one root or unit to another.
func (s *Service) MoveAccount(ctx context.Context, in *orgapi.MoveAccountInput) (*orgapi.MoveAccountOutput, error) {
	return new(orgapi.MoveAccountOutput), s.update(ctx, func(tx *store.Tx) error {
		id, from, to := *in.AccountId, *in.SourceParentId, *in.DestinationParentId
		st, err := s.enter(ctx, tx, need{of: managers, targets: []string{id, from, to}})
		switch {
		case err != nil:
			return err
		case st.member(id) == nil:
			return errAccountNotFound()
		case !st.isParent(to):
			return orgapi.ErrDestinationParentNotFoundException("You specified a destination parent that doesn't exist.")
		case !st.isParent(from) || st.parent(id) != from:
			return orgapi.ErrSourceParentNotFoundException("You specified a source parent that doesn't exist or doesn't contain the account.")
		case from == to:
			return orgapi.ErrDuplicateAccountException("The specified account is already present in the specified destination.")
		}
		st.place(id, to)
		return nil
	})
}

// place puts an account under a root or unit.
func (st *seat) place(account, parent string) {
	if parent == st.Root {
		places.Delete(st.tx, account)
		return
	}
	places.Put(st.tx, account, &Place{Account: account, Org: st.ID, Parent: parent})
}
