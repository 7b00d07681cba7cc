package access

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// The reasons for which S3 refuses a bucket policy that is well formed.
const (
	invalidAction   = "Policy has invalid action"
	invalidResource = "Policy has invalid resource"
	invalidKey      = "Policy has an invalid condition key"
	idleAction      = "Action does not apply to any resource(s) in statement"
	idleConditions  = "Conditions do not apply to combination of actions and resources in statement"
)

// CheckPolicy is the reason for which S3 refuses a policy of a bucket, "" for
// none: every statement must be about the bucket or its objects, its actions
// about what it names, and its conditions about its actions.
func CheckPolicy(p *policy.Policy, bucketARN string) string {
	for _, s := range p.Statements() {
		if reason := checkStatement(&s, bucketARN); reason != "" {
			return reason
		}
	}
	return ""
}

func checkStatement(s *policy.Statement, bucketARN string) string {
	of := level{}
	for _, r := range slices.Concat(s.Resources, s.NotResources) {
		l := levelOf(r, bucketARN)
		if l == (level{}) {
			return invalidResource
		}
		of.bucket, of.object = of.bucket || l.bucket, of.object || l.object
	}
	if s.NotResources != nil {
		of = level{bucket: true, object: true} // what is left
	}
	for _, a := range slices.Concat(s.Actions, s.NotActions) {
		l := level{bucket: anyMatches(a, bucketActions), object: anyMatches(a, objectActions)}
		switch {
		case l == level{}:
			return invalidAction
		case s.NotActions == nil && !(l.bucket && of.bucket) && !(l.object && of.object):
			return idleAction
		}
	}
	return checkConditions(s)
}

func checkConditions(s *policy.Statement) string {
	for _, c := range s.Conditions {
		key := strings.ToLower(c.Key)
		if !known(key) {
			return invalidKey
		}
		actions := actionsOf(key)
		if actions == nil || s.NotActions != nil {
			continue
		}
		if !slices.ContainsFunc(s.Actions, func(a string) bool { return anyMatches(a, actions) }) {
			return idleConditions
		}
	}
	return ""
}

// level is what a resource or an action is about.
type level struct{ bucket, object bool }

func levelOf(resource, bucketARN string) level {
	return level{bucket: glob(resource, bucketARN), object: globStart(resource, bucketARN+"/")}
}

func anyMatches(pattern string, actions []string) bool {
	pattern = strings.ToLower(pattern)
	return slices.ContainsFunc(actions, func(a string) bool { return glob(pattern, strings.ToLower(a)) })
}
