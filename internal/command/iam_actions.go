package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/spf13/cobra"
)

func newIAMActions(s *streams) *cobra.Command {
	var q actionQuery
	var asJSON, long bool
	cmd := &cobra.Command{
		Use:   "actions [PATTERN...]",
		Short: "List the actions that policies can name",
		Long: `List the actions of AWS that a policy's pattern stands for, with their access
levels, the types of resources that they act on (* where one is required) and,
with --long, ARN patterns, condition keys and the further actions that they need.

The list is built into the program and needs no network. It is made from AWS's
Service Authorization Reference; --json tells the version.`,
		Example: `  fortlet iam actions 's3:Get*'
  fortlet iam actions kms:Decrypt
  fortlet iam actions --service iam --level 'permissions management'
  fortlet iam actions --resource arn:aws:dynamodb:eu-west-1:123456789012:table/orders
  fortlet iam actions '*:Delete*' --resource 'arn:aws:s3:::app1-dev/*' --json`,
	}
	cmd.Flags().StringVar(&q.service, "service", "", "only actions of the service with this `prefix`; a pattern need not name it then")
	cmd.Flags().StringVar(&q.resource, "resource", "", "only actions that act on this `ARN`, which may have wildcards")
	cmd.Flags().StringVar(&q.level, "level", "", "only actions of this access `level`: read, list, write, tagging, permissions management")
	cmd.Flags().BoolVarP(&long, "long", "l", false, "tell everything about each action")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(_ *cobra.Command, patterns []string) error {
		actions, err := q.find(catalogue.Default(), patterns)
		if err != nil {
			return err
		}
		switch {
		case asJSON:
			return printJSON(s.out, actionsJSON(actions))
		case long || len(actions) == 1:
			return printActionsLong(s.out, actions)
		}
		return printActions(s.out, actions)
	}
	return cmd
}

// actionQuery says which actions are asked for. What is empty is not asked.
type actionQuery struct{ service, resource, level string }

// find are the actions that match one of the patterns and everything else, in
// order of their names.
func (q actionQuery) find(c *catalogue.Catalogue, patterns []string) ([]*catalogue.Action, error) {
	if len(patterns) == 0 {
		if q == (actionQuery{}) {
			return nil, hinted{usageError{errors.New("name a pattern, --service, --resource or --level")}, "fortlet iam actions 's3:Get*'"}
		}
		patterns = []string{"*"}
	}
	wanted, err := q.filter(c)
	if err != nil {
		return nil, err
	}
	seen := make(map[*catalogue.Action]bool)
	var found []*catalogue.Action
	for _, pattern := range patterns {
		for a := range c.Expand(q.inService(pattern)) {
			if !seen[a] && wanted(a) {
				seen[a] = true
				found = append(found, a)
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no action matches, in %s", c.Source)
	}
	slices.SortFunc(found, func(a, b *catalogue.Action) int {
		return strings.Compare(strings.ToLower(a.String()), strings.ToLower(b.String()))
	})
	return found, nil
}

// inService completes a pattern that leaves the service to --service.
func (q actionQuery) inService(pattern string) string {
	if q.service != "" && !strings.Contains(pattern, ":") {
		return q.service + ":" + pattern
	}
	return pattern
}

// filter is the question without the patterns.
func (q actionQuery) filter(c *catalogue.Catalogue) (func(*catalogue.Action) bool, error) {
	var service *catalogue.Service
	if q.service != "" {
		if service = c.Service(q.service); service == nil {
			return nil, fmt.Errorf("no service has the prefix %q", q.service)
		}
	}
	level, known := catalogue.ParseLevel(q.level)
	if q.level != "" && !known {
		return nil, usageError{fmt.Errorf("no access level is called %q", q.level)}
	}
	var types []*catalogue.ResourceType
	if q.resource != "" {
		if types = c.ResourceTypes(q.resource); len(types) == 0 {
			return nil, fmt.Errorf("%s names no known type of resource", q.resource)
		}
	}
	return func(a *catalogue.Action) bool {
		return (service == nil || a.Service == service) &&
			(q.level == "" || a.Level == level) &&
			(q.resource == "" || slices.ContainsFunc(a.Resources, func(r catalogue.ActionResource) bool { return slices.Contains(types, r.Type) }))
	}, nil
}
