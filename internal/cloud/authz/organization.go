package authz

import (
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// levels asks that every level of the organization allows. SCPs bind the
// principals of member accounts, RCPs the resources of member accounts.
func (d *Decision) levels(m *Membership, of func(*Membership) [][]Document) (allowed, denied bool) {
	if m == nil {
		return true, false
	}
	allowed = true
	for i, docs := range of(m) {
		by, _, denied := d.any(docs)
		if denied {
			return false, true
		}
		if by == nil && allowed {
			allowed = false
			if d.Level == "" {
				d.Level = m.level(i)
			}
		}
	}
	return allowed, false
}

func (m *Membership) scps() [][]Document { return m.SCPs }
func (m *Membership) rcps() [][]Document { return m.RCPs }

// scpMembership is the membership whose SCPs bind the caller, nil when none
// do: the management account, service-linked roles and services are exempt.
func (d *Decision) scpMembership() *Membership {
	org, p := d.Scope.Authorizer.Organization, d.Scope.Principal
	if org == nil || p.Type == policy.ServicePrincipal || p.Type == policy.Anonymous {
		return nil
	}
	if d.identity != nil && d.identity.ServiceLinked {
		return nil
	}
	return bound(org.Of(p.Account))
}

// rcpMembership is the membership whose RCPs bind the resource, whoever calls:
// also principals of other accounts, services and those who sign nothing. The
// management account's resources, AWS's own and calls of service-linked roles
// are exempt.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func (d *Decision) rcpMembership() *Membership {
	org := d.Scope.Authorizer.Organization
	if org == nil || d.identity != nil && d.identity.ServiceLinked {
		return nil
	}
	if d.Request.AWSManaged || !underRCPs(d.Request.Action) {
		return nil
	}
	return bound(org.Of(d.env.resourceAccount()))
}

// rcpServices are the services whose resources RCPs bind, by the prefix of their
// actions.
var rcpServices = map[string]bool{
	"aoss":             true, // Amazon OpenSearch Serverless
	"cognito-identity": true,
	"cognito-idp":      true,
	"ecr":              true,
	"kms":              true,
	"logs":             true,
	"s3":               true,
	"secretsmanager":   true,
	"sqs":              true,
	"sts":              true,
}

// underRCPs reports an action that RCPs can restrict. Retiring a grant they
// cannot: it is the grant's to allow.
//
// See https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
func underRCPs(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return rcpServices[service] && action != "kms:RetireGrant"
}

func bound(m *Membership) *Membership {
	if m == nil || m.Management {
		return nil
	}
	return m
}

// closed reports a resource of an account that is closed: until it is deleted
// with the account, nobody has it.
//
// See https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html
func (d *Decision) closed() bool {
	c := d.Scope.Authorizer.Closings
	return c != nil && (c.Closed(d.Request.Owner) || c.Closed(d.env.resourceAccount()))
}

// level is the level of the organization that decided, if one did.
func (d *Decision) level() string {
	if d.By == ServiceControl || d.By == ResourceControl {
		return d.Level
	}
	return ""
}

// told reports whether a caller is told which policy of an organization denied:
// the members of the organization are.
func (d *Decision) told() bool {
	if d.By != ResourceControl {
		return d.By == ServiceControl
	}
	org := d.Scope.Authorizer.Organization
	of, owner := org.Of(d.Scope.Principal.Account), org.Of(d.env.resourceAccount())
	return of != nil && owner != nil && of.OrgID == owner.OrgID
}
