package organizations

import (
	"context"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The actions and states of handshakes.
const (
	invite     = string(orgapi.ActionTypeInvite)
	enableAll  = string(orgapi.ActionTypeEnableAllFeatures)
	approveAll = string(orgapi.ActionTypeApproveAllFeatures)
	requested  = string(orgapi.HandshakeStateRequested)
	open       = string(orgapi.HandshakeStateOpen)
	canceled   = string(orgapi.HandshakeStateCanceled)
	accepted   = string(orgapi.HandshakeStateAccepted)
	declined   = string(orgapi.HandshakeStateDeclined)
	expired    = string(orgapi.HandshakeStateExpired)
)

// state is a handshake's state at a time: what nobody answered has expired.
func (h *Handshake) state(now time.Time) string {
	if h.pending() && !now.Before(h.Expires) {
		return expired
	}
	return h.State
}

func (h *Handshake) pending() bool { return h.State == requested || h.State == open }

// shown reports whether a handshake is still shown: those that are over, for a
// while.
func (h *Handshake) shown(now time.Time) bool {
	over := h.Closed
	if h.pending() {
		over = h.Expires
	}
	return now.Sub(over) < shownPeriod
}

// isFor reports whether a handshake is an offer to an account.
func (h *Handshake) isFor(a *accounts.Account) bool {
	switch {
	case a == nil || h.Target == h.Org:
		return false
	case h.ByEmail:
		return strings.EqualFold(h.Target, a.Email())
	}
	return h.Target == a.ID
}

// handshakeSeat is the caller's place at a handshake: as the one that offers, or
// to whom it is offered.
type handshakeSeat struct {
	*seat
	handshake    *Handshake
	organization *Organization // that offers
	caller       *accounts.Account
}

// offers reports whether the caller speaks for the organization that offers.
func (h *handshakeSeat) offers() bool {
	return h.account == h.organization.Management
}

// receives reports whether the caller is whom it is offered to.
func (h *handshakeSeat) receives() bool { return h.handshake.isFor(h.caller) }

// enterHandshake finds a handshake of the caller's. Who is no party to it, is
// not told that it exists.
func (s *Service) enterHandshake(ctx context.Context, tx *store.Tx, id string) (*handshakeSeat, error) {
	st := s.seat(ctx, tx)
	h := &handshakeSeat{seat: st, handshake: handshakes.Get(tx, id), caller: accounts.In(tx, st.account)}
	resource := cloud.ARN("organizations", "", st.account, "handshake/*/*/"+id)
	if h.handshake != nil {
		h.organization = organizations.Get(tx, h.handshake.Org)
		if h.offers() || h.receives() {
			resource = h.organization.handshakeARN(h.handshake)
		}
	}
	err := authz.Check(ctx, authz.Request{Action: cloud.From(ctx).Operation.Action(), Resource: resource, Owner: st.account})
	switch {
	case err != nil:
		return nil, err
	case h.handshake == nil || !h.offers() && !h.receives() || !h.handshake.shown(st.now):
		return nil, errHandshakeNotFound()
	}
	return h, nil
}

// settle gives a handshake its last state.
func (h *handshakeSeat) settle(state string) *orgapi.Handshake {
	return h.show(h.end(h.handshake, state))
}

func (st *seat) end(h *Handshake, state string) *Handshake {
	next := *h
	next.State, next.Closed = state, st.now
	handshakes.Put(st.tx, next.ID, &next)
	return &next
}

// transition checks that a handshake can still come to a state.
func (h *handshakeSeat) transition(to string) error {
	switch state := h.handshake.state(h.now); {
	case state == to:
		return orgapi.ErrHandshakeAlreadyInStateException("The specified handshake is already in the requested state.")
	case !h.handshake.pending() || state == expired:
		return errTransition()
	}
	return nil
}

func errTransition() *api.Error {
	return orgapi.ErrInvalidHandshakeTransitionException("You can't perform the operation on the handshake in its current state.")
}

// DescribeHandshake describes a handshake to its parties.
func (s *Service) DescribeHandshake(ctx context.Context, in *orgapi.DescribeHandshakeInput) (*orgapi.DescribeHandshakeOutput, error) {
	out := new(orgapi.DescribeHandshakeOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		h, err := s.enterHandshake(ctx, tx, *in.HandshakeId)
		if err == nil {
			out.Handshake = h.show(h.handshake)
		}
		return err
	})
}

