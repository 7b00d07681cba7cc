package reach

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// Question is what is asked: may somebody do Action on Resource?
type Question struct {
	Action   string // "s3:GetObject"
	Resource *Resource
	// Given are condition keys of the request, in lower case. They come before
	// what would follow from the principal or the resource.
	Given policy.Keys
	// Absent are keys, in lower case, that the request does not have.
	Absent []string
	// Session are the session policies with which the principal's session was
	// made.
	Session []authz.Document
}

// Resource is what the action is done to, with all that decides about it
// besides IAM.
type Resource struct {
	ARN    string // or "*"
	Owner  string // account; by default the one in the ARN, else that of the World
	Region string // by default the one in the ARN

	// Policy is the resource's own policy, nil where it has none.
	Policy *policy.Policy
	// ACL are the grants of its access control list, as statements.
	ACL *policy.Policy
	// Gate says that the policy is the only way in, as with KMS keys and roles.
	Gate bool
	// Grants are the grants of a KMS key.
	Grants []Grant
	// AWSManaged says that it is AWS's own: an AWS managed KMS key.
	AWSManaged bool
	// Restricted says that RestrictPublicBuckets keeps all but the owner's own
	// principals and services out.
	Restricted bool
	Tags       map[string]string
	TagsKnown  bool        // Tags are all that there are
	Keys       policy.Keys // condition keys that follow from the resource, in lower case

	// Unread, where not empty, is why the policy is not known although the
	// resource may have one.
	Unread string
	// Notes are what else was not considered.
	Notes []string
}

// owner is the account of the resource.
func (r *Resource) owner(fallback string) string {
	if r.Owner != "" {
		return r.Owner
	}
	if parts := strings.SplitN(r.ARN, ":", 6); len(parts) == 6 && isAccount(parts[4]) {
		return parts[4]
	}
	return fallback
}

// region is the Region of the resource, "" where it has none.
func (r *Resource) region() string {
	if r.Region != "" {
		return r.Region
	}
	if parts := strings.SplitN(r.ARN, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}

// ofPolicy are the actions by which the root user of a bucket's owner may
// always mend the bucket's policy, whatever that says.
var ofPolicy = []string{"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"}

// policyFor is the policy that counts for a caller.
func (a *asking) policyFor() *policy.Policy {
	r, p, own := a.q.Resource, a.p, a.p.Account == a.owner
	switch {
	case r.Policy != nil && own && p.Type == policy.Root && slices.Contains(ofPolicy, strings.ToLower(a.q.Action)):
		return nil
	case r.Restricted && !own && p.Type != policy.ServicePrincipal:
		return restricted
	}
	return r.Policy
}

// restricted is what a bucket's policy is to those whom RestrictPublicBuckets
// keeps out.
var restricted = must(`{"Version":"2012-10-17","Statement":{"Sid":"RestrictPublicBuckets","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`, policy.Resource)
