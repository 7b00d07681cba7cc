package compare

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// candidates are values of a key such that every outcome of the atoms that some
// value has is that of one of them. The atoms are of one family. It reports
// false where that is not certain.
func (q *question) candidates(k *keyInfo, f family, atoms []*atom, e *environment) ([]string, bool) {
	switch {
	case f == presence || len(atoms) == 0:
		return []string{k.example()}, true
	case k.typ == "Bool" && f == textual:
		return []string{"true", "false"}, true
	case f == textual:
		return q.texts(k, atoms, e)
	}
	var values []string
	complete := true
	switch f {
	case numeric:
		values, complete = numbers(atoms)
	case dated:
		values, complete = dates(atoms)
	case addressed:
		values = addresses(atoms)
	}
	if !k.typed(f) {
		values = append(values, "example") // neither a number nor a date nor an address
	}
	return values, complete
}

// example is a value of the key where it does not matter which.
func (k *keyInfo) example() string {
	switch k.typ {
	case "Bool":
		return "true"
	case "Numeric":
		return "1"
	case "Date":
		return "2025-01-01T00:00:00Z"
	case "IPAddress":
		return "192.0.2.1"
	case "ARN", "ArrayOfARN":
		return "arn:aws:iam::123456789012:role/example"
	}
	return "example"
}

// texts has one text for each set of the atoms' values that some text matches.
func (q *question) texts(k *keyInfo, atoms []*atom, e *environment) ([]string, bool) {
	m := &machine{}
	for _, a := range atoms {
		for _, g := range a.spell(e) {
			m.add(g, false)
		}
	}
	// Values that have an environment of their own are told apart from others,
	// and left out.
	apart := e.apart(k.name)
	for _, v := range apart {
		m.add(text(v), false)
	}
	values := []string{k.example()}
	complete := m.explore(&q.budget, func(_ []bool, w word) bool {
		values = append(values, w.String())
		return true
	})
	return slices.DeleteFunc(values, func(v string) bool { return slices.Contains(apart, v) }), complete
}

// numbers are each number that an atom compares with, what lies just above it,
// and what is below all.
func numbers(atoms []*atom) (values []string, complete bool) {
	digits := 0
	var list []string
	for _, a := range atoms {
		for _, v := range a.values {
			v = strings.TrimPrefix(v, "+")
			_, fraction, _ := strings.Cut(v, ".")
			digits = max(digits, len(fraction))
			list = append(list, v)
		}
	}
	if digits > 200 {
		return nil, false
	}
	// Numbers of so many digits behind the point are further from each other
	// than a unit of the next digit.
	for _, v := range canonical(list) {
		whole, fraction, _ := strings.Cut(v, ".")
		padded := whole + "." + fraction + strings.Repeat("0", digits-len(fraction))
		values = append(values, v, nudged(padded, "1"), nudged(padded, "-1"))
	}
	return values, true
}

// nudged is a decimal a little above ("1") or below ("-1") the given one.
func nudged(v, by string) string {
	magnitude, negative := strings.CutPrefix(v, "-")
	if (by == "1") != negative {
		return v + "1" // further from zero
	}
	if strings.Trim(magnitude, "0.") == "" {
		if negative {
			return magnitude + "1"
		}
		return "-" + magnitude + "1"
	}
	// Nearer to zero: one unit less, and a nine behind it.
	b := []byte(magnitude)
	for i := len(b) - 1; i >= 0; i-- {
		switch {
		case b[i] == '.':
			continue
		case b[i] == '0':
			b[i] = '9'
			continue
		}
		b[i]--
		break
	}
	sign := ""
	if negative {
		sign = "-"
	}
	return sign + string(b) + "9"
}

// dates are each date that an atom compares with, and the moments before and
// after it.
func dates(atoms []*atom) (values []string, complete bool) {
	complete = true
	for _, a := range atoms {
		for _, v := range a.values {
			seconds, nanos, ok := policy.ParseDate(v)
			if !ok {
				continue
			}
			values = append(values, v)
			for _, step := range []int64{-1, 1} {
				t := time.Unix(seconds, nanos+step).UTC()
				text := t.Format("2006-01-02T15:04:05.999999999Z")
				s, n, ok := policy.ParseDate(text)
				if !ok || s != t.Unix() || n != int64(t.Nanosecond()) {
					complete = false // a year that time cannot write
					continue
				}
				values = append(values, text)
			}
		}
	}
	return values, complete
}

// addresses are the addresses at which some range begins or behind which one
// ends: between two of these nothing changes.
func addresses(atoms []*atom) []string {
	starts := []netip.Addr{
		netip.IPv4Unspecified(), netip.IPv6Unspecified(),
		// Behind the addresses that are IPv4 in IPv6, which count as IPv4.
		netip.MustParseAddr("::1:0:0:0"),
	}
	for _, a := range atoms {
		for _, v := range a.values {
			p, ok := prefixOf(v)
			if !ok {
				continue
			}
			starts = append(starts, p.Masked().Addr())
			if next := last(p).Next(); next.IsValid() {
				starts = append(starts, next)
			}
		}
	}
	var values []string
	for _, s := range starts {
		if !slices.Contains(values, s.String()) {
			values = append(values, s.String())
		}
	}
	return values
}

func prefixOf(s string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(s); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err == nil && p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, err == nil
}

// last is the last address of a range.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}
