package access

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Public reports whether a bucket policy is public, by the User Guide's "The
// meaning of public": it is, unless every statement that allows something
// allows it to fixed values only.
func Public(p *policy.Policy) bool {
	return slices.ContainsFunc(p.Statements(), func(s policy.Statement) bool {
		return s.Effect == policy.Allow && !fixedPrincipals(&s) && !slices.ContainsFunc(s.Conditions, limits)
	})
}

// fixedPrincipals reports a statement whose principals are all named. Those of
// an identity provider are not: anybody can have an account there.
func fixedPrincipals(s *policy.Statement) bool {
	return len(s.Principals) > 0 && !slices.ContainsFunc(s.Principals, func(p policy.PrincipalElement) bool {
		return p.Kind == "*" || p.Kind == "Federated" || !fixed(p.Value)
	})
}

// fixed reports a value without wildcards and policy variables.
func fixed(value string) bool {
	return !strings.ContainsAny(value, "*?") && !strings.Contains(value, "${")
}

// fixing are the condition keys that can tell who is meant.
var fixing = map[string]bool{
	"aws:principalaccount":      true,
	"aws:principalarn":          true,
	"aws:principalorgid":        true,
	"aws:principalorgpaths":     true,
	"aws:principalservicename":  true,
	"aws:sourceaccount":         true,
	"aws:sourcearn":             true,
	"aws:sourceorgid":           true,
	"aws:sourceorgpaths":        true,
	"aws:sourceowner":           true,
	"aws:sourcevpc":             true,
	"aws:sourcevpce":            true,
	"aws:userid":                true,
	"s3:dataaccesspointaccount": true,
	"s3:dataaccesspointarn":     true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true,
}

// limits reports a condition that limits a statement to fixed values.
func limits(c policy.Condition) bool {
	operator := strings.ToLower(c.Operator)
	if len(c.Values) == 0 || !demands(operator) {
		return false
	}
	key := strings.ToLower(c.Key)
	switch {
	case key == "aws:sourceip":
		return strings.HasSuffix(operator, "ipaddress") && !slices.ContainsFunc(c.Values, broad)
	case !fixing[key]:
		return false
	case key == "s3:dataaccesspointarn":
		return !slices.ContainsFunc(c.Values, func(v string) bool { return !fixedAccessPoint(v) })
	}
	return !slices.ContainsFunc(c.Values, func(v string) bool { return !fixed(v) })
}

// demands reports an operator under which the key must be in the request and
// have one of the values. IfExists and ForAllValues are content without the key.
func demands(operator string) bool {
	operator = strings.TrimPrefix(operator, "foranyvalue:")
	switch operator {
	case "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress":
		return true
	}
	return false
}

// fixedAccessPoint reports the ARN of an access point of a fixed account: only
// the name may have wildcards.
func fixedAccessPoint(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && len(parts[4]) == 12 && fixed(parts[4])
}

// broad reports a range of addresses that is as good as everybody: "broader
// than /8 for IPv4 and /32 for IPv6 (excluding RFC1918 private ranges)".
func broad(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		_, err := netip.ParseAddr(cidr)
		return err != nil
	}
	// ::ffff:0:0/96 is all of IPv4.
	if addr, bits := prefix.Addr(), prefix.Bits(); addr.Is4In6() && bits >= 96 {
		return bits-96 < 8
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() < 8
	}
	return prefix.Bits() < 32
}
