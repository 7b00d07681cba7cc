package organizations

import (
	"context"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// EnableAllFeatures begins the way of an organization to all features, to which
// every invited member must agree.
func (s *Service) EnableAllFeatures(ctx context.Context, _ *orgapi.EnableAllFeaturesInput) (*orgapi.EnableAllFeaturesOutput, error) {
	out := new(orgapi.EnableAllFeaturesOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, need{of: managers})
		switch {
		case err != nil:
			return err
		case st.allFeatures():
			return errHandshakeConstraint("ORGANIZATION_ALREADY_HAS_ALL_FEATURES", "The organization has already enabled all features.")
		}
		for _, h := range handshakesByOrg.Scan(tx, st.ID, "") {
			if h.Action == enableAll && h.pending() && h.state(st.now) != expired {
				return errHandshakeConstraint("ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION", "The organization has already started the process to enable all features.")
			}
		}
		parent := &Handshake{ID: newHandshakeID(), Action: enableAll, Target: st.ID, State: requested}
		st.send(parent, allFeaturesPeriod)
		for _, m := range st.members() {
			if m.Method == invited && m.Account != st.Management {
				st.send(&Handshake{ID: newHandshakeID(), Action: enableAll, Target: m.Account, Parent: parent.ID, State: open}, allFeaturesPeriod)
			}
		}
		out.Handshake = showHandshake(tx, st.Organization, st.opened(parent), st.now)
		return nil
	})
}

// opened opens the handshake of the whole when every member has agreed: the
// management account can then complete it, by that or by one of its own.
func (st *seat) opened(parent *Handshake) *Handshake {
	for _, h := range st.children(parent.ID) {
		if h.Action == enableAll && h.State != accepted {
			return parent
		}
	}
	next := *parent
	next.State = open
	handshakes.Put(st.tx, next.ID, &next)
	st.send(&Handshake{ID: newHandshakeID(), Action: approveAll, Target: st.ID, Parent: parent.ID, State: open}, allFeaturesPeriod)
	return &next
}

func (st *seat) children(parent string) (list []*Handshake) {
	for _, h := range handshakesByOrg.Scan(st.tx, st.ID, "") {
		if h.Parent == parent {
			list = append(list, h)
		}
	}
	return list
}

// agree is the answer of a member.
func (h *handshakeSeat) agree() error {
	parent := handshakes.Get(h.tx, h.handshake.Parent)
	if parent == nil || parent.State != requested || parent.state(h.now) == expired {
		return errTransition()
	}
	h.end(h.handshake, accepted)
	h.opened(parent)
	return nil
}

// finalize gives the organization all features.
func (h *handshakeSeat) finalize() error {
	whole := h.handshake
	if whole.Action == approveAll {
		whole = handshakes.Get(h.tx, whole.Parent)
	}
	if whole == nil || whole.State != open || whole.state(h.now) == expired {
		return errTransition()
	}
	for _, other := range h.children(whole.ID) {
		if other.pending() {
			h.end(other, accepted)
		}
	}
	h.end(whole, accepted)
	h.change(func(*Settings) {}) // what types are enabled does not follow from the features
	next := *h.Organization
	next.Features = allFeatures
	organizations.Put(h.tx, next.ID, &next)
	h.organization = &next
	return nil
}

// endChildren ends what hangs on a handshake that ends.
func (h *handshakeSeat) endChildren(state string) {
	for _, other := range h.children(h.handshake.ID) {
		if other.pending() {
			h.end(other, state)
		}
	}
}
