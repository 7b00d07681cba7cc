package organizations

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// RemoveAccountFromOrganization removes an account, which then stands alone.
func (s *Service) RemoveAccountFromOrganization(ctx context.Context, in *orgapi.RemoveAccountFromOrganizationInput) (*orgapi.RemoveAccountFromOrganizationOutput, error) {
	return new(orgapi.RemoveAccountFromOrganizationOutput), s.update(ctx, func(tx *store.Tx) error {
		st, m, err := s.enterAccount(ctx, tx, *in.AccountId, managers)
		if err != nil {
			return err
		}
		return st.release(m)
	})
}

// LeaveOrganization removes the caller's account.
func (s *Service) LeaveOrganization(ctx context.Context, _ *orgapi.LeaveOrganizationInput) (*orgapi.LeaveOrganizationOutput, error) {
	return new(orgapi.LeaveOrganizationOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: everyone})
		if err != nil {
			return err
		}
		return st.release(members.Get(tx, st.account))
	})
}

// release ends a membership, unless something holds the account.
func (st *seat) release(m *Member) error {
	if err := st.held(m); err != nil {
		return err
	}
	members.Delete(st.tx, m.Account)
	places.Delete(st.tx, m.Account)
	attachments.Delete(st.tx, targetKey(st.ID, m.Account))
	st.setTags(m.Account, nil)
	return nil
}

func (st *seat) held(m *Member) error {
	switch {
	case m.Account == st.Management:
		return errManagerStays()
	case !accounts.In(st.tx, m.Account).Closed.IsZero():
		return errConstraint("ACCOUNT_CANNOT_LEAVE_ORGANIZATION", "You can't remove a closed account from the organization.")
	case st.delegated(m.Account):
		return errConstraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
			"You can't remove an account that is a delegated administrator. You must first deregister this account as a delegated administrator.")
	case m.Method == created && st.now.Sub(m.Joined) < waitPeriod:
		return errConstraint("WAIT_PERIOD_ACTIVE",
			"After you create an AWS account, you must wait until at least four days after the account was created. Invited accounts aren't subject to this waiting period.")
	}
	return nil
}

func errManagerStays() *api.Error {
	return orgapi.ErrMasterCannotLeaveOrganizationException("The management account cannot leave an organization.")
}

// CloseAccount closes an account: from then on its credentials are void.
func (s *Service) CloseAccount(ctx context.Context, in *orgapi.CloseAccountInput) (*orgapi.CloseAccountOutput, error) {
	var st *seat
	err := s.update(ctx, func(tx *store.Tx) (err error) {
		if st, _, err = s.enterAccount(ctx, tx, *in.AccountId, managers); err != nil {
			return err
		}
		if err := st.closable(*in.AccountId); err != nil {
			return err
		}
		return s.cloud.Accounts.Close(tx, *in.AccountId)
	})
	if err != nil {
		return nil, err
	}
	if err := s.cloud.Accounts.Note(ctx, *in.AccountId); err != nil {
		s.log.Error("key file of a closed account not written", "account", *in.AccountId, "cause", err)
	}
	return new(orgapi.CloseAccountOutput), s.announceClosing(st, *in.AccountId)
}

func (st *seat) closable(id string) error {
	switch {
	case id == st.Management:
		return errConstraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account of an organization.")
	case !st.allFeatures():
		return errNotAllFeatures()
	case !accounts.In(st.tx, id).Closed.IsZero():
		return orgapi.ErrAccountAlreadyClosedException("The provided account is already closed.")
	}
	all, recent := 0, 0
	for _, m := range st.members() {
		all++
		if a := accounts.In(st.tx, m.Account); !a.Closed.IsZero() && st.now.Sub(a.Closed) < closingPeriod {
			recent++
		}
	}
	if recent >= min(max(minClosings, all/5), maxClosings) {
		return errConstraint("CLOSE_ACCOUNT_QUOTA_EXCEEDED", "You have exceeded close account quota for the past 30 days.")
	}
	return nil
}
