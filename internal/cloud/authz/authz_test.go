package authz

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/policy"
)

const (
	account = "111122223333"
	other   = "444455556666"
	bucket  = "arn:aws:s3:::bucket"
)

// directory is an IAM of two users and a role per account.
type directory map[string]*Identity

func (d directory) User(account, name string) *Identity { return d[account+"/user/"+name] }
func (d directory) Role(account, name string) *Identity { return d[account+"/role/"+name] }
func (d directory) ByID(id string) *Identity            { return nil }
func (d directory) ManagedPolicy(string) *policy.Policy { return nil }

func parse(t *testing.T, kind policy.Kind, statement string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, kind)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is what one case of a table sets up; empty members mean no such
// policy.
type world struct {
	identity, boundary, session, resource, scp, rcp string
	gate                                            bool
}

const allowGet = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
const denyGet = `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
const allowPut = `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`

func grant(principal string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"*"}`
}

func refuse(principal string) string {
	return `{"Effect":"Deny","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"*"}`
}

func refuseAllBut(principal string) string {
	return `{"Effect":"Deny","NotPrincipal":` + principal + `,"Action":"s3:GetObject","Resource":"*"}`
}

func user(account string) *Principal {
	return &Principal{
		Principal: policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/u", ID: "AIDAU"},
		Name:      "u",
	}
}

func role(account string) *Principal {
	return &Principal{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: account, ID: "AROAR:s",
			ARN: "arn:aws:sts::" + account + ":assumed-role/r/s", RoleARN: "arn:aws:iam::" + account + ":role/r",
		},
		Name: "r", SessionName: "s",
		Session: &Session{Issued: time.Unix(0, 0), Expires: time.Unix(3600, 0)},
	}
}

func root(account string) *Principal {
	return &Principal{Principal: policy.Principal{Type: policy.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root", ID: account}}
}

func service(name string) *Principal {
	return &Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: name}}
}

type organization map[string]*Membership

func (o organization) Of(account string) *Membership { return o[account] }

// check builds the world around the principal and asks for s3:GetObject on an
// object of account.
func (w world) check(t *testing.T, p *Principal) error {
	t.Helper()
	id := &Identity{Account: p.Account, ARN: p.ARN, ID: p.ID, Name: p.Name}
	if w.identity != "" {
		id.Policies = []Document{{Type: IdentityBased, ID: "identity", Policy: parse(t, policy.Identity, w.identity)}}
	}
	if w.boundary != "" {
		id.Boundary = &Document{Type: PermissionsBoundary, ID: "boundary", Policy: parse(t, policy.Boundary, w.boundary)}
	}
	if w.session != "" {
		with := *p
		s := Session{}
		if p.Session != nil {
			s = *p.Session
		}
		s.Policies = []Document{{Type: SessionPolicy, ID: "session", Policy: parse(t, policy.Session, w.session)}}
		with.Session = &s
		p = &with
	}
	a := &Authorizer{Directory: directory{p.Account + "/user/" + p.Name: id, p.Account + "/role/" + p.Name: id}}
	org := organization{}
	if w.scp != "" {
		org[p.Account] = &Membership{SCPs: [][]Document{{{Type: ServiceControl, ID: "scp", Policy: parse(t, policy.SCP, w.scp)}}}}
	}
	if w.rcp != "" {
		m := org[account]
		if m == nil {
			m = &Membership{}
			org[account] = m
		}
		m.RCPs = [][]Document{{{Type: ResourceControl, ID: "rcp", Policy: parse(t, policy.RCP, w.rcp)}}}
	}
	a.Organization = org
	r := Request{Action: "s3:GetObject", Resource: bucket + "/key", Owner: account, Gate: w.gate}
	if w.resource != "" {
		r.Policy = parse(t, policy.Resource, w.resource)
	}
	s := &Scope{Authorizer: a, Principal: p, Region: "us-east-1", Time: time.Unix(60, 0), SourceIP: "192.0.2.1"}
	return Check(context.WithValue(t.Context(), ScopeKey, s), r)
}

