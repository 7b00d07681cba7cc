package organizations

import (
	"context"
	"slices"
	"sync"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// memory is what was answered about one state of the organizations. A change
// puts an empty one in its place before it is acknowledged. Who fills a memory
// took it before reading the tables, so that nothing older than the change can
// get into the new one.
type memory struct {
	members  sync.Map // account -> *authz.Membership
	compiled sync.Map // policy row -> *policy.Policy
}

// Of implements authz.Organization.
func (s *Service) Of(account string) *authz.Membership {
	m := s.memory.Load()
	if known, ok := m.members.Load(account); ok {
		return known.(*authz.Membership)
	}
	var found *authz.Membership
	err := s.view(context.Background(), func(tx *store.Tx) error {
		found = s.membership(tx, m, account)
		return nil
	})
	if err != nil {
		// Of an organization that cannot be read it is not known what it denies.
		s.log.Error("organization not read", "account", account, "cause", err)
		return unreadable
	}
	// That an account is in no organization is kept too, if there is the account:
	// there is no end to accounts that do not exist.
	if found != nil || s.exists(account) {
		m.members.Store(account, found)
	}
	return found
}

func (s *Service) exists(account string) bool {
	a, err := s.cloud.Accounts.Get(context.Background(), account)
	return err == nil && a != nil
}

// unreadable is a place where nothing is allowed.
var unreadable = &authz.Membership{SCPs: [][]authz.Document{nil}, RCPs: [][]authz.Document{nil}}

func (s *Service) membership(tx *store.Tx, m *memory, account string) *authz.Membership {
	member := members.Get(tx, account)
	if member == nil {
		return nil
	}
	o := organizations.Get(tx, member.Org)
	line := lineOf(tx, o, account)
	found := &authz.Membership{
		OrgID:      o.ID,
		Paths:      []string{pathOf(o, line[:len(line)-1])},
		Management: account == o.Management,
		Levels:     line,
	}
	enabled := settingsOf(tx, o).Types
	for _, kind := range []struct {
		policyType orgapi.PolicyType
		grammar    policy.Kind
		documents  authz.PolicyType
		levels     *[][]authz.Document
	}{
		{orgapi.PolicyTypeServiceControlPolicy, policy.SCP, authz.ServiceControl, &found.SCPs},
		{orgapi.PolicyTypeResourceControlPolicy, policy.RCP, authz.ResourceControl, &found.RCPs},
	} {
		if !slices.Contains(enabled, string(kind.policyType)) {
			continue
		}
		for _, target := range line {
			docs := []authz.Document{}
			for _, p := range attachedOf(tx, o, target, string(kind.policyType)) {
				docs = append(docs, authz.Document{
					Type: kind.documents, ID: o.policyARN(p), Policy: s.compile(m, p, kind.grammar), Level: target,
				})
			}
			*kind.levels = append(*kind.levels, docs)
		}
	}
	return found
}

// compile compiles a policy once for all accounts that it binds.
func (s *Service) compile(m *memory, p *Policy, grammar policy.Kind) *policy.Policy {
	if known, ok := m.compiled.Load(p); ok {
		return known.(*policy.Policy)
	}
	compiled, err := policy.Parse(p.Content, grammar)
	if err != nil {
		// It was checked when it came. One that can no longer be read denies.
		s.log.Error("organization policy does not parse", "policy", p.ID, "cause", err)
		compiled = denyAll(grammar)
	}
	known, _ := m.compiled.LoadOrStore(p, compiled)
	return known.(*policy.Policy)
}

func denyAll(grammar policy.Kind) *policy.Policy {
	principal := ""
	if grammar == policy.RCP {
		principal = `"Principal":"*",`
	}
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny",`+principal+`"Action":"*","Resource":"*"}]}`, grammar)
	if err != nil {
		panic(err) // it is constant
	}
	return p
}

// lineOf is the way from the root to a unit or account, both included.
func lineOf(tx *store.Tx, o *Organization, id string) []string {
	line := []string{id}
	for at := id; at != o.Root; {
		at = parentOf(tx, o, at)
		line = append(line, at)
	}
	slices.Reverse(line)
	return line
}

// parentOf is the root or unit directly above a unit or account.
func parentOf(tx *store.Tx, o *Organization, id string) string {
	if isUnit(id) {
		if u := units.Get(tx, unitKey(o.ID, id)); u != nil {
			return u.Parent
		}
		return o.Root
	}
	if p := places.Get(tx, id); p != nil && p.Org == o.ID {
		return p.Parent
	}
	return o.Root
}

// pathOf is a line without the account as aws:PrincipalOrgPaths has it.
func pathOf(o *Organization, line []string) string {
	path := o.ID + "/"
	for _, id := range line {
		path += id + "/"
	}
	return path
}
