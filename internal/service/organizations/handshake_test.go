package organizations_test

import (
	"slices"
	"testing"

	"github.com/fortlet/fortlet/fortlettest"
)

// An account that stands alone becomes a member by accepting what it is offered.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_invites.html
func TestInvitation(t *testing.T) {
	w := newWorld(t)
	alone, other := w.cloud.NewStandaloneAccount("alone"), w.cloud.NewStandaloneAccount("other")
	target := in{"Type": "ACCOUNT", "Id": alone.ID}
	h := w.manager("InviteAccountToOrganization", in{"Target": target, "Notes": "join us", "Tags": []in{{"Key": "k", "Value": "v"}}})
	id := h.text("Handshake.Id")
	for path, want := range map[string]string{
		"Handshake.State": "OPEN", "Handshake.Action": "INVITE",
		"Handshake.Arn":          "arn:aws:organizations::" + w.cloud.ID + ":handshake/" + w.org + "/invite/" + id,
		"Handshake.Parties.0.Id": w.org, "Handshake.Parties.0.Type": "ORGANIZATION",
		"Handshake.Parties.1.Id": alone.ID, "Handshake.Parties.1.Type": "ACCOUNT",
		"Handshake.Resources.0.Resources.0.Type": "MASTER_EMAIL", "Handshake.Resources.2.Value": "join us",
	} {
		if got := h.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	w.refused("InviteAccountToOrganization", in{"Target": target}, "DuplicateHandshakeException", "")
	w.refused("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": w.member.ID}}, "HandshakeConstraintViolationException", "ALREADY_IN_AN_ORGANIZATION")

	// It is nobody else's, and for each party to end in its own way.
	for _, operation := range []string{"DescribeHandshake", "AcceptHandshake", "DeclineHandshake", "CancelHandshake"} {
		for _, account := range []*fortlettest.Account{other, w.member} {
			w.call(account.Config(), operation, in{"HandshakeId": id}).refused("HandshakeNotFoundException", "")
		}
	}
	w.refused("AcceptHandshake", in{"HandshakeId": id}, "AccessDeniedException", "")
	w.refused("DeclineHandshake", in{"HandshakeId": id}, "AccessDeniedException", "")
	w.call(alone.Config(), "CancelHandshake", in{"HandshakeId": id}).refused("AccessDeniedException", "")
	if got := w.call(alone.Config(), "ListHandshakesForAccount", nil).ok().list("Handshakes", "Id"); !slices.Equal(got, []string{id}) {
		t.Errorf("offered to the account: %v", got)
	}
	if got := w.call(other.Config(), "ListHandshakesForAccount", nil).ok().list("Handshakes", "Id"); len(got) != 0 {
		t.Errorf("offered to another account: %v", got)
	}

	accepted := w.call(alone.Config(), "AcceptHandshake", in{"HandshakeId": id}).ok()
	if accepted.text("Handshake.State") != "ACCEPTED" {
		t.Errorf("accepted: %s", accepted.raw)
	}
	w.call(alone.Config(), "AcceptHandshake", in{"HandshakeId": id}).refused("HandshakeAlreadyInStateException", "")
	w.call(alone.Config(), "DeclineHandshake", in{"HandshakeId": id}).refused("InvalidHandshakeTransitionException", "")
	w.refused("CancelHandshake", in{"HandshakeId": id}, "InvalidHandshakeTransitionException", "")
	a := w.manager("DescribeAccount", in{"AccountId": alone.ID})
	if a.text("Account.JoinedMethod") != "INVITED" || w.manager("ListTagsForResource", in{"ResourceId": alone.ID}).text("Tags.0.Value") != "v" {
		t.Errorf("joined: %s", a.raw)
	}
	// Who was invited may leave at once.
	w.manager("RemoveAccountFromOrganization", in{"AccountId": alone.ID})
	w.call(alone.Config(), "DescribeOrganization", nil).refused("AWSOrganizationsNotInUseException", "")
}

// An offer by address, and how else offers end.
func TestHandshakeEnds(t *testing.T) {
	w := newWorld(t)
	alone := w.cloud.NewStandaloneAccount("alone")
	offer := func() string {
		return w.manager("InviteAccountToOrganization", in{"Target": in{"Type": "EMAIL", "Id": "Root@" + alone.ID + ".example.com"}}).text("Handshake.Id")
	}
	states := func() []string { return w.manager("ListHandshakesForOrganization", nil).list("Handshakes", "State") }

	if state := w.call(alone.Config(), "DeclineHandshake", in{"HandshakeId": offer()}).ok().text("Handshake.State"); state != "DECLINED" {
		t.Errorf("declined: %s", state)
	}
	canceled := offer()
	if state := w.manager("CancelHandshake", in{"HandshakeId": canceled}).text("Handshake.State"); state != "CANCELED" {
		t.Errorf("canceled: %s", state)
	}
	w.call(alone.Config(), "AcceptHandshake", in{"HandshakeId": canceled}).refused("InvalidHandshakeTransitionException", "")
	late := offer()
	w.cloud.Advance(15 * day)
	w.call(alone.Config(), "AcceptHandshake", in{"HandshakeId": late}).refused("InvalidHandshakeTransitionException", "")
	if got := slices.Sorted(slices.Values(states())); !slices.Equal(got, []string{"CANCELED", "DECLINED", "EXPIRED"}) {
		t.Errorf("states %v", got)
	}
	again := offer()
	w.cloud.Advance(14 * day)
	w.call(alone.Config(), "AcceptHandshake", in{"HandshakeId": again}).ok()
	// For 30 days what is over is shown.
	w.cloud.Advance(2 * day)
	if got := slices.Sorted(slices.Values(states())); !slices.Equal(got, []string{"ACCEPTED", "EXPIRED"}) {
		t.Errorf("states after 31 days %v", got)
	}

	// The management account of one organization does not join another.
	founder := w.cloud.NewStandaloneAccount("founder")
	id := w.manager("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": founder.ID}}).text("Handshake.Id")
	w.call(founder.Config(), "CreateOrganization", nil).ok()
	w.call(founder.Config(), "AcceptHandshake", in{"HandshakeId": id}).refused("MasterCannotLeaveOrganizationException", "")
	filtered := w.manager("ListHandshakesForOrganization", in{"Filter": in{"ActionType": "INVITE"}})
	if got := filtered.list("Handshakes", "Action"); len(got) != 3 {
		t.Errorf("invitations %v", got)
	}
	w.refused("ListHandshakesForOrganization", in{"Filter": in{"ActionType": "INVITE", "ParentHandshakeId": id}}, "InvalidInputException", "MAX_LIMIT_EXCEEDED_FILTER")
}

