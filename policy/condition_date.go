package policy

import (
	"cmp"
	"strconv"
	"strings"
)

// dateMatcher compares points in time.
type dateMatcher struct {
	order  order
	values []instant
}

func newDateMatcher(o order, values []string) (dateMatcher, error) {
	m := dateMatcher{order: o, values: make([]instant, len(values))}
	for i, v := range values {
		t, ok := parseInstant(v)
		if !ok {
			return m, errOperand
		}
		m.values[i] = t
	}
	return m, nil
}

func (m dateMatcher) match(value string, _ Context) result {
	t, ok := parseInstant(value)
	if !ok {
		return missed
	}
	for _, v := range m.values {
		if m.order.accepts(t.compare(v)) {
			return matched
		}
	}
	return missed
}

// instant is a point in time. IAM takes years and epoch seconds far outside
// of what time.Time can tell apart.
type instant struct {
	seconds int64 // since 1970
	nanos   int64
}

func (t instant) compare(o instant) int {
	return cmp.Or(cmp.Compare(t.seconds, o.seconds), cmp.Compare(t.nanos, o.nanos))
}

// The years that IAM accepts.
const minYear, maxYear = -292275054, 292278993

// parseInstant reads seconds since 1970 or one of the W3C forms of ISO 8601,
// from a bare year with a T or a minus behind it to fractions of a second with
// a time zone. Without a zone the time is UTC.
func parseInstant(s string) (instant, bool) {
	date, clock, hasClock := cutAny(s, "Tt")
	if !hasClock && !strings.Contains(s, "-") {
		if !digits(s) {
			return instant{}, false
		}
		seconds, err := strconv.ParseInt(s, 10, 64)
		return instant{seconds: seconds}, err == nil
	}
	days, ok := parseDay(date)
	if !ok {
		return instant{}, false
	}
	t, ok := parseClock(clock)
	t.seconds += days * 86400
	return t, ok
}

// parseDay reads year, year-month or year-month-day as days since 1970.
func parseDay(s string) (int64, bool) {
	rest, before := strings.CutPrefix(s, "-")
	text, rest, hasMonth := strings.Cut(rest, "-")
	year, ok := number(text, 1, 9)
	if before {
		year = -year
	}
	if !ok || year < minYear || year > maxYear {
		return 0, false
	}
	month, day := int64(1), int64(1)
	if hasMonth {
		var hasDay bool
		text, rest, hasDay = strings.Cut(rest, "-")
		if month, ok = number(text, 1, 2); !ok || month < 1 || month > 12 {
			return 0, false
		}
		if hasDay {
			if day, ok = number(rest, 1, 2); !ok || day < 1 || day > daysIn(year, month) {
				return 0, false
			}
		}
	}
	return daysSince1970(year, month, day), true
}

// parseClock reads hours, minutes, seconds, fraction and zone, each optional
// if nothing follows it.
func parseClock(s string) (instant, bool) {
	s, offset, ok := cutZone(s)
	if !ok {
		return instant{}, false
	}
	t := instant{seconds: -offset}
	if s == "" {
		return t, true
	}
	s, fraction, hasFraction := strings.Cut(s, ".")
	if hasFraction {
		if t.nanos, ok = number(fraction, 1, 9); !ok {
			return instant{}, false
		}
		for range 9 - len(fraction) {
			t.nanos *= 10
		}
	}
	parts := 0
	for unit, more := int64(3600), true; more; unit /= 60 {
		var text string
		text, s, more = strings.Cut(s, ":")
		n, ok := number(text, 1, 2)
		if !ok || n > 59 || unit == 3600 && n > 23 || unit == 0 {
			return instant{}, false
		}
		t.seconds += n * unit
		parts++
	}
	return t, parts == 3 || !hasFraction
}

// cutZone splits off Z, +hh:mm or +hh and answers the offset in seconds.
func cutZone(s string) (clock string, offset int64, ok bool) {
	if strings.HasSuffix(s, "Z") || strings.HasSuffix(s, "z") {
		return s[:len(s)-1], 0, true
	}
	i := strings.IndexAny(s, "+-")
	if i < 0 {
		return s, 0, true
	}
	hours, minutes, hasMinutes := strings.Cut(s[i+1:], ":")
	h, ok := number(hours, 2, 2)
	m := int64(0)
	if ok && hasMinutes {
		m, ok = number(minutes, 2, 2)
	}
	offset = h*3600 + m*60
	if s[i] == '-' {
		offset = -offset
	}
	return s[:i], offset, ok && h <= 23 && m <= 59
}

// number reads a run of least to most digits.
func number(s string, least, most int) (int64, bool) {
	if len(s) < least || len(s) > most || !digits(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts in the proleptic Gregorian calendar, with years that
// begin in March, so that the leap day comes last.
func daysSince1970(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	const cycle = 400 * 365.2425 // days in 400 years
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	y := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	const marchZeroTo1970 = 719468
	return era*int64(cycle) + y*365 + y/4 - y/100 + dayOfYear - marchZeroTo1970
}
