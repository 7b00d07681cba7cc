package lint

import (
	"strings"

	"github.com/fortlet/fortlet/policy"
)

var (
	unsupportedSid        = define(Error, "UNSUPPORTED_SID", "Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]")
	uniqueSidsRequired    = define(Error, "UNIQUE_SIDS_REQUIRED", "Duplicate statement IDs are not supported for this policy type. Update the Sid value.")
	uniqueSidsRecommended = define(Warning, "UNIQUE_SIDS_RECOMMENDED", "We recommend that you use statement IDs that are unique to your policy. Update the Sid value.")
)

// checkSid looks at a statement's id. IAM's own policies and those of
// organizations are strict, the services that keep resource policies are not.
func (l *linter) checkSid(s *statement) {
	if s.sid == nil || s.sid.text == "" {
		return
	}
	strict := l.kind != policy.Resource && l.kind != policy.ResourceImplied
	letters := strings.Trim(s.sid.text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	if strict && l.kind != policy.Trust && !letters && !variable(s.sid.text) {
		l.report(unsupportedSid, s.sid.place)
	}
	for _, other := range l.doc.statements[:s.index] {
		if other.sid != nil && other.sid.text == s.sid.text {
			c := uniqueSidsRecommended
			if strict {
				c = uniqueSidsRequired
			}
			l.report(c, s.sid.place)
			return
		}
	}
}
