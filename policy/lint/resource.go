package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

var (
	arnAccountNotAllowed  = define(Error, "ARN_ACCOUNT_NOT_ALLOWED", "The service %s does not support specifying an account ID in the resource ARN.")
	arnRegionNotAllowed   = define(Error, "ARN_REGION_NOT_ALLOWED", "The service %s does not support specifying a Region in the resource ARN.")
	invalidARNAccount     = define(Error, "INVALID_ARN_ACCOUNT", "The resource ARN account ID %s is not valid. Provide a 12-digit account ID.")
	invalidARNPrefix      = define(Error, "INVALID_ARN_PREFIX", "Add the required prefix (arn) to the resource ARN.")
	invalidARNRegion      = define(Error, "INVALID_ARN_REGION", "The Region %s is not valid for this resource. Update the resource ARN to include a supported Region.")
	invalidARNResource    = define(Error, "INVALID_ARN_RESOURCE", "Resource ARN does not match the expected ARN format. Update the resource portion of the ARN.")
	invalidARNServiceCase = define(Error, "INVALID_ARN_SERVICE_CASE", "Update the service name %s in the resource ARN to use all lowercase letters.")
	invalidPartition      = define(Error, "INVALID_PARTITION", "The resource ARN for the service %s does not support the partition %s. Use the supported values: %s")
	invalidService        = define(Error, "INVALID_SERVICE", "The service %s does not exist. Use a valid service name.")
	missingARNAccount     = define(Error, "MISSING_ARN_ACCOUNT", "The resource %s in the arn is missing an account id. Please provide a 12 digit account id.")
	missingARNField       = define(Error, "MISSING_ARN_FIELD", "Resource ARNs must include at least %d fields in the following structure: arn:partition:service:region:account:resource")
	missingARNRegion      = define(Error, "MISSING_ARN_REGION", "Add a Region to the %s resource ARN.")
	redundantResource     = define(Suggestion, "REDUNDANT_RESOURCE", "The %d resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*)")

	unsupportedResourceARN = define(Error, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "The resource ARN is not supported for the resource-based policy attached to the resource type %s.")
)

// ownedByAWS are services of which AWS has resources of its own, in ARNs without
// an account: public parameters and documents, managed views.
var ownedByAWS = []string{"ssm", "resource-explorer-2", "ec2", "rds", "artifact", "bedrock", "imagebuilder", "sagemaker"}

var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

// checkResources looks at the ARNs of resources.
func (l *linter) checkResources(s *statement) {
	for _, element := range []*values{s.resources, s.notResources} {
		for _, v := range element.items() {
			if v.text != "*" {
				l.checkARN(v)
			}
		}
		l.checkRedundantResources(element)
	}
}

// arn is the text of a resource, taken apart.
type arn struct {
	value
	partition, service, region, account, resource string
}

// checkARN reports the first thing that is wrong with an ARN.
func (l *linter) checkARN(v value) {
	parts := strings.SplitN(v.text, ":", 6)
	switch {
	case parts[0] != "arn":
		l.report(invalidARNPrefix, v.place)
		return
	case len(parts) < 6:
		if !strings.HasSuffix(v.text, "*") { // what is missing may be anything
			l.report(missingARNField, v.place, 6)
		}
		return
	}
	a := arn{v, parts[1], parts[2], parts[3], parts[4], parts[5]}
	open := func(s string) bool { return wildcard(s) || variable(s) }
	service := strings.ToLower(a.service)
	known := len(l.catalogue.TypesInARN(service)) > 0 || l.catalogue.Service(service) != nil
	switch {
	case !open(a.partition) && !slices.Contains(partitions, a.partition):
		l.report(invalidPartition, v.place, a.service, a.partition, strings.Join(partitions, ", "))
	case open(a.service):
		l.report(wildcardInServiceName, v.place)
	case known && service != a.service:
		l.report(invalidARNServiceCase, v.place, a.service)
	case !known:
		l.report(invalidService, v.place, a.service)
	case a.region != "" && !open(a.region) && !slices.Contains(regions, a.region):
		l.report(invalidARNRegion, v.place, a.region)
	default:
		l.checkARNFormat(a)
	}
}

