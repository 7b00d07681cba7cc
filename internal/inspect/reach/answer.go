package reach

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// Verdict is whether somebody may.
type Verdict string

// The verdicts.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Depends Verdict = "depends" // on what is not known: see Answer.Conditions
)

// Answer is whether a principal may do what was asked, and why.
type Answer struct {
	Principal *Principal
	Verdict   Verdict
	// Allowed is the decision for a request with what was given and nothing
	// else. It differs from the verdict only where that is Depends.
	Allowed bool
	// Reason says what decided, for such a request.
	Reason Reason
	// Conditions are what stands between, where the verdict is Depends.
	Conditions []Condition
	// Assumed are the condition keys whose values were taken to be those of an
	// ordinary call, with these values.
	Assumed map[string][]string

	decision *authz.Decision
}

// Reason is what decided.
type Reason struct {
	Text      string `json:"text"`
	Type      string `json:"type,omitempty"`   // "identity-based policy"
	Policy    string `json:"policy,omitempty"` // name or ARN
	Statement string `json:"statement,omitempty"`
}

// Condition is something that is not known and decides.
type Condition struct {
	Policy    string `json:"policy,omitempty"`
	Statement string `json:"statement,omitempty"`
	Effect    string `json:"effect,omitempty"` // of the statement
	// Operator, Key and Values are the condition as the document has it. A
	// variable in a Resource element has a key alone.
	Operator string   `json:"operator,omitempty"`
	Key      string   `json:"key,omitempty"`
	Values   []string `json:"values,omitempty"`
	// Unread, where there is no key, is what could not be read.
	Unread string `json:"unread,omitempty"`
}

// Ask answers a question for one principal.
func (w *World) Ask(q *Question, p *Principal) *Answer {
	a := w.asking(q, p)
	if reason := a.impossible(); reason != "" {
		return &Answer{Principal: p, Verdict: No, Reason: Reason{Text: reason}}
	}
	a.given = a.decide(asGiven)
	d := &a.given
	answer := &Answer{Principal: p, Allowed: d.Allowed, Verdict: verdict(d.Allowed), decision: d.Decision}
	if len(d.keys.unknown) > 0 || a.blind() {
		loose, tight := a.decide(loosest), a.decide(tightest)
		if loose.Allowed != tight.Allowed {
			answer.Verdict = Depends
			answer.Conditions = a.conditions(&loose)
		}
	}
	answer.Reason = a.reason()
	answer.Assumed = d.keys.assumptions()
	return answer
}

func verdict(allowed bool) Verdict {
	if allowed {
		return Yes
	}
	return No
}

// blind reports that there are policies or facts besides condition keys that
// are not known.
func (a *asking) blind() bool {
	return a.p.foreign || len(a.p.leftOut) > 0 || a.q.Resource.Unread != "" ||
		slices.ContainsFunc(a.q.Resource.Grants, func(g Grant) bool { return g.constrained() })
}

// impossible tells what no policy can allow.
func (a *asking) impossible() string {
	action, p := strings.ToLower(a.q.Action), a.p
	service, operation, _ := strings.Cut(action, ":")
	switch {
	case service == "sts" && strings.HasPrefix(operation, "assumerole") && p.Type == policy.Root && !p.foreign:
		return "roles may not be assumed by root users"
	case service == "kms" && isAccount(a.owner) && p.Account != a.owner && isPerson(p) && a.q.Resource.ARN != "*" && !shared[action]:
		return "KMS lets only the key's own account do " + a.q.Action
	case p.Type == policy.Anonymous && signed[service]:
		return "requests that are not signed are not taken"
	}
	return ""
}

// isPerson reports a principal of an account.
func isPerson(p *Principal) bool {
	return p.Type != policy.ServicePrincipal && p.Type != policy.Anonymous && p.Type != policy.Federated
}

// signed are services that take nothing that is not signed. Others do, as S3,
// or may: it is for their policies to say.
var signed = map[string]bool{
	"kms": true, "iam": true, "sts": true, "organizations": true, "dynamodb": true, "secretsmanager": true, "ec2": true, "cloudtrail": true,
}

// shared are the actions of KMS that a principal of another account can do
// ("AWS KMS permissions" of the Developer Guide, column "Cross-account use").
var shared = map[string]bool{
	"kms:creategrant": true, "kms:decrypt": true, "kms:derivesharedsecret": true, "kms:describekey": true, "kms:encrypt": true,
	"kms:generatedatakey": true, "kms:generatedatakeypair": true, "kms:generatedatakeypairwithoutplaintext": true,
	"kms:generatedatakeywithoutplaintext": true, "kms:generatemac": true, "kms:getkeyrotationstatus": true, "kms:getpublickey": true,
	"kms:listgrants": true, "kms:reencryptfrom": true, "kms:reencryptto": true, "kms:retiregrant": true, "kms:revokegrant": true,
	"kms:sign": true, "kms:verify": true, "kms:verifymac": true,
}

