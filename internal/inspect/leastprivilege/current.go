package leastprivilege

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// Current is what a role's or user's identity policies say today.
type Current struct {
	Policies   []*policy.Policy
	Unreadable []string // policies that could not be understood, with the reason

	allows, denies []*grant
}

// grant is one statement of a policy.
type grant struct {
	statement
	resources []string       // Resource, with a * in the place of each variable
	full      *policy.Policy // the statement alone
}

// NewCurrent reads a principal's policies from a snapshot. A policy that cannot
// be understood is reported and does not end it.
func NewCurrent(a *snapshot.Account, s *Subject) (*Current, error) {
	documents := documentsOf(a, s)
	if documents == nil {
		return nil, fmt.Errorf("account %s has no %s", a.ID, s.ARN)
	}
	c := &Current{}
	for _, d := range *documents {
		p, err := policy.Parse(d.Text, policy.Identity)
		if err != nil {
			c.Unreadable = append(c.Unreadable, fmt.Sprintf("%s: %v", d.Name, err))
			continue
		}
		c.Policies = append(c.Policies, p)
		for _, st := range p.Statements() {
			if err := c.add(st, p.Version()); err != nil {
				return nil, fmt.Errorf("policy %s: %w", d.Name, err)
			}
		}
	}
	return c, nil
}

// documentsOf gives the documents that a principal has, nil if the account does
// not have the principal.
func documentsOf(a *snapshot.Account, s *Subject) *[]snapshot.Document {
	for i := range a.Roles {
		if a.Roles[i].ARN == s.ARN {
			return new(a.Documents(&a.Roles[i].Entity))
		}
	}
	for i := range a.Users {
		if a.Users[i].ARN == s.ARN {
			return new(a.UserDocuments(&a.Users[i]))
		}
	}
	return nil
}

func (c *Current) add(st policy.Statement, version string) error {
	g := &grant{statement: restate(&st, version)}
	for _, r := range g.Resource {
		g.resources = append(g.resources, withoutVariables(r))
	}
	var err error
	if g.full, err = policy.Parse(newDocument(g.statement).String(), policy.Identity); err != nil {
		return err
	}
	if st.Effect == policy.Deny {
		c.denies = append(c.denies, g)
	} else {
		c.allows = append(c.allows, g)
	}
	return nil
}

// ofAction reports whether the statement is about an action.
func (g *grant) ofAction(action string) bool {
	is := func(pattern string) bool { return matches(pattern, action) }
	if g.NotAction != nil {
		return !slices.ContainsFunc(g.NotAction, is)
	}
	return slices.ContainsFunc(g.Action, is)
}

// meets reports whether the statement can be about something that a pattern
// stands for.
func (g *grant) meets(pattern string) bool {
	if g.NotResource != nil {
		return !slices.ContainsFunc(g.NotResource, func(not string) bool { return !strings.Contains(not, "${") && covers(not, pattern) })
	}
	return slices.ContainsFunc(g.resources, func(r string) bool { return overlap(r, withoutVariables(pattern)) })
}

// holds reports whether the statement covers all that a pattern stands for.
func (g *grant) holds(pattern string) bool {
	if g.NotResource != nil {
		// Where a variable has no value, the statement allows nothing at all.
		return !g.NotResource.hasVariables() && !slices.ContainsFunc(g.NotResource, func(not string) bool { return overlap(not, pattern) })
	}
	return slices.ContainsFunc(g.Resource, func(r string) bool { return covers(r, pattern) })
}

// keys are the condition keys, by family, on which any statement depends:
// those of its conditions and of its policy variables.
func (c *Current) keys() map[string]bool {
	keys := map[string]bool{"kms:viaservice": true}
	if c == nil {
		return keys
	}
	for _, g := range slices.Concat(c.allows, c.denies) {
		for _, key := range g.open(nil) {
			keys[family(strings.ToLower(key))] = true
		}
	}
	return keys
}
