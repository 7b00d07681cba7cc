package lint

import (
	"unicode/utf8"

	"github.com/fortlet/fortlet/policy"
)

var (
	sizeOfIdentityPolicy = define(Warning, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "The %d characters in the identity policy, excluding whitespace, exceed the %d character maximum for inline and managed policies. We recommend that you use multiple granular policies.")
	sizeOfResourcePolicy = define(Warning, "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", "The %d characters in the resource policy exceed the %d character maximum for resource policies. We recommend that you use multiple granular policies.")
	sizeOfTrustPolicy    = define(Warning, "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning.")
	sizeOfSCP            = define(Error, "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "The %d characters in the service control policy (SCP) exceed the %d character maximum for SCPs. We recommend that you use multiple granular policies.")
	sizeOfRCP            = define(Error, "POLICY_SIZE_EXCEEDS_RCP_QUOTA", "The %d characters in the resource control policy (RCP) exceed the %d character maximum for RCPs. We recommend that you use multiple granular policies.")
	documentTooLarge     = defineOwn(Error, "DOCUMENT_TOO_LARGE", "The document has %d bytes. One of more than %d is not looked at further.")
)

// The quotas, in characters.
const (
	identityQuota = 6144
	resourceQuota = 20480 // a bucket policy's; others are the same or smaller
	trustQuota    = 2048
	scpQuota      = 10_240
	rcpQuota      = 5120
)

// largest is the size in bytes up to which a document is looked at: several times
// what any service of AWS takes.
const largest = 256 << 10

// checkSize reports a document that is larger than its quota. It answers whether
// to go on.
func (l *linter) checkSize() bool {
	all := place{end: len(l.text)}
	if len(l.text) > largest {
		// Not one of Access Analyzer's, and yet always said: nothing else will be.
		l.found = append(l.found, found{documentTooLarge, documentTooLarge.sprintf(len(l.text), largest), []place{{}}})
		return false
	}
	switch l.kind {
	case policy.SCP, policy.RCP:
		c, quota := sizeOfSCP, scpQuota
		if l.kind == policy.RCP {
			c, quota = sizeOfRCP, rcpQuota
		}
		if n := utf8.RuneCountInString(l.text); n > quota {
			l.report(c, all, n, quota)
		}
	case policy.Trust:
		if policy.Size(l.text) > trustQuota {
			l.report(sizeOfTrustPolicy, all)
		}
	case policy.Resource, policy.ResourceImplied:
		if n := utf8.RuneCountInString(l.text); n > resourceQuota {
			l.report(sizeOfResourcePolicy, all, n, resourceQuota)
		}
	default:
		if n := policy.Size(l.text); n > identityQuota {
			l.report(sizeOfIdentityPolicy, all, n, identityQuota)
		}
	}
	return true
}