// CancelHandshake takes an offer back.
func (s *Service) CancelHandshake(ctx context.Context, in *orgapi.CancelHandshakeInput) (*orgapi.CancelHandshakeOutput, error) {
	out := new(orgapi.CancelHandshakeOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		h, err := s.enterHandshake(ctx, tx, *in.HandshakeId)
		switch {
		case err != nil:
			return err
		case !h.offers():
			return errNotYours()
		}
		if err := h.transition(canceled); err != nil {
			return err
		}
		h.endChildren(canceled)
		out.Handshake = h.settle(canceled)
		return nil
	})
}

// DeclineHandshake refuses an offer.
func (s *Service) DeclineHandshake(ctx context.Context, in *orgapi.DeclineHandshakeInput) (*orgapi.DeclineHandshakeOutput, error) {
	out := new(orgapi.DeclineHandshakeOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		h, err := s.enterHandshake(ctx, tx, *in.HandshakeId)
		switch {
		case err != nil:
			return err
		case !h.receives():
			return errNotYours()
		}
		if err := h.transition(declined); err != nil {
			return err
		}
		out.Handshake = h.settle(declined)
		return nil
	})
}

// show is a handshake as answers show it.
func (h *handshakeSeat) show(row *Handshake) *orgapi.Handshake {
	return showHandshake(h.tx, h.organization, row, h.now)
}

func showHandshake(tx *store.Tx, o *Organization, h *Handshake, now time.Time) *orgapi.Handshake {
	shown := &orgapi.Handshake{
		Id:                  &h.ID,
		Arn:                 new(o.handshakeARN(h)),
		State:               orgapi.HandshakeState(h.state(now)),
		RequestedTimestamp:  &h.Requested,
		ExpirationTimestamp: &h.Expires,
		Action:              orgapi.ActionType(h.Action),
		Parties:             []orgapi.HandshakeParty{{Id: &o.ID, Type: orgapi.HandshakePartyTypeOrganization}},
		Resources:           []orgapi.HandshakeResource{o.handshakeResource(tx)},
	}
	if h.Target != h.Org {
		party, resource := orgapi.HandshakePartyTypeAccount, orgapi.HandshakeResourceTypeAccount
		if h.ByEmail {
			party, resource = orgapi.HandshakePartyTypeEmail, orgapi.HandshakeResourceTypeEmail
		}
		shown.Parties = append(shown.Parties, orgapi.HandshakeParty{Id: &h.Target, Type: party})
		shown.Resources = append(shown.Resources, orgapi.HandshakeResource{Type: resource, Value: &h.Target})
	}
	if h.Notes != "" {
		shown.Resources = append(shown.Resources, orgapi.HandshakeResource{Type: orgapi.HandshakeResourceTypeNotes, Value: &h.Notes})
	}
	if h.Parent != "" {
		shown.Resources = append(shown.Resources, orgapi.HandshakeResource{Type: orgapi.HandshakeResourceTypeParentHandshake, Value: &h.Parent})
	}
	return shown
}

// handshakeResource is what a handshake tells of the organization that offers.
func (o *Organization) handshakeResource(tx *store.Tx) orgapi.HandshakeResource {
	r := orgapi.HandshakeResource{Type: orgapi.HandshakeResourceTypeOrganization, Value: &o.ID}
	if a := accounts.In(tx, o.Management); a != nil {
		r.Resources = []orgapi.HandshakeResource{
			{Type: orgapi.HandshakeResourceTypeMasterEmail, Value: new(a.Email())},
			{Type: orgapi.HandshakeResourceTypeMasterName, Value: new(a.DisplayName())},
			{Type: orgapi.HandshakeResourceTypeOrganizationFeatureSet, Value: &o.Features},
		}
	}
	return r
}
