package authz

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Explanation is why a request was allowed or denied, for people and as JSON.
type Explanation struct {
	Action   string     `json:"action"`
	Resource string     `json:"resource"`
	Decision string     `json:"decision"` // "allowed", "explicitDeny", "implicitDeny"
	Reason   string     `json:"reason"`
	By       PolicyType `json:"decidedBy,omitempty"`
	Policy   string     `json:"decidedByPolicy,omitempty"`
	Sid      string     `json:"decidedByStatement,omitempty"`
	// Level is the root, unit or account of the organization whose policies
	// decided.
	Level    string              `json:"decidedAtLevel,omitempty"`
	Policies []Reading           `json:"policies"`
	Context  map[string][]string `json:"context"`
	// Remedy is the smallest change that would have allowed a denied request.
	Remedy *Remedy `json:"remedy,omitempty"`
	// EncodedMessage is what sts:DecodeAuthorizationMessage decodes.
	EncodedMessage string `json:"encodedMessage,omitempty"`
}

// Reading is what one policy says of the request.
type Reading struct {
	Type        PolicyType          `json:"type"`
	ID          string              `json:"id"`
	Level       string              `json:"level,omitempty"` // that it is attached to
	Verdict     string              `json:"verdict"`
	Explanation *policy.Explanation `json:"statements"`
}

// Remedy is a statement and where to put it, or what stands in the way.
type Remedy struct {
	Where     string `json:"where"`
	Statement string `json:"statement,omitempty"`
}

// Audience is for whom a decision is explained.
type Audience int

const (
	// Caller is the caller's account. Of a resource of another account it is
	// not told more than that it allows or does not.
	Caller Audience = iota
	// Everybody concerned: the organization, to which both accounts belong.
	Everybody
)

// Explain reads every policy again, this time noting why.
func (d *Decision) Explain(to Audience) *Explanation {
	if to == Everybody && d.actual != nil {
		return d.actual.Explain(to)
	}
	private := to == Caller && d.foreign()
	e := d.explain(private)
	if private {
		e.conceal()
	}
	return e
}

// Concealed reports whether the caller's account is told less than everybody.
func (d *Decision) Concealed() bool { return d.actual != nil || d.foreign() }

func (d *Decision) explain(private bool) *Explanation {
	e := &Explanation{
		Action:   d.Request.Action,
		Resource: d.Request.Resource,
		Decision: d.word(),
		Reason:   d.Reason(),
		By:       d.By,
		Context:  d.contextValues(private),
	}
	if !(private && d.By.ofOwner()) {
		e.Level = d.level()
		if d.Document != nil {
			e.Policy = d.Document.ID
			e.Sid = sid(d.Document.Policy, d.Statement)
		}
	}
	for _, doc := range d.documents(private) {
		e.Policies = append(e.Policies, Reading{
			Type:        doc.Type,
			ID:          doc.ID,
			Level:       doc.Level,
			Verdict:     doc.Policy.Evaluate(&d.query).Effect.String(),
			Explanation: doc.Policy.Explain(&d.query),
		})
	}
	switch {
	case d.Allowed:
	case private && d.By.ofOwner():
		e.Remedy = &Remedy{Where: "ask account " + d.Request.Owner + ", which owns the resource"}
	default:
		e.Remedy = d.remedy()
	}
	return e
}

// conceal takes out what the caller's own policies could be made to tell of the
// resource: the values that their conditions were compared with.
func (e *Explanation) conceal() {
	for _, p := range e.Policies {
		for _, s := range p.Explanation.Statements {
			for i := range s.Elements {
				if c := &s.Elements[i]; c.Element == "Condition" && ofResource(strings.ToLower(c.Key)) {
					c.Request = nil
				}
			}
		}
	}
}

