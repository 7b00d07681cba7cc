package snapshot

import (
	"cmp"
	"slices"
)

// Sort puts every list in its order: entities and managed policies by ARN,
// inline policies by name. Load and package extract give sorted accounts; who
// builds one by hand calls Sort.
func (a *Account) Sort() {
	sortByARN(a.Roles, func(r *Role) *Entity { return &r.Entity })
	sortByARN(a.Users, func(u *User) *Entity { return &u.Entity })
	sortByARN(a.Groups, func(g *Group) *Entity { return &g.Entity })
	for i := range a.Roles {
		slices.Sort(a.Roles[i].InstanceProfiles)
	}
	for i := range a.Users {
		slices.Sort(a.Users[i].Groups)
	}
	slices.SortFunc(a.Policies, func(p, q ManagedPolicy) int { return cmp.Compare(p.ARN, q.ARN) })
}

func sortByARN[T any](list []T, entity func(*T) *Entity) {
	for i := range list {
		e := entity(&list[i])
		slices.Sort(e.Attached)
		slices.SortFunc(e.Inline, func(p, q InlinePolicy) int { return cmp.Compare(p.Name, q.Name) })
	}
	slices.SortFunc(list, func(x, y T) int { return cmp.Compare(entity(&x).ARN, entity(&y).ARN) })
}