// checkARNFormat compares an ARN with the types of resources of its service.
func (l *linter) checkARNFormat(a arn) {
	if prefixes := servicesOf[l.ResourceType]; len(prefixes) > 0 && l.resourcePolicy() && !slices.Contains(prefixes, a.service) {
		l.report(unsupportedResourceARN, a.place, l.ResourceType)
		return
	}
	types := l.catalogue.TypesInARN(a.service)
	if len(types) == 0 {
		return // the reference does not say what its resources look like
	}
	var patterns []string
	for _, t := range types {
		for _, pattern := range t.ARNs {
			one := catalogue.ResourceType{ARNs: []string{anywhere(pattern)}}
			if one.Matches("arn:aws:" + a.service + ":*:*:" + a.resource) {
				patterns = append(patterns, pattern)
			}
		}
	}
	if len(patterns) == 0 {
		l.report(invalidARNResource, a.place)
		return
	}
	l.checkRegionAndAccount(a, patterns)
}

// anywhere is a pattern for which partition, region and account do not matter.
func anywhere(pattern string) string {
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) < 6 {
		return pattern
	}
	parts[1], parts[3], parts[4] = "*", "*", "*"
	return strings.Join(parts, ":")
}

// checkRegionAndAccount compares the two parts that may have to be empty.
func (l *linter) checkRegionAndAccount(a arn, patterns []string) {
	t := catalogue.ResourceType{ARNs: patterns}
	if t.Matches("arn:*:" + a.service + ":" + a.region + ":" + a.account + ":" + a.resource) {
		l.checkAccount(a, patterns)
		return
	}
	region, account := column(patterns, 3), column(patterns, 4)
	switch {
	case a.region != "" && region == never:
		l.report(arnRegionNotAllowed, a.place, a.service)
	case a.account != "" && account == never:
		l.report(arnAccountNotAllowed, a.place, a.service)
	case a.region == "" && region == always:
		l.report(missingARNRegion, a.place, a.service)
	case a.account == "" && account == always && slices.Contains(ownedByAWS, a.service):
	case a.account == "" && account == always:
		l.report(missingARNAccount, a.place, a.resource)
	default:
		l.report(invalidARNResource, a.place)
	}
}

// checkAccount looks at the account of an ARN that is otherwise in order.
func (l *linter) checkAccount(a arn, patterns []string) {
	if a.account == "" || wildcard(a.account) || variable(a.account) || accountID(a.account) {
		return
	}
	// "arn:aws:iam::aws:policy/…": the owner of what AWS manages.
	if a.account == "aws" || slices.ContainsFunc(patterns, func(p string) bool { return strings.Split(p, ":")[4] == a.account }) {
		return
	}
	l.report(invalidARNAccount, a.place, a.account)
}

// accountID says whether s has twelve digits.
func accountID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// presence says whether the patterns have something in a part of the ARN.
type presence uint8

const (
	sometimes presence = iota
	always
	never
)

func column(patterns []string, i int) presence {
	full := 0
	for _, p := range patterns {
		if strings.SplitN(p, ":", 6)[i] != "" {
			full++
		}
	}
	switch full {
	case 0:
		return never
	case len(patterns):
		return always
	}
	return sometimes
}

// checkRedundantResources reports ARNs that another one of the element covers.
func (l *linter) checkRedundantResources(element *values) {
	var where []place
	for _, v := range l.redundant(element.items(), func(s string) string { return s }, coversARN) {
		where = append(where, v.place)
	}
	if len(where) > 0 {
		l.reportAll(redundantResource, where, len(where))
	}
}

// coversARN is covers for resources, whose stars stay within their parts.
func coversARN(outer, inner string) bool {
	if outer == "*" || outer == inner {
		return true
	}
	if variable(outer) || variable(inner) {
		return false
	}
	for range 5 {
		o, restOuter, foundOuter := strings.Cut(outer, ":")
		i, restInner, foundInner := strings.Cut(inner, ":")
		if !foundOuter || !foundInner || !covers(o, i) {
			return false
		}
		outer, inner = restOuter, restInner
	}
	return covers(outer, inner)
}
