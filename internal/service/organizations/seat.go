package organizations

import (
	"context"
	"errors"
	"time"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// audience is whose an operation is, of the accounts of an organization.
type audience int

const (
	// managers: the management account alone.
	managers audience = iota
	// readers: also delegated administrators, and whom the resource policy lets
	// in.
	readers
	// writers: also whom the resource policy lets in.
	writers
	// everyone: any account.
	everyone
)

// need is what an operation asks for.
type need struct {
	of      audience
	targets []string // ids of what it is about; none for the organization at large

	tags    map[string]string // that the request brings
	tagKeys []string          // that the request takes away
	// policyType and service are the condition keys organizations:PolicyType and
	// organizations:ServicePrincipal.
	policyType string
	service    string
}

// seat is the caller's place at an organization, within a transaction.
type seat struct {
	*Organization // nil: the account is in none

	service *Service
	tx      *store.Tx
	account string
	now     time.Time
}

func (s *Service) seat(ctx context.Context, tx *store.Tx) *seat {
	call := cloud.From(ctx)
	st := &seat{service: s, tx: tx, account: call.Account(), now: call.Time.UTC()}
	if m := members.Get(tx, st.account); m != nil {
		st.Organization = organizations.Get(tx, m.Org)
	}
	return st
}

// enter lets the caller of an operation in, or tells why not. The caller's own
// policies come first: to whom they do not allow the operation, nothing is told
// of any organization.
func (s *Service) enter(ctx context.Context, tx *store.Tx, n need) (*seat, error) {
	st := s.seat(ctx, tx)
	if err := st.ask(ctx, n, st.account, nil); err != nil {
		return nil, err
	}
	if st.Organization == nil {
		return nil, errNotInUse()
	}
	return st, st.admit(ctx, n)
}

// admit asks whether the caller's account may do in its organization what its
// own policies let it do. Where the answer lies with the resource policy, the
// question goes through authorization like any other.
func (st *seat) admit(ctx context.Context, n need) error {
	switch {
	case st.isManager(), n.of == everyone:
		return nil
	case n.of == readers && st.delegated(st.account):
		return nil
	}
	var p *policy.Policy
	if n.of != managers {
		p = st.resourcePolicy()
	}
	err := st.ask(ctx, n, st.Management, p)
	var denied *authz.Denied
	if errors.As(err, &denied) {
		return errNotYours()
	}
	return err
}

func (st *seat) isManager() bool { return st.account == st.Management }

// ask asks authorization about everything that the operation is about, and
// about the tags that the request brings.
func (st *seat) ask(ctx context.Context, n need, owner string, p *policy.Policy) error {
	operation := cloud.From(ctx).Operation
	actions := []string{operation.Action()}
	if n.tags != nil && operation.Name != "TagResource" {
		actions = append(actions, "organizations:TagResource")
	}
	targets := n.targets
	if len(targets) == 0 {
		targets = []string{""}
	}
	for _, action := range actions {
		for _, target := range targets {
			r := st.question(n, target)
			r.Action, r.Owner, r.Policy, r.Gate = action, owner, p, owner != st.account
			// A member could tell by a condition of its own what tags there are, so
			// its own policies alone are not compared with them.
			if st.account == owner && st.Organization != nil && !st.isManager() {
				r.Tags = nil
			}
			if err := authz.Check(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// question is what there is to ask about one target.
func (st *seat) question(n need, target string) authz.Request {
	r := authz.Request{Resource: st.resource(target), RequestTags: n.tags, TagKeys: n.tagKeys, Keys: n.keys()}
	if st.Organization != nil {
		r.Account, r.Tags = st.Management, st.tagsOf(target)
	}
	return r
}

func (n *need) keys() policy.Context {
	keys := policy.Keys{}
	if n.policyType != "" {
		keys["organizations:policytype"] = []string{n.policyType}
	}
	if n.service != "" {
		keys["organizations:serviceprincipal"] = []string{n.service}
	}
	return keys
}

// resource is the ARN of a target as the question for permission has it, which
// comes before whether there is such a target.
func (st *seat) resource(id string) string {
	o := st.Organization
	if o == nil || id == "" {
		return "*"
	}
	switch {
	case isRoot(id):
		return o.arn("root/" + o.ID + "/" + id)
	case isUnit(id):
		return o.unitARN(id)
	case isResourcePolicy(id):
		return o.resourcePolicyARN(id)
	case isPolicy(id):
		if p := st.policy(id); p != nil {
			return o.policyARN(p)
		}
		return o.policyARN(&Policy{ID: id, Type: string(orgapi.PolicyTypeServiceControlPolicy)})
	}
	return o.accountARN(id)
}

// settings are what the organization has once.
func (st *seat) settings() *Settings { return settingsOf(st.tx, st.Organization) }

func settingsOf(tx *store.Tx, o *Organization) *Settings {
	if s := settings.Get(tx, o.ID); s != nil {
		return s
	}
	return &Settings{Org: o.ID, Types: initialTypes(o)}
}

// initialTypes are the policy types that are enabled in a new organization.
func initialTypes(o *Organization) []string {
	if o.allFeatures() && !o.Plain {
		return []string{string(orgapi.PolicyTypeServiceControlPolicy)}
	}
	return nil
}

func (o *Organization) allFeatures() bool {
	return o.Features == string(orgapi.OrganizationFeatureSetAll)
}

// change changes what the organization has once.
func (st *seat) change(f func(*Settings)) {
	next := *st.settings()
	f(&next)
	settings.Put(st.tx, st.ID, &next)
}
