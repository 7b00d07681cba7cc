package organizations

import (
	"context"
	"slices"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// trusts reports whether a service has access to the organization.
func (st *seat) trusts(service string) bool {
	return slices.ContainsFunc(st.settings().Services, func(s TrustedService) bool { return s.Principal == service })
}

// EnableAWSServiceAccess gives a service access to the organization. It may have
// it already.
func (s *Service) EnableAWSServiceAccess(ctx context.Context, in *orgapi.EnableAWSServiceAccessInput) (*orgapi.EnableAWSServiceAccessOutput, error) {
	return new(orgapi.EnableAWSServiceAccessOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterTrust(ctx, tx, *in.ServicePrincipal)
		if err != nil || st.trusts(*in.ServicePrincipal) {
			return err
		}
		st.change(func(set *Settings) {
			set.Services = append(slices.Clone(set.Services), TrustedService{*in.ServicePrincipal, st.now})
		})
		return nil
	})
}

// DisableAWSServiceAccess takes it away, and the administrators of the service
// with it.
func (s *Service) DisableAWSServiceAccess(ctx context.Context, in *orgapi.DisableAWSServiceAccessInput) (*orgapi.DisableAWSServiceAccessOutput, error) {
	return new(orgapi.DisableAWSServiceAccessOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterTrust(ctx, tx, *in.ServicePrincipal)
		if err != nil || !st.trusts(*in.ServicePrincipal) {
			return err
		}
		for _, d := range st.administrators(*in.ServicePrincipal) {
			delegates.Delete(tx, d.key())
		}
		st.change(func(set *Settings) {
			set.Services = slices.DeleteFunc(slices.Clone(set.Services), func(t TrustedService) bool { return t.Principal == *in.ServicePrincipal })
		})
		return nil
	})
}

func (s *Service) enterTrust(ctx context.Context, tx *store.Tx, service string) (*seat, error) {
	st, err := s.enter(ctx, tx, need{of: managers, service: service})
	switch {
	case err != nil:
		return nil, err
	case !st.allFeatures():
		return nil, errNotAllFeatures()
	}
	return st, checkService(service)
}

// ListAWSServiceAccessForOrganization lists the services with access to the
// organization.
func (s *Service) ListAWSServiceAccessForOrganization(ctx context.Context, in *orgapi.ListAWSServiceAccessForOrganizationInput) (*orgapi.ListAWSServiceAccessForOrganizationOutput, error) {
	out := new(orgapi.ListAWSServiceAccessForOrganizationOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		var all []orgapi.EnabledServicePrincipal
		for _, t := range st.settings().Services {
			all = append(all, orgapi.EnabledServicePrincipal{ServicePrincipal: &t.Principal, DateEnabled: &t.Since})
		}
		out.EnabledServicePrincipals, out.NextToken, err = paged(all, func(e *orgapi.EnabledServicePrincipal) string { return *e.ServicePrincipal }, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}
