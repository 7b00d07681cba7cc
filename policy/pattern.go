package policy

import (
	"strings"
	"unicode/utf8"
)

// result is what a comparison says. The third answer keeps a negation from
// turning "cannot say" into "yes".
type result uint8

const (
	missed     result = iota
	matched           // the value is the one that the policy means
	unresolved        // a policy variable has no value, so there is nothing to compare with
)

func resultOf(ok bool) result {
	if ok {
		return matched
	}
	return missed
}

// negate is what a negated element makes of a comparison with the policy's
// values. Where a variable has no value a Deny still applies and an Allow does
// not: whichever way the statement errs, it errs on the closed side.
func (r result) negate(e Effect) bool {
	if r == unresolved {
		return e == Deny
	}
	return r == missed
}

type tokenType uint8

const (
	literalToken  tokenType = iota
	starToken               // any run of characters
	anyToken                // any one character
	variableToken           // the value of a condition key, taken literally
)

type token struct {
	typ  tokenType
	text string // the literal, or the variable's key in lower case
	slot int    // of a variable: its place among the resolved values

	fallback    string // the variable's default value
	hasFallback bool
}

// pattern is a compiled value of a policy: literal text, wildcards and variables.
type pattern struct {
	tokens []token
	slots  int // how many variables there are

	// exact is set where the pattern is nothing but literal; prefix where it is
	// literal with one star at the end that may match anything.
	exact, prefix bool
	literal       string

	// columns is how many leading colons of the text no wildcard may cross.
	// Five make an ARN compare part by part: since a wildcard cannot take any
	// of the five delimiters, each must meet one in the pattern, in order.
	columns int
}

// finish derives the fast paths once tokens and columns are known.
func (p pattern) finish() pattern {
	switch {
	case len(p.tokens) == 0:
		p.exact = true
	case len(p.tokens) == 1 && p.tokens[0].typ == literalToken:
		p.exact, p.literal = true, p.tokens[0].text
	case len(p.tokens) == 1 && p.tokens[0].typ == starToken && p.columns == 0:
		p.prefix = true
	case len(p.tokens) == 2 && p.tokens[0].typ == literalToken && p.tokens[1].typ == starToken:
		// A star at the end stands behind every colon that must not be crossed.
		p.prefix, p.literal = true, p.tokens[0].text
	}
	return p
}

// match compares the pattern with text, case-sensitively.
func (p *pattern) match(s string, ctx Context) result {
	switch {
	case p.exact:
		return resultOf(s == p.literal)
	case p.prefix:
		return resultOf(strings.HasPrefix(s, p.literal))
	case p.slots == 0:
		return resultOf(p.run(s, nil))
	}
	var buf [4]string
	values, ok := p.resolve(buf[:0], ctx)
	if !ok {
		return unresolved
	}
	return resultOf(p.run(s, values))
}

// resolve appends the values of the pattern's variables.
func (p *pattern) resolve(values []string, ctx Context) ([]string, bool) {
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.typ != variableToken {
			continue
		}
		found, _ := lookup(ctx, t.text)
		switch {
		case len(found) == 1:
			values = append(values, found[0])
		case len(found) == 0 && t.hasFallback:
			values = append(values, t.fallback)
		default:
			// No value; or several, and a multivalued key cannot be a variable.
			return nil, false
		}
	}
	return values, true
}

// value is what a literal or variable token stands for.
func (t *token) value(values []string) string {
	if t.typ == variableToken {
		return values[t.slot]
	}
	return t.text
}

// run walks tokens and text together. On a mismatch it lets the last star take
// one character more; stars before that one never need to be tried again. When
// that takes too long, it is for wide to match.
func (p *pattern) run(s string, values []string) bool {
	if first := &p.tokens[0]; first.typ == literalToken && !strings.HasPrefix(s, first.text) {
		return false
	}
	wall := p.wall(s)
	t, i := 0, 0
	star, mark := -1, 0
	for steps := 0; ; steps++ {
		if steps == patience {
			return p.newWide(values).match(s, wall)
		}
		if t == len(p.tokens) {
			if i == len(s) {
				return true
			}
		} else if next, ok := p.tokens[t].step(s, i, wall, values); ok {
			if p.tokens[t].typ == starToken {
				if t+1 == len(p.tokens) && i >= wall {
					return true
				}
				star, mark = t, i
			}
			t, i = t+1, next
			continue
		}
		if star < 0 || mark == len(s) || s[mark] == ':' && mark < wall {
			return false
		}
		mark += width(s[mark:])
		t, i = star+1, mark
	}
}

// step matches one token at offset i and answers the offset behind it. A star
// takes nothing yet.
func (t *token) step(s string, i, wall int, values []string) (int, bool) {
	switch t.typ {
	case starToken:
		return i, true
	case anyToken:
		if i == len(s) || s[i] == ':' && i < wall {
			return i, false
		}
		return i + width(s[i:]), true
	}
	text := t.value(values)
	return i + len(text), strings.HasPrefix(s[i:], text)
}

// wall is the offset behind the last colon that no wildcard may cross. Text
// with fewer colons than that is no ARN: none of its colons may be crossed.
func (p *pattern) wall(s string) int {
	end := 0
	for range p.columns {
		i := strings.IndexByte(s[end:], ':')
		if i < 0 {
			return len(s)
		}
		end += i + 1
	}
	return end
}

// width is the length of the first character of s, which is not empty.
func width(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}
