package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

var (
	restrictServicePrincipal = define(SecurityWarning, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths condition key to grant fine-grained access.")
	recommendedForService    = define(Suggestion, "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "To restrict access to the service principal %s operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of %s.")
	unsupportedKeyForService = define(Error, "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "The following condition keys are not supported when used with the service principal: %s.")
)

// sourceKeys tell for whom a service acts.
var sourceKeys = []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}

// ofPrincipals are keys that only requests of IAM's own principals have.
var ofPrincipals = []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid", "aws:username"}

// checkServicePrincipals looks whether a service that may use the resource may
// do so for anybody.
func (l *linter) checkServicePrincipals(s *statement) {
	services := s.principal.of("Service")
	if l.kind != policy.Resource && l.kind != policy.ResourceImplied || !s.allows() || len(services) == 0 {
		return
	}
	if s.principal.only("Service") {
		l.checkKeysForServices(s)
	}
	if s.has(sourceKeys...) {
		return
	}
	for _, p := range services {
		name, _, _ := strings.Cut(p.text, ".")
		if i := slices.IndexFunc(s.conditions, func(c condition) bool { return c.is("aws:Referer") || c.is("aws:SourceIp") }); i >= 0 {
			l.report(recommendedForService, s.conditions[i].keyPlace, name, s.conditions[i].key)
		} else {
			l.report(restrictServicePrincipal, p.place)
		}
	}
}

// checkKeysForServices reports keys that a request of a service never has.
func (l *linter) checkKeysForServices(s *statement) {
	var keys []string
	var where []place
	for i := range s.conditions {
		c := &s.conditions[i]
		if c.operator.needsKey() && slices.ContainsFunc(ofPrincipals, c.is) {
			keys = append(keys, c.key)
			where = append(where, c.keyPlace)
		}
	}
	if len(keys) > 0 {
		l.reportAll(unsupportedKeyForService, where, strings.Join(keys, ", "))
	}
}
