package authz

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// What one kind of policy says in a case: "" is that there is none of the kind,
// "other" that it allows something else only.
const (
	yes     = "allow"
	no      = "deny"
	another = "other"
)

// flow is one case: a principal and what the policies of each kind say.
type flow struct {
	who                                             string
	gate                                            bool
	scp, rcp, resource, identity, boundary, session string
}

// callers of the cases. The resource is of account.
var flowCallers = map[string]*Principal{
	"user": user(account), "role": role(account), "root": root(account), "federated": federatedUser(account),
	"other user": user(other), "other role": role(other), "other root": root(other), "other federated": federatedUser(other),
	"service": service("logs.amazonaws.com"), "anonymous": {},
}

func federatedUser(account string) *Principal {
	return &Principal{
		Principal: policy.Principal{
			Type: policy.FederatedUser, Account: account, ID: account + ":fred",
			ARN: "arn:aws:sts::" + account + ":federated-user/fred", UserARN: "arn:aws:iam::" + account + ":user/u", UserID: "AIDAU",
		},
		Name: "fred", IssuerName: "u", Session: &Session{},
	}
}

// The principals that a resource's policy can name.
func flowPrincipal(name, account string) string {
	switch name {
	case "account":
		return `{"AWS":"` + account + `"}`
	case "user":
		return `{"AWS":"arn:aws:iam::` + account + `:user/u"}`
	case "role":
		return `{"AWS":"arn:aws:iam::` + account + `:role/r"}`
	case "session":
		return `{"AWS":["arn:aws:sts::` + account + `:assumed-role/r/s","arn:aws:sts::` + account + `:federated-user/fred"]}`
	case "service":
		return `{"Service":"logs.amazonaws.com"}`
	}
	return anyone
}

