package reach

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// side is one of the three ways in which a question is decided.
type side uint8

const (
	asGiven  side = iota // with the condition keys that are given, and no others
	loosest              // with every open condition as it allows the most
	tightest             // with every open condition as it allows the least
)

// decision is what was decided, with the keys that were asked for.
type decision struct {
	*authz.Decision
	keys *keys
}

// asking is a question to one principal.
type asking struct {
	world *World
	q     *Question
	p     *Principal
	owner string
	// open tells which condition keys are not known.
	open  func(key string) bool
	given decision // asGiven
}

func (w *World) asking(q *Question, p *Principal) *asking {
	a := &asking{world: w, q: q, p: p, owner: q.Resource.owner(w.account)}
	k := &keys{world: w, q: q, p: p, owner: a.owner}
	a.open = func(key string) bool { return k.knows(key) == unknown }
	return a
}

// decide runs the evaluation of package authz.
func (a *asking) decide(on side) decision {
	caller := *a.p.Principal
	if session := caller.Session; session != nil || len(a.q.Session) > 0 {
		made := authz.Session{}
		if session != nil {
			made = *session
		}
		made.Issued, made.Policies = a.world.time, a.documents(a.q.Session, on)
		caller.Session = &made
	}
	s := &authz.Scope{
		Authorizer:      &authz.Authorizer{Directory: supposed{a.identity(on)}, Organization: a.organization(on)},
		Principal:       &caller,
		Region:          a.region(),
		Time:            a.world.time,
		SecureTransport: true,
	}
	d := decision{keys: &keys{world: a.world, q: a.q, p: a.p, owner: a.owner}}
	d.Decision = s.Suppose(a.request(on), func(env policy.Context) policy.Context {
		d.keys.env = env
		return d.keys
	})
	return d
}

// region is where the call is made if the resource does not say.
func (a *asking) region() string {
	if ofOneRegion(a.q.Action) {
		return "us-east-1"
	}
	return a.world.region
}

// ofOneRegion reports an action of a service that is in one Region, from which it
// serves all ("AWS: Denies access to AWS based on the requested Region" in the
// IAM User Guide names them).
func ofOneRegion(action string) bool {
	switch service, _, _ := strings.Cut(strings.ToLower(action), ":"); service {
	case "iam", "organizations", "account", "route53", "cloudfront", "support", "budgets", "health", "aws-portal", "waf":
		return true
	}
	return false
}

// request is the question as a service would put it.
func (a *asking) request(on side) authz.Request {
	r := a.q.Resource
	req := authz.Request{
		Action:   a.q.Action,
		Resource: r.ARN,
		Owner:    a.owner,
		Region:   r.region(),
		Policy:   a.resource(on),
		Gate:     r.Gate,
		Tags:     r.Tags,

		AWSManaged: r.AWSManaged,
	}
	if r.ACL != nil {
		req.ACL = a.policy(r.ACL, on)
	}
	if len(r.Grants) > 0 {
		req.Grant = func() (string, bool) { return a.granted(on) }
	}
	return req
}

// resource is the resource's policy. Of one that could not be read anything is
// possible.
func (a *asking) resource(on side) *policy.Policy {
	if a.q.Resource.Unread != "" {
		switch on {
		case loosest:
			return namingPolicy(a.p, policy.Allow)
		case tightest:
			return namingPolicy(a.p, policy.Deny)
		}
	}
	p := a.policyFor()
	if p == nil {
		return nil
	}
	return a.policy(p, on)
}

// identity is the principal as IAM would know it.
func (a *asking) identity(on side) *authz.Identity {
	p := a.p
	switch {
	case p.foreign && on == loosest:
		return &authz.Identity{Account: p.Account, Name: p.Name, Policies: []authz.Document{{Type: authz.IdentityBased, ID: "policies of account " + p.Account, Policy: everything}}}
	case p.identity == nil:
		return nil
	case on == asGiven:
		return p.identity
	}
	id := *p.identity
	id.Policies = a.documents(id.Policies, on)
	if b := id.Boundary; b != nil {
		bound := *b
		bound.Policy = a.policy(b.Policy, on)
		if slices.Contains(p.leftOut, b.ID) && on == loosest {
			bound.Policy = everything
		}
		id.Boundary = &bound
	}
	if len(p.leftOut) > 0 {
		supposed := map[side]*policy.Policy{loosest: everything, tightest: refused}[on]
		id.Policies = append(slices.Clone(id.Policies), authz.Document{Type: authz.IdentityBased, ID: p.leftOut[0], Policy: supposed})
	}
	return &id
}

