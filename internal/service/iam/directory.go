package iam

import (
	"context"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
	"github.com/fortlet/fortlet/policy"
)

// memory is what was answered about one state of IAM. A change of IAM puts an
// empty one in its place before it is acknowledged. Who fills a memory took it
// before reading the tables, so that nothing older than the change can get
// into the new one.
type memory struct {
	users, roles lookup[nameOf, *authz.Identity]
	byID         lookup[string, *authz.Identity]
	managed      lookup[string, *policy.Policy]
	keys         lookup[string, *credentials.Credential]
}

type nameOf struct{ account, name string }

// User implements authz.Directory.
func (s *Service) User(account, name string) *authz.Identity {
	m := s.memory.Load()
	if id, ok := m.users.get(nameOf{account, name}); ok {
		return id
	}
	id := s.read(func(tx *store.Tx) *authz.Identity {
		return s.userIdentity(tx, users.Get(tx, rowKey(account, name)))
	})
	return rememberSpelled(&m.users, nameOf{account, name}, id)
}

// Role implements authz.Directory.
func (s *Service) Role(account, name string) *authz.Identity {
	m := s.memory.Load()
	if id, ok := m.roles.get(nameOf{account, name}); ok {
		return id
	}
	id := s.read(func(tx *store.Tx) *authz.Identity {
		return s.roleIdentity(tx, roles.Get(tx, rowKey(account, name)))
	})
	return rememberSpelled(&m.roles, nameOf{account, name}, id)
}

// ByID implements authz.Directory.
func (s *Service) ByID(uniqueID string) *authz.Identity {
	m := s.memory.Load()
	if id, ok := m.byID.get(uniqueID); ok {
		return id
	}
	id := s.read(func(tx *store.Tx) *authz.Identity {
		if strings.HasPrefix(uniqueID, roleKind.idPrefix) {
			return s.roleIdentity(tx, rolesByID.Get(tx, uniqueID))
		}
		return s.userIdentity(tx, usersByID.Get(tx, uniqueID))
	})
	return remember(&m.byID, uniqueID, id)
}

// ManagedPolicy implements authz.Directory.
func (s *Service) ManagedPolicy(arn string) *policy.Policy {
	m := s.memory.Load()
	if p, ok := m.managed.get(arn); ok {
		return p
	}
	var p *policy.Policy
	err := s.view(context.Background(), func(tx *store.Tx) error {
		p = s.managed(tx, arn)
		return nil
	})
	if err != nil {
		s.log.Error("managed policy not read", "arn", arn, "cause", err)
		return nil
	}
	return remember(&m.managed, arn, p)
}

// remember keeps what was found. That something does not exist is not kept:
// there is no end to what does not exist.
func remember[K comparable, V any](l *lookup[K, *V], key K, v *V) *V {
	if v != nil {
		l.put(key, v)
	}
	return v
}

// rememberSpelled is remember for a name as it is spelled. Others that differ in
// letter case find the same, but there are too many of them.
func rememberSpelled(l *lookup[nameOf, *authz.Identity], key nameOf, id *authz.Identity) *authz.Identity {
	if id != nil && id.Name != key.name {
		return id
	}
	return remember(l, key, id)
}

// read builds an identity from one state of the tables. When they cannot be
// read there is no identity, and so no permission.
func (s *Service) read(build func(tx *store.Tx) *authz.Identity) (id *authz.Identity) {
	err := s.view(context.Background(), func(tx *store.Tx) error {
		id = build(tx)
		return nil
	})
	if err != nil {
		s.log.Error("identity not read", "cause", err)
		return nil
	}
	return id
}

func (s *Service) userIdentity(tx *store.Tx, u *User) *authz.Identity {
	if u == nil {
		return nil
	}
	id := s.identity(tx, u)
	for _, group := range u.Groups {
		if g := groupsByID.Get(tx, group); g != nil {
			id.Policies = s.appendPolicies(id.Policies, tx, g, g.Name+"/")
		}
	}
	return id
}

func (s *Service) roleIdentity(tx *store.Tx, r *Role) *authz.Identity {
	if r == nil {
		return nil
	}
	id := s.identity(tx, r)
	id.Trust = s.compiled.policy(renderTrust(tx, r), policy.Trust)
	id.MaxSessionDuration = time.Duration(r.MaxSession) * time.Second
	id.ServiceLinked = r.ServiceName != ""
	return id
}

// identity is what users and roles have in common.
func (s *Service) identity(tx *store.Tx, h holder) *authz.Identity {
	b := h.base()
	id := &authz.Identity{
		Account:  b.Account,
		ARN:      arnOf(h),
		ID:       b.ID,
		Name:     b.Name,
		Path:     b.Path,
		Created:  b.Created,
		Tags:     b.tagMap(),
		Policies: s.appendPolicies(nil, tx, h, ""),
	}
	if arn := h.permissions().Boundary; arn != "" {
		id.Boundary = &authz.Document{Type: authz.PermissionsBoundary, ID: arn, Policy: s.managedOrDeny(tx, arn)}
	}
	return id
}

// appendPolicies adds the inline and then the attached policies of a holder.
func (s *Service) appendPolicies(docs []authz.Document, tx *store.Tx, h holder, prefix string) []authz.Document {
	p := h.permissions()
	for _, in := range p.Inline {
		docs = append(docs, authz.Document{
			Type:   authz.IdentityBased,
			ID:     prefix + in.Name,
			Policy: s.compiled.policy(in.Document, policy.Identity),
		})
	}
	for _, arn := range p.Attached {
		docs = append(docs, authz.Document{
			Type:   authz.IdentityBased,
			ID:     arn,
			Policy: s.managedOrDeny(tx, arn),
		})
	}
	return docs
}

// managedOrDeny is for a policy that is in use and therefore exists.
func (s *Service) managedOrDeny(tx *store.Tx, arn string) *policy.Policy {
	if p := s.managed(tx, arn); p != nil {
		return p
	}
	return denyAll
}

// managed compiles the version of a managed policy that is in effect; nil when
// there is no such policy.
func (s *Service) managed(tx *store.Tx, arn string) *policy.Policy {
	if strings.HasPrefix(arn, awsmanaged.Prefix) {
		return s.awsManaged(arn)
	}
	p := policyByARN(tx, arn)
	if p == nil {
		return nil
	}
	return s.compiled.policy(p.version(p.Default).Document, policy.Identity)
}

// awsManaged compiles an AWS managed policy. Those never change, so they are
// kept for good.
func (s *Service) awsManaged(arn string) *policy.Policy {
	if p, ok := s.aws.get(arn); ok {
		return p
	}
	known, ok := awsmanaged.Get(arn)
	if !ok {
		return nil
	}
	p, err := policy.Parse(known.Document(), policy.Identity)
	if err != nil {
		s.log.Error("AWS managed policy does not parse", "arn", arn, "cause", err)
		p = denyAll
	}
	s.aws.put(arn, p)
	return p
}
