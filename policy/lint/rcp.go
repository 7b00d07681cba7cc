package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

var (
	rcpSyntaxErrorNotAction = define(Error, "RCP_SYNTAX_ERROR_NOTACTION", "RCPs do not support the NotAction element. Update to use the Action element.")
	rcpSyntaxErrorAction    = define(Error, "RCP_SYNTAX_ERROR_ACTION", "RCPs only support specifying select service prefixes in the Action element. Learn more here.")
	rcpSyntaxErrorPrincipal = define(Error, "RCP_SYNTAX_ERROR_PRINCIPAL", "The Principal element contents are not valid. RCPs only support specifying all principals (\"*\") in the Principal element. The NotPrincipal element is not supported for RCPs.")
	rcpSyntaxErrorAllow     = define(Error, "RCP_SYNTAX_ERROR_ALLOW", "RCPs only support specifying all principals (\"*\") in the Principal element, all resources (\"*\") in the Resource element, and no Condition element with an effect of Allow.")

	rcpMissingPrincipalKey     = define(Warning, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", "RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block \"BoolIfExists\": { \"aws:PrincipalIsAWSService\": \"false\"} whenever a principal key %s is used.")
	rcpMissingServiceKey       = define(Warning, "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to your principals, an additional statement should be added to the Condition block \"BoolIfExists\": { \"aws:PrincipalIsAWSService\": \"true\"} whenever the key %s is used.")
	rcpMissingServiceNullCheck = define(Warning, "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", "The specified service may have a service integration that does not require the use of the %[1]s condition key. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block \"Null\": { \"aws:SourceAccount\": \"false\"} or \"Null\": { \"aws:SourceArn\": \"false\"} whenever the key %[1]s is used.")
)

// checkRCP looks at what resource control policies cannot say.
func (l *linter) checkRCP(s *statement) {
	if l.kind != policy.RCP {
		return
	}
	if s.notActions != nil {
		l.report(rcpSyntaxErrorNotAction, s.notActions.place)
	}
	if s.notPrincipal != nil {
		l.report(rcpSyntaxErrorPrincipal, s.notPrincipal.place)
	} else if s.principal != nil && !s.principal.star {
		l.report(rcpSyntaxErrorPrincipal, s.principal.place)
	}
	if s.allows() && (s.node.member("Condition") != nil || !slices.Equal(s.resources.texts(), []string{"*"})) {
		l.report(rcpSyntaxErrorAllow, s.place)
	}
	for _, v := range s.actions.items() {
		prefix, _, found := strings.Cut(v.text, ":")
		if service := l.catalogue.Service(prefix); found && service != nil && !service.RCP {
			l.report(rcpSyntaxErrorAction, v.place)
		}
	}
}

// checkRCPConditions looks whether a resource control policy hits services, or
// principals, that it does not mean.
func (l *linter) checkRCPConditions(s *statement) {
	if l.kind != policy.RCP || !s.denies() {
		return
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		source := c.is("aws:SourceOrgID") || c.is("aws:SourceOrgPaths") || c.is("aws:SourceAccount")
		switch {
		case c.operator.family == nullFamily:
		case slices.ContainsFunc(ofPrincipals[:4], c.is) && !s.has("aws:PrincipalIsAWSService"):
			l.report(rcpMissingPrincipalKey, c.keyPlace, c.key)
		case source && !s.has("aws:PrincipalIsAWSService"):
			l.report(rcpMissingServiceKey, c.keyPlace, c.key)
		case source && !c.is("aws:SourceAccount") && !s.nullCheck("aws:SourceAccount") && !s.nullCheck("aws:SourceArn"):
			l.report(rcpMissingServiceNullCheck, c.keyPlace, c.key)
		}
	}
}

// nullCheck says whether the statement asks that a request has a key.
func (s *statement) nullCheck(key string) bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool {
		return c.is(key) && c.operator.family == nullFamily
	})
}