const (
	theUser    = `{"AWS":"arn:aws:iam::` + account + `:user/u"}`
	theRole    = `{"AWS":"arn:aws:iam::` + account + `:role/r"}`
	theSession = `{"AWS":"arn:aws:sts::` + account + `:assumed-role/r/s"}`
	theAccount = `{"AWS":"` + account + `"}`
	anyone     = `"*"`

	theUserAndAccount = `{"AWS":["` + account + `","arn:aws:iam::` + account + `:user/u"]}`
)

// TestEvaluation follows
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
// and, for what a resource policy grants past a boundary or session policy,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
// The last member is the end of the message of a denial, empty for an allowed
// call.
func TestEvaluation(t *testing.T) {
	const no = "because no "
	tests := []struct {
		name   string
		who    *Principal
		world  world
		denied string
	}{
		{"nothing allows", user(account), world{}, no + "identity-based policy allows the s3:GetObject action"},
		{"identity allows", user(account), world{identity: allowGet}, ""},
		{"another action", user(account), world{identity: allowPut}, no + "identity-based policy allows the s3:GetObject action"},
		{"identity denies", user(account), world{identity: allowGet + "," + denyGet}, "with an explicit deny in an identity-based policy"},
		{"identity denies what the resource allows", user(account), world{identity: denyGet, resource: grant(theUser)}, "with an explicit deny in an identity-based policy"},
		{"resource denies", user(account), world{identity: allowGet, resource: refuse(anyone)}, "with an explicit deny in a resource-based policy"},
		{"resource denies the account", user(account), world{identity: allowGet, resource: refuse(theAccount)}, "with an explicit deny in a resource-based policy"},
		{"resource denies the role, a session comes", role(account), world{identity: allowGet, resource: refuse(theRole)}, "with an explicit deny in a resource-based policy"},

		{"resource names the user", user(account), world{resource: grant(theUser)}, ""},
		{"resource names the user, past the boundary", user(account), world{resource: grant(theUser), boundary: allowPut}, ""},
		{"resource names the account: delegation, not a grant", user(account), world{resource: grant(theAccount)}, no + "identity-based policy allows the s3:GetObject action"},
		{"resource names the role", role(account), world{resource: grant(theRole)}, ""},
		{"resource names the role, not past the boundary", role(account), world{resource: grant(theRole), boundary: allowPut}, no + "permissions boundary allows the s3:GetObject action"},
		{"resource names the role, not past the session policy", role(account), world{resource: grant(theRole), session: allowPut}, no + "session policy allows the s3:GetObject action"},
		{"resource names the session", role(account), world{resource: grant(theSession)}, ""},
		{"resource names the session, past the boundary", role(account), world{resource: grant(theSession), boundary: allowPut}, ""},
		{"resource names the session, past the session policy", role(account), world{resource: grant(theSession), session: allowPut}, ""},
		{"resource names anyone", user(account), world{resource: grant(anyone)}, ""},
		{"resource names another session", role(account), world{resource: grant(`{"AWS":"arn:aws:sts::` + account + `:assumed-role/r/t"}`)}, no + "identity-based policy allows the s3:GetObject action"},

		{"boundary does not allow", user(account), world{identity: allowGet, boundary: allowPut}, no + "permissions boundary allows the s3:GetObject action"},
		{"boundary alone grants nothing", user(account), world{boundary: allowGet}, no + "identity-based policy allows the s3:GetObject action"},
		{"boundary denies", user(account), world{identity: allowGet, boundary: denyGet}, "with an explicit deny in a permissions boundary"},
		{"boundary denies what names the session", role(account), world{resource: grant(theSession), boundary: denyGet}, "with an explicit deny in a permissions boundary"},
		{"NotPrincipal spares the user", user(account), world{identity: allowGet, resource: refuseAllBut(theUserAndAccount)}, ""},
		{"NotPrincipal spares nobody with a boundary", user(account), world{identity: allowGet, boundary: allowGet, resource: refuseAllBut(theUserAndAccount)}, "with an explicit deny in a resource-based policy"},
		{"session does not allow", role(account), world{identity: allowGet, session: allowPut}, no + "session policy allows the s3:GetObject action"},
		{"session allows", role(account), world{identity: allowGet, session: allowGet}, ""},
		{"session alone grants nothing", role(account), world{session: allowGet}, no + "identity-based policy allows the s3:GetObject action"},
		{"session denies", role(account), world{identity: allowGet, session: allowGet + "," + denyGet}, "with an explicit deny in a session policy"},
		{"session denies what names the session", role(account), world{resource: grant(theSession), session: denyGet}, "with an explicit deny in a session policy"},

		{"scp does not allow", user(account), world{identity: allowGet, scp: allowPut}, no + "service control policy allows the s3:GetObject action"},
		{"scp denies root", root(account), world{scp: `{"Effect":"Allow","Action":"*","Resource":"*"},` + denyGet}, "with an explicit deny in a service control policy"},
		{"rcp denies", user(account), world{identity: allowGet, rcp: `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`}, "with an explicit deny in a resource control policy"},
		{"rcp binds the resource's account, not the caller's", user(other), world{identity: allowGet, resource: grant(`{"AWS":"` + other + `"}`), rcp: `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`}, "with an explicit deny in a resource control policy"},

		{"root", root(account), world{}, ""},
		{"root of another account", root(other), world{}, no + "resource-based policy allows the s3:GetObject action"},
		{"root of another account, named", root(other), world{resource: grant(`{"AWS":"` + other + `"}`)}, ""},

		{"cross-account: identity alone", user(other), world{identity: allowGet}, no + "resource-based policy allows the s3:GetObject action"},
		{"cross-account: resource alone", user(other), world{resource: grant(`{"AWS":"` + other + `"}`)}, no + "identity-based policy allows the s3:GetObject action"},
		{"cross-account: resource names the user, still both", user(other), world{resource: grant(`{"AWS":"arn:aws:iam::` + other + `:user/u"}`)}, no + "identity-based policy allows the s3:GetObject action"},
		{"cross-account: both", user(other), world{identity: allowGet, resource: grant(`{"AWS":"` + other + `"}`)}, ""},
		{"cross-account: both, not the boundary", user(other), world{identity: allowGet, boundary: allowPut, resource: grant(`{"AWS":"` + other + `"}`)}, no + "permissions boundary allows the s3:GetObject action"},
		{"cross-account: resource names a third account", user(other), world{identity: allowGet, resource: grant(`{"AWS":"777788889999"}`)}, no + "resource-based policy allows the s3:GetObject action"},

		{"gate without a policy", user(account), world{identity: allowGet, gate: true}, no + "resource-based policy allows the s3:GetObject action"},
		{"gate lets the account in", user(account), world{identity: allowGet, resource: grant(theAccount), gate: true}, ""},
		{"gate lets the account in, identity does not allow", user(account), world{resource: grant(theAccount), gate: true}, no + "identity-based policy allows the s3:GetObject action"},
		{"gate names another user", user(account), world{identity: allowGet, resource: grant(theRole), gate: true}, no + "resource-based policy allows the s3:GetObject action"},
		{"gate names the user", user(account), world{resource: grant(theUser), gate: true}, ""},
		{"gate does not name root", root(account), world{resource: grant(theUser), gate: true}, no + "resource-based policy allows the s3:GetObject action"},
		{"gate names root", root(account), world{resource: grant(theAccount), gate: true}, ""},

		{"service, named", service("logs.amazonaws.com"), world{resource: grant(`{"Service":"logs.amazonaws.com"}`)}, ""},
		{"service, another named", service("logs.amazonaws.com"), world{resource: grant(`{"Service":"sns.amazonaws.com"}`)}, no + "resource-based policy allows the s3:GetObject action"},
		{"anonymous", &Principal{}, world{}, no + "resource-based policy allows the s3:GetObject action"},
		{"anonymous, anyone allowed", &Principal{}, world{resource: grant(anyone)}, ""},
		{"anonymous, account allowed", &Principal{}, world{resource: grant(theAccount)}, no + "resource-based policy allows the s3:GetObject action"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.world.check(t, tt.who)
			switch {
			case tt.denied == "" && err != nil:
				t.Errorf("denied: %v", err)
			case tt.denied != "" && err == nil:
				t.Error("allowed")
			case tt.denied != "" && !strings.HasSuffix(err.Error(), tt.denied):
				t.Errorf("message %q does not end in %q", err, tt.denied)
			}
		})
	}
}
