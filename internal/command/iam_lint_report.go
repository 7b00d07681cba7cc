package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/lint"
)

// lintReport is what lint prints.
type lintReport struct {
	Account string `json:"account,omitempty"`
	// Policies is how many were looked at.
	Policies       int              `json:"policies"`
	Findings       []lintFinding    `json:"findings"`
	Administrators []lintPrincipal  `json:"administrators,omitempty"`
	Escalations    []lintEscalation `json:"escalations,omitempty"`
	Notes          []string         `json:"notes,omitempty"`
}

// lintSubject is the policy that a finding is about.
type lintSubject struct {
	File       string   `json:"file,omitempty"`
	Kind       string   `json:"kind"`                 // identity, resource, trust, scp, rcp
	Name       string   `json:"name,omitempty"`       // of the policy
	ARN        string   `json:"arn,omitempty"`        // of a managed policy
	AttachedTo []string `json:"attachedTo,omitempty"` // "role app1", "user ann (boundary)"
}

// lintFinding is one finding, in the members of ValidatePolicy's answer.
type lintFinding struct {
	Policy    lintSubject    `json:"policy"`
	Type      lint.Type      `json:"findingType"`
	Code      string         `json:"issueCode"`
	Details   string         `json:"findingDetails"`
	LearnMore string         `json:"learnMoreLink,omitempty"`
	Own       bool           `json:"own,omitempty"` // not one of Access Analyzer's
	Locations []lintLocation `json:"locations"`
}

type lintLocation struct {
	Path []any    `json:"path"`
	Span lintSpan `json:"span"`
}

type lintSpan struct {
	Start lintPosition `json:"start"`
	End   lintPosition `json:"end"`
}

type lintPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// lintPrincipal is an administrator.
type lintPrincipal struct {
	Principal string    `json:"principal"` // "role admin"
	ARN       string    `json:"arn"`
	Boundary  string    `json:"boundary,omitempty"` // that limits the administrator
	Grant     lintGrant `json:"grant"`
}

// lintEscalation is a way to more privileges that is open to a principal.
type lintEscalation struct {
	Principal string      `json:"principal"`
	ARN       string      `json:"arn"`
	How       string      `json:"how"`
	Actions   []string    `json:"actions"`
	Grants    []lintGrant `json:"grants"`
}

// lintGrant is what lets a principal do an action.
type lintGrant struct {
	Action    string `json:"action"`
	Resource  string `json:"resource"`
	Policy    string `json:"policy"`
	Statement int    `json:"statement"` // from 1
	Sid       string `json:"sid,omitempty"`
}

// add appends what was found in a policy.
func (r *lintReport) add(subject lintSubject, found []lint.Finding) {
	for _, f := range found {
		finding := lintFinding{
			Policy: subject, Type: f.Type, Code: f.Code, Details: f.Details, LearnMore: f.LearnMore, Own: f.Own,
		}
		for _, l := range f.Locations {
			finding.Locations = append(finding.Locations, lintLocation{pathJSON(l.Path), lintSpan{lintPosition(l.Span.Start), lintPosition(l.Span.End)}})
		}
		r.Findings = append(r.Findings, finding)
	}
}

// pathJSON is a path as ValidatePolicy answers it.
func pathJSON(path []lint.PathElement) []any {
	list := []any{}
	for _, e := range path {
		switch {
		case e.Index != nil:
			list = append(list, map[string]any{"index": *e.Index})
		case e.Key != "":
			list = append(list, map[string]any{"key": e.Key})
		default:
			list = append(list, map[string]any{"value": e.Value})
		}
	}
	return list
}

// rank is the place of a type among the severities.
func rank(t lint.Type) int {
	for i, s := range severities {
		if s.typ == t {
			return i
		}
	}
	return len(severities)
}

// finish leaves out what is not severe enough and sorts the rest: the worst
// first, then by policy and place.
func (r *lintReport) finish(least int) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f lintFinding) bool { return rank(f.Type) > least })
	if r.Findings == nil {
		r.Findings = []lintFinding{}
	}
	slices.SortStableFunc(r.Findings, func(a, b lintFinding) int {
		return cmp.Or(rank(a.Type)-rank(b.Type), strings.Compare(a.Policy.label(), b.Policy.label()))
	})
}

