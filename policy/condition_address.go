package policy

import "net/netip"

// addressMatcher compares IP addresses with ranges.
type addressMatcher []netip.Prefix

func newAddressMatcher(values []string) (addressMatcher, error) {
	m := make(addressMatcher, len(values))
	for i, v := range values {
		p, ok := parsePrefix(v)
		if !ok {
			return nil, errOperand
		}
		m[i] = p
	}
	return m, nil
}

// parsePrefix reads a range in CIDR form, or one address.
func parsePrefix(s string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, true
}

func (m addressMatcher) match(value string, _ Context) result {
	addr, err := netip.ParseAddr(value)
	if err != nil {
		return missed
	}
	// A dual-stack listener sees IPv4 callers as ::ffff:a.b.c.d.
	addr = addr.Unmap()
	for _, p := range m {
		if p.Contains(addr) {
			return matched
		}
	}
	return missed
}
