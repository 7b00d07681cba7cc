package leastprivilege

import (
	"regexp"
	"slices"
	"strings"
)

// narrowed is what is left of the statement's resources for a call: the call's
// own resource, unless it is the statement's only for this session. Then the
// policy variables stay where they are: what this session may do in its folder,
// another one may do in its own.
func (g *grant) narrowed(c *call) granted {
	own := granted{resources: []string{c.target.text()}}
	if g.NotResource != nil {
		if g.NotResource.hasVariables() {
			return granted{notResources: slices.Clone(g.NotResource)}
		}
		return own
	}
	var personal []string
	for _, r := range g.Resource {
		if !(list{r}).hasVariables() {
			if pattern(r, nil).MatchString(c.target.ARN) {
				return own
			}
			continue
		}
		if n, ok := rewrite(r, c); ok {
			personal = append(personal, n)
		}
	}
	if personal == nil {
		return own
	}
	return granted{resources: personal[:1]}
}

func (l list) hasVariables() bool {
	found := false
	l.variables(func(string) { found = true })
	return found
}

// element is a part of a resource that is not plain text.
var element = regexp.MustCompile(`\*|\?|\$\{[^}]*\}`)

// pattern is a resource as a regular expression with a group for each element.
// A variable stands for its value, or for anything if that is not known.
func pattern(resource string, f facts) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	rest := resource
	for _, at := range element.FindAllStringIndex(resource, -1) {
		before := resource[len(resource)-len(rest) : at[0]]
		b.WriteString(regexp.QuoteMeta(before) + "(" + expression(resource[at[0]:at[1]], f) + ")")
		rest = resource[at[1]:]
	}
	b.WriteString(regexp.QuoteMeta(rest) + `$`)
	return regexp.MustCompile(b.String())
}

func expression(element string, f facts) string {
	switch element {
	case "*":
		return `.*?`
	case "?":
		return `.`
	}
	key, _, _ := strings.Cut(strings.Trim(element, "${}"), ",")
	if element == "${*}" || element == "${?}" || element == "${$}" {
		return regexp.QuoteMeta(element[2:3])
	}
	if v, _ := f.Lookup(strings.ToLower(strings.TrimSpace(key))); len(v) == 1 {
		return regexp.QuoteMeta(v[0])
	}
	return `.*?`
}

// rewrite puts into a resource's wildcards what they stand for in a call, and
// leaves its variables.
func rewrite(resource string, c *call) (narrow string, ok bool) {
	found := pattern(resource, c.facts).FindStringSubmatch(c.target.ARN)
	if found == nil {
		return "", false
	}
	n := 0
	return element.ReplaceAllStringFunc(resource, func(e string) string {
		n++
		if e == "*" || e == "?" {
			return escape(found[n])
		}
		return e
	}), true
}
