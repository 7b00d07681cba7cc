package organizations

import (
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Finding things of the caller's organization. What is another's is not found.

func (st *seat) unit(id string) *Unit { return units.Get(st.tx, unitKey(st.ID, id)) }

func (st *seat) policy(id string) *Policy { return findPolicy(st.tx, st.Organization, id) }

// member finds an account of the organization. One that was closed long ago is
// gone.
func (st *seat) member(account string) *Member {
	m := members.Get(st.tx, account)
	if m == nil || m.Org != st.ID || st.gone(account) {
		return nil
	}
	return m
}

func (st *seat) gone(account string) bool {
	a := accounts.In(st.tx, account)
	return a == nil || !a.Closed.IsZero() && st.now.Sub(a.Closed) >= postClosure
}

// members are the accounts of the organization.
func (st *seat) members() (list []*Member) {
	for _, m := range membersByOrg.Scan(st.tx, st.ID, "") {
		if !st.gone(m.Account) {
			list = append(list, m)
		}
	}
	return list
}

// isParent reports the root or a unit.
func (st *seat) isParent(id string) bool { return id == st.Root || st.unit(id) != nil }

// parent is what is directly above a unit or account.
func (st *seat) parent(id string) string { return parentOf(st.tx, st.Organization, id) }

// unitsUnder are the units directly under a parent.
func (st *seat) unitsUnder(parent string) (list []*Unit) {
	for _, u := range unitsByParent.Scan(st.tx, store.Key(st.ID, parent), "") {
		list = append(list, u)
	}
	return list
}

// accountsUnder are the accounts directly under a parent.
func (st *seat) accountsUnder(parent string) (list []*Member) {
	if parent == st.Root {
		for _, m := range st.members() {
			if st.parent(m.Account) == st.Root {
				list = append(list, m)
			}
		}
		return list
	}
	for _, p := range placesByParent.Scan(st.tx, store.Key(st.ID, parent), "") {
		if m := st.member(p.Account); m != nil {
			list = append(list, m)
		}
	}
	return list
}

// path is the way from the organization to a unit or account, as answers show
// it.
func (st *seat) path(id string) string {
	return pathOf(st.Organization, lineOf(st.tx, st.Organization, id))
}
