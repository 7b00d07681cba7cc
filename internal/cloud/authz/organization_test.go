package authz

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/policy"
)

const (
	fullSCP = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	fullRCP = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	denyRCP = `{"Sid":"Never","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`

	scpARN = "arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplescp1"
	rcpARN = "arn:aws:organizations::777788889999:policy/o-exampleorgid/resource_control_policy/p-examplercp1"
)

// member is a place in an organization of three levels, each with the same
// policies but for the unit's.
func member(t *testing.T, scps, rcps string) *Membership {
	m := &Membership{OrgID: "o-exampleorgid", Levels: []string{"r-root", "ou-root-exampleunit", account}}
	for _, level := range m.Levels {
		scp, rcp := fullSCP, fullRCP
		if level == m.Levels[1] {
			scp, rcp = scps, rcps
		}
		m.SCPs = append(m.SCPs, []Document{{Type: ServiceControl, ID: scpARN, Level: level, Policy: parse(t, policy.SCP, scp)}})
		m.RCPs = append(m.RCPs, []Document{{Type: ResourceControl, ID: rcpARN, Level: level, Policy: parse(t, policy.RCP, rcp)}})
	}
	return m
}

type closings map[string]bool

func (c closings) Closed(account string) bool { return c[account] }

// question is one request in a cloud with an organization.
type question struct {
	Request
	who          *Principal
	organization organization
	linked       bool // the caller is a service-linked role
	closed       closings
}

func (q question) ask(t *testing.T) (*Decision, string) {
	t.Helper()
	id := &Identity{ServiceLinked: q.linked, Policies: []Document{{Type: IdentityBased, ID: "identity", Policy: parse(t, policy.Identity, fullSCP)}}}
	a := &Authorizer{Directory: directory{q.who.Account + "/user/u": id, q.who.Account + "/role/r": id}, Organization: q.organization}
	if q.closed != nil {
		a.Closings = q.closed
	}
	s := &Scope{Authorizer: a, Principal: q.who, Region: "us-east-1", Time: time.Unix(60, 0)}
	err := Check(context.WithValue(t.Context(), ScopeKey, s), q.Request)
	var denied *Denied
	if err != nil && !errors.As(err, &denied) {
		t.Fatal(err)
	}
	if denied != nil {
		return denied.Decision, denied.Error()
	}
	return s.Decisions()[0], ""
}

// TestOrganizationBinds whom AWS says.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func TestOrganizationBinds(t *testing.T) {
	get := func(action string) Request {
		return Request{Action: action, Resource: bucket + "/key", Owner: account, Policy: parse(t, policy.Resource, grant(anyone))}
	}
	managed := get("kms:Decrypt")
	managed.AWSManaged = true
	inBucket := get("s3:GetObject") // an object whose owner is not the bucket's
	inBucket.Owner, inBucket.Account = other, account
	management := func(m *Membership) *Membership { m.Management = true; return m }
	for name, tt := range map[string]struct {
		question
		denied string // the end of the message
	}{
		"a unit does not allow": {question{get("s3:GetObject"), user(account), organization{account: member(t, allowPut, fullRCP)}, false, nil},
			"because no service control policy allows the s3:GetObject action"},
		"a unit denies root": {question{get("s3:GetObject"), root(account), organization{account: member(t, denyGet, fullRCP)}, false, nil},
			"with an explicit deny in a service control policy: " + scpARN},
		"the management account is exempt": {question{get("s3:GetObject"), user(account), organization{account: management(member(t, denyGet, denyRCP))}, false, nil}, ""},
		"a service-linked role is exempt":  {question{get("s3:GetObject"), role(account), organization{account: member(t, denyGet, denyRCP)}, true, nil}, ""},
		"another role is not": {question{get("s3:GetObject"), role(account), organization{account: member(t, denyGet, fullRCP)}, false, nil},
			"with an explicit deny in a service control policy: " + scpARN},
		"a service has no SCPs": {question{get("s3:GetObject"), service("logs.amazonaws.com"), organization{account: member(t, denyGet, fullRCP)}, false, nil}, ""},
		"RCPs bind a service": {question{get("s3:GetObject"), service("logs.amazonaws.com"), organization{account: member(t, fullSCP, denyRCP)}, false, nil},
			"with an explicit deny in a resource control policy"},
		"RCPs bind who signs nothing": {question{get("s3:GetObject"), &Principal{}, organization{account: member(t, fullSCP, denyRCP)}, false, nil},
			"with an explicit deny in a resource control policy"},
		"a stranger is not told which RCP": {question{get("s3:GetObject"), user(other), organization{account: member(t, fullSCP, denyRCP)}, false, nil},
			"with an explicit deny in a resource control policy"},
		"a stranger of another organization neither": {question{get("s3:GetObject"), user(other), organization{account: member(t, fullSCP, denyRCP), other: {OrgID: "o-otherorgid1"}}, false, nil},
			"with an explicit deny in a resource control policy"},
		"a member is": {question{get("s3:GetObject"), user(other), organization{account: member(t, fullSCP, denyRCP), other: member(t, fullSCP, fullRCP)}, false, nil},
			"with an explicit deny in a resource control policy: " + rcpARN},
		"the caller's RCPs are for its own resources": {question{get("s3:GetObject"), user(other), organization{other: member(t, fullSCP, denyRCP)}, false, nil}, ""},
		"the owner's SCPs are for its own principals": {question{get("s3:GetObject"), user(other), organization{account: member(t, denyGet, fullRCP)}, false, nil}, ""},
		"RCPs know KMS": {question{get("kms:Decrypt"), user(account), organization{account: member(t, fullSCP, denyRCP)}, false, nil},
			"with an explicit deny in a resource control policy: " + rcpARN},
		"RCPs leave AWS's keys alone":       {question{managed, user(account), organization{account: member(t, fullSCP, denyRCP)}, false, nil}, ""},
		"RCPs leave retiring a grant alone": {question{get("kms:RetireGrant"), user(account), organization{account: member(t, fullSCP, denyRCP)}, false, nil}, ""},
		"RCPs of the bucket bind its objects": {question{inBucket, user(other), organization{account: member(t, fullSCP, denyRCP)}, false, nil},
			"with an explicit deny in a resource control policy"},
		"of a closed account's bucket nothing is had": {question{inBucket, user(other), organization{}, false, closings{account: true}},
			"because no resource-based policy allows the s3:GetObject action"},
		"RCPs do not know IAM": {question{get("iam:GetUser"), user(account), organization{account: member(t, fullSCP, denyRCP)}, false, nil}, ""},
		"of a closed account nothing is had": {question{get("s3:GetObject"), user(other), organization{}, false, closings{account: true}},
			"because no resource-based policy allows the s3:GetObject action"},
		"another account is closed": {question{get("s3:GetObject"), user(other), organization{}, false, closings{"777788889999": true}}, ""},
	} {
		_, message := tt.ask(t)
		if (message == "") != (tt.denied == "") || !strings.HasSuffix(message, tt.denied) {
			t.Errorf("%s: %q, want …%q", name, message, tt.denied)
		}
	}
}

