// Package textbody finds sensitive data in free text: payment card numbers,
// IBANs, social security numbers and e-mail addresses.
//
// [Walk] works on a body of any length, [Find] on a value in memory. Both read
// the text as UTF-8; a body in another encoding is refused, since a card number
// in UTF-16 would pass unseen.
//
// A pattern is a heuristic. It errs on the side of sealing: where two readings
// of a row of digits are card numbers, both are covered, and the digits may be
// those of any script, parted by spaces, dashes, dots or characters that are
// not seen at all. What it cannot know is a value written in words, or parted
// by markup or line ends. A field that is known should be chosen by its name.
package textbody

import (
	"iter"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// A finder gives the first match of its pattern in b that starts at from or
// later; start is -1 where there is none. Whether there is a match at a place
// depends on the character before it and on fewer than reach bytes from it.
type finder = func(b []byte, from int) (start, end int)

// reach is how far past its start a match, with what must follow it, extends:
// the longest is an address of 64 bytes, an at sign and 255 bytes.
const reach = 512

// Lookup gives the finder of the pattern of that name, of which there are
//
//   - pan: a payment card number, 13 to 19 digits of an issuer's range whose
//     last is the Luhn check digit (ISO/IEC 7812-1);
//   - iban: an account number of a country of the IBAN registry, of that
//     country's length and with remainder 1 (ISO 13616-1, ISO 7064);
//   - ssn: a United States social security number, written with separators and
//     within the ranges that can be issued;
//   - email: an e-mail address whose domain has at least two labels.
func Lookup(name string) (next func(text []byte, from int) (start, end int), ok bool) {
	switch name {
	case "pan":
		return findPAN, true
	case "iban":
		return findIBAN, true
	case "ssn":
		return findSSN, true
	case "email":
		return findEmail, true
	}
	return nil, false
}

// A Match is where a pattern of a rule was found: text[Start:End].
type Match struct {
	Rule       int
	Start, End int
}

// Find gives the places in text that hold one of the patterns, in order and
// apart from one another. Where matches overlap they are one, of the rule whose
// match begins first; of two that begin together, of the rule that comes first.
func Find(patterns []body.Pattern, text []byte) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		s := newSearch(patterns)
		for from := 0; ; {
			m, ok := s.next(text, from)
			if !ok || !yield(m) {
				return
			}
			from = m.End
		}
	}
}

// A search looks for several patterns in one buffer at once.
type search struct {
	patterns []body.Pattern
	ahead    []lookout
}

// A lookout is what one pattern finds next.
type lookout struct {
	looked     bool
	start, end int // start -1: nothing more
}

func newSearch(patterns []body.Pattern) *search {
	return &search{patterns: patterns, ahead: make([]lookout, len(patterns))}
}

// reset forgets what was found, for a buffer whose bytes have moved.
func (s *search) reset() { clear(s.ahead) }

// next gives the first match from there on, joined with all that overlap it.
// Joining matters: of "4000 0000 0000 4111 1111 1111 1111" the first sixteen
// digits may pass the check by chance, and sealing them alone would leave the
// tail of the true number in the clear.
func (s *search) next(b []byte, from int) (Match, bool) {
	best := Match{Start: -1}
	for i := range s.patterns {
		found := s.lookAhead(i, b, from)
		if found.start >= 0 && (best.Start < 0 || found.start < best.Start) {
			best = Match{s.patterns[i].Rule, found.start, found.end}
		}
	}
	if best.Start < 0 {
		return best, false
	}
	for from := best.Start; ; {
		to := best.End
		for _, p := range s.patterns {
			best.End = max(best.End, furthest(p.Next, b, from, to))
		}
		if best.End == to {
			return best, true
		}
		from = to
	}
}

// lookAhead gives the next match of the i-th pattern, looking only where it
// has not looked before.
func (s *search) lookAhead(i int, b []byte, from int) lookout {
	l := &s.ahead[i]
	if !l.looked || l.start >= 0 && l.start < from {
		l.looked = true
		l.start, l.end = s.patterns[i].Next(b, from)
	}
	return *l
}

// furthest gives the furthest end of the matches that start in [from, to).
func furthest(find finder, b []byte, from, to int) int {
	end := -1
	b = b[:min(len(b), to+reach)] // no match that starts before to goes beyond
	for from < to {
		s, e := find(b, from)
		if s < 0 || s >= to {
			break
		}
		end = max(end, e)
		from = s + 1
	}
	return end
}
