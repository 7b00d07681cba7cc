package authz

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// Scope is the authorization state of one request: who calls, from where, and
// what has been asked so far.
type Scope struct {
	Authorizer *Authorizer
	Principal  *Principal
	Region     string
	Time       time.Time

	SourceIP        string
	SecureTransport bool
	UserAgent       string
	Referer         string

	// CalledVia is the chain of services through which the principal's call
	// came, first service first.
	CalledVia []string
	// SourceARN and SourceAccount name the resource on whose behalf a service
	// principal calls.
	SourceARN, SourceAccount string

	exempt    string
	decisions []*Decision
}

type scopeKey struct{}

// ScopeKey is the context key of the request's *Scope.
var ScopeKey any = scopeKey{}

// From returns the request's scope. Every handler runs inside of one; without
// one there is nobody to ask, which is the programmer's mistake.
func From(ctx context.Context) *Scope {
	s, ok := ctx.Value(ScopeKey).(*Scope)
	if !ok {
		panic("authz: context of no request")
	}
	return s
}

// Settled reports whether the handler asked for authorization or declared that
// its operation needs none.
func (s *Scope) Settled() bool { return len(s.decisions) > 0 || s.exempt != "" }

// Decisions are the decisions of the request, in order.
func (s *Scope) Decisions() []*Decision { return s.decisions }

// Exempt declares that the operation needs no permission, and why. AWS has few
// such operations: sts:GetCallerIdentity is one.
func Exempt(ctx context.Context, reason string) { From(ctx).exempt = reason }

// Exemption is the reason given to Exempt, if any.
func (s *Scope) Exemption() string { return s.exempt }

// env resolves condition keys for one Request inside of a Scope. The service's
// own keys come first, then the global keys. Nothing is computed that no
// condition asks for.
type env struct {
	scope    *Scope
	req      *Request
	identity *Identity
}

// Lookup implements policy.Context. The key is in lower case.
func (e *env) Lookup(key string) ([]string, bool) {
	name, global := strings.CutPrefix(key, "aws:")
	if !global {
		if e.req.Keys == nil {
			return nil, false
		}
		return e.req.Keys.Lookup(key)
	}
	if name, tag, ok := strings.Cut(name, "/"); ok {
		return e.tag(name, tag)
	}
	if values, ok := e.principalKey(name); ok {
		return values, true
	}
	if values, ok := e.sessionKey(name); ok {
		return values, true
	}
	return e.requestKey(name)
}

func (e *env) tag(name, tag string) ([]string, bool) {
	switch name {
	case "principaltag":
		return e.principalTag(tag)
	case "resourcetag":
		return find(e.req.Tags, tag)
	case "requesttag":
		return find(e.req.RequestTags, tag)
	}
	return nil, false
}

func (e *env) principalTag(tag string) ([]string, bool) {
	if s := e.scope.Principal.Session; s != nil {
		if v, ok := find(s.Tags, tag); ok {
			return v, true
		}
	}
	if e.identity == nil {
		return nil, false
	}
	return find(e.identity.Tags, tag)
}

// find looks a tag up by its key in lower case, since names of condition keys
// have no case. Tags of some services do: of two whose keys differ in nothing
// else the condition could mean either, and means none, so that nobody can put
// one tag in front of another ("matches a resource tag key named either
// TagKey1 or tagkey1, but not both", says the reference of aws:ResourceTag).
func find(tags map[string]string, key string) (values []string, ok bool) {
	for k, v := range tags {
		// ToLower, not EqualFold: that also takes a long s for an s.
		if k != key && strings.ToLower(k) != key {
			continue
		}
		if ok {
			return nil, false
		}
		values, ok = one(v)
	}
	return values, ok
}

func (e *env) principalKey(name string) ([]string, bool) {
	p := e.scope.Principal
	switch name {
	case "principalarn":
		if p.Type == policy.AssumedRole {
			return one(p.RoleARN)
		}
		return some(p.ARN)
	case "principalaccount":
		return some(p.Account)
	case "principaltype":
		return one(principalType(p.Type))
	case "principalisawsservice":
		return one(strconv.FormatBool(p.Type == policy.ServicePrincipal))
	case "principalservicename":
		return some(p.Service)
	case "principalservicenameslist":
		return some(p.Service)
	case "userid":
		return some(p.ID)
	case "username":
		if p.Type == policy.User {
			return some(p.Name)
		}
	case "principalorgid":
		if m := e.membership(p.Account); m != nil {
			return some(m.OrgID)
		}
	case "principalorgpaths":
		if m := e.membership(p.Account); m != nil {
			return m.Paths, true
		}
	}
	return nil, false
}

