package lint

import "net/netip"

var (
	typeMismatchIPRange       = define(Error, "TYPE_MISMATCH_IP_RANGE", "The condition operator %s is used with an invalid IP range value. Specify the IP range in standard CIDR format.")
	improveIPRange            = define(Suggestion, "IMPROVE_IP_RANGE", "The non-zero bits in the IP address after the masked bits are ignored. Replace address with %s.")
	privateIPAddress          = define(Error, "PRIVATE_IP_ADDRESS", "aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses.")
	privateNotIPAddress       = define(Error, "PRIVATE_NOT_IP_ADDRESS", "The values for condition key aws:SourceIp include only private IP addresses and has no effect. aws:SourceIp works only for public IP address ranges. Update the value to include only public IP addresses.")
	privateIPAddressSubset    = define(Suggestion, "PRIVATE_IP_ADDRESS_SUBSET", "The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.")
	privateNotIPAddressSubset = define(Suggestion, "PRIVATE_NOT_IP_ADDRESS_SUBSET", "The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses have no effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.")
)

// checkAddresses looks at ranges of addresses.
func (l *linter) checkAddresses(c *condition) {
	if c.operator.family != ipFamily {
		return
	}
	private, public := 0, 0
	for _, v := range c.values {
		if variable(v.text) {
			return // checkVariables has it
		}
		r, ok := parseRange(v.text)
		switch {
		case !ok:
			l.report(typeMismatchIPRange, v.place, c.name)
			continue
		case r != r.Masked():
			l.report(improveIPRange, v.place, r.Masked().String())
		}
		if isPrivate(r) {
			private++
		} else {
			public++
		}
	}
	if c.is("aws:SourceIp") && private > 0 {
		l.report(privateCheck(c.operator.negated, public > 0), c.place)
	}
}

func privateCheck(negated, mixed bool) *check {
	switch {
	case negated && mixed:
		return privateNotIPAddressSubset
	case negated:
		return privateNotIPAddress
	case mixed:
		return privateIPAddressSubset
	}
	return privateIPAddress
}

// parseRange reads a range, or an address alone.
func parseRange(s string) (netip.Prefix, bool) {
	if r, err := netip.ParsePrefix(s); err == nil {
		return r, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// privateRanges are the addresses that no request from outside a VPC has:
// those of RFC 1918, RFC 6598 and RFC 4193, loopback and link-local ones.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

// isPrivate says whether all of a range is private.
func isPrivate(r netip.Prefix) bool {
	for _, private := range privateRanges {
		if private.Bits() <= r.Bits() && private.Contains(r.Addr()) {
			return true
		}
	}
	return false
}
