package snapshot

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Policy is the managed policy with an ARN, nil when the snapshot has none.
func (a *Account) Policy(arn string) *ManagedPolicy {
	i, ok := slices.BinarySearchFunc(a.Policies, arn, func(p ManagedPolicy, arn string) int { return cmp.Compare(p.ARN, arn) })
	if !ok {
		return nil
	}
	return &a.Policies[i]
}

// Role is the role with a name, nil when there is none. It looks at one after
// the other: who wants many makes a map.
func (a *Account) Role(name string) *Role {
	return named(a.Roles, name, func(r *Role) *Entity { return &r.Entity })
}

// User is the user with a name, nil when there is none.
func (a *Account) User(name string) *User {
	return named(a.Users, name, func(u *User) *Entity { return &u.Entity })
}

// Group is the group with a name, nil when there is none.
func (a *Account) Group(name string) *Group {
	return named(a.Groups, name, func(g *Group) *Entity { return &g.Entity })
}

// named finds a name, whatever its letter case: two names of an account never
// differ in that alone (IAM User Guide, "IAM and AWS STS quotas").
func named[T any](list []T, name string, entity func(*T) *Entity) *T {
	for i := range list {
		if strings.EqualFold(entity(&list[i]).Name, name) {
			return &list[i]
		}
	}
	return nil
}

// Entities are all roles, users and groups, each with the word for its kind.
func (a *Account) Entities() iter.Seq2[string, *Entity] {
	return func(yield func(string, *Entity) bool) {
		for i := range a.Roles {
			if !yield("role", &a.Roles[i].Entity) {
				return
			}
		}
		for i := range a.Users {
			if !yield("user", &a.Users[i].Entity) {
				return
			}
		}
		for i := range a.Groups {
			if !yield("group", &a.Groups[i].Entity) {
				return
			}
		}
	}
}
