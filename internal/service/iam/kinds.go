package iam

import "github.com/fortlet/fortlet/internal/cloud/store"

var (
	userKind = &kind{
		noun: "user", resource: "user", cfnType: "AWS::IAM::User", idPrefix: "AIDA",
		notFound: "The user with name %s cannot be found.",
		exists:   "User with name %s already exists.",
		quota:    quota{"UsersPerAccount", 5000},
		count:    func(s *Settings) *int { return &s.Users },
		attached: quota{"PoliciesPerUser", 10}, inlineSize: 2048,
		foldTags: true,
		find:     finder(users),
	}
	groupKind = &kind{
		noun: "group", resource: "group", cfnType: "AWS::IAM::Group", idPrefix: "AGPA",
		notFound: "The group with name %s cannot be found.",
		exists:   "Group with name %s already exists.",
		quota:    quota{"GroupsPerAccount", 300},
		count:    func(s *Settings) *int { return &s.Groups },
		attached: quota{"PoliciesPerGroup", 10}, inlineSize: 5120,
		find: finder(groups),
	}
	roleKind = &kind{
		noun: "role", resource: "role", cfnType: "AWS::IAM::Role", idPrefix: "AROA",
		notFound: "The role with name %s cannot be found.",
		exists:   "Role with name %s already exists.",
		quota:    quota{"RolesPerAccount", 1000},
		count:    func(s *Settings) *int { return &s.Roles },
		attached: quota{"PoliciesPerRole", 10}, inlineSize: 10240,
		foldTags: true,
		find:     finder(roles),
	}
	policyKind = &kind{
		noun: "policy", resource: "policy", cfnType: "AWS::IAM::Policy", idPrefix: "ANPA",
		notFound: "Policy %s was not found.",
		exists:   "A policy called %s already exists. Duplicate names are not allowed.",
		quota:    quota{"PoliciesPerAccount", 1500},
		count:    func(s *Settings) *int { return &s.Policies },
		find:     finder(policies),
	}
	profileKind = &kind{
		noun: "instance profile", resource: "instance-profile", cfnType: "AWS::IAM::InstanceProfile", idPrefix: "AIPA",
		notFound: "Instance Profile %s cannot be found.",
		exists:   "Instance Profile %s already exists.",
		quota:    quota{"InstanceProfilesPerAccount", 1000},
		count:    func(s *Settings) *int { return &s.InstanceProfiles },
		find:     finder(profiles),
	}
)

// finder finds rows of a table by account and name.
func finder[T any, P interface {
	*T
	entity
}](table *store.Table[T]) func(*store.Tx, string, string) entity {
	return func(tx *store.Tx, account, name string) entity {
		if row := table.Get(tx, rowKey(account, name)); row != nil {
			return P(row)
		}
		return nil // and not a nil row in an interface
	}
}

func (*User) kind() *kind            { return userKind }
func (*Group) kind() *kind           { return groupKind }
func (*Role) kind() *kind            { return roleKind }
func (*ManagedPolicy) kind() *kind   { return policyKind }
func (*InstanceProfile) kind() *kind { return profileKind }

func (u *User) copy() entity            { return new(*u) }
func (g *Group) copy() entity           { return new(*g) }
func (r *Role) copy() entity            { return new(*r) }
func (p *ManagedPolicy) copy() entity   { return new(*p) }
func (p *InstanceProfile) copy() entity { return new(*p) }

func (u *User) put(tx *store.Tx)            { users.Put(tx, u.key(), u) }
func (g *Group) put(tx *store.Tx)           { groups.Put(tx, g.key(), g) }
func (r *Role) put(tx *store.Tx)            { roles.Put(tx, r.key(), r) }
func (p *ManagedPolicy) put(tx *store.Tx)   { policies.Put(tx, p.key(), p) }
func (p *InstanceProfile) put(tx *store.Tx) { profiles.Put(tx, p.key(), p) }

func (u *User) delete(tx *store.Tx)            { users.Delete(tx, u.key()) }
func (g *Group) delete(tx *store.Tx)           { groups.Delete(tx, g.key()) }
func (r *Role) delete(tx *store.Tx)            { roles.Delete(tx, r.key()) }
func (p *ManagedPolicy) delete(tx *store.Tx)   { policies.Delete(tx, p.key()) }
func (p *InstanceProfile) delete(tx *store.Tx) { profiles.Delete(tx, p.key()) }
