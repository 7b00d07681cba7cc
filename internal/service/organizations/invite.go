package organizations

import (
	"context"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// InviteAccountToOrganization offers an account to become a member. Whether
// there is such an account is not told.
func (s *Service) InviteAccountToOrganization(ctx context.Context, in *orgapi.InviteAccountToOrganizationInput) (*orgapi.InviteAccountToOrganizationOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	h := &Handshake{ID: newHandshakeID(), Action: invite, Target: *in.Target.Id, State: open, Tags: tags}
	n := need{of: managers, tags: tags}
	switch in.Target.Type {
	case orgapi.HandshakePartyTypeAccount:
		if !isAccount(h.Target) {
			return nil, errInput("INVALID_PATTERN", "You provided a value that does not match the required pattern.")
		}
		n.targets = []string{h.Target}
	case orgapi.HandshakePartyTypeEmail:
		if h.ByEmail = true; !accounts.ValidEmail(h.Target) {
			return nil, errInput("INVALID_EMAIL_ADDRESS_TARGET", "You specified an invalid email address for the invited account owner.")
		}
	default:
		return nil, errInput("INVALID_PARTY_TYPE_TARGET", "You specified the wrong type of entity (account, organization, or email) as a party.")
	}
	if in.Notes != nil {
		h.Notes = *in.Notes
	}
	out := new(orgapi.InviteAccountToOrganizationOutput)
	return out, s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enter(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := st.invitable(h); err != nil {
			return err
		}
		st.send(h, invitationPeriod)
		out.Handshake = showHandshake(tx, st.Organization, h, st.now)
		return nil
	})
}

func (st *seat) invitable(h *Handshake) error {
	pending := 0
	for _, have := range handshakesByOrg.Scan(st.tx, st.ID, "") {
		live := have.pending() && have.state(st.now) != expired
		switch {
		case live && have.Action == enableAll:
			return errHandshakeConstraint("INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES",
				"You can't issue new invitations to join an organization while it's in the process of enabling all features.")
		case live && have.Action == invite && have.Target == h.Target:
			return orgapi.ErrDuplicateHandshakeException("A handshake with the same action and target already exists.")
		case live && have.Action == invite:
			pending++
		}
	}
	invited := st.accountOf(h)
	switch {
	case invited != nil && members.Get(st.tx, invited.ID) != nil:
		return errAlreadyMember()
	case len(st.members())+pending >= maxAccounts:
		return errHandshakeConstraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS Accounts.")
	}
	return nil
}

func errAlreadyMember() error {
	return errHandshakeConstraint("ALREADY_IN_AN_ORGANIZATION", "The invited account is already a member of an organization.")
}

// accountOf is the account that a handshake is offered to; nil when there is
// none.
func (st *seat) accountOf(h *Handshake) *accounts.Account {
	if h.ByEmail {
		return accounts.ByEmail(st.tx, h.Target)
	}
	return accounts.In(st.tx, h.Target)
}
