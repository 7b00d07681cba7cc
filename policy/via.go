package policy

import "strings"

// Via tells how the Principal elements of the statements that allowed a
// request named the caller. It is a set: several statements can match, and one
// statement can name a caller twice.
//
// The evaluation logic needs it because an account, a role and a session are
// three different things: a resource policy that names a user or a session
// grants to it directly, one that names a role grants within the role's
// boundary, and one that names an account only lets the account delegate.
type Via uint16

// The ways in which a Principal element names a caller.
const (
	// ViaAccount: the caller's account, by number or root ARN.
	ViaAccount Via = 1 << iota
	// ViaUser: the user; for a FederatedUser, the user who issued the session.
	ViaUser
	// ViaRole: the role behind the session.
	ViaRole
	// ViaSession: the session of the role or of the federated user itself.
	ViaSession
	// ViaService: the AWS service.
	ViaService
	// ViaFederated: the identity provider.
	ViaFederated
	// ViaAnyone: everyone, by "*" or {"AWS": "*"}, or by NotPrincipal with Allow.
	ViaAnyone
	// ViaCanonical: the canonical user id.
	ViaCanonical

	// ViaNone: the statements have no Principal element.
	ViaNone Via = 0
)

var viaNames = [...]string{
	"account", "user", "role", "session", "service", "federated", "anyone", "canonical",
}

// Has reports whether the set has any of the ways.
func (v Via) Has(any Via) bool { return v&any != 0 }

// String lists the ways: "account|role", "none".
func (v Via) String() string {
	if v == ViaNone {
		return "none"
	}
	var names []string
	for i, name := range viaNames {
		if v.Has(1 << i) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// MarshalText implements encoding.TextMarshaler.
func (v Via) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
