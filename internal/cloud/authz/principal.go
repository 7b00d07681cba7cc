package authz

import (
	"time"

	"github.com/fortlet/fortlet/policy"
)

// Principal is who makes a request: what policies match on, and what the
// request's context says of it.
type Principal struct {
	policy.Principal

	Name        string // user name, role name or federated user name
	SessionName string // of an assumed role
	IssuerName  string // of a federated user: the IAM user who made the session, "" for root
	AccessKeyID string // that signed the request
	Session     *Session
}

// Session is what temporary credentials carry along. Long-term credentials
// have none.
type Session struct {
	// Policies are the session policies; where there are any, one must allow
	// what the session does.
	Policies []Document
	// Tags are the session tags, which win over the tags of the role or user.
	Tags           map[string]string
	TransitiveTags []string
	SourceIdentity string

	MFA      bool
	MFATime  time.Time
	Issued   time.Time
	Expires  time.Time
	Provider string // aws:FederatedProvider
	// Chained says that the session was assumed with temporary credentials,
	// which limits its duration.
	Chained bool
}

// Document is a policy with the name by which people know it.
type Document struct {
	Type   PolicyType
	ID     string // ARN of a managed policy, name of an inline one, ARN of a resource
	Policy *policy.Policy
	// Level is the root, unit or account that a policy of an organization is
	// attached to.
	Level string
}

// PolicyType is the place of a policy in the evaluation. The values are the
// words of AWS's access denied messages.
type PolicyType string

// The policy types.
const (
	IdentityBased       PolicyType = "identity-based policy"
	ResourceBased       PolicyType = "resource-based policy"
	PermissionsBoundary PolicyType = "permissions boundary"
	SessionPolicy       PolicyType = "session policy"
	ServiceControl      PolicyType = "service control policy"
	ResourceControl     PolicyType = "resource control policy"
)

// Identity is what IAM knows of a user or role. It is immutable: a change in
// IAM makes a new one.
type Identity struct {
	Account string
	ARN     string
	ID      string // AIDA…, AROA…
	Name    string
	Path    string
	Created time.Time
	Tags    map[string]string

	Policies []Document // inline, attached, and those of the user's groups
	Boundary *Document  // nil: none

	Trust              *policy.Policy // roles: who may assume it
	MaxSessionDuration time.Duration  // roles
	ServiceLinked      bool           // roles that SCPs leave alone
}

// Directory is what authorization needs to know of IAM, which implements it.
// Answers come from memory; nil means that there is no such user, role or
// policy.
type Directory interface {
	User(account, name string) *Identity
	Role(account, name string) *Identity
	// ByID finds a user or role by its unique id.
	ByID(uniqueID string) *Identity
	// ManagedPolicy compiles a customer or AWS managed policy's default version.
	ManagedPolicy(arn string) *policy.Policy
}

// Organization is what authorization needs to know of AWS Organizations.
type Organization interface {
	// Of describes the place of an account, nil outside of any organization.
	Of(account string) *Membership
}

// Membership is an account's place in its organization.
type Membership struct {
	OrgID      string       // "o-…"
	Paths      []string     // "o-…/r-…/ou-…/"
	Management bool         // SCPs do not bind the management account
	Levels     []string     // the ids of root, units and account
	SCPs       [][]Document // one list per level, root first: each level must allow
	RCPs       [][]Document
}

// level is the id of a level.
func (m *Membership) level(i int) string {
	if i < len(m.Levels) {
		return m.Levels[i]
	}
	return ""
}

// Closings tells which accounts are closed. Nothing reaches into those.
type Closings interface{ Closed(account string) bool }
