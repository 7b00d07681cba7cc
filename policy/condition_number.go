package policy

import (
	"errors"
	"strings"
)

// errOperand refuses a value that does not fit its operator.
var errOperand = errors.New("value does not fit the operator")

// numberMatcher compares integers and decimals, exactly and of any length.
type numberMatcher struct {
	order  order
	values []decimal
}

func newNumberMatcher(o order, values []string) (numberMatcher, error) {
	m := numberMatcher{order: o, values: make([]decimal, len(values))}
	for i, v := range values {
		d, ok := parseDecimal(v)
		if !ok {
			return m, errOperand
		}
		m.values[i] = d
	}
	return m, nil
}

func (m numberMatcher) match(value string, _ Context) result {
	d, ok := parseDecimal(value)
	if !ok {
		return missed
	}
	for _, v := range m.values {
		if m.order.accepts(d.compare(v)) {
			return matched
		}
	}
	return missed
}

// decimal is a number as its digits, without the zeros that do not count.
type decimal struct {
	negative        bool
	whole, fraction string
}

func parseDecimal(s string) (decimal, bool) {
	var d decimal
	switch {
	case strings.HasPrefix(s, "-"):
		d.negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if !digits(whole) || !digits(fraction) || whole == "" || point && fraction == "" {
		return decimal{}, false
	}
	d.whole = strings.TrimLeft(whole, "0")
	d.fraction = strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false // there is one zero
	}
	return d, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare orders two numbers as cmp.Compare does.
func (d decimal) compare(o decimal) int {
	switch {
	case d.negative != o.negative:
		if d.negative {
			return -1
		}
		return 1
	case d.negative:
		return o.magnitude(d)
	}
	return d.magnitude(o)
}

func (d decimal) magnitude(o decimal) int {
	if n := len(d.whole) - len(o.whole); n != 0 {
		return n
	}
	if n := strings.Compare(d.whole, o.whole); n != 0 {
		return n
	}
	return strings.Compare(d.fraction, o.fraction)
}
