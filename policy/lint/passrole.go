package lint

import (
	"slices"
	"strings"
)

// The findings of a statement that allows one dangerous action of IAM on too
// much, by how the action and the resource are named.
type broadChecks struct {
	notResource, starActionNotResource, notActionNotResource *check
	starResource, starActionResource, starResourceNotAction  *check
}

var passRole = broadChecks{
	notResource:           define(SecurityWarning, "PASS_ROLE_WITH_NOT_RESOURCE", "Using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead."),
	starActionNotResource: define(SecurityWarning, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "Using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead."),
	notActionNotResource:  define(SecurityWarning, "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "Using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources.. We recommend that you specify resource ARNs instead."),
	starResource:          define(SecurityWarning, "PASS_ROLE_WITH_STAR_IN_RESOURCE", "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."),
	starActionResource:    define(SecurityWarning, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."),
	starResourceNotAction: define(SecurityWarning, "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "Using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement."),
}

var createSLR = broadChecks{
	notResource:           define(Warning, "CREATE_SLR_WITH_NOT_RESOURCE", "Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked roles for multiple resources. We recommend that you specify resource ARNs instead."),
	starActionNotResource: define(Warning, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "Using an action with a wildcard(*) and NotResource can allow creation of unintended service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead."),
	notActionNotResource:  define(Warning, "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "Using NotAction with NotResource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead."),
	starResource:          define(Warning, "CREATE_SLR_WITH_STAR_IN_RESOURCE", "Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended service-linked roles. We recommend that you specify resource ARNs instead."),
	starActionResource:    define(Warning, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "Using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead."),
	starResourceNotAction: define(Warning, "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "Using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead."),
}

// checkBroadIAM looks for statements that allow to pass, or to have made, more
// roles than is meant.
func (l *linter) checkBroadIAM(s *statement) {
	if !s.allows() || l.resourcePolicy() {
		return
	}
	if !s.has("iam:PassedToService") {
		l.checkBroad(s, "iam:passrole", passRole)
	}
	if !s.has("iam:AWSServiceName") {
		l.checkBroad(s, "iam:createservicelinkedrole", createSLR)
	}
}

func (l *linter) checkBroad(s *statement, action string, checks broadChecks) {
	named, starred := namesAction(s.actions, action)
	if s.notActions != nil && s.actions == nil {
		if n, st := namesAction(s.notActions, action); n != nil || st != nil {
			return
		}
	} else if named == nil && starred == nil {
		return
	}
	resource := broadResource(s.resources)
	where := func(element *value, other place) []place {
		if element != nil {
			return []place{element.place, other}
		}
		return []place{s.notActions.place, other}
	}
	switch {
	case s.notResources != nil && named != nil:
		l.reportAll(checks.notResource, where(named, s.notResources.place))
	case s.notResources != nil && starred != nil:
		l.reportAll(checks.starActionNotResource, where(starred, s.notResources.place))
	case s.notResources != nil:
		l.reportAll(checks.notActionNotResource, where(nil, s.notResources.place))
	case resource == nil:
	case named != nil:
		l.reportAll(checks.starResource, where(named, resource.place))
	case starred != nil:
		l.reportAll(checks.starActionResource, where(starred, resource.place))
	default:
		l.reportAll(checks.starResourceNotAction, where(nil, resource.place))
	}
}

// namesAction is where an element names an action, and where it only stands for
// it.
func namesAction(element *values, action string) (named, starred *value) {
	for _, v := range element.items() {
		switch {
		case strings.EqualFold(v.text, action):
			named = &v
		case starred == nil && coversFold(v.text, action):
			starred = &v
		}
	}
	return named, starred
}

// broadResource is the first resource that is every role there is.
func broadResource(resources *values) *value {
	for _, v := range resources.items() {
		parts := strings.SplitN(v.text, ":", 6)
		whole := len(parts) == 6 && slices.Contains([]string{"*", "role*", "role/*", "*/*"}, parts[5])
		if v.text == "*" || whole || len(parts) < 6 && strings.HasSuffix(v.text, "*") && coversARNStart(v.text) {
			return &v
		}
	}
	return nil
}

// coversARNStart says whether an ARN that is cut short can be a role's.
func coversARNStart(text string) bool {
	for _, whole := range []string{"arn:", "arn:aws:", "arn:aws:iam:", "arn:aws:iam::"} {
		if strings.TrimSuffix(text, "*") == whole {
			return true
		}
	}
	return false
}
