package exposure

import (
	"net/netip"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// tellingKey is a condition key by which a policy can tell those whom it knows
// from the public, if it compares it with a fixed value.
type tellingKey struct {
	key      string
	operator string // that compares it with values which may have wildcards
	fixed    func(value string) bool
}

// telling are those keys: those of S3's list, and those of the Service
// Authorization Reference that are their like. The tags of principals are not
// among them: any account can give them to its own.
var telling = []tellingKey{
	{"aws:PrincipalOrgID", "StringEquals", plain},
	{"aws:SourceOrgID", "StringEquals", plain},
	{"aws:PrincipalOrgPaths", "ForAnyValue:StringLike", fixedPath},
	{"aws:SourceOrgPaths", "ForAnyValue:StringLike", fixedPath},
	{"aws:PrincipalAccount", "StringEquals", plain},
	{"aws:SourceAccount", "StringEquals", plain},
	{"aws:SourceOwner", "StringEquals", plain},
	{"kms:CallerAccount", "StringEquals", plain},
	{"s3:DataAccessPointAccount", "StringEquals", plain},
	{"aws:PrincipalArn", "ArnLike", fixedARN},
	{"aws:SourceArn", "ArnLike", fixedARN},
	{"s3:DataAccessPointArn", "ArnLike", fixedARN},
	{"lambda:SourceFunctionArn", "ArnLike", fixedARN},
	{"aws:SourceVpc", "StringEquals", plain},
	{"aws:SourceVpcArn", "ArnLike", fixedARN},
	{"aws:SourceVpce", "StringEquals", plain},
	{"aws:VpceAccount", "StringEquals", plain},
	{"aws:VpceOrgID", "StringEquals", plain},
	{"aws:VpceOrgPaths", "ForAnyValue:StringLike", fixedPath},
	{"aws:SourceIp", "IpAddress", narrow},
	{"aws:VpcSourceIp", "IpAddress", narrow},
	{"aws:userid", "StringLike", fixedUser},
	{"aws:PrincipalIsAWSService", "Bool", func(v string) bool { return strings.EqualFold(v, "true") }},
	{"aws:PrincipalServiceName", "StringEquals", plain},
}

// collect adds the fixed values of a condition on a telling key to those of the
// key.
func collect(values map[string][]string, c policy.Condition) {
	for _, t := range telling {
		if !strings.EqualFold(t.key, c.Key) {
			continue
		}
		for _, v := range c.Values {
			if t.fixed(v) {
				values[t.key] = append(values[t.key], v)
			}
		}
	}
}

// plain reports a value that stands for itself: without wildcards and variables.
func plain(v string) bool { return v != "" && !strings.ContainsAny(v, "*?$") }

// fixedPath reports a path of an organization that names at least that.
func fixedPath(v string) bool {
	org, _, found := strings.Cut(v, "/")
	return found && plain(org)
}

// fixedARN reports an ARN of one account or one resource.
func fixedARN(v string) bool {
	parts := strings.SplitN(v, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && !strings.Contains(v, "$") && (plain(v) || isAccount(parts[4]))
}

// fixedUser reports a unique id, of which the name of the session may be any.
func fixedUser(v string) bool {
	id, _, _ := strings.Cut(v, ":")
	return plain(id) && !strings.Contains(v, "$")
}

// narrow reports a range of addresses that is not very broad, or private.
func narrow(v string) bool {
	p, err := netip.ParsePrefix(v)
	if err != nil {
		a, err := netip.ParseAddr(v)
		return err == nil && a.IsValid()
	}
	switch {
	case p.Addr().IsPrivate():
		return p.Bits() >= 7 // fc00::/7 is the broadest
	case p.Addr().Is4():
		return p.Bits() >= 8
	}
	return p.Bits() >= 32
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }
