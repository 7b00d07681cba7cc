package diff

import "slices"

// summarize counts what IAMCTL's summary counts, in its rows.
func (c *Comparison) summarize() []Metric {
	items := func(at At) int { return c.countTuples(at) }
	return slices.Concat(
		[]Metric{count("Harvested Items", items), count("Sanitized Items", items)},
		countRoles("", c.Roles),
		countRoles("Common ", func(At) []RoleName { return c.CommonRoles() }),
		countRoles("Unique ", c.UniqueRoles),
		[]Metric{
			count("Common Roles with Differences", func(at At) int { return len(c.DifferingRoles(at)) }),
			count("Differences among Common Roles", c.countDifferences),
		},
	)
}

func count(name string, n func(At) int) Metric { return Metric{name, n(InA), n(InB)} }

// countRoles has the three rows about a list of roles.
func countRoles(title string, list func(At) []RoleName) []Metric {
	linked := func(at At) int {
		return len(slices.DeleteFunc(list(at), func(r RoleName) bool { return !r.ServiceLinked() }))
	}
	return []Metric{
		count(title+"Roles", func(at At) int { return len(list(at)) }),
		count(title+"Service Linked Roles", linked),
		count(title+"Non-Service Linked Roles", func(at At) int { return len(list(at)) - linked(at) }),
	}
}

func (c *Comparison) countDifferences(at At) int {
	n := 0
	for range c.Differences(at) {
		n++
	}
	return n
}
