package iam

import (
	"iter"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

func join(u *User, group string) error {
	if slices.Contains(u.Groups, group) {
		return nil
	}
	u.Groups = append(slices.Clone(u.Groups), group)
	return groupsPerUser.check(len(u.Groups))
}

func leave(u *User, group string) error {
	u.Groups = slices.DeleteFunc(slices.Clone(u.Groups), func(id string) bool { return id == group })
	return nil
}

// groupsOf gives the groups that a user is in, by name.
func groupsOf(tx *store.Tx, u *User) []*Group {
	var list []*Group
	for _, id := range u.Groups {
		if g := groupsByID.Get(tx, id); g != nil {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *Group) int { return strings.Compare(a.key(), b.key()) })
	return list
}

// membersOf scans the users of a group. All are in the group's account.
func membersOf(g *Group) func(tx *store.Tx, prefix, after string) iter.Seq2[string, *User] {
	return func(tx *store.Tx, _, after string) iter.Seq2[string, *User] {
		return usersByGroup.Scan(tx, g.ID, after)
	}
}

// profilesOf scans the instance profiles of a role, likewise.
func profilesOf(r *Role) func(tx *store.Tx, prefix, after string) iter.Seq2[string, *InstanceProfile] {
	return func(tx *store.Tx, _, after string) iter.Seq2[string, *InstanceProfile] {
		return profilesByRole.Scan(tx, r.ID, after)
	}
}
