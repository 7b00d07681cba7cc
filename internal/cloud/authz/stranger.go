package authz

import (
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// foreign reports that the resource is of another account than the caller.
func (d *Decision) foreign() bool { return d.Scope.Principal.Account != d.Request.Owner }

// toStranger reports a denial to a caller of another account whom nothing of
// the resource lets in.
func (d *Decision) toStranger() bool {
	if d.Allowed || !d.foreign() {
		return false
	}
	for _, p := range []*policy.Policy{d.Request.Policy, d.Request.ACL} {
		if p != nil && p.Evaluate(&d.query).Effect == policy.Allow {
			return false
		}
	}
	return true
}

// blind is the question to which a stranger gets the answer: the same about a
// resource of which nothing is known. Otherwise the caller's own policies could
// be made to tell what exists in another account and what properties it has: by
// a Deny with a condition on a tag, say, which is answered in other words when
// it matches. The answer is always a denial, since the resource's side is
// missing.
func (d *Decision) blind() Request {
	r := d.Request
	if r.Named != "" {
		r.Resource = r.Named
	}
	r.Policy, r.ACL, r.Gate, r.Grant = nil, nil, true, nil
	r.Tags, r.Keys = nil, nil
	return r
}

// ofResource reports a condition key, in lower case, that tells something of
// the resource. Those of services may or may not.
func ofResource(key string) bool {
	return !strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "aws:resourcetag/")
}

// ofOwner reports a policy that is the business of the resource's account.
func (t PolicyType) ofOwner() bool { return t == ResourceBased || t == ResourceControl }
