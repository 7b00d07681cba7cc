package lint

import (
	"slices"
	"strings"
)

var (
	invalidAction             = define(Error, "INVALID_ACTION", "The action %s does not exist.%s")
	invalidServiceInAction    = define(Error, "INVALID_SERVICE_IN_ACTION", "The service %s specified in the action does not exist.%s")
	wildcardInServiceName     = define(Suggestion, "WILDCARD_IN_SERVICE_NAME", "Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.")
	redundantAction           = define(Suggestion, "REDUNDANT_ACTION", "The %d action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: %s.")
	unsupportedActionInPolicy = define(Error, "UNSUPPORTED_ACTION_IN_POLICY", "The action %s is not supported for the resource-based policy attached to the resource type %s.")
)

// checkActions looks at the names of actions.
func (l *linter) checkActions(s *statement) {
	for _, element := range []*values{s.actions, s.notActions} {
		for _, v := range element.items() {
			l.checkAction(v)
		}
		l.checkRedundantActions(element)
	}
}

func (l *linter) checkAction(v value) {
	service, _, found := strings.Cut(v.text, ":")
	switch {
	case v.text == "*" || variable(v.text):
		return
	case !found || service == "":
		l.report(invalidAction, v.place, v.text, "")
	case wildcard(service):
		l.report(wildcardInServiceName, v.place)
		if !l.expands(v.text) {
			l.report(invalidAction, v.place, v.text, "")
		}
	case l.catalogue.Service(service) == nil:
		l.report(invalidServiceInAction, v.place, service, didYouMean(l.nearest(service, l.prefixes)))
	case !l.expands(v.text):
		l.report(invalidAction, v.place, v.text, didYouMean(l.nearestAction(v.text)))
	default:
		l.checkActionForResource(v, service)
	}
}

// expands says whether the pattern stands for any action. One that there is no
// budget to look for is taken to.
func (l *linter) expands(pattern string) bool {
	if !wildcard(pattern) {
		return l.catalogue.Action(pattern) != nil
	}
	actions, ok := l.expand(pattern)
	if !ok {
		return true
	}
	for range actions {
		return true
	}
	return false
}

// didYouMean is the second half of a message, if there is something to suggest.
func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return " Did you mean " + name + "?"
}

func (l *linter) prefixes() []string {
	var list []string
	for _, s := range l.catalogue.Services {
		list = append(list, s.Prefix)
	}
	return list
}

// nearestAction is the action of the same service that was probably meant.
func (l *linter) nearestAction(action string) string {
	service, name, _ := strings.Cut(action, ":")
	s := l.catalogue.Service(service)
	if s == nil || wildcard(name) {
		return ""
	}
	name = l.nearest(name, func() (names []string) {
		for i := range s.Actions {
			names = append(names, s.Actions[i].Name)
		}
		return names
	})
	if name == "" {
		return ""
	}
	return s.Prefix + ":" + name
}

// checkActionForResource looks whether the action is one that a policy of the
// given resource type can be about.
func (l *linter) checkActionForResource(v value, service string) {
	prefixes := servicesOf[l.ResourceType]
	if len(prefixes) > 0 && l.resourcePolicy() && !slices.Contains(prefixes, strings.ToLower(service)) {
		l.report(unsupportedActionInPolicy, v.place, v.text, l.ResourceType)
	}
}

// servicesOf are the services whose actions the policy of a resource type can
// name.
var servicesOf = map[string][]string{
	"AWS::S3::Bucket":                    {"s3"},
	"AWS::S3::AccessPoint":               {"s3"},
	"AWS::S3::MultiRegionAccessPoint":    {"s3"},
	"AWS::S3ObjectLambda::AccessPoint":   {"s3-object-lambda"},
	"AWS::IAM::AssumeRolePolicyDocument": {"sts"},
	"AWS::DynamoDB::Table":               {"dynamodb"},
}

// checkRedundantActions reports actions that another pattern of the element
// stands for, too.
func (l *linter) checkRedundantActions(element *values) {
	redundant := l.redundant(element.items(), strings.ToLower, covers)
	if len(redundant) == 0 {
		return
	}
	var where []place
	for _, v := range redundant {
		where = append(where, v.place)
	}
	l.reportAll(redundantAction, where, len(where), redundant[len(redundant)-1].text)
}