// conditions lists what stands between yes and no.
func (a *asking) conditions(loose *decision) []Condition {
	var list []Condition
	for _, r := range a.readings() {
		if v := a.world.variants.of(r.Policy, a.open); v != nil {
			list = append(list, a.openIn(&r, v)...)
		}
	}
	return append(list, a.notRead(loose)...)
}

// readings are the documents that decide.
func (a *asking) readings() []authz.Document {
	var docs []authz.Document
	if o := a.world.organization; o != nil && o.Membership != nil && !o.Membership.Management {
		if a.p.Account == o.Account && (a.p.identity == nil || !a.p.identity.ServiceLinked) {
			docs = append(docs, slices.Concat(o.Membership.SCPs...)...)
		}
		if a.owner == o.Account {
			docs = append(docs, slices.Concat(o.Membership.RCPs...)...)
		}
	}
	if p := a.policyFor(); p != nil && a.q.Resource.Unread == "" {
		docs = append(docs, authz.Document{Type: authz.ResourceBased, ID: a.q.Resource.ARN, Policy: p})
	}
	if acl := a.q.Resource.ACL; acl != nil {
		docs = append(docs, authz.Document{Type: authz.ResourceBased, ID: "access control list of " + a.q.Resource.ARN, Policy: acl})
	}
	if id := a.p.identity; id != nil {
		docs = append(docs, id.Policies...)
		if id.Boundary != nil {
			docs = append(docs, *id.Boundary)
		}
	}
	return append(docs, a.q.Session...)
}

// openIn lists the open conditions of the statements that apply to the request
// but for them.
func (a *asking) openIn(doc *authz.Document, v *variant) []Condition {
	var list []Condition
	for i := range v.open {
		s := &v.open[i]
		if s.effect == policy.Allow && a.evaluate(v.tight) == policy.Allow {
			continue // the policy allows without it
		}
		if a.evaluate(s.alone) == policy.NoMatch {
			continue
		}
		about := Condition{Policy: nameOf(doc), Statement: s.sid, Effect: s.effect.String()}
		for _, c := range s.conditions {
			open := about
			open.Operator, open.Key, open.Values = c.Operator, c.Key, c.Values
			list = append(list, open)
		}
		for _, key := range s.variables {
			open := about
			open.Key = key
			list = append(list, open)
		}
	}
	return list
}

// evaluate asks one policy.
func (a *asking) evaluate(p *policy.Policy) policy.Effect {
	r := a.query()
	return p.Evaluate(&r).Effect
}

// notRead lists what decides and could not be read.
func (a *asking) notRead(loose *decision) []Condition {
	var list []Condition
	if a.q.Resource.Unread != "" {
		list = append(list, Condition{Unread: "the policy of " + a.q.Resource.ARN + ": " + a.q.Resource.Unread})
	}
	for _, name := range a.p.leftOut {
		list = append(list, Condition{Policy: name, Unread: "policy " + name + " of " + a.p.ARN()})
	}
	switch {
	case a.p.everyone:
		list = append(list, Condition{Unread: "the policies of their own accounts"})
	case a.p.kind == "canonical-user":
		list = append(list, Condition{Unread: "the policies of the account of " + a.p.CanonicalUser})
	case a.p.kind == "account":
		list = append(list, Condition{Unread: "which of its principals the policies of account " + a.p.Account + " let"})
	case a.p.foreign:
		list = append(list, Condition{Unread: "the policies of account " + a.p.Account + ", and of its organization"})
	}
	if loose.Grant != "" {
		list = append(list, Condition{Policy: "grant " + loose.Grant, Key: "kms:EncryptionContext", Effect: policy.Allow.String()})
	}
	return list
}

// assumptions are the values of the keys that were asked for and assumed.
func (k *keys) assumptions() map[string][]string {
	if len(k.assumed) == 0 {
		return nil
	}
	values := make(map[string][]string)
	for _, key := range k.assumed {
		values[key], _ = k.env.Lookup(key)
	}
	return values
}

// sidOf names a statement by its Sid, or by its place where it has none.
func sidOf(sid string, index int) string {
	if sid != "" {
		return sid
	}
	return "statement " + strconv.Itoa(index+1)
}

func nameOf(doc *authz.Document) string {
	if doc.Type == authz.IdentityBased {
		return doc.ID
	}
	return string(doc.Type) + " " + doc.ID
}
