package policy

import (
	"slices"
	"strings"
)

// principalSet is a Principal or NotPrincipal element, compiled.
type principalSet struct {
	entries []principalEntry
	negated bool
}

// principalEntry is one principal of the element: a value, and what equals it.
type principalEntry struct {
	way   Via // of ViaSession also the ARN or id of any kind of session
	value string
}

func compilePrincipals(s Statement, g grammar) (*principalSet, *MalformedError) {
	elements := slices.Concat(s.Principals, s.NotPrincipals)
	if len(elements) == 0 {
		return nil, nil
	}
	set := &principalSet{negated: s.NotPrincipals != nil}
	for _, e := range elements {
		entry, ok := newPrincipalEntry(e)
		if !ok {
			return nil, badPrincipal(e)
		}
		set.entries = append(set.entries, entry)
	}
	return set, nil
}

// match answers how the element names the caller. It answers ok without a way
// where NotPrincipal does so by leaving the caller out.
func (s *principalSet) match(p *Principal, e Effect) (via Via, ok bool) {
	if s == nil {
		return ViaNone, true
	}
	for i := range s.entries {
		if s.entries[i].names(p) {
			via |= s.entries[i].way
		}
	}
	switch {
	case !s.negated:
		return via, via != ViaNone
	case e == Deny:
		return ViaNone, !exempt(p, via)
	case via != ViaNone:
		return ViaNone, false
	}
	return ViaAnyone, true
}

// exempt reports whether a NotPrincipal that names the caller in these ways
// spares it from a Deny. Everything that the caller acts through is looked at
// by itself: a user and its account, a session, its role and its account. Each
// must be named. A caller with a permissions boundary is never spared (IAM User
// Guide, "Permissions boundaries for IAM entities").
func exempt(p *Principal, via Via) bool {
	if p.Bounded {
		return false
	}
	if via.Has(ViaCanonical) && p.inAccount() {
		via |= ViaAccount // the canonical user id is another name of the account
	}
	needs := ViaNone
	switch p.Type {
	case Root:
		needs = ViaAccount
	case User:
		needs = ViaAccount | ViaUser
	case AssumedRole:
		needs = ViaAccount | ViaRole | ViaSession
	case FederatedUser:
		needs = ViaAccount | ViaSession
	case ServicePrincipal:
		needs = ViaService
	case Federated:
		needs = ViaFederated
	case CanonicalUser:
		needs = ViaCanonical
	case Anonymous:
		needs = ViaAnyone
	}
	return via.Has(ViaAnyone) || via&needs == needs
}

// names reports whether the entry names the caller.
func (e *principalEntry) names(p *Principal) bool {
	switch e.way {
	case ViaAnyone:
		return true
	case ViaAccount:
		return p.inAccount() && p.Account == e.value
	case ViaUser:
		return e.namesUser(p)
	case ViaRole:
		return p.Type == AssumedRole && (p.RoleARN == e.value || roleID(p.ID) == e.value)
	case ViaSession:
		return (p.Type == AssumedRole || p.Type == FederatedUser) && (p.ARN == e.value || p.ID == e.value)
	case ViaService:
		return p.Type == ServicePrincipal && (p.Service == e.value || e.value == "*")
	case ViaFederated:
		return p.Type == Federated && p.Federated == e.value
	case ViaCanonical:
		return p.CanonicalUser == e.value
	}
	return false
}

func (e *principalEntry) namesUser(p *Principal) bool {
	switch p.Type {
	case User:
		return p.ARN == e.value || p.ID == e.value
	case FederatedUser:
		return p.UserARN == e.value || p.UserID == e.value
	}
	return false
}

// roleID is the role's part of a session's id AROA…:session.
func roleID(id string) string {
	role, _, _ := strings.Cut(id, ":")
	return role
}
