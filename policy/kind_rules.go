package policy

import (
	"slices"
	"strings"
)

// assumeActions are the operations that a role trust policy can be about.
var assumeActions = []string{
	"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity",
	"sts:tagsession", "sts:setsourceidentity", "sts:setcontext", "sts:assumeroot",
}

const reasonTrustAction = "AssumeRole policy may only specify STS AssumeRole actions."

// checkTrust refuses what a role trust policy cannot grant.
func checkTrust(s *statement) *MalformedError {
	if s.NotActions != nil {
		return malformed(ProblemAction, reasonTrustAction)
	}
	for _, action := range s.Actions {
		pattern := newActionPattern(action)
		ofSTS := strings.HasPrefix(strings.ToLower(action), "sts:")
		if !ofSTS || !slices.ContainsFunc(assumeActions, pattern.match) {
			return malformed(ProblemAction, reasonTrustAction)
		}
	}
	return nil
}

// checkRCP refuses what a resource control policy cannot say: it names no
// principals, has no NotAction, and only denies. The one exception is
// RCPFullAWSAccess, which every root, unit and account has attached.
func checkRCP(s *statement) *MalformedError {
	anyone := len(s.Principals) == 1 && s.Principals[0].Value == "*" && s.Principals[0].Kind == "*"
	full := slices.Equal(s.Actions, []string{"*"}) && slices.Equal(s.Resources, []string{"*"}) && len(s.Conditions) == 0
	if !anyone || s.NotActions != nil || s.Effect == Allow && !full {
		return malformed(ProblemKind, reasonOrganizations)
	}
	return nil
}
