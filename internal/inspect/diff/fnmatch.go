package diff

import "strings"

// fnmatch matches a name against a shell pattern as IAMCTL does: letter case
// counts, "[ab]" and "[!ab]" are sets, and nothing escapes.
func fnmatch(pattern, name string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(name) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, mark = p, i
				p++
				continue
			}
			if n := matchOne(pattern[p:], name[i]); n > 0 {
				p += n
				i++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, i = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one character against the beginning of a pattern, and
// answers how much of the pattern that took: 0 if it does not match.
func matchOne(pattern string, c byte) int {
	switch pattern[0] {
	case '?':
		return 1
	case '[':
		if end := setEnd(pattern); end > 0 {
			if inSet(pattern[1:end], c) {
				return end + 1
			}
			return 0
		}
	}
	if pattern[0] == c {
		return 1
	}
	return 0
}

// setEnd is where the set that a pattern begins with is closed, 0 if it never
// is: the bracket is then itself. A closing bracket right at the beginning
// belongs to the set.
func setEnd(pattern string) int {
	from := 1
	if strings.HasPrefix(pattern[from:], "!") {
		from++
	}
	if strings.HasPrefix(pattern[from:], "]") {
		from++
	}
	if end := strings.IndexByte(pattern[from:], ']'); end >= 0 {
		return from + end
	}
	return 0
}

func inSet(set string, c byte) bool {
	set, negated := strings.CutPrefix(set, "!")
	found := false
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			found = found || set[i] <= c && c <= set[i+2]
			i += 2
			continue
		}
		found = found || set[i] == c
	}
	return found != negated
}
