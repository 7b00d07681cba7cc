package authz

import "github.com/fortlet/fortlet/policy"

// Decision is the answer to one Request with what it was made from. It is
// immutable once made.
type Decision struct {
	Scope   *Scope
	Request Request
	Allowed bool
	// By is the type of the policy that decided; Explicit says that a Deny
	// statement did.
	By       PolicyType
	Explicit bool
	// Document and Statement name the statement that decided, where one did.
	Document  *Document
	Statement int
	Grant     string // the KMS grant that allowed
	// Level is the root, unit or account of the organization whose policies
	// decided.
	Level string

	// actual is what a stranger is not told: see blind.
	actual *Decision

	identity *Identity
	env      env
	query    policy.Request
}

// sides is what the policies of each kind say of a request. Each policy is read
// once: its deny ends the evaluation, its allow is noted.
type sides struct {
	scp, rcp                    bool
	resource                    policy.Verdict
	acl                         bool // resource is what the access control list says
	identity, boundary, session bool
	by                          *Document // the identity-based policy that allows
	statement                   int
}

// evaluate is the evaluation logic of the IAM User Guide, "Policy evaluation
// logic": an explicit deny anywhere, organization policies, the resource's
// policy, identity policies, the permissions boundary, session policies.
func (d *Decision) evaluate() {
	if d.closed() {
		d.By = ResourceBased
		return
	}
	v, denied := d.read()
	switch {
	case denied:
		return
	case !v.scp:
		d.By = ServiceControl
		return
	case !v.rcp:
		d.By = ResourceControl
		return
	case d.Scope.Principal.Account == d.Request.Owner:
		d.sameAccount(&v)
	default:
		d.crossAccount(&v)
	}
	if !d.Allowed && d.Request.Grant != nil {
		d.granted(&v)
	}
}

// read reads every policy that applies, and stops at the first that denies.
func (d *Decision) read() (v sides, denied bool) {
	if v.scp, denied = d.levels(d.scpMembership(), (*Membership).scps); denied {
		return v, true
	}
	if v.rcp, denied = d.levels(d.rcpMembership(), (*Membership).rcps); denied {
		return v, true
	}
	if p := d.Request.Policy; p != nil {
		if v.resource = p.Evaluate(&d.query); v.resource.Effect == policy.Deny {
			d.deny(d.resourceDocument(), v.resource.Statement)
			return v, true
		}
	}
	if acl := d.Request.ACL; acl != nil && v.resource.Effect != policy.Allow {
		v.resource = acl.Evaluate(&d.query)
		v.acl = v.resource.Effect == policy.Allow
	}
	if v.boundary, denied = d.readBoundary(); denied {
		return v, true
	}
	if v.session, denied = d.readSession(); denied {
		return v, true
	}
	return v, d.readIdentity(&v)
}

// any reads a list of policies: does one deny, does one allow?
func (d *Decision) any(docs []Document) (allowedBy *Document, statement int, denied bool) {
	for i := range docs {
		switch v := docs[i].Policy.Evaluate(&d.query); v.Effect {
		case policy.Deny:
			d.deny(&docs[i], v.Statement)
			return nil, 0, true
		case policy.Allow:
			if allowedBy == nil {
				allowedBy, statement = &docs[i], v.Statement
			}
		}
	}
	return allowedBy, statement, false
}

func (d *Decision) deny(doc *Document, statement int) {
	d.By, d.Explicit, d.Document, d.Statement, d.Level = doc.Type, true, doc, statement, doc.Level
}

func (d *Decision) resourceDocument() *Document {
	return &Document{Type: ResourceBased, ID: d.Request.Resource, Policy: d.Request.Policy}
}

func (d *Decision) aclDocument() *Document {
	return &Document{Type: ResourceBased, ID: "access control list of " + d.Request.Resource, Policy: d.Request.ACL}
}

func (d *Decision) readBoundary() (allowed, denied bool) {
	if d.identity == nil || d.identity.Boundary == nil {
		return true, false
	}
	v := d.identity.Boundary.Policy.Evaluate(&d.query)
	if v.Effect == policy.Deny {
		d.deny(d.identity.Boundary, v.Statement)
	}
	return v.Effect == policy.Allow, v.Effect == policy.Deny
}