// clean says whether there is nothing to report. A way to more privileges is as
// severe as a security warning, an administrator is nothing to report.
func (r *lintReport) clean(least int) bool {
	return len(r.Findings) == 0 && (len(r.Escalations) == 0 || least < rank(lint.SecurityWarning))
}

// label names a policy.
func (s lintSubject) label() string {
	switch {
	case s.File != "":
		return s.File
	case s.ARN != "":
		return s.ARN
	case s.Kind == "trust":
		return "trust policy of " + strings.Join(s.AttachedTo, ", ")
	}
	return "inline policy " + s.Name + " of " + strings.Join(s.AttachedTo, ", ")
}

// attached says where a managed policy is attached.
func (s lintSubject) attached() string {
	const few = 3
	switch n := len(s.AttachedTo); {
	case s.ARN == "":
		return ""
	case n == 0:
		return ", attached to nothing"
	case n > few:
		return fmt.Sprintf(", attached to %s and %d more", strings.Join(s.AttachedTo[:few], ", "), n-few)
	}
	return ", attached to " + strings.Join(s.AttachedTo, ", ")
}

// print writes the report for people.
func (r *lintReport) print(w io.Writer) error {
	p := printer{w: w}
	p.line("%s", r.summary())
	width := 0
	for _, f := range r.Findings {
		width = max(width, len(f.Code))
	}
	for _, f := range r.Findings {
		p.line("")
		p.line("%-10s  %-*s  %s%s%s", severities[rank(f.Type)].name, width, f.Code, f.Policy.label(), f.where(), f.Policy.attached())
		p.line("            %s", f.Details)
	}
	r.printAdministrators(&p)
	r.printEscalations(&p)
	for _, note := range r.Notes {
		p.line("")
		p.line("note: %s", note)
	}
	return p.err
}

// where is the line and the statement in which the finding begins.
func (f lintFinding) where() string {
	if len(f.Locations) == 0 {
		return ""
	}
	first, text := f.Locations[0], ""
	switch line := first.Span.Start.Line; {
	case f.Policy.File != "":
		text = fmt.Sprintf(":%d", line)
	case line > 1: // AWS keeps documents as they were put, often in one line
		text = fmt.Sprintf(", line %d", line)
	}
	if len(first.Path) > 1 {
		if index, ok := first.Path[1].(map[string]any)["index"]; ok {
			text += fmt.Sprintf(", statement %d", index.(int)+1)
		}
	}
	return text
}

// summary is the first line.
func (r *lintReport) summary() string {
	counts := make(map[lint.Type]int)
	for _, f := range r.Findings {
		counts[f.Type]++
	}
	var parts []string
	for _, s := range severities {
		if n := counts[s.typ]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.name))
		}
	}
	text := fmt.Sprintf("%d policies", r.Policies)
	if r.Policies == 1 {
		text = "1 policy"
	}
	if r.Account != "" {
		text = "account " + r.Account + ": " + text
	}
	if len(parts) == 0 {
		return text + ", nothing to report"
	}
	return text + ", findings: " + strings.Join(parts, ", ")
}

func (r *lintReport) printAdministrators(p *printer) {
	if len(r.Administrators) == 0 {
		return
	}
	p.line("")
	p.line("Administrators, who may do everything:")
	for _, a := range r.Administrators {
		limited := ""
		if a.Boundary != "" {
			limited = ", within the boundary " + a.Boundary
		}
		p.line("  %s  by %s%s", a.Principal, a.Grant.where(), limited)
	}
}

func (r *lintReport) printEscalations(p *printer) {
	if len(r.Escalations) == 0 {
		return
	}
	p.line("")
	p.line("Who can raise their own privileges:")
	last := ""
	for _, e := range r.Escalations {
		if e.Principal != last {
			p.line("  %s", e.Principal)
			last = e.Principal
		}
		p.line("    %s: %s", strings.Join(e.Actions, " + "), e.How)
		for _, g := range e.Grants {
			p.line("      %s on %s  by %s", g.Action, g.Resource, g.where())
		}
	}
}

// where names the statement.
func (g lintGrant) where() string {
	if g.Sid != "" {
		return fmt.Sprintf("%s, statement %d (%s)", g.Policy, g.Statement, g.Sid)
	}
	return fmt.Sprintf("%s, statement %d", g.Policy, g.Statement)
}
