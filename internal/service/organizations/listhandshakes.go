package organizations

import (
	"context"
	"strings"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListHandshakesForAccount lists what the caller's account was offered. It need
// not be in an organization.
func (s *Service) ListHandshakesForAccount(ctx context.Context, in *orgapi.ListHandshakesForAccountInput) (*orgapi.ListHandshakesForAccountOutput, error) {
	out := new(orgapi.ListHandshakesForAccountOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st := s.seat(ctx, tx)
		if err := st.ask(ctx, need{}, st.account, nil); err != nil {
			return err
		}
		a := accounts.In(tx, st.account)
		var mine []*Handshake
		for _, target := range []string{a.ID, strings.ToLower(a.Email())} {
			for _, h := range handshakesByTarget.Scan(tx, target, "") {
				if h.isFor(a) {
					mine = append(mine, h)
				}
			}
		}
		var err error
		out.Handshakes, out.NextToken, err = st.handshakesPage(mine, in.Filter, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

// ListHandshakesForOrganization lists what the organization has offered.
func (s *Service) ListHandshakesForOrganization(ctx context.Context, in *orgapi.ListHandshakesForOrganizationInput) (*orgapi.ListHandshakesForOrganizationOutput, error) {
	out := new(orgapi.ListHandshakesForOrganizationOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: readers})
		if err != nil {
			return err
		}
		var all []*Handshake
		for _, h := range handshakesByOrg.Scan(tx, st.ID, "") {
			all = append(all, h)
		}
		out.Handshakes, out.NextToken, err = st.handshakesPage(all, in.Filter, pageRequest{in.NextToken, in.MaxResults})
		return err
	})
}

func (st *seat) handshakesPage(list []*Handshake, filter *orgapi.HandshakeFilter, p pageRequest) ([]orgapi.Handshake, *string, error) {
	if filter != nil && filter.ActionType != "" && filter.ParentHandshakeId != nil {
		return nil, nil, errInput("MAX_LIMIT_EXCEEDED_FILTER", "You can specify only one filter parameter for the operation.")
	}
	var wanted []*Handshake
	for _, h := range list {
		if h.shown(st.now) && passes(filter, h) {
			wanted = append(wanted, h)
		}
	}
	page, next, err := paged(wanted, func(h **Handshake) string { return (*h).ID }, p)
	shown := make([]orgapi.Handshake, 0, len(page))
	for _, h := range page {
		shown = append(shown, *showHandshake(st.tx, organizations.Get(st.tx, h.Org), h, st.now))
	}
	return shown, next, err
}

func passes(filter *orgapi.HandshakeFilter, h *Handshake) bool {
	switch {
	case filter == nil:
		return true
	case filter.ActionType != "":
		return h.Action == string(filter.ActionType)
	case filter.ParentHandshakeId != nil:
		return h.Parent == *filter.ParentHandshakeId
	}
	return true
}