// TestExplainLevel: an explanation tells on which level it was decided, to those
// whose organization it is.
func TestExplainLevel(t *testing.T) {
	request := Request{Action: "s3:GetObject", Resource: bucket + "/key", Owner: account, Policy: parse(t, policy.Resource, grant(anyone))}
	for name, tt := range map[string]struct {
		question
		to                 Audience
		level, policy, sid string
	}{
		"an SCP that denies":          {question{request, user(account), organization{account: member(t, denyGet, fullRCP)}, false, nil}, Caller, "ou-root-exampleunit", scpARN, "statement 1"},
		"a level that allows nothing": {question{request, user(account), organization{account: member(t, allowPut, fullRCP)}, false, nil}, Caller, "ou-root-exampleunit", "", ""},
		"an RCP, to the owner":        {question{request, user(other), organization{account: member(t, fullSCP, denyRCP)}, false, nil}, Everybody, "ou-root-exampleunit", rcpARN, "Never"},
		"an RCP, to a stranger":       {question{request, user(other), organization{account: member(t, fullSCP, denyRCP)}, false, nil}, Caller, "", "", ""},
		"an identity-based policy":    {question{request, user(account), organization{account: member(t, fullSCP, fullRCP)}, false, nil}, Caller, "", bucket + "/key", "statement 1"},
	} {
		d, _ := tt.ask(t)
		e := d.Explain(tt.to)
		if e.Level != tt.level || e.Policy != tt.policy || e.Sid != tt.sid {
			t.Errorf("%s: decided at %q by %q of %q", name, e.Level, e.Sid, e.Policy)
		}
		for _, p := range e.Policies {
			if tt.to == Caller && d.foreign() && p.Type == ResourceControl {
				t.Errorf("%s: a stranger reads %s", name, p.ID)
			}
			if p.Type == ServiceControl && p.Level == "" {
				t.Errorf("%s: %s has no level", name, p.ID)
			}
		}
	}
}

// TestSourceOrganization: what keeps services from being a stranger's deputy, as
// the guide to RCPs has it.
// https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
func TestSourceOrganization(t *testing.T) {
	deputy := `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{
		"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-exampleorgid"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}}`
	members := organization{account: member(t, fullSCP, fullRCP+","+deputy), other: {OrgID: "o-exampleorgid", Paths: []string{"o-exampleorgid/r-root/"}}, "777788889999": {OrgID: "o-otherorgid1"}}
	for source, allowed := range map[string]bool{"": true, account: true, other: true, "777788889999": false, "000000000000": false} {
		s := &Scope{Authorizer: &Authorizer{Organization: members}, Principal: service("cloudtrail.amazonaws.com"), Time: time.Unix(60, 0), SourceAccount: source}
		r := Request{Action: "s3:PutObject", Resource: bucket + "/key", Owner: account, Policy: parse(t, policy.Resource,
			`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:*","Resource":"*"}`)}
		if err := Check(context.WithValue(t.Context(), ScopeKey, s), r); (err == nil) != allowed {
			t.Errorf("for account %q: %v", source, err)
		}
	}
	s := &Scope{Authorizer: &Authorizer{Organization: members}, Principal: service("cloudtrail.amazonaws.com"), SourceAccount: other}
	paths, _ := (&env{scope: s, req: &Request{}}).Lookup("aws:sourceorgpaths")
	if len(paths) != 1 || paths[0] != "o-exampleorgid/r-root/" {
		t.Errorf("aws:SourceOrgPaths is %v", paths)
	}
}
