package policy

// PrincipalType says what kind of caller a principal is.
type PrincipalType uint8

// The kinds of callers.
const (
	// Anonymous is a caller who did not sign.
	Anonymous PrincipalType = iota
	// Root is the root user of an account.
	Root
	// User is an IAM user, also with the credentials of GetSessionToken.
	User
	// AssumedRole is the session of a role.
	AssumedRole
	// FederatedUser is a session of GetFederationToken.
	FederatedUser
	// ServicePrincipal is an AWS service that acts in its own name.
	ServicePrincipal
	// Federated is a caller known only to an identity provider, by a web
	// identity token or a SAML assertion: who assumes a role with one.
	Federated
	// CanonicalUser is a caller known only by a canonical user id.
	CanonicalUser
)

var principalTypeNames = [...]string{
	"Anonymous", "Root", "User", "AssumedRole", "FederatedUser", "ServicePrincipal", "Federated", "CanonicalUser",
}

// String is the name of the constant.
func (t PrincipalType) String() string {
	if int(t) < len(principalTypeNames) {
		return principalTypeNames[t]
	}
	return "unknown"
}

// MarshalText implements encoding.TextMarshaler.
func (t PrincipalType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Principal is who makes a request. Fields that do not apply to its type are empty.
type Principal struct {
	Type PrincipalType `json:"type"`
	// Account is the 12-digit account; services and anonymous callers have none.
	Account string `json:"account,omitempty"`
	// ARN is the caller's own:
	//
	//	arn:aws:iam::111122223333:root
	//	arn:aws:iam::111122223333:user/path/name
	//	arn:aws:sts::111122223333:assumed-role/role/session
	//	arn:aws:sts::111122223333:federated-user/name
	ARN string `json:"arn,omitempty"`
	// RoleARN is, for AssumedRole, the role behind the session, with its path.
	RoleARN string `json:"roleArn,omitempty"`
	// UserARN is, for FederatedUser, the user (or root user) who called
	// GetFederationToken.
	UserARN string `json:"userArn,omitempty"`
	// UserID is the unique id of that user, by which a stored policy names it.
	UserID string `json:"userId,omitempty"`
	// ID is the unique id, AIDA… of a user and AROA…:session of a role session.
	// A stored policy can name these instead of ARNs.
	ID string `json:"id,omitempty"`
	// Service is, for ServicePrincipal, its name: "lambda.amazonaws.com".
	Service string `json:"service,omitempty"`
	// Federated is, for Federated, the provider: the host or ARN of an OpenID
	// Connect provider, the ARN of a SAML provider.
	Federated string `json:"federated,omitempty"`
	// CanonicalUser is the canonical user id of the account.
	CanonicalUser string `json:"canonicalUser,omitempty"`
	// Bounded says that the caller has a permissions boundary: no NotPrincipal
	// spares it from a Deny.
	Bounded bool `json:"bounded,omitempty"`
}

// inAccount reports whether naming an account means this caller too. Services,
// anonymous callers and those known to an identity provider belong to none.
func (p *Principal) inAccount() bool {
	switch p.Type {
	case Root, User, AssumedRole, FederatedUser:
		return p.Account != ""
	}
	return false
}

// String is the shortest text that tells who it is.
func (p Principal) String() string {
	for _, s := range []string{p.ARN, p.Service, p.Federated, p.CanonicalUser} {
		if s != "" {
			return s
		}
	}
	return p.Type.String()
}