// TestEveryFlow compares every combination of what the policies can say with
// the evaluation logic as the IAM User Guide tells it, and the explanation of
// each decision with the decision:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func TestEveryFlow(t *testing.T) {
	parsed := map[string]*policy.Policy{}
	compiled := func(kind policy.Kind, statement string) *policy.Policy {
		key := kind.String() + statement
		if parsed[key] == nil {
			parsed[key] = parse(t, kind, statement)
		}
		return parsed[key]
	}
	all := []string{"", yes, no, another}
	resources := []string{"", "account", "user", "role", "session", "service", "anyone", "deny account", "deny anyone"}
	count, allowed := 0, 0
	for who := range flowCallers {
		for _, gate := range []bool{false, true} {
			for _, scp := range all {
				for _, rcp := range []string{"", no} {
					for _, resource := range resources {
						for _, identity := range all {
							for _, boundary := range all {
								for _, session := range all {
									f := flow{who, gate, scp, rcp, resource, identity, boundary, session}
									d := f.decide(compiled)
									wantAllowed, wantExplicit := f.reference()
									if d.Allowed != wantAllowed || !d.Allowed && f.known() && d.Explicit != wantExplicit {
										t.Fatalf("%+v: allowed %t explicit %t, want %t %t", f, d.Allowed, d.Explicit, wantAllowed, wantExplicit)
									}
									if problem := explained(d); problem != "" {
										t.Fatalf("%+v: %s", f, problem)
									}
									count++
									if d.Allowed {
										allowed++
									}
								}
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d of %d cases are allowed", allowed, count)
}

var flowStatements = map[string]string{yes: allowGet, no: allowGet + "," + denyGet, another: allowPut}

func (f flow) decide(compiled func(policy.Kind, string) *policy.Policy) *Decision {
	p := *flowCallers[f.who]
	id := &Identity{Account: p.Account, ARN: p.ARN, ID: p.ID, Name: p.Name}
	if s := flowStatements[f.identity]; s != "" {
		id.Policies = []Document{{Type: IdentityBased, ID: "identity", Policy: compiled(policy.Identity, s)}}
	}
	if s := flowStatements[f.boundary]; s != "" {
		id.Boundary = &Document{Type: PermissionsBoundary, ID: "boundary", Policy: compiled(policy.Boundary, s)}
	}
	if s := flowStatements[f.session]; s != "" {
		p.Session = &Session{Policies: []Document{{Type: SessionPolicy, ID: "session", Policy: compiled(policy.Session, s)}}}
	}
	members := organization{}
	if s := flowStatements[f.scp]; s != "" {
		members[p.Account] = &Membership{SCPs: [][]Document{{{Type: ServiceControl, ID: "scp", Policy: compiled(policy.SCP, s)}}}}
	}
	if f.rcp == no {
		m := &Membership{}
		if of := members[account]; of != nil {
			*m = *of
		}
		m.RCPs = [][]Document{{{Type: ResourceControl, ID: "rcp", Policy: compiled(policy.RCP, `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`)}}}
		members[account] = m
	}
	r := Request{Action: "s3:GetObject", Resource: bucket + "/key", Owner: account, Gate: f.gate}
	switch f.resource {
	case "":
	case "deny account":
		r.Policy = compiled(policy.Resource, grant(anyone)+","+refuse(flowPrincipal("account", cmp.Or(p.Account, account))))
	case "deny anyone":
		r.Policy = compiled(policy.Resource, grant(anyone)+","+refuse(anyone))
	default:
		r.Policy = compiled(policy.Resource, grant(flowPrincipal(f.resource, cmp.Or(p.Account, account))))
	}
	s := &Scope{
		Authorizer: &Authorizer{
			Directory:    directory{p.Account + "/user/u": id, p.Account + "/role/r": id},
			Organization: members,
		},
		Principal: &p, Region: "us-east-1", Time: time.Unix(60, 0),
	}
	_ = Check(context.WithValue(context.Background(), ScopeKey, s), r)
	return s.Decisions()[0]
}

// kind is the caller without its account.
func (f flow) kind() (kind string, foreign bool) {
	if len(f.who) > 6 && f.who[:6] == "other " {
		return f.who[6:], true
	}
	return f.who, f.who == "service" || f.who == "anonymous"
}

// known reports a caller who is told the reason of a denial: a stranger is not.
func (f flow) known() bool {
	_, foreign := f.kind()
	return !foreign || f.names() && f.rcp != no
}

// names reports whether the resource's policy allows the caller in some way.
func (f flow) names() bool {
	kind, _ := f.kind()
	switch f.resource {
	case "anyone":
		return true
	case "account":
		return kind != "service" && kind != "anonymous"
	case "user":
		return kind == "user" || kind == "federated"
	case "role":
		return kind == "role"
	case "session":
		return kind == "role" || kind == "federated"
	case "service":
		return kind == "service"
	case "deny account":
		return kind == "service" || kind == "anonymous"
	}
	return false
}

// reference is the guide's logic, step by step.
func (f flow) reference() (allowed, explicit bool) {
	kind, foreign := f.kind()
	hasIdentity := kind == "user" || kind == "role" || kind == "federated"
	hasSession := f.session != ""
	hasBoundary := hasIdentity && f.boundary != ""
	bySCP := kind != "service" && kind != "anonymous"
	denied := f.rcp == no ||
		bySCP && f.scp == no ||
		f.resource == "deny anyone" || f.resource == "deny account" && kind != "service" && kind != "anonymous" ||
		hasIdentity && f.identity == no || hasBoundary && f.boundary == no || hasSession && f.session == no
	if denied {
		return false, true
	}
	if bySCP && f.scp == another {
		return false, false
	}
	identity := hasIdentity && f.identity == yes || kind == "root"
	within := (!hasBoundary || f.boundary == yes) && (f.session == yes || !hasSession && kind != "federated")
	switch {
	case foreign && (kind == "service" || kind == "anonymous"):
		return f.names(), false
	case foreign:
		return f.names() && identity && within, false
	}
	switch {
	case f.resource == "user" && kind == "user", f.resource == "session" && f.names():
		return true, false // to the user or session itself, past all limits
	case f.names() && f.resource != "account" && (within || kind == "root"):
		return true, false // to a role, or anyone, within the limits
	case f.names() && kind == "root":
		return true, false
	}
	return identity && within && (!f.gate || f.names()), false
}

// explained compares a decision with what each policy is said to say.
func explained(d *Decision) (problem string) {
	e := d.Explain(Everybody)
	if d.actual != nil {
		d = d.actual
	}
	denies := slices.ContainsFunc(e.Policies, func(r Reading) bool { return r.Verdict == "Deny" })
	switch {
	case denies != d.Explicit:
		return fmt.Sprintf("explicit %t, and a policy denies: %t", d.Explicit, denies)
	case (e.Decision == "allowed") != d.Allowed || (e.Decision == "explicitDeny") != d.Explicit:
		return "explained as " + e.Decision
	case d.Allowed != (e.Remedy == nil):
		return fmt.Sprintf("allowed %t with remedy %+v", d.Allowed, e.Remedy)
	}
	for _, r := range e.Policies {
		if r.Verdict != r.Explanation.Effect.String() {
			return fmt.Sprintf("%s is said to %s and explained with %s", r.ID, r.Verdict, r.Explanation.Effect)
		}
		if d.Document != nil && r.ID == d.Document.ID && r.Type == d.By && r.Explanation.Statement != d.Statement {
			return fmt.Sprintf("%s decided by statement %d, explained with %d", r.ID, d.Statement, r.Explanation.Statement)
		}
	}
	return ""
}
