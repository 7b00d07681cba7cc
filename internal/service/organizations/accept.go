package organizations

import (
	"context"
	"time"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// AcceptHandshake does what a handshake offers.
func (s *Service) AcceptHandshake(ctx context.Context, in *orgapi.AcceptHandshakeInput) (*orgapi.AcceptHandshakeOutput, error) {
	out := new(orgapi.AcceptHandshakeOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		h, err := s.enterHandshake(ctx, tx, *in.HandshakeId)
		if err != nil {
			return err
		}
		if err := h.transition(accepted); err != nil {
			return err
		}
		switch {
		case h.handshake.Action == invite && h.receives():
			err = h.become()
		case h.handshake.Action == enableAll && h.receives():
			err = h.agree()
		case h.handshake.Target == h.handshake.Org && h.offers():
			err = h.finalize()
		default:
			err = errNotYours()
		}
		if err == nil {
			out.Handshake = h.settle(accepted)
		}
		return err
	})
}

// become makes the caller's account a member of the organization that invited
// it.
func (h *handshakeSeat) become() error {
	switch {
	case h.Organization != nil && h.isManager():
		return errManagerStays()
	case h.Organization != nil:
		return errAlreadyMember()
	}
	joined := &seat{Organization: h.organization, service: h.service, tx: h.tx, now: h.now}
	if len(joined.members()) >= maxAccounts {
		return errHandshakeConstraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS Accounts.")
	}
	members.Put(h.tx, h.account, &Member{Account: h.account, Org: h.organization.ID, Method: invited, Joined: h.now})
	joined.setTags(h.account, h.handshake.Tags)
	return nil
}

// send keeps a new handshake of the organization.
func (st *seat) send(h *Handshake, period time.Duration) {
	h.Org, h.Requested, h.Expires = st.ID, st.now, st.now.Add(period)
	handshakes.Put(st.tx, h.ID, h)
}
