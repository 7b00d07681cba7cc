package accessanalyzer

import (
	"context"
	"errors"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
)

// checkOrganization checks that an account may have analyzers of its
// organization: it manages it, or is the delegated administrator of the service,
// and the service has access.
func (s *Service) checkOrganization(ctx context.Context, a *Analyzer) error {
	reason, err := s.standing(ctx, a)
	switch {
	case err != nil:
		return err
	case reason == analyzerapi.ReasonCodeAwsServiceAccessDisabled:
		return errOther("Trusted access of %s to the organization is not enabled.", principal)
	case reason != "":
		return errOther("The account %s is neither the management account of an organization nor the delegated administrator of %s.", a.Account, principal)
	}
	return nil
}

// standing tells why the account of an analyzer cannot analyze its
// organization; "" if it can.
func (s *Service) standing(ctx context.Context, a *Analyzer) (analyzerapi.ReasonCode, error) {
	place := s.membership(a.Account)
	if place == nil {
		return analyzerapi.ReasonCodeOrganizationDeleted, nil
	}
	as, err := s.as(a.Account, a.Region)
	if err != nil {
		return "", err
	}
	if !place.Management {
		delegated, err := s.isDelegated(ctx, as, a.Account)
		if err != nil || !delegated {
			return analyzerapi.ReasonCodeDelegatedAdministratorDeregistered, err
		}
	}
	enabled, err := s.hasAccess(ctx, as)
	if err != nil || enabled {
		return "", err
	}
	return analyzerapi.ReasonCodeAwsServiceAccessDisabled, nil
}

// isDelegated reports whether an account is the delegated administrator of the
// service. One that is not may not even ask.
func (s *Service) isDelegated(ctx context.Context, as cloud.As, account string) (bool, error) {
	in := &orgapi.ListDelegatedAdministratorsInput{ServicePrincipal: new(principal)}
	for {
		out, err := cloud.Act(ctx, s.cloud, as, orgapi.OpListDelegatedAdministrators, in)
		if err != nil {
			return false, unlessDenied(err)
		}
		if slices.ContainsFunc(out.DelegatedAdministrators, func(d orgapi.DelegatedAdministrator) bool { return *d.Id == account }) {
			return true, nil
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return false, nil
		}
	}
}

// hasAccess reports whether the service has access to the organization.
func (s *Service) hasAccess(ctx context.Context, as cloud.As) (bool, error) {
	in := new(orgapi.ListAWSServiceAccessForOrganizationInput)
	for {
		out, err := cloud.Act(ctx, s.cloud, as, orgapi.OpListAWSServiceAccessForOrganization, in)
		if err != nil {
			return false, unlessDenied(err)
		}
		if slices.ContainsFunc(out.EnabledServicePrincipals, func(e orgapi.EnabledServicePrincipal) bool { return *e.ServicePrincipal == principal }) {
			return true, nil
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return false, nil
		}
	}
}

// unlessDenied is nil for a denial: that is an answer too.
func unlessDenied(err error) error {
	if errors.Is(err, &api.Error{Code: "AccessDeniedException"}) {
		return nil
	}
	return err
}

// zone is the zone of trust of an analyzer.
func (s *Service) zone(ctx context.Context, a *Analyzer) (*exposure.Zone, error) {
	z := &exposure.Zone{Accounts: map[string]bool{a.Account: true}, Canonical: s.canonical(ctx)}
	if a.Type != analyzerapi.TypeOrganization {
		return z, nil
	}
	as, err := s.as(a.Account, a.Region)
	if err != nil {
		return nil, err
	}
	if place := s.membership(a.Account); place != nil {
		z.OrgID = place.OrgID
	}
	in := new(orgapi.ListAccountsInput)
	for {
		out, err := cloud.Act(ctx, s.cloud, as, orgapi.OpListAccounts, in)
		if err != nil {
			return nil, err
		}
		for _, account := range out.Accounts {
			z.Accounts[*account.Id] = true
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return z, nil
		}
	}
}
