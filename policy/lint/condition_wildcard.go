package lint

import (
	"slices"
	"strings"
)

var (
	wildcardUsageSensitive = define(Error, "WILDCARD_USAGE_TOO_PERMISSIVE", "The wildcard is not allowed in the condition key %s. We consider the key to be sensitive and wildcards are not allowed to be used with sensitive keys. Refer to https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for the list of sensitive keys.")
	variableUsageSensitive = define(Error, "VARIABLE_USAGE_TOO_PERMISSIVE", "The policy variable is not allowed in the condition key %s. We consider the key to be sensitive and policy variables can be evaluated as effective wildcards. Therefore policy variables are not allowed to be used with sensitive keys. Refer to https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for the list of sensitive keys.")
	wildcardUsageUserID    = define(Error, "WILDCARD_USAGE_TOO_PERMISSIVE", "Overly permissive use of wildcard with aws:userID. Use the wildcard on the right side of colon or as the only character on the left side of a colon.")
	equivalentToNullFalse  = define(Suggestion, "EQUIVALENT_TO_NULL_FALSE", "We recommend replacing the key %[1]s in the condition block of %[2]s with {%[1]s: false} to ensure better enforcement of the condition.")
	equivalentToNullTrue   = define(Suggestion, "EQUIVALENT_TO_NULL_TRUE", "We recommend replacing the key %[1]s in the condition block of %[2]s with {%[1]s: true} to ensure better enforcement of the condition.")
	redundantKeyWildcard   = define(Suggestion, "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "The key %s in the condition block of %s is redundant because it is always matched. Remove this key to simplify the condition.")
	redundantStmtWildcard  = define(Suggestion, "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "The key %s in the condition block of %s does not match any values. Remove this key to simplify the condition.")
	forAnyValueAudience    = define(SecurityWarning, "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "Using ForAnyValue qualifier with the single-valued condition key %s can be overly permissive. We recommend that you remove ForAnyValue:.")
	confirmAudience        = define(Suggestion, "CONFIRM_AUDIENCE_CLAIM_TYPE", "The \"%s\" (%s) claim key identifies the recipients that the JSON web token is intended for. Because this claim is single-valued, do not use a qualifier.")
)

// sensitive are the keys in which AWS sees no use for a wildcard: see "Sensitive
// condition keys" in its page on global condition context keys.
var sensitive = []string{
	"aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:SourceAccount",
	"aws:SourceOrgID", "aws:SourceVpc", "aws:SourceVpce", "aws:VpceAccount", "aws:VpceOrgID",
}

// checkWildcards looks at values that stand for many.
func (l *linter) checkWildcards(s *statement, c *condition) {
	l.checkAudience(c)
	if !c.operator.like {
		return
	}
	for _, v := range c.values {
		switch {
		case v.text == "*":
			l.checkStar(c)
		case slices.ContainsFunc(sensitive, c.is) && wildcard(v.text):
			l.report(wildcardUsageSensitive, v.place, c.key)
		case slices.ContainsFunc(sensitive, c.is) && variable(v.text):
			l.report(variableUsageSensitive, v.place, c.key)
		case c.is("aws:userid") && tooWide(v.text):
			l.report(wildcardUsageUserID, v.place)
		}
	}
}

// tooWide says whether the part of a user id before the colon, which is the
// unique id of a role, has a wildcard and something else besides.
func tooWide(userID string) bool {
	role, _, found := strings.Cut(userID, ":")
	return wildcard(role) && (!found || role != "*")
}

// checkStar looks at a comparison with any text at all.
func (l *linter) checkStar(c *condition) {
	op := c.operator
	switch {
	case op.negated && op.qualifier == "foranyvalue":
		l.report(redundantStmtWildcard, c.keyPlace, c.key, c.name)
	case op.negated:
		l.report(equivalentToNullTrue, c.keyPlace, c.key, c.name)
	case op.ifExists || op.qualifier == "forallvalues":
		l.report(redundantKeyWildcard, c.keyPlace, c.key, c.name)
	default:
		l.report(equivalentToNullFalse, c.keyPlace, c.key, c.name)
	}
}

// audience says whether a key is the audience claim of an identity provider.
func audience(key string) bool {
	return strings.HasSuffix(strings.ToLower(key), ":aud") && strings.Contains(key, ".")
}

// checkAudience looks at qualifiers of a claim that has one value.
func (l *linter) checkAudience(c *condition) {
	switch {
	case !audience(c.key):
	case c.operator.qualifier == "foranyvalue":
		l.report(forAnyValueAudience, c.keyPlace, c.key)
	case c.operator.qualifier == "forallvalues":
		l.report(confirmAudience, c.keyPlace, c.key, "aud")
	}
}