func principalType(t policy.PrincipalType) string {
	switch t {
	case policy.Root:
		return "Account"
	case policy.User:
		return "User"
	case policy.AssumedRole:
		return "AssumedRole"
	case policy.FederatedUser:
		return "FederatedUser"
	case policy.ServicePrincipal:
		return "Service"
	}
	return "Anonymous"
}

func (e *env) sessionKey(name string) ([]string, bool) {
	s := e.scope.Principal.Session
	if s == nil {
		return nil, false
	}
	switch name {
	case "multifactorauthpresent":
		return one(strconv.FormatBool(s.MFA))
	case "multifactorauthage":
		if s.MFA {
			return one(strconv.FormatInt(int64(e.scope.Time.Sub(s.MFATime)/time.Second), 10))
		}
	case "tokenissuetime":
		return one(s.Issued.UTC().Format(time.RFC3339))
	case "sourceidentity":
		return some(s.SourceIdentity)
	case "federatedprovider":
		return some(s.Provider)
	}
	return nil, false
}

func (e *env) requestKey(name string) ([]string, bool) {
	s := e.scope
	switch name {
	case "sourceip":
		// A service that calls for the principal calls from an address of its
		// own, so the key is absent then.
		if len(s.CalledVia) == 0 {
			return some(s.SourceIP)
		}
	case "securetransport":
		return one(strconv.FormatBool(s.SecureTransport))
	case "useragent":
		return some(s.UserAgent)
	case "referer":
		return some(s.Referer)
	case "requestedregion":
		return some(cmp.Or(e.req.Region, s.Region))
	case "currenttime":
		return one(s.Time.UTC().Format(time.RFC3339))
	case "epochtime":
		return one(strconv.FormatInt(s.Time.Unix(), 10))
	case "calledvia":
		return s.CalledVia, len(s.CalledVia) > 0
	case "calledviafirst":
		if n := len(s.CalledVia); n > 0 {
			return s.CalledVia[:1], true
		}
	case "calledvialast":
		if n := len(s.CalledVia); n > 0 {
			return s.CalledVia[n-1:], true
		}
	case "viaawsservice":
		return one(strconv.FormatBool(len(s.CalledVia) > 0))
	case "sourcearn":
		return some(s.SourceARN)
	case "sourceaccount":
		return some(s.SourceAccount)
	case "sourceorgid":
		if m := e.membership(s.SourceAccount); m != nil {
			return some(m.OrgID)
		}
	case "sourceorgpaths":
		if m := e.membership(s.SourceAccount); m != nil {
			return m.Paths, true
		}
	default:
		return e.resourceKey(name)
	}
	return nil, false
}

func (e *env) resourceKey(name string) ([]string, bool) {
	switch name {
	case "tagkeys":
		if e.req.RequestTags == nil && e.req.TagKeys == nil {
			return nil, false
		}
		keys := append([]string{}, e.req.TagKeys...)
		for k := range e.req.RequestTags {
			keys = append(keys, k)
		}
		return keys, true
	case "resourceaccount":
		return some(e.resourceAccount())
	case "resourceorgid":
		if m := e.membership(e.resourceAccount()); m != nil {
			return some(m.OrgID)
		}
	case "resourceorgpaths":
		if m := e.membership(e.resourceAccount()); m != nil {
			return m.Paths, true
		}
	}
	return nil, false
}

func (e *env) resourceAccount() string { return cmp.Or(e.req.Account, e.req.Owner) }

func (e *env) membership(account string) *Membership {
	if org := e.scope.Authorizer.Organization; org != nil && account != "" {
		return org.Of(account)
	}
	return nil
}

func one(v string) ([]string, bool) { return []string{v}, true }

// some is one, for keys that are absent when they have no value.
func some(v string) ([]string, bool) {
	if v == "" {
		return nil, false
	}
	return []string{v}, true
}

// Forwarded is the scope of a call that a service makes for the principal.
func (s *Scope) Forwarded(service string) Scope {
	return Scope{
		Authorizer:      s.Authorizer,
		Principal:       s.Principal,
		Region:          s.Region,
		Time:            s.Time,
		SourceIP:        s.SourceIP,
		SecureTransport: s.SecureTransport,
		UserAgent:       service,
		CalledVia:       append(s.CalledVia[:len(s.CalledVia):len(s.CalledVia)], service),
	}
}
