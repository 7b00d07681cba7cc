package access

import "strings"

// glob reports whether a pattern matches text.
func glob(pattern, text string) bool {
	// Most patterns are none, or differ from the text before their first star. A
	// policy has hundreds, each of which is compared with a hundred actions.
	switch i := strings.IndexAny(pattern, "*?$"); {
	case i < 0:
		return pattern == text
	case !strings.HasPrefix(text, pattern[:i]):
		return false
	}
	pattern = simple(pattern, len(text))
	for at := range places(pattern, text) {
		if strings.Trim(pattern[at:], "*") == "" {
			return true
		}
	}
	return false
}

// globStart reports whether a pattern matches any text that begins with start.
// What is left of the pattern matches some text always.
func globStart(pattern, start string) bool {
	return len(places(simple(pattern, len(start)), start)) > 0
}

// simple gives as much of a pattern as text of a length can lead into, with
// runs of stars made one. A variable is taken for a star. So a pattern of any
// length costs no more than the text does.
func simple(pattern string, length int) string {
	var b strings.Builder
	for left := length + 1; pattern != "" && left > 0; {
		c, size := pattern[0], 1
		if strings.HasPrefix(pattern, "${") && strings.Contains(pattern, "}") {
			c, size = '*', strings.IndexByte(pattern, '}')+1
		}
		pattern = pattern[size:]
		if c != '*' {
			left--
		} else if strings.HasSuffix(b.String(), "*") {
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// places are the places in a simple pattern that text can lead to.
func places(pattern, text string) map[int]bool {
	now := map[int]bool{0: true}
	for i := range len(text) {
		next := make(map[int]bool)
		for at := range now {
			if strings.HasPrefix(pattern[at:], "*") {
				next[at] = true
				at++
			}
			if at < len(pattern) && (pattern[at] == '?' || pattern[at] == text[i]) {
				next[at+1] = true
			}
		}
		now = next
	}
	return now
}