// An organization for billing alone has no policies, until all members that were
// invited agree to all features and the management account makes it so.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
func TestAllFeatures(t *testing.T) {
	w := &world{TB: t, cloud: fortlettest.New(t)}
	if a := w.manager("CreateOrganization", in{"FeatureSet": "CONSOLIDATED_BILLING"}); a.text("Organization.FeatureSet") != "CONSOLIDATED_BILLING" || len(a.list("Organization.AvailablePolicyTypes", "Type")) != 0 {
		t.Errorf("the organization is %s", a.raw)
	}
	root := w.manager("ListRoots", nil).text("Roots.0.Id")
	invited := w.cloud.NewStandaloneAccount("invited")
	id := w.manager("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": invited.ID}}).text("Handshake.Id")
	w.call(invited.Config(), "AcceptHandshake", in{"HandshakeId": id}).ok()
	created := w.account("created")

	w.refused("CreatePolicy", in{"Type": scp, "Name": "p", "Description": "", "Content": denyNothing}, "PolicyTypeNotAvailableForOrganizationException", "")
	w.refused("EnablePolicyType", in{"RootId": root, "PolicyType": scp}, "PolicyTypeNotAvailableForOrganizationException", "")
	w.refused("EnableAWSServiceAccess", in{"ServicePrincipal": "config.amazonaws.com"}, "ConstraintViolationException", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
	w.refused("CloseAccount", in{"AccountId": created}, "ConstraintViolationException", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
	w.refused("PutResourcePolicy", in{"Content": anything}, "ConstraintViolationException", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")

	h := w.manager("EnableAllFeatures", nil)
	whole := h.text("Handshake.Id")
	if h.text("Handshake.Action") != "ENABLE_ALL_FEATURES" || h.text("Handshake.State") != "REQUESTED" {
		t.Errorf("the handshake is %s", h.raw)
	}
	w.refused("EnableAllFeatures", nil, "HandshakeConstraintViolationException", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION")
	w.refused("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": "555555555555"}},
		"HandshakeConstraintViolationException", "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES")
	w.refused("AcceptHandshake", in{"HandshakeId": whole}, "InvalidHandshakeTransitionException", "")
	children := w.manager("ListHandshakesForOrganization", in{"Filter": in{"ParentHandshakeId": whole}})
	if got := children.list("Handshakes", "Id"); len(got) != 1 {
		t.Fatalf("members that are asked: %s", children.raw) // who was created has no say
	}
	w.call(invited.Config(), "AcceptHandshake", in{"HandshakeId": children.text("Handshakes.0.Id")}).ok()
	approve := w.manager("ListHandshakesForOrganization", in{"Filter": in{"ActionType": "APPROVE_ALL_FEATURES"}})
	w.manager("AcceptHandshake", in{"HandshakeId": approve.text("Handshakes.0.Id")})
	if got := w.manager("DescribeOrganization", nil).text("Organization.FeatureSet"); got != "ALL" {
		t.Errorf("features %s", got)
	}
	if got := w.manager("DescribeHandshake", in{"HandshakeId": whole}).text("Handshake.State"); got != "ACCEPTED" {
		t.Errorf("the handshake is %s", got)
	}
	w.refused("EnableAllFeatures", nil, "HandshakeConstraintViolationException", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES")
	w.manager("EnablePolicyType", in{"RootId": root, "PolicyType": scp})
}

// Without members to ask it is for the management account at once.
func TestAllFeaturesOfCreatedAccounts(t *testing.T) {
	w := &world{TB: t, cloud: fortlettest.New(t)}
	w.manager("CreateOrganization", in{"FeatureSet": "CONSOLIDATED_BILLING"})
	w.account("created")
	h := w.manager("EnableAllFeatures", nil)
	if h.text("Handshake.State") != "OPEN" {
		t.Errorf("the handshake is %s", h.raw)
	}
	w.manager("CancelHandshake", in{"HandshakeId": h.text("Handshake.Id")})
	h = w.manager("EnableAllFeatures", nil)
	w.manager("AcceptHandshake", in{"HandshakeId": h.text("Handshake.Id")})
	if got := w.manager("DescribeOrganization", nil).text("Organization.FeatureSet"); got != "ALL" {
		t.Errorf("features %s", got)
	}
}