// readSession reads the session policies. A federated user without any has no
// permissions of its own: only policies of resources reach it.
func (d *Decision) readSession() (allowed, denied bool) {
	docs := d.Scope.Principal.sessionPolicies()
	if len(docs) == 0 {
		return d.Scope.Principal.Type != policy.FederatedUser, false
	}
	by, _, denied := d.any(docs)
	return by != nil, denied
}

// readIdentity reads the identity-based policies. The root user may do
// everything in its account, and has no policies to say so; neither has a
// federated user whose session root made. (What root may do with a KMS key is
// the key policy's to say: see sameAccount.)
func (d *Decision) readIdentity(v *sides) (denied bool) {
	p := d.Scope.Principal
	v.identity = p.Type == policy.Root || p.Type == policy.FederatedUser && p.IssuerName == ""
	if d.identity == nil {
		return false
	}
	v.by, v.statement, denied = d.any(d.identity.Policies)
	v.identity = v.identity || v.by != nil
	return denied
}

// past are the ways of naming a caller in a resource's policy that grant past
// its permissions boundary and session policies: the user itself, the session
// itself, a service, or a caller without an identity. A role's ARN is not among
// them (IAM User Guide, "Permissions boundaries for IAM entities").
const past = policy.ViaUser | policy.ViaSession | policy.ViaService | policy.ViaFederated | policy.ViaCanonical

// sameAccount: the resource's policy or the identity's policies allow; a gate
// resource must at least let the account in.
func (d *Decision) sameAccount(v *sides) {
	via := v.resource.Via
	if v.resource.Effect != policy.Allow {
		via = 0
	}
	if d.Scope.Principal.Type == policy.FederatedUser && via.Has(policy.ViaUser) {
		// The user who issued the session stands behind it as a role does.
		via = via&^policy.ViaUser | policy.ViaRole
	}
	limits := v.boundary && v.session
	root := d.Scope.Principal.Type == policy.Root
	anonymous := d.Scope.Principal.Type == policy.Anonymous
	switch {
	case via&past != 0,
		via&policy.ViaAnyone != 0 && anonymous,
		via&(policy.ViaAccount|policy.ViaAnyone) != 0 && root,
		via&(policy.ViaRole|policy.ViaAnyone) != 0 && limits:
		d.allowResource(v)
	case v.identity && limits && (!d.Request.Gate || via != 0):
		d.Allowed, d.By, d.Document, d.Statement = true, IdentityBased, v.by, v.statement
	default:
		d.By = d.missing(v, via)
	}
}

// crossAccount: both sides must allow; services and anonymous callers have
// only the resource's side.
func (d *Decision) crossAccount(v *sides) {
	p := d.Scope.Principal
	alone := p.Type == policy.ServicePrincipal || p.Type == policy.Anonymous || p.Type == policy.Federated
	switch {
	case v.resource.Effect != policy.Allow:
		d.By = ResourceBased
	case alone || v.identity && v.boundary && v.session:
		d.allowResource(v)
	default:
		d.By = d.missing(v, v.resource.Via)
	}
}

func (d *Decision) allowResource(v *sides) {
	doc := d.resourceDocument()
	if v.acl {
		doc = d.aclDocument()
	}
	d.Allowed, d.By, d.Document, d.Statement = true, ResourceBased, doc, v.resource.Statement
}

// missing names the first policy type in the order of evaluation that did not
// allow.
func (d *Decision) missing(v *sides, via policy.Via) PolicyType {
	switch {
	case d.Request.Gate && via == 0:
		return ResourceBased
	case !v.identity && via&(policy.ViaRole|policy.ViaAnyone) == 0:
		return IdentityBased
	case !v.boundary:
		return PermissionsBoundary
	case !v.session:
		return SessionPolicy
	}
	return IdentityBased
}

// granted asks the resource for a grant. A grant is given to a principal of
// any account and needs no identity policy, but session policies and the
// boundary still bound it.
func (d *Decision) granted(v *sides) {
	if !v.boundary || !v.session && len(d.Scope.Principal.sessionPolicies()) > 0 {
		return
	}
	if id, ok := d.Request.Grant(); ok {
		d.Allowed, d.By, d.Grant, d.Document = true, ResourceBased, id, nil
	}
}

func (p *Principal) sessionPolicies() []Document {
	if p.Session == nil {
		return nil
	}
	return p.Session.Policies
}
