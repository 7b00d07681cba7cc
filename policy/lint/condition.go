package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

var (
	invalidConditionKeyFormat  = define(Error, "INVALID_CONDITION_KEY_FORMAT", "The condition key format is not valid. Use the format service:keyname.")
	invalidGlobalConditionKey  = define(Error, "INVALID_GLOBAL_CONDITION_KEY", "The condition key %s does not exist. Use a valid condition key.")
	invalidServiceConditionKey = define(Error, "INVALID_SERVICE_CONDITION_KEY", "The condition key %s does not exist in the service %s. Use a valid condition key.")
	missingTagKeyInCondition   = define(Error, "MISSING_TAG_KEY_IN_CONDITION", "The condition key %[1]s must include a tag key to control access based on tags. Use the format %[1]stag-key and specify a key name for tag-key.")
	deprecatedGlobalKey        = define(Warning, "DEPRECATED_GLOBAL_CONDITION_KEY", "We recommend that you update aws:ARN to use the newer condition key aws:PrincipalArn.")
	untrustworthyConditionKey  = define(SecurityWarning, "UNTRUSTWORTHY_CONDITION_KEY", "The %s condition key is not recommended for access control as it can be spoofed/manipulated by the caller.")
	missingQualifier           = define(Error, "MISSING_QUALIFIER", "The request context key %s has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.")
	forAllValuesSingleValued   = define(SecurityWarning, "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "Using ForAllValues qualifier with the single-valued condition key %s can be overly permissive. We recommend that you remove ForAllValues:.")
	missingPairedKeys          = define(SecurityWarning, "MISSING_PAIRED_CONDITION_KEYS", "Using the condition key %s can be overly permissive without also using the following condition keys: %s. Condition keys like this one are more secure when paired with a related key. We recommend that you add the related condition keys to the same condition block.")
	dynamoDBAttributes         = define(SecurityWarning, "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", "Restricting dynamodb:Attributes without also setting dynamodb:Select to SPECIFIC_ATTRIBUTES allows all attributes to be returned on read requests that omit a projection expression. We recommend that you also set dynamodb:Select to SPECIFIC_ATTRIBUTES.")
	s3PrefixInNegativeContext  = define(SecurityWarning, "S3_PREFIX_IN_NEGATIVE_CONTEXT", "Using the s3:prefix condition key in a Deny statement or with a negated string operator does not block listing the objects under the matching prefixes. A request that specifies a shorter prefix does not match the condition and can still list those objects. To restrict listing to specific prefixes, use s3:prefix with StringLike in an Allow statement, or use a Deny statement with StringNotLike.")
	onlySupportedServices      = define(Warning, "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", "The condition key %s works only with specific AWS services and must be scoped to supported services in your policies.")
)

// checkConditions looks at the condition keys of a statement.
func (l *linter) checkConditions(s *statement) {
	for i := range s.conditions {
		c := &s.conditions[i]
		if key, known := l.checkKey(c); known && c.known {
			l.checkKeyUse(s, c, key)
			l.checkValues(s, c, key)
		}
	}
}

// tagKeys are the keys that go on with the key of a tag.
var tagKeys = []string{"aws:ResourceTag/", "aws:RequestTag/", "aws:PrincipalTag/"}

// checkKey looks whether the key exists.
func (l *linter) checkKey(c *condition) (*catalogue.ConditionKey, bool) {
	prefix, name, found := strings.Cut(c.key, ":")
	for _, tag := range tagKeys {
		if strings.EqualFold(c.key, tag) || strings.EqualFold(c.key+"/", tag) {
			l.report(missingTagKeyInCondition, c.keyPlace, tag)
			return nil, false
		}
	}
	switch {
	case !found || prefix == "" || name == "":
		l.report(invalidConditionKeyFormat, c.keyPlace)
	case c.is("aws:ARN"):
		l.report(deprecatedGlobalKey, c.keyPlace)
	case variable(c.key):
	default:
		if key := l.catalogue.ConditionKey(c.key); key != nil {
			return key, true
		}
		l.unknownKey(c, prefix)
	}
	return nil, false
}

func (l *linter) unknownKey(c *condition, prefix string) {
	service := l.catalogue.Service(prefix)
	switch {
	case strings.EqualFold(prefix, "aws"):
		l.report(invalidGlobalConditionKey, c.keyPlace, c.key)
	case service != nil:
		l.report(invalidServiceConditionKey, c.keyPlace, c.key, service.Prefix)
	case !strings.Contains(prefix, "."): // the names of identity providers are anybody's
		l.report(invalidService, c.keyPlace, prefix)
	}
}

// checkKeyUse looks at how the key is used.
func (l *linter) checkKeyUse(s *statement, c *condition, key *catalogue.ConditionKey) {
	multi := strings.HasPrefix(key.Type, "ArrayOf")
	switch {
	case c.operator.family == nullFamily:
	case multi && c.operator.qualifier == "":
		l.report(missingQualifier, c.keyPlace, c.key)
	case !multi && c.operator.qualifier == "forallvalues" && !audience(c.key):
		l.report(forAllValuesSingleValued, c.keyPlace, c.key)
	}
	if s.allows() && (c.is("aws:Referer") || c.is("aws:UserAgent")) && c.operator.family == stringFamily {
		l.report(untrustworthyConditionKey, c.keyPlace, c.key)
	}
	if c.is("aws:VpcSourceIp") && !s.has("aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn") {
		l.report(missingPairedKeys, c.keyPlace, c.key, "aws:SourceVpc")
	}
	if s.allows() && c.is("dynamodb:Attributes") && !s.has("dynamodb:Select") {
		l.report(dynamoDBAttributes, c.keyPlace)
	}
	if c.is("s3:prefix") && c.operator.family == stringFamily && s.effect != "" && c.operator.negated == s.allows() {
		l.report(s3PrefixInNegativeContext, c.keyPlace)
	}
	everything := s.notActions != nil || slices.ContainsFunc(s.actions.items(), func(v value) bool { return v.text == "*" })
	if everything && slices.ContainsFunc([]string{"aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"}, c.is) {
		l.report(onlySupportedServices, c.keyPlace, c.key)
	}
}

var (
	unsupportedActionForKey   = define(Error, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "The following actions: %s are not supported by the condition key %s. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.")
	denyUnsupportedTag        = define(SecurityWarning, "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "Using the effect Deny with the tag condition key %s and actions for services with the following prefixes can be overly permissive: %s. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key.")
	denyNotActionTag          = define(SecurityWarning, "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "Using the effect Deny with NotAction and the tag condition key %s can be overly permissive because some service actions are not denied by this statement. This is because the condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.")
	allowUnsupportedTag       = define(Suggestion, "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "Using the effect Allow with the tag condition key %s and actions for services with the following prefixes does not affect the policy: %s. Actions for the listed service are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key.")
	allowNotActionTag         = define(Suggestion, "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "Using the effect Allow with NotAction and the tag condition key %s allows only service actions that support the condition key. The condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.")
	irrelevantKeyInPolicy     = define(Suggestion, "IRRELEVANT_CONDITION_KEY_IN_POLICY", "The condition key %s is not relevant for the %s policy.  Use this key in an identity-based policy to govern access to this resource.")
	bucketAndAccessPointTypes = []string{"AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint"}
)

// checkKeysOfActions looks whether the actions of a statement have the keys of
// its conditions.
func (l *linter) checkKeysOfActions(s *statement) {
	for i := range s.conditions {
		c := &s.conditions[i]
		key := l.catalogue.ConditionKey(c.key)
		if !c.known || key == nil || !c.operator.needsKey() && !(s.denies() && c.operator.negated) {
			continue
		}
		if c.is("s3:ResourceAccount") && slices.Contains(bucketAndAccessPointTypes, l.ResourceType) {
			l.report(irrelevantKeyInPolicy, c.keyPlace, c.key, l.ResourceType)
		}
		if !l.spend(stepsOfAction * len(s.actions.items())) {
			return
		}
		switch prefix, _, _ := strings.Cut(key.Name, ":"); {
		case catalogue.KeyIs("aws:ResourceTag/${TagKey}", c.key):
			l.checkTagKey(s, c)
		case l.catalogue.Service(prefix) != nil && c.operator.needsKey():
			l.checkServiceKey(s, c, key)
		}
	}
}

// stepsOfAction are the steps of looking for an action's key. They also bound how
// long the messages get that name the actions, one for each key.
const stepsOfAction = 16

// checkServiceKey reports the exact actions that do not have a service's key.
func (l *linter) checkServiceKey(s *statement, c *condition, key *catalogue.ConditionKey) {
	var without []string
	with := false
	for _, name := range s.actions.texts() {
		if wildcard(name) {
			return
		}
		// These come with a request to assume a role and have its keys.
		if slices.Contains([]string{"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"}, strings.ToLower(name)) {
			continue
		}
		if a := l.catalogue.Action(name); a != nil {
			if a.HasKey(key.Name) {
				with = true
			} else {
				without = append(without, name)
			}
		}
	}
	// Where no action has it, the reference may not tell which ones do.
	if with && len(without) > 0 {
		l.report(unsupportedActionForKey, c.keyPlace, strings.Join(without, ", "), c.key)
	}
}

// checkTagKey reports services whose actions know nothing of the tags of their
// resources.
func (l *linter) checkTagKey(s *statement, c *condition) {
	if s.notActions != nil {
		if s.denies() && c.operator.needsKey() {
			l.report(denyNotActionTag, c.keyPlace, c.key)
		} else if s.allows() {
			l.report(allowNotActionTag, c.keyPlace, c.key)
		}
		return
	}
	var services []string
	for _, pattern := range s.actions.texts() {
		if a := l.withoutKey(pattern, "aws:ResourceTag/${TagKey}"); a != nil && !slices.Contains(services, a.Service.Prefix) {
			services = append(services, a.Service.Prefix)
		}
	}
	switch {
	case len(services) == 0:
	case s.allows():
		l.report(allowUnsupportedTag, c.keyPlace, c.key, strings.Join(services, ", "))
	case s.denies() && c.operator.needsKey():
		l.report(denyUnsupportedTag, c.keyPlace, c.key, strings.Join(services, ", "))
	}
}

// withoutKey is an action of the pattern, if none that it stands for has the key.
func (l *linter) withoutKey(pattern, key string) *catalogue.Action {
	if service, _, _ := strings.Cut(pattern, ":"); wildcard(service) {
		return nil
	}
	actions, ok := l.expand(pattern)
	if !ok {
		return nil
	}
	var one *catalogue.Action
	for a := range actions {
		if a.HasKey(key) {
			return nil
		}
		one = a
	}
	return one
}
