package iam

import (
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// User is an IAM user.
type User struct {
	Entity
	Permissions
	Groups []string // unique ids, in the order of joining
}

// Group is a user group.
type Group struct {
	Entity
	Permissions
}

// Role is an IAM role.
type Role struct {
	Entity
	Permissions
	Description *string // nil: never had one
	// Trust is the trust policy as package principals binds it: users and
	// roles by unique id.
	Trust       string
	MaxSession  int32  // seconds
	ServiceName string // of a service-linked role: "autoscaling.amazonaws.com"
}

// ManagedPolicy is a customer managed policy.
type ManagedPolicy struct {
	Entity
	Description string
	Updated     time.Time
	Versions    []PolicyVersion // oldest first; never empty
	Default     int             // number of the version in effect
	Last        int             // number of the newest version there ever was
}

// PolicyVersion is a version of a managed policy.
type PolicyVersion struct {
	Number   int
	Document string
	Created  time.Time
}

// InstanceProfile passes a role to an EC2 instance.
type InstanceProfile struct {
	Entity
	Role string // unique id; "" for none
}

// AccessKey is a long-term key of a user.
type AccessKey struct {
	ID       string
	Account  string
	UserID   string
	Secret   []byte // sealed
	Inactive bool
	Created  time.Time // not to the second, as elsewhere, to order the keys of a user
}

// LoginProfile is a user's password.
type LoginProfile struct {
	Account       string
	UserID        string
	Hash          PasswordHash
	Previous      []PasswordHash // newest first
	Created       time.Time
	Changed       time.Time // when the password was last set
	ResetRequired bool
}

// Settings is what IAM keeps for an account as a whole: one row each, made
// when first needed.
type Settings struct {
	Alias          string
	PasswordPolicy *PasswordPolicy // nil: AWS's default policy

	// How many entities of each kind there are.
	Users, Groups, Roles, Policies, InstanceProfiles int
}

// PasswordPolicy is an account's password policy.
type PasswordPolicy struct {
	MinimumLength   int32
	Symbols         bool
	Numbers         bool
	Uppercase       bool
	Lowercase       bool
	AllowChange     bool
	MaxAge          int32 // days; 0: passwords do not expire
	ReusePrevention int32 // 0: any password may be used again
	HardExpiry      bool
}

// LastUse is when and for what an access key or role was last used.
type LastUse struct {
	At              time.Time
	Service, Region string
}

// DeletionTask is the deletion of a service-linked role.
type DeletionTask struct {
	RoleARN string
	Created time.Time
}

// The tables. Entities lie under account and lower-case name, so that a scan
// gives the entities of an account by name.
var (
	users          = store.NewTable[User]("iam.users")
	usersByID      = users.Index("id", func(u *User) []string { return []string{u.ID} })
	usersByGroup   = users.Index("group", func(u *User) []string { return u.Groups })
	usersByPolicy  = users.Index("policy", func(u *User) []string { return policyUses(u) })
	usersByBound   = users.Index("boundary", func(u *User) []string { return boundaryUses(u) })
	groups         = store.NewTable[Group]("iam.groups")
	groupsByID     = groups.Index("id", func(g *Group) []string { return []string{g.ID} })
	groupsByPolicy = groups.Index("policy", func(g *Group) []string { return policyUses(g) })
	roles          = store.NewTable[Role]("iam.roles")
	rolesByID      = roles.Index("id", func(r *Role) []string { return []string{r.ID} })
	rolesByPolicy  = roles.Index("policy", func(r *Role) []string { return policyUses(r) })
	rolesByBound   = roles.Index("boundary", func(r *Role) []string { return boundaryUses(r) })
	policies       = store.NewTable[ManagedPolicy]("iam.policies")
	profiles       = store.NewTable[InstanceProfile]("iam.instance-profiles")
	profilesByRole = profiles.Index("role", func(p *InstanceProfile) []string { return some(p.Role) })

	// Access keys lie under their id, login profiles under the user's.
	accessKeys       = store.NewTable[AccessKey]("iam.access-keys")
	accessKeysByUser = accessKeys.Index("user", func(k *AccessKey) []string { return []string{k.UserID} })
	loginProfiles    = store.NewTable[LoginProfile]("iam.login-profiles")
	settings         = store.NewTable[Settings]("iam.settings") // under the account
	settingsByAlias  = settings.Index("alias", func(s *Settings) []string { return some(s.Alias) })
	lastUses         = store.NewTable[LastUse]("iam.last-uses") // under the id of the key or role
	deletionTasks    = store.NewTable[DeletionTask]("iam.deletion-tasks")
)

// policyUses and boundaryUses index a holder by the managed policies that it
// uses. AWS managed policies are shared by all accounts, so the account is
// part of the value.
func policyUses(h holder) []string {
	values := make([]string, len(h.permissions().Attached))
	for i, arn := range h.permissions().Attached {
		values[i] = policyUse(h.base().Account, arn)
	}
	return values
}

func boundaryUses(h holder) []string {
	if arn := h.permissions().Boundary; arn != "" {
		return []string{policyUse(h.base().Account, arn)}
	}
	return nil
}

func policyUse(account, arn string) string { return store.Key(account, arn) }

func some(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// settingsOf gives the settings of an account, which may be their zero value.
// The result is the caller's to change and put back.
func settingsOf(tx *store.Tx, account string) *Settings {
	s := new(Settings)
	if row := settings.Get(tx, account); row != nil {
		*s = *row
	}
	return s
}
