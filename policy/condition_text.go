package policy

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textMatcher compares strings: StringEquals, StringLike and BinaryEquals.
type textMatcher []pattern

func newTextMatcher(values []string, syn syntax) (textMatcher, error) {
	m := make(textMatcher, len(values))
	for i, v := range values {
		p, err := parsePattern(v, syn)
		if err != nil {
			return nil, err
		}
		m[i] = p
	}
	return m, nil
}

func (m textMatcher) match(value string, ctx Context) result {
	all := missed
	for i := range m {
		switch m[i].match(value, ctx) {
		case matched:
			return matched
		case unresolved:
			all = unresolved
		}
	}
	return all
}

// newBinaryMatcher reads base64. Context gives binary values in base64 too, so
// in the standard form equal bytes are equal text.
func newBinaryMatcher(values []string) (textMatcher, error) {
	canonical := make([]string, len(values))
	for i, v := range values {
		data, err := base64.StdEncoding.Strict().DecodeString(v)
		if err != nil {
			return nil, err
		}
		canonical[i] = base64.StdEncoding.EncodeToString(data)
	}
	return newTextMatcher(canonical, syntax{})
}

// foldMatcher compares strings in any letter case. It has no wildcards.
type foldMatcher []pattern

func newFoldMatcher(values []string, variables bool) (foldMatcher, error) {
	m, err := newTextMatcher(values, syntax{variables: variables})
	return foldMatcher(m), err
}

func (m foldMatcher) match(value string, ctx Context) result {
	all := missed
	for i := range m {
		switch matchFold(&m[i], value, ctx) {
		case matched:
			return matched
		case unresolved:
			all = unresolved
		}
	}
	return all
}

func matchFold(p *pattern, s string, ctx Context) result {
	if p.exact {
		return resultOf(strings.EqualFold(s, p.literal))
	}
	var buf [4]string
	values, ok := p.resolve(buf[:0], ctx)
	if !ok {
		return unresolved
	}
	for i := range p.tokens {
		if s, ok = cutFold(s, p.tokens[i].value(values)); !ok {
			return missed
		}
	}
	return resultOf(s == "")
}

// cutFold is strings.CutPrefix in any letter case. It goes character by
// character, because the two cases of a letter need not be of one length.
func cutFold(s, prefix string) (string, bool) {
	for _, want := range prefix {
		if s == "" {
			return "", false
		}
		got, n := utf8.DecodeRuneInString(s)
		if !equalFold(got, want) {
			return "", false
		}
		s = s[n:]
	}
	return s, true
}

func equalFold(a, b rune) bool {
	for r := unicode.SimpleFold(a); ; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
		if r == a {
			return false
		}
	}
}

// boolMatcher compares "true" and "false", in any letter case.
type boolMatcher struct{ foldMatcher }

func newBoolMatcher(values []string, variables bool) (boolMatcher, error) {
	m, err := newFoldMatcher(values, variables)
	if err != nil {
		return boolMatcher{}, err
	}
	for i := range m {
		if m[i].exact && !isBool(m[i].literal) {
			return boolMatcher{}, errOperand
		}
	}
	return boolMatcher{m}, nil
}

func (m boolMatcher) match(value string, ctx Context) result {
	if !isBool(value) {
		return missed
	}
	return m.foldMatcher.match(value, ctx)
}

func isBool(s string) bool {
	return strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
}
