package organizations

import (
	"time"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
)

// The quotas of an organization. Where AWS raises one on demand, it is what can
// be had.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const (
	maxAccounts = 10_000
	maxUnits    = 2000
	maxDepth    = 5
	maxTags     = 50

	// Of accounts that may be closed within closingPeriod: the higher of
	// minClosings and a part of all, but never more than maxClosings.
	closingPeriod = 30 * day
	minClosings   = 250
	maxClosings   = 1000

	// An account that the organization has made can leave after waitPeriod, and
	// one that was closed is gone after postClosure.
	waitPeriod  = 4 * day
	postClosure = 90 * day

	// How long an invitation and the offer of all features stand, and how long
	// what became of them is shown.
	invitationPeriod  = 15 * day
	allFeaturesPeriod = 90 * day
	shownPeriod       = 30 * day

	day = 24 * time.Hour
)

// limits are the quotas of a policy type: how many policies an organization has,
// how many of them are attached to one target, and how long one is.
type limits struct{ policies, attached, size int }

// limitsOf are the quotas of a policy type. Those of service control policies
// were doubled in May 2026.
func limitsOf(policyType string) limits {
	switch orgapi.PolicyType(policyType) {
	case orgapi.PolicyTypeServiceControlPolicy:
		return limits{10_000, 10, 10_240}
	case orgapi.PolicyTypeResourceControlPolicy:
		return limits{1000, 5, 5120}
	case orgapi.PolicyTypeAiservicesOptOutPolicy:
		return limits{1000, 5, 2500}
	case orgapi.PolicyTypeChatbotPolicy:
		return limits{1000, 5, 10_000}
	}
	return limits{1000, 10, 10_000}
}
