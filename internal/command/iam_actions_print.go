package command

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// printActions is a line for each action.
func printActions(w io.Writer, actions []*catalogue.Action) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ACTION\tLEVEL\tRESOURCES")
	for _, a := range actions {
		fmt.Fprintf(t, "%s\t%s\t%s\n", a, a.Level, resourceNames(a))
	}
	return t.Flush()
}

func resourceNames(a *catalogue.Action) string {
	if len(a.Resources) == 0 {
		return "(none)"
	}
	var names []string
	for _, r := range a.Resources {
		names = append(names, requiredName(r))
	}
	return strings.Join(names, ", ")
}

func requiredName(r catalogue.ActionResource) string {
	if r.Required {
		return r.Type.Name + "*"
	}
	return r.Type.Name
}

// printActionsLong is a paragraph for each action.
func printActionsLong(w io.Writer, actions []*catalogue.Action) error {
	p := printer{w: w}
	for i, a := range actions {
		if i > 0 {
			p.line("")
		}
		p.line("%s  (%s, %s)", a, a.Level, a.Service.Name)
		p.list("  needs too: ", a.Dependent)
		p.list("  condition keys: ", a.ConditionKeys)
		if len(a.Resources) == 0 {
			p.line("  acts on no resource: policies allow it on \"*\" only")
		}
		for _, r := range a.Resources {
			p.line("  on %s  %s", requiredName(r), strings.Join(r.Type.ARNs, ", "))
			p.list("    needs too: ", r.Dependent)
			p.list("    condition keys: ", append(r.ConditionKeys[:len(r.ConditionKeys):len(r.ConditionKeys)], r.Type.ConditionKeys...))
		}
	}
	return p.err
}

// printer writes lines until one fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// list writes names, broken into lines of some ninety characters.
func (p *printer) list(label string, names []string) {
	const width = 90
	line := label
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		if len(line)+len(name) > width && strings.TrimSpace(line) != "" && i > 0 {
			p.line("%s", strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(label))
		}
		line += name + " "
	}
	if len(names) > 0 {
		p.line("%s", strings.TrimRight(line, " "))
	}
}

// actionsJSON is what --json prints.
func actionsJSON(actions []*catalogue.Action) any {
	type resource struct {
		Type             string   `json:"type"`
		Required         bool     `json:"required"`
		ARNs             []string `json:"arns"`
		ConditionKeys    []string `json:"conditionKeys,omitempty"`
		DependentActions []string `json:"dependentActions,omitempty"`
	}
	type action struct {
		Action           string     `json:"action"`
		Level            string     `json:"level"`
		Resources        []resource `json:"resources,omitempty"`
		ConditionKeys    []string   `json:"conditionKeys,omitempty"`
		DependentActions []string   `json:"dependentActions,omitempty"`
	}
	list := []action{}
	for _, a := range actions {
		item := action{Action: a.String(), Level: a.Level.String(), ConditionKeys: a.ConditionKeys, DependentActions: a.Dependent}
		for _, r := range a.Resources {
			item.Resources = append(item.Resources, resource{
				Type: r.Type.Name, Required: r.Required, ARNs: r.Type.ARNs,
				ConditionKeys:    append(r.ConditionKeys[:len(r.ConditionKeys):len(r.ConditionKeys)], r.Type.ConditionKeys...),
				DependentActions: r.Dependent,
			})
		}
		list = append(list, item)
	}
	return map[string]any{"source": catalogue.Version(), "actions": list}
}
