package leastprivilege

import "strings"

// Patterns of actions and resources have two wildcards: * is any run of
// characters, ? is any one.

// matches reports whether a pattern matches a text, in any letter case.
func matches(pattern, text string) bool {
	return globs(strings.ToLower(pattern), strings.ToLower(text), func(p, t byte) bool { return p == t || p == '?' })
}

// covers reports whether a pattern matches everything that another one matches.
// It may say no where the answer is yes.
func covers(pattern, other string) bool {
	if strings.Contains(pattern, "${") {
		return pattern == other // what a variable will be is not known
	}
	return globs(pattern, other, func(p, t byte) bool { return p == t || p == '?' && t != '*' })
}

// globs walks along a pattern with one place to come back to: the last star.
func globs(pattern, text string, same func(p, t byte) bool) bool {
	p, t, star, back := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, back = p, t
			p++
		case p < len(pattern) && same(pattern[p], text[t]):
			p, t = p+1, t+1
		case star >= 0:
			back++
			p, t = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// overlap reports whether there is a text that two patterns match.
func overlap(a, b string) bool {
	row := make([]bool, len(b)+1) // row[j]: a[:i] and b[:j] have a text in common
	row[0] = true
	for j := 1; j <= len(b); j++ {
		row[j] = row[j-1] && b[j-1] == '*'
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = row[0] && a[i-1] == '*'
		for j := 1; j <= len(b); j++ {
			above := row[j]
			if x, y := a[i-1], b[j-1]; x == '*' || y == '*' {
				row[j] = above || row[j-1] // the star stands for nothing, or for one more
			} else {
				row[j] = diagonal && (x == y || x == '?' || y == '?')
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// escape makes a pattern that matches a text alone. In version 2012-10-17 of
// the language the variables ${*}, ${?} and ${$} are these characters.
func escape(text string) string {
	if !strings.ContainsAny(text, "*?$") {
		return text
	}
	return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(text)
}

// withoutVariables makes of a pattern with policy variables one that matches at
// least as much: what they will be is not known.
func withoutVariables(pattern string) string {
	for {
		before, rest, ok := strings.Cut(pattern, "${")
		if !ok {
			return pattern
		}
		_, after, ok := strings.Cut(rest, "}")
		if !ok {
			return pattern
		}
		pattern = before + "*" + after
	}
}
