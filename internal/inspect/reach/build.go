package reach

import (
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// builder makes the principals of a World.
type builder struct {
	world    *World
	snapshot *snapshot.Account
	compiled compiled
	groups   map[string]*snapshot.Group
	policies map[string]*snapshot.ManagedPolicy
}

func (b *builder) build() {
	for i := range b.snapshot.Groups {
		b.groups[b.snapshot.Groups[i].Name] = &b.snapshot.Groups[i]
	}
	for i := range b.snapshot.Policies {
		b.policies[b.snapshot.Policies[i].ARN] = &b.snapshot.Policies[i]
	}
	for i := range b.snapshot.Users {
		u := &b.snapshot.Users[i]
		p := b.principal("user", &u.Entity)
		for _, name := range u.Groups {
			if g := b.groups[name]; g != nil {
				b.permissions(p, &g.Entity, g.Name+"/")
			}
		}
		p.Principal = &authz.Principal{
			Principal: policy.Principal{Type: policy.User, Account: b.world.account, ARN: u.ARN, ID: u.ID},
			Name:      u.Name,
		}
		b.world.users = append(b.world.users, p)
	}
	for i := range b.snapshot.Roles {
		r := &b.snapshot.Roles[i]
		p := b.principal("role", &r.Entity)
		p.identity.ServiceLinked = r.ServiceLinked()
		b.trust(p, r)
		p.Principal = sessionOf(p.identity, anySession)
		b.world.roles = append(b.world.roles, p)
	}
}

// principal is what users and roles have in common.
func (b *builder) principal(kind string, e *snapshot.Entity) *Principal {
	p := &Principal{kind: kind, identity: &authz.Identity{
		Account: b.world.account, ARN: e.ARN, ID: e.ID, Name: e.Name, Path: e.Path, Created: e.Created, Tags: e.Tags,
	}}
	b.permissions(p, e, "")
	if e.Boundary != "" {
		p.identity.Boundary = b.boundary(p, e.Boundary)
	}
	b.world.byName[nameKey(kind, e.Name)] = p
	b.world.byID[e.ID] = p.identity
	return p
}

// permissions adds the inline and then the attached policies of an entity.
func (b *builder) permissions(p *Principal, e *snapshot.Entity, prefix string) {
	for _, in := range e.Inline {
		r := b.compiled.of(in.Document, policy.Identity)
		if r.policy == nil {
			b.unreadable(p, prefix+in.Name, r.reason)
			continue
		}
		p.identity.Policies = append(p.identity.Policies, authz.Document{Type: authz.IdentityBased, ID: prefix + in.Name, Policy: r.policy})
	}
	for _, arn := range e.Attached {
		if m := b.world.managed[arn]; m != nil {
			p.identity.Policies = append(p.identity.Policies, authz.Document{Type: authz.IdentityBased, ID: arn, Policy: m})
			continue
		}
		p.leftOut = append(p.leftOut, arn)
		b.missing(p, arn)
	}
}

// boundary is a permissions boundary. One that cannot be read allows nothing,
// since to leave it out would take a limit away.
func (b *builder) boundary(p *Principal, arn string) *authz.Document {
	m := b.world.managed[arn]
	if m == nil {
		p.leftOut = append(p.leftOut, arn)
		b.missing(p, arn)
		m = nothing
	}
	return &authz.Document{Type: authz.PermissionsBoundary, ID: arn, Policy: m}
}

func (b *builder) trust(p *Principal, r *snapshot.Role) {
	t := b.compiled.of(r.Trust, policy.Trust)
	if t.policy == nil {
		p.trustUnread = true
		b.world.unreadable = append(b.world.unreadable, Unreadable{Holder: r.ARN, Policy: "trust policy", Reason: t.reason})
		return
	}
	p.identity.Trust = t.policy
	p.taggable = taggable(t.policy)
}

// missing reports a managed policy that the snapshot does not have. One that
// does not parse has been reported by itself.
func (b *builder) missing(p *Principal, arn string) {
	if b.policies[arn] == nil {
		b.world.unreadable = append(b.world.unreadable, Unreadable{Holder: p.identity.ARN, Policy: arn, Reason: "the snapshot does not have it"})
	}
}

func (b *builder) unreadable(p *Principal, name, reason string) {
	p.leftOut = append(p.leftOut, name)
	b.world.unreadable = append(b.world.unreadable, Unreadable{Holder: p.identity.ARN, Policy: name, Reason: reason})
}

// nothing allows nothing, everything all, refused denies all.
var (
	nothing    = new(policy.Policy)
	everything = must(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, policy.Identity)
	refused    = must(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, policy.Identity)
)
