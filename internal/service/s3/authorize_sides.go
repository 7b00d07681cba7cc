package s3

import (
	"cmp"
	"context"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// owner is the account whose permission the question is about: the bucket's,
// or that of an object which another account owns.
func (m *made) owner(q *question) string {
	if m.ofOther(q) {
		return cmp.Or(q.object.Owner, anonymousOwner)
	}
	return m.row.Account
}

// anonymousOwner stands for the owner of what somebody has uploaded who did not
// sign. It must not be empty: to authz that is the caller's own account.
const anonymousOwner = "anonymous"

// ofOther reports a question about an object that does not belong to the
// bucket's owner. The bucket's owner may delete and replace it all the same.
func (m *made) ofOther(q *question) bool {
	return q.object != nil && !m.enforced && q.object.Owner != m.row.Account && !ofBucket[q.action]
}

// ofBucket are the actions on objects that are for the bucket's owner to allow,
// whoever owns the object.
var ofBucket = map[string]bool{
	"s3:PutObject":                true,
	"s3:DeleteObject":             true,
	"s3:DeleteObjectVersion":      true,
	"s3:AbortMultipartUpload":     true,
	"s3:ListMultipartUploadParts": true,
	// Retention binds the owners of objects too: who wrote one version must not
	// by that be let past the governance of all.
	"s3:BypassGovernanceRetention": true,
}

// policyFor is the policy that counts for a caller. The root user of the
// bucket's owner may always mend the policy, whatever it says.
func (m *made) policyFor(p *authz.Principal, q *question) *policy.Policy {
	switch {
	case m.policy == nil || p.Type == policy.Root && p.Account == m.row.Account && ofPolicy[q.action]:
		return nil
	case m.restricts(p):
		return restricted
	case m.ofOther(q):
		return m.denies
	}
	return m.policy
}

var ofPolicy = map[string]bool{"s3:GetBucketPolicy": true, "s3:PutBucketPolicy": true, "s3:DeleteBucketPolicy": true}

// restricts reports that RestrictPublicBuckets keeps a caller out: with a public
// policy in place everybody but the bucket owner's own and the services.
func (m *made) restricts(p *authz.Principal) bool {
	return m.restrict && m.public && p.Account != m.row.Account && p.Type != policy.ServicePrincipal
}

// restricted is what a bucket's policy is to those whom RestrictPublicBuckets
// keeps out.
var restricted = func() *policy.Policy {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Sid":"RestrictPublicBuckets","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`, policy.Resource)
	if err != nil {
		panic(err)
	}
	return p
}()

// aclFor is the access control list that counts for a question, nil for none.
func (m *made) aclFor(ctx context.Context, s *Service, p *authz.Principal, q *question) (*policy.Policy, error) {
	switch {
	case m.enforced:
		return nil, nil
	case q.object == nil:
		return m.acl, nil
	case !ofBucket[q.action]:
		return s.objectACL(ctx, m, q)
	case q.object.Owner != p.Account:
		// Only the owner of an object, or of the bucket, replaces or deletes it.
		return nil, nil
	}
	return m.aclOfOwn, nil
}
