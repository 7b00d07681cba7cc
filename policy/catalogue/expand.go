package catalogue

import (
	"iter"
	"strings"
)

// Expand yields the actions that a policy's pattern stands for: "s3:Get*",
// "*:Get*", "*". A star is any text, a question mark any character, and case
// does not matter, as in an Action element.
func (c *Catalogue) Expand(pattern string) iter.Seq[*Action] {
	return func(yield func(*Action) bool) {
		for _, s := range c.servicesOf(pattern) {
			name := make([]byte, 0, 128)
			name = append(append(name, s.Prefix...), ':')
			for i := range s.Actions {
				a := &s.Actions[i]
				if globFold(pattern, append(name, a.Name...)) && !yield(a) {
					return
				}
			}
		}
	}
}

// servicesOf are the services that a pattern can be about: one, where the
// pattern names it.
func (c *Catalogue) servicesOf(pattern string) []*Service {
	prefix, _, found := strings.Cut(pattern, ":")
	if !found || strings.ContainsAny(prefix, "*?") {
		return c.Services
	}
	if s := c.Service(prefix); s != nil {
		return []*Service{s}
	}
	return nil
}

// globFold matches a pattern against text, both in any case.
func globFold(pattern string, s []byte) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lower(pattern[p]) == lower(s[i])):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
