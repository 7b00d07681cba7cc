package policy

import (
	"fmt"
	"slices"
	"strings"
)

var partitions = []string{
	"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc",
}

// iamPaths are what the last part of an IAM resource can begin with.
var iamPaths = []string{
	"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
	"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
}

// checkResources looks at every resource of the document. IAM reports what its
// older parser dislikes at once, and everything else only after it has checked
// statement ids and actions: that is the first result.
func (p *Policy) checkResources() (later, now *MalformedError) {
	for i := range p.statements {
		s := &p.statements[i]
		for _, resource := range slices.Concat(s.Resources, s.NotResources) {
			if later != nil {
				return later, nil
			}
			if failsLegacy(resource) {
				return nil, legacyError(ProblemResource)
			}
			if reason := badResource(resource); reason != "" {
				later = malformed(ProblemResource, reason)
			}
		}
	}
	return later, nil
}

// failsLegacy reports an ARN of a known partition that names no service, or
// that has an empty part and yet too few of them.
func failsLegacy(resource string) bool {
	parts := strings.Split(resource, ":")
	if len(parts) < 3 || !knownPartition(parts[1]) {
		return false
	}
	return parts[2] == "" || len(parts) <= arnColumns && strings.Contains(resource, "::")
}

// badResource is the reason to refuse a resource, "" if there is none.
func badResource(resource string) string {
	if resource == "*" {
		return ""
	}
	parts := strings.Split(resource, ":")
	switch {
	case len(parts) == 1:
		return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, resource)
	case !knownPartition(parts[1]):
		return fmt.Sprintf(`Partition "%s" is not valid for resource "%s".`, parts[1], padded(parts))
	case parts[0] != "arn":
		return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, resource)
	case len(parts) == 2 || strings.ContainsAny(parts[2], "*?"):
		return "Resource vendor must be fully qualified and cannot contain regexes."
	}
	if len(parts) <= arnColumns {
		return "" // cut short: what is missing is "*"
	}
	region, account, path := parts[3], parts[4], strings.Join(parts[5:], ":")
	switch parts[2] {
	case "iam":
		return badIAMResource(resource, region, path)
	case "s3":
		// Buckets have neither; access points have both.
		if region != "" && account == "" {
			return fmt.Sprintf("Resource %s can not contain region information.", resource)
		}
	}
	return ""
}

func badIAMResource(resource, region, path string) string {
	if region != "" {
		return fmt.Sprintf("IAM resource %s cannot contain region information.", resource)
	}
	if path == "root" || slices.ContainsFunc(iamPaths, func(start string) bool { return mayStart(path, start) }) {
		return ""
	}
	return `IAM resource path must either be "*", root, or start with ` + strings.Join(iamPaths, ", ") + "."
}

// mayStart reports whether a pattern can match text that begins with start.
func mayStart(pattern, start string) bool {
	if i := strings.IndexAny(pattern, "*?$"); i >= 0 && i < len(start) {
		return strings.HasPrefix(start, pattern[:i])
	}
	return strings.HasPrefix(pattern, start)
}

func knownPartition(s string) bool {
	p, err := parsePattern(s, syntax{wildcards: true})
	return err == nil && slices.ContainsFunc(partitions, func(known string) bool {
		return p.match(known, nil) == matched
	})
}

// padded is the ARN as IAM repeats it: begun with arn, and with a star for
// each part that is missing.
func padded(parts []string) string {
	full := append([]string{"arn"}, parts[1:]...)
	for len(full) <= arnColumns {
		full = append(full, "*")
	}
	return strings.Join(full, ":")
}
