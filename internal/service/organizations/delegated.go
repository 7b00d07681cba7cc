package organizations

import (
	"context"
	"regexp"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

var servicePrincipal = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.amazonaws\.com$`)

// checkService checks that a text has the form of a service principal. Which of
// AWS's services there are is not for this one to know.
func checkService(name string) error {
	if !servicePrincipal.MatchString(name) {
		return errInput("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal.")
	}
	return nil
}

// delegated reports whether an account administers any service.
func (st *seat) delegated(account string) bool { return len(st.services(account)) > 0 }

// services are the services that an account administers.
func (st *seat) services(account string) (list []*Delegate) {
	for _, d := range delegates.Scan(st.tx, store.Prefix(st.ID, account), "") {
		list = append(list, d)
	}
	return list
}

// RegisterDelegatedAdministrator lets an account administer a service for the
// organization. It may then read what the organization is made of.
func (s *Service) RegisterDelegatedAdministrator(ctx context.Context, in *orgapi.RegisterDelegatedAdministratorInput) (*orgapi.RegisterDelegatedAdministratorOutput, error) {
	return new(orgapi.RegisterDelegatedAdministratorOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterDelegate(ctx, tx, *in.AccountId, *in.ServicePrincipal)
		if err != nil {
			return err
		}
		d := &Delegate{Org: st.ID, Account: *in.AccountId, Service: *in.ServicePrincipal, Since: st.now}
		switch {
		case d.Account == st.Management:
			return errConstraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", "You cannot register master account/yourself as delegated administrator for your organization.")
		case !accounts.In(tx, d.Account).Closed.IsZero():
			return errConstraint("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", "You cannot register a suspended account as a delegated administrator.")
		case !st.trusts(d.Service):
			return errConstraint("SERVICE_ACCESS_NOT_ENABLED", "You must enable service access before you register a delegated administrator. Call the EnableAWSServiceAccess API first.")
		case delegates.Get(tx, d.key()) != nil:
			return orgapi.ErrAccountAlreadyRegisteredException("The provided account is already a delegated administrator for your organization.")
		}
		delegates.Put(tx, d.key(), d)
		return nil
	})
}

// DeregisterDelegatedAdministrator ends that.
func (s *Service) DeregisterDelegatedAdministrator(ctx context.Context, in *orgapi.DeregisterDelegatedAdministratorInput) (*orgapi.DeregisterDelegatedAdministratorOutput, error) {
	return new(orgapi.DeregisterDelegatedAdministratorOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterDelegate(ctx, tx, *in.AccountId, *in.ServicePrincipal)
		if err != nil {
			return err
		}
		key := delegateKey(st.ID, *in.AccountId, *in.ServicePrincipal)
		switch {
		case *in.AccountId == st.Management:
			return errConstraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", "You cannot register master account/yourself as delegated administrator for your organization.")
		case delegates.Get(tx, key) == nil:
			return errNotRegistered()
		}
		delegates.Delete(tx, key)
		return nil
	})
}

func errNotRegistered() *api.Error {
	return orgapi.ErrAccountNotRegisteredException("The provided account is not a registered delegated administrator for your organization.")
}

func (s *Service) enterDelegate(ctx context.Context, tx *store.Tx, account, service string) (*seat, error) {
	st, err := s.enter(ctx, tx, need{of: managers, targets: []string{account}, service: service})
	if err != nil {
		return nil, err
	}
	if err := checkService(service); err != nil {
		return nil, err
	}
	if st.member(account) == nil {
		return nil, errAccountNotFound()
	}
	return st, nil
}

// ListDelegatedAdministrators lists the accounts that administer a service, or
// any.
func (s *Service) ListDelegatedAdministrators(ctx context.Context, in *orgapi.ListDelegatedAdministratorsInput) (*orgapi.ListDelegatedAdministratorsOutput, error) {
	out := new(orgapi.ListDelegatedAdministratorsOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		n := need{of: readers}
		if in.ServicePrincipal != nil {
			n.service = *in.ServicePrincipal
		}
		st, err := s.enter(ctx, tx, n)
		if err != nil {
			return err
		}
		if n.service != "" {
			if err := checkService(n.service); err != nil {
				return err
			}
		}
		page, next, err := paged(st.administrators(n.service), func(d **Delegate) string { return (*d).Account }, pageRequest{in.NextToken, in.MaxResults})
		out.DelegatedAdministrators, out.NextToken = []orgapi.DelegatedAdministrator{}, next
		for _, d := range page {
			out.DelegatedAdministrators = append(out.DelegatedAdministrators, st.showDelegate(d))
		}
		return err
	})
}

// administrators are the accounts that administer a service, or any: each once,
// with the time since when.
func (st *seat) administrators(service string) (list []*Delegate) {
	rows := delegates.Scan(st.tx, store.Prefix(st.ID), "")
	if service != "" {
		rows = delegatesByService.Scan(st.tx, store.Key(st.ID, service), "")
	}
	for _, d := range rows {
		i := slices.IndexFunc(list, func(have *Delegate) bool { return have.Account == d.Account })
		switch {
		case i < 0:
			list = append(list, d)
		case d.Since.Before(list[i].Since):
			list[i] = d
		}
	}
	return list
}

func (st *seat) showDelegate(d *Delegate) orgapi.DelegatedAdministrator {
	a := st.showAccount(members.Get(st.tx, d.Account))
	return orgapi.DelegatedAdministrator{
		Id: a.Id, Arn: a.Arn, Email: a.Email, Name: a.Name, Status: a.Status, State: a.State,
		JoinedMethod: a.JoinedMethod, JoinedTimestamp: a.JoinedTimestamp, DelegationEnabledDate: &d.Since,
	}
}

// ListDelegatedServicesForAccount lists the services that an account
// administers.
func (s *Service) ListDelegatedServicesForAccount(ctx context.Context, in *orgapi.ListDelegatedServicesForAccountInput) (*orgapi.ListDelegatedServicesForAccountOutput, error) {
	out := new(orgapi.ListDelegatedServicesForAccountOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, _, err := s.enterAccount(ctx, tx, *in.AccountId, readers)
		if err != nil {
			return err
		}
		var all []orgapi.DelegatedService
		for _, d := range st.services(*in.AccountId) {
			all = append(all, orgapi.DelegatedService{ServicePrincipal: &d.Service, DelegationEnabledDate: &d.Since})
		}
		if len(all) == 0 {
			return errNotRegistered()
		}
		out.DelegatedServices, out.NextToken, err = paged(all, func(d *orgapi.DelegatedService) string { return *d.ServicePrincipal }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}
