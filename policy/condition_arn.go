package policy

import "strings"

// newARNMatcher compiles ARNs. Each of the six parts is compared by itself;
// a wildcard does not reach into the next one, except in the last, which is
// free-form. A value that is cut short and ends in a star ("*",
// "arn:aws:sns:*") is free-form from its last part on.
func newARNMatcher(values []string, variables bool) (textMatcher, error) {
	m := make(textMatcher, len(values))
	for i, v := range values {
		b := patternBuilder{pattern: pattern{columns: arnColumns}}
		if err := b.parse(v, syntax{wildcards: true, variables: variables}); err != nil {
			return nil, err
		}
		b.flush()
		// How many parts there are once a variable has its value, nobody knows yet.
		if b.slots == 0 && strings.HasSuffix(v, "*") {
			b.columns = min(b.colons(), arnColumns)
		}
		m[i] = b.pattern.finish()
	}
	return m, nil
}

// colons counts the colons of the literal tokens.
func (p *pattern) colons() int {
	n := 0
	for _, t := range p.tokens {
		if t.typ == literalToken {
			n += strings.Count(t.text, ":")
		}
	}
	return n
}