func (d *Decision) word() string {
	switch {
	case d.Allowed:
		return "allowed"
	case d.Explicit:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// Reason says in one sentence what decided.
func (d *Decision) Reason() string {
	p := d.Scope.Principal
	switch {
	case d.Grant != "":
		return "grant " + d.Grant + " allows the " + d.Request.Action + " action"
	case d.Allowed && d.By == IdentityBased && p.Type == policy.Root:
		return "the root user may do everything in its account"
	case d.Allowed:
		return article(d.By) + " " + string(d.By) + " allows the " + d.Request.Action + " action"
	}
	return d.reason()
}

// sid names a statement by its Sid, or by its place where it has none.
func sid(p *policy.Policy, i int) string {
	statements := p.Statements()
	if i < 0 || i >= len(statements) {
		return ""
	}
	if s := statements[i].Sid; s != "" {
		return s
	}
	return "statement " + strconv.Itoa(i+1)
}

// documents are the policies that were read, in the order of evaluation, or
// those of them that are the caller's.
func (d *Decision) documents(private bool) []Document {
	var docs []Document
	if m := d.scpMembership(); m != nil {
		docs = append(docs, slices.Concat(m.SCPs...)...)
	}
	if m := d.rcpMembership(); m != nil && !private {
		docs = append(docs, slices.Concat(m.RCPs...)...)
	}
	if p := d.Request.Policy; p != nil && !private {
		docs = append(docs, Document{Type: ResourceBased, ID: d.Request.Resource, Policy: p})
	}
	if id := d.identity; id != nil {
		docs = append(docs, id.Policies...)
		if id.Boundary != nil {
			docs = append(docs, *id.Boundary)
		}
	}
	return append(docs, d.Scope.Principal.sessionPolicies()...)
}

// globalKeys are the global condition keys without a free part.
var globalKeys = []string{
	"aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:CurrentTime", "aws:EpochTime",
	"aws:FederatedProvider", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount",
	"aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
	"aws:PrincipalServiceName", "aws:PrincipalType", "aws:Referer", "aws:RequestedRegion", "aws:ResourceAccount",
	"aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn",
	"aws:SourceIdentity", "aws:SourceIp", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:TagKeys", "aws:TokenIssueTime", "aws:UserAgent", "aws:userid",
	"aws:username", "aws:ViaAWSService",
}

// contextValues are the condition keys of the request: the global ones, the
// tags, and those that any of the policies asks for. Those that tell something
// of the resource can be private.
func (d *Decision) contextValues(private bool) map[string][]string {
	keys := slices.Clone(globalKeys)
	for k := range d.Request.Tags {
		keys = append(keys, "aws:ResourceTag/"+k)
	}
	for k := range d.Request.RequestTags {
		keys = append(keys, "aws:RequestTag/"+k)
	}
	if d.identity != nil {
		for k := range d.identity.Tags {
			keys = append(keys, "aws:PrincipalTag/"+k)
		}
	}
	if s := d.Scope.Principal.Session; s != nil {
		for k := range s.Tags {
			keys = append(keys, "aws:PrincipalTag/"+k)
		}
	}
	for _, doc := range d.documents(private) {
		for _, s := range doc.Policy.Statements() {
			for _, c := range s.Conditions {
				keys = append(keys, c.Key)
			}
		}
	}
	values := make(map[string][]string)
	seen := make(map[string]bool)
	for _, k := range keys {
		lower := strings.ToLower(k)
		if seen[lower] || private && ofResource(lower) {
			continue
		}
		seen[lower] = true
		if v, ok := d.env.Lookup(lower); ok {
			values[k] = slices.Clone(v)
		}
	}
	return values
}

// remedy tells what would have allowed the request.
func (d *Decision) remedy() *Remedy {
	if d.Explicit {
		return &Remedy{Where: "remove or narrow the Deny statement " + sid(d.Document.Policy, d.Statement) + " of " + string(d.By) + " " + d.Document.ID +
			"; no Allow statement overrides it"}
	}
	where := map[PolicyType]string{
		IdentityBased:       "add to an identity-based policy of " + d.Scope.Principal.Describe(),
		ResourceBased:       "add to the policy of " + d.Request.Resource,
		PermissionsBoundary: "add to the permissions boundary of " + d.Scope.Principal.Describe(),
		SessionPolicy:       "add to the session policy that the session is made with",
		ServiceControl:      "add to the service control policies of " + cmp.Or(d.Level, "the account"),
		ResourceControl:     "add to the resource control policies of " + cmp.Or(d.Level, "the account"),
	}[d.By]
	kind := policy.Identity
	if d.By == ResourceBased {
		kind = policy.Resource
		if d.Request.Policy != nil {
			kind = d.Request.Policy.Kind()
		}
	}
	return &Remedy{Where: where, Statement: policy.SuggestFor(kind, &d.query)}
}
