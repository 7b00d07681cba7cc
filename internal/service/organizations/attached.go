package organizations

import (
	"slices"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// findPolicy finds a policy of an organization, or one of AWS; nil when there is
// none.
func findPolicy(tx *store.Tx, o *Organization, id string) *Policy {
	for _, p := range awsPolicies {
		if p.ID == id {
			return p
		}
	}
	return policies.Get(tx, policyKey(o.ID, id))
}

// attachmentsOf are the policies that are attached to a target.
func attachmentsOf(tx *store.Tx, o *Organization, target string) *Attachments {
	if a := attachments.Get(tx, targetKey(o.ID, target)); a != nil {
		return a
	}
	a := &Attachments{Org: o.ID, Target: target}
	for _, t := range settingsOf(tx, o).Types {
		if p := awsPolicyOf(t); p != nil {
			a.Policies = append(a.Policies, p.ID)
		}
	}
	return a
}

// attachedOf are the policies of a type that are attached to a target.
func attachedOf(tx *store.Tx, o *Organization, target, policyType string) (list []*Policy) {
	for _, id := range attachmentsOf(tx, o, target).Policies {
		if p := findPolicy(tx, o, id); p != nil && p.Type == policyType {
			list = append(list, p)
		}
	}
	return list
}

// attach and detach change what is attached to a target.

func (st *seat) attach(target string, p *Policy) {
	next := *attachmentsOf(st.tx, st.Organization, target)
	next.Policies = append(slices.Clone(next.Policies), p.ID)
	next.Updated = st.now
	attachments.Put(st.tx, next.key(), &next)
}

func (st *seat) detach(target string, p *Policy) {
	next := *attachmentsOf(st.tx, st.Organization, target)
	next.Policies = slices.DeleteFunc(slices.Clone(next.Policies), func(id string) bool { return id == p.ID })
	next.Updated = st.now
	attachments.Put(st.tx, next.key(), &next)
}

// targets are everything that a policy can be attached to: the root, the units
// and the accounts.
func (st *seat) targets() []string {
	list := []string{st.Root}
	for _, u := range units.Scan(st.tx, store.Prefix(st.ID), "") {
		list = append(list, u.ID)
	}
	for _, m := range st.members() {
		list = append(list, m.Account)
	}
	return list
}

// targetsOf are what a policy is attached to.
func (st *seat) targetsOf(p *Policy) (list []string) {
	if p.awsManaged() {
		for _, id := range st.targets() {
			if slices.Contains(attachmentsOf(st.tx, st.Organization, id).Policies, p.ID) {
				list = append(list, id)
			}
		}
		return list
	}
	for _, a := range attachmentsByID.Scan(st.tx, store.Key(st.ID, p.ID), "") {
		list = append(list, a.Target)
	}
	return list
}

// isTarget reports a root, unit or account of the organization.
func (st *seat) isTarget(id string) bool {
	switch {
	case isRoot(id):
		return id == st.Root
	case isUnit(id):
		return st.unit(id) != nil
	}
	return st.member(id) != nil
}
