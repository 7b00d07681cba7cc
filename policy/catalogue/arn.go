package catalogue

import (
	"iter"
	"slices"
	"strings"
)

// Matches says whether an ARN can name a resource of this type. The ARN may be
// one of a policy, with wildcards and variables: then it is enough that some ARN
// matches both. Only the text is compared, and a name may hold slashes and
// colons, so "table/x/index/y" is also a table; [Catalogue.ResourceTypes] knows
// better.
func (t *ResourceType) Matches(arn string) bool {
	resource, whole := resourceOf(arn)
	for _, pattern := range t.ARNs {
		if theirs, _ := resourceOf(pattern); whole && !beginAlike(theirs, resource) {
			continue // most are told apart so, without more work
		}
		if parseARN(arn).overlaps(pattern) {
			return true
		}
	}
	return false
}

// ResourceTypes are the types that an ARN, or a policy's ARN with wildcards, can
// name: first those of the service that it names, then others in order of their
// services. A type that is less precise than another ("table/${TableName}" where
// "table/${TableName}/index/${IndexName}" says all) is left out, and so is what
// such an ARN could only be by a slash or a colon within a name.
func (c *Catalogue) ResourceTypes(arn string) []*ResourceType {
	g := parseARN(arn)
	var found []match
	for t := range c.candidates(g) {
		for _, pattern := range t.ARNs {
			if g.overlaps(pattern) {
				found = append(found, match{t, parsePattern(pattern)})
			}
		}
	}
	exact := mostPrecise(found, g)
	var types []*ResourceType
	for _, m := range found {
		fits := len(exact) == 0 || slices.ContainsFunc(exact, m.within)
		if fits && !slices.Contains(types, m.typ) {
			types = append(types, m.typ)
		}
	}
	return types
}

// match is a type with the pattern by which it was found.
type match struct {
	typ     *ResourceType
	pattern []element
}

// within says whether every ARN of this pattern is one of the other.
func (m match) within(other match) bool { return covers(other.pattern, m.pattern) }

// mostPrecise are the matches that cover all that the ARN can be, without those
// that cover another of them.
func mostPrecise(found []match, g arnGlob) []match {
	var all []match
	for _, m := range found {
		if covers(m.pattern, g.elements) {
			all = append(all, m)
		}
	}
	var list []match
	for _, m := range all {
		if !slices.ContainsFunc(all, func(other match) bool { return other.within(m) && !m.within(other) }) {
			list = append(list, m)
		}
	}
	return list
}

// TypesInARN are the types whose ARNs name a service, which is not always the
// prefix of its actions, in lower case.
func (c *Catalogue) TypesInARN(service string) []*ResourceType {
	if service == "" {
		return nil
	}
	return slices.Clip(c.byARN[service])
}

// index sorts the resource types by the service in their ARNs, which is not
// always the prefix of the service's actions. The types of the service itself
// come first.
func (c *Catalogue) index() {
	c.byARN = make(map[string][]*ResourceType)
	for _, own := range []bool{true, false} {
		for t := range c.types() {
			for _, pattern := range t.ARNs {
				service := serviceOf(pattern)
				list := c.byARN[service]
				twice := len(list) > 0 && list[len(list)-1] == t
				if own == (t.Service.Prefix == service) && !twice {
					c.byARN[service] = append(list, t)
				}
			}
		}
	}
}

// types are the resource types of all services.
func (c *Catalogue) types() iter.Seq[*ResourceType] {
	return func(yield func(*ResourceType) bool) {
		for _, s := range c.Services {
			for i := range s.ResourceTypes {
				if !yield(&s.ResourceTypes[i]) {
					return
				}
			}
		}
	}
}

// serviceOf is the service of an ARN or of a pattern, "" where it can be any.
func serviceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 || strings.ContainsAny(parts[2], "*?$") {
		return ""
	}
	return parts[2]
}

// candidates are the types that are worth comparing with the ARN.
func (c *Catalogue) candidates(g arnGlob) iter.Seq[*ResourceType] {
	service := serviceOf(g.text)
	if service == "" {
		return c.types()
	}
	return func(yield func(*ResourceType) bool) {
		for _, list := range [][]*ResourceType{c.byARN[service], c.byARN[""]} {
			for _, t := range list {
				if !yield(t) {
					return
				}
			}
		}
	}
}
