// Package snapshot is the IAM of one account at one time: what the tools of
// fortlet iam read and compare. Package extract takes one from an account,
// Load reads one back that was saved as a baseline.
package snapshot

import "time"

// Account is the IAM of one account, as GetAccountAuthorizationDetails tells
// it. Every list is in the order of its ARNs.
type Account struct {
	ID    string    `json:"account"`
	Taken time.Time `json:"taken"`

	Roles  []Role  `json:"roles,omitempty"`
	Users  []User  `json:"users,omitempty"`
	Groups []Group `json:"groups,omitempty"`
	// Policies are the managed policies that anything above refers to, those of
	// AWS too, and the account's own ones that nothing refers to.
	Policies []ManagedPolicy `json:"policies,omitempty"`
}

// Entity is what roles, users and groups have in common.
type Entity struct {
	Name    string            `json:"name"`
	Path    string            `json:"path"`
	ARN     string            `json:"arn"`
	ID      string            `json:"id"` // AROA…, AIDA…, AGPA…
	Created time.Time         `json:"created"`
	Tags    map[string]string `json:"tags,omitempty"`

	Inline   []InlinePolicy `json:"inline,omitempty"`   // in the order of their names
	Attached []string       `json:"attached,omitempty"` // ARNs of managed policies, in order
	Boundary string         `json:"boundary,omitempty"` // ARN of the managed policy
}

// Role is a role.
type Role struct {
	Entity
	Trust            string   `json:"trust"`                      // the document
	InstanceProfiles []string `json:"instanceProfiles,omitempty"` // names
}

// ServiceLinked reports whether a service owns the role.
func (r *Role) ServiceLinked() bool { return serviceLinked(r.Path) }

// User is a user.
type User struct {
	Entity
	Groups []string `json:"groups,omitempty"` // names
}

// Group is a group.
type Group struct{ Entity }

// InlinePolicy is a policy that is part of a role, user or group.
type InlinePolicy struct {
	Name     string `json:"name"`
	Document string `json:"document"` // JSON as it was put
}

// ManagedPolicy is a managed policy in its default version.
type ManagedPolicy struct {
	ARN      string `json:"arn"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Version  string `json:"version"`
	Document string `json:"document"`
}
