package catalogue

import (
	"iter"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Expand yields the actions that a policy's pattern stands for: "s3:Get*",
// "*:Get*", "*". A star is any text, a question mark any character, and case
// does not matter, as in an Action element.
func (c *Catalogue) Expand(pattern string) iter.Seq[*Action] {
	return func(yield func(*Action) bool) {
		for _, s := range c.servicesOf(pattern) {
			for i := range s.Actions {
				a := &s.Actions[i]
				if policy.MatchAction(pattern, s.Prefix+":"+a.Name) && !yield(a) {
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
