// Package authz decides whether a principal may do what it asks, by AWS's
// published evaluation logic, and remembers why.
//
// A service asks with Check, naming the action, the resource, the resource's
// own policy and tags and its condition keys. Everything else, who calls and
// with which policies, comes with the request's Scope in the context, which
// the gateway puts there. A handler that succeeds without having asked fails
// the request: see Scope.Settled.
//
// Decisions are made over compiled policies that Directory hands out; they
// keep the references they were made from, so that Explain can tell later, for
// any request still remembered, which statement of which policy decided.
package authz

import (
	"context"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Authorizer holds what is needed to decide.
type Authorizer struct {
	Directory    Directory
	Organization Organization // nil: no account is in an organization
	Closings     Closings     // nil: no account is closed
}

// Request is one question: may the caller do Action on Resource?
type Request struct {
	Action   string // "kms:Encrypt"
	Resource string // ARN, or "*" where the action has no resource
	// Owner is the account that owns the resource; by default the account in
	// the ARN, else the caller's.
	Owner string
	// Account is the account in which the resource lies (aws:ResourceAccount and
	// those of its organization), by default its owner. An object of S3 can have
	// an owner other than its bucket's.
	Account string
	// Named is the resource as the caller named it, where that is not its ARN:
	// by an alias, say. It is what a stranger is told: see Decision.blind.
	Named string
	// Region is where the action takes place (aws:RequestedRegion), by default
	// that of the call.
	Region string
	// ResourceType is CloudTrail's name for the resource; empty keeps it out
	// of the record.
	ResourceType string

	// Policy is the resource's own policy; nil when it has none.
	Policy *policy.Policy
	// ACL are the grants of the resource's access control list as statements;
	// nil when it has none. They allow as the resource's policy does and never
	// deny.
	ACL *policy.Policy
	// Gate says that the resource's policy is the only way in: identity
	// policies count only as far as the policy lets the account in. KMS keys
	// and role trust policies are such.
	Gate bool
	// Grant tells whether the resource grants the action outside of its
	// policy, as KMS grants do. It is called only when the policies do not
	// allow and do not deny.
	Grant func() (id string, ok bool)

	// AWSManaged says that the resource is AWS's own, which resource control
	// policies leave alone: an AWS managed KMS key.
	AWSManaged bool
	// Reticent denials do not say why: a role's trust policy is not the
	// caller's to know.
	Reticent bool

	Tags        map[string]string // aws:ResourceTag
	RequestTags map[string]string // aws:RequestTag, aws:TagKeys
	TagKeys     []string          // aws:TagKeys of a call that only names keys
	Keys        policy.Context    // the service's own condition keys
}

// Check decides and records the decision. The error is a *Denied.
func Check(ctx context.Context, r Request) error {
	s := From(ctx)
	d := s.decide(r)
	s.decisions = append(s.decisions, d)
	if !d.Allowed {
		return &Denied{d}
	}
	return nil
}

// decide runs the evaluation for one request.
func (s *Scope) decide(r Request) *Decision {
	if r.Owner == "" {
		r.Owner = ownerOf(r.Resource, s.Principal.Account)
	}
	d := s.evaluated(r)
	if d.toStranger() {
		blind := s.evaluated(d.blind())
		blind.actual = d
		return blind
	}
	return d
}

func (s *Scope) evaluated(r Request) *Decision {
	d := s.question(r)
	d.evaluate()
	return d
}

// question is a decision that is still to be made.
func (s *Scope) question(r Request) *Decision {
	d := &Decision{Scope: s, Request: r}
	d.identity = s.Authorizer.identityOf(s.Principal)
	d.env = env{scope: s, req: &d.Request, identity: d.identity}
	d.query = policy.Request{
		Action:    r.Action,
		Resource:  r.Resource,
		Principal: s.Principal.Principal,
		Context:   &d.env,
	}
	d.query.Principal.Bounded = d.identity != nil && d.identity.Boundary != nil
	return d
}

// ownerOf takes the account from an ARN.
func ownerOf(arn, fallback string) string {
	rest := arn
	for range 4 {
		_, after, ok := strings.Cut(rest, ":")
		if !ok {
			return fallback
		}
		rest = after
	}
	account, _, _ := strings.Cut(rest, ":")
	if len(account) != 12 {
		return fallback
	}
	return account
}

// identityOf loads the policies of users and roles. Root, services and
// anonymous callers have none.
func (a *Authorizer) identityOf(p *Principal) *Identity {
	switch p.Type {
	case policy.User:
		return a.Directory.User(p.Account, p.Name)
	case policy.AssumedRole:
		return a.Directory.Role(p.Account, p.Name)
	case policy.FederatedUser:
		// A federated user acts with the policies of the IAM user who made
		// the session, within the session policies.
		if p.IssuerName != "" {
			return a.Directory.User(p.Account, p.IssuerName)
		}
	}
	return nil
}