// organization gives the membership of the account.
func (a *asking) organization(on side) authz.Organization {
	o := a.world.organization
	if o == nil {
		return nil
	}
	if o.Membership == nil || on == asGiven {
		return o
	}
	m := *o.Membership
	m.SCPs, m.RCPs = a.levels(m.SCPs, on), a.levels(m.RCPs, on)
	return &Organization{Membership: &m, PoliciesRead: o.PoliciesRead, Account: o.Account}
}

func (a *asking) levels(levels [][]authz.Document, on side) [][]authz.Document {
	list := make([][]authz.Document, len(levels))
	for i, docs := range levels {
		list[i] = a.documents(docs, on)
	}
	return list
}

func (a *asking) documents(docs []authz.Document, on side) []authz.Document {
	if on == asGiven {
		return docs
	}
	list := make([]authz.Document, len(docs))
	for i, doc := range docs {
		doc.Policy = a.policy(doc.Policy, on)
		list[i] = doc
	}
	return list
}

func (a *asking) policy(p *policy.Policy, on side) *policy.Policy {
	if on == asGiven {
		return p
	}
	v := a.world.variants.of(p, a.open)
	switch {
	case v == nil:
		return p
	case on == loosest:
		return v.loose
	}
	return v.tight
}

// granted looks for a grant that lets the principal do the action.
func (a *asking) granted(on side) (string, bool) {
	for i := range a.q.Resource.Grants {
		g := &a.q.Resource.Grants[i]
		ok, account := g.about(a.p, a.q.Action)
		switch {
		case !ok:
		case g.constrained() && on == tightest && !a.contextKnown(), g.constrained() && (on == asGiven || a.contextKnown()) && !g.admits(a.q.Given):
		case !account || a.delegated(on):
			return g.ID, true
		}
	}
	return "", false
}

// contextKnown reports whether the question tells the encryption context.
func (a *asking) contextKnown() bool {
	for key := range a.q.Given {
		if strings.HasPrefix(key, encryptionContext) {
			return true
		}
	}
	return slices.Contains(a.q.Absent, strings.TrimSuffix(encryptionContext, ":"))
}

// delegated asks whether the principal's own policies let it use what was
// granted to its account, as with a key policy that names the account.
func (a *asking) delegated(on side) bool {
	r := *a.q.Resource
	r.Grants, r.Unread, r.ACL, r.Owner = nil, "", nil, a.p.Account
	r.Policy = delegation(a.p.Account)
	q := *a.q
	q.Resource = &r
	b := *a
	b.q, b.owner = &q, a.p.Account
	return b.decide(on).Allowed
}

// delegation is a policy that lets an account in as far as its own policies go.
func delegation(account string) *policy.Policy {
	if !isAccount(account) {
		return nothing
	}
	return must(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"kms:*","Resource":"*"}}`, policy.Resource)
}

// namingPolicy is a resource's policy that names a principal in the strongest
// way that there is, or denies everybody.
func namingPolicy(p *Principal, e policy.Effect) *policy.Policy {
	s := policy.Statement{Effect: e, Actions: []string{"*"}, Resources: []string{"*"}, Principals: []policy.PrincipalElement{{Kind: "*", Value: "*"}}}
	strong := s
	switch {
	case e == policy.Deny || p.foreign:
		return write(anyResource, []policy.Statement{s})
	case p.Type == policy.User || p.Type == policy.AssumedRole || p.Type == policy.FederatedUser:
		strong.Principals = []policy.PrincipalElement{{Kind: "AWS", Value: p.Principal.ARN}}
	}
	return write(anyResource, []policy.Statement{s, strong})
}

// anyResource has the version and kind of policies that are written for
// resources.
var anyResource = must(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`, policy.Resource)
