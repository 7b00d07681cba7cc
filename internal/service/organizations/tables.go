package organizations

import (
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// What stays through a reset: that an organization exists, who belongs to it,
// and which accounts ever had one.
var (
	organizations = store.NewTable[Organization]("organizations.organization", store.Permanent())
	members       = store.NewTable[Member]("organizations.member", store.Permanent())
	founders      = store.NewTable[Founder]("organizations.founder", store.Permanent())

	membersByOrg = members.Index("organization", func(m *Member) []string { return []string{m.Org} })
)

// What a reset forgets. Keys begin with the id of the organization.
var (
	settings    = store.NewTable[Settings]("organizations.settings")
	units       = store.NewTable[Unit]("organizations.unit")
	places      = store.NewTable[Place]("organizations.place")
	policies    = store.NewTable[Policy]("organizations.policy")
	attachments = store.NewTable[Attachments]("organizations.attachments")
	tagged      = store.NewTable[Tagged]("organizations.tags")
	requests    = store.NewTable[Request]("organizations.request")
	handshakes  = store.NewTable[Handshake]("organizations.handshake")
	delegates   = store.NewTable[Delegate]("organizations.delegate")

	unitsByParent      = units.Index("parent", func(u *Unit) []string { return []string{store.Key(u.Org, u.Parent)} })
	placesByParent     = places.Index("parent", func(p *Place) []string { return []string{store.Key(p.Org, p.Parent)} })
	attachmentsByID    = attachments.Index("policy", func(a *Attachments) []string { return a.keys() })
	handshakesByTarget = handshakes.Index("target", func(h *Handshake) []string { return []string{strings.ToLower(h.Target)} })
	handshakesByOrg    = handshakes.Index("organization", func(h *Handshake) []string { return []string{h.Org} })
	delegatesByService = delegates.Index("service", func(d *Delegate) []string { return []string{store.Key(d.Org, d.Service)} })
)

// Organization is one organization; its key is its id.
type Organization struct {
	ID         string
	Root       string
	Management string // account
	Features   string // ALL or CONSOLIDATED_BILLING
	// Plain organizations began without a policy type enabled.
	Plain   bool `cbor:",omitempty"`
	Created time.Time
}

// Member is an account of an organization; its key is the account.
type Member struct {
	Account string
	Org     string
	Method  string // CREATED or INVITED
	Joined  time.Time
	// Role is the name of the role that the account was made with, for the
	// management account.
	Role string
}

// Founder is an account that has founded an organization.
type Founder struct{ Account string }

// Settings are what an organization can have once; the key is its id. Without
// a row the policy types are those that a new organization has.
type Settings struct {
	Org            string
	Types          []string // policy types that are enabled
	Services       []TrustedService
	ResourcePolicy *ResourcePolicy
}

// TrustedService is a service with access to an organization.
type TrustedService struct {
	Principal string
	Since     time.Time
}

// ResourcePolicy is the policy by which the management account lets members
// act in the organization.
type ResourcePolicy struct {
	ID      string
	Content string
}

// Unit is an organizational unit.
type Unit struct {
	Org     string
	ID      string
	Parent  string // root or unit
	Name    string
	Created time.Time
}

// Place is the unit in which an account is; its key is the account. An account
// without a place is directly under the root.
type Place struct {
	Account string
	Org     string
	Parent  string
}

// Policy is a policy of an organization, of whatever type.
type Policy struct {
	Org         string
	ID          string
	Type        string
	Name        string
	Description string
	Content     string
	Created     time.Time
	Updated     time.Time
}

// Attachments are the policies that are attached to a root, unit or account.
// One without a row has those of AWS that come with the enabled types.
type Attachments struct {
	Org      string
	Target   string
	Policies []string
	Updated  time.Time
}

func (a *Attachments) keys() []string {
	keys := make([]string, len(a.Policies))
	for i, id := range a.Policies {
		keys[i] = store.Key(a.Org, id)
	}
	return keys
}

// Tagged are the tags of a root, unit, account, policy or resource policy.
type Tagged struct {
	ID   string
	Tags map[string]string
}

// Request is a request for a new account.
type Request struct {
	Org       string
	ID        string
	Account   string // as which it is made
	Name      string
	Email     string
	Role      string
	Unit      string // under which it is put; "" for the root
	Tags      map[string]string
	State     string
	Failure   string
	Requested time.Time
	Completed time.Time
}

// Handshake is an offer of an organization to an account; its key is its id.
type Handshake struct {
	Org       string
	ID        string
	Action    string
	Target    string // account, address, or the organization itself
	ByEmail   bool   // the target was named by its address
	Notes     string
	Tags      map[string]string // of the account that joins
	Parent    string            // handshake
	State     string
	Requested time.Time
	Expires   time.Time
	Closed    time.Time // when it was accepted, declined or canceled
}

// Delegate is an account that administers a service for the organization.
type Delegate struct {
	Org     string
	Account string
	Service string
	Since   time.Time
}

func unitKey(org, id string) string           { return store.Key(org, id) }
func policyKey(org, id string) string         { return store.Key(org, id) }
func targetKey(org, id string) string         { return store.Key(org, id) }
func requestKey(org, id string) string        { return store.Key(org, id) }
func delegateKey(org, acc, svc string) string { return store.Key(org, acc, svc) }
func (u *Unit) key() string                   { return unitKey(u.Org, u.ID) }
func (p *Policy) key() string                 { return policyKey(p.Org, p.ID) }
func (a *Attachments) key() string            { return targetKey(a.Org, a.Target) }
func (r *Request) key() string                { return requestKey(r.Org, r.ID) }
func (d *Delegate) key() string               { return delegateKey(d.Org, d.Account, d.Service) }
