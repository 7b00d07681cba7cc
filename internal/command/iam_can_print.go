package command

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// printCan prints an answer for people.
func printCan(w io.Writer, a *asked, answer *reach.Answer) error {
	out := &cleanWriter{w: w}
	who, action, resource := answer.Principal.ARN(), a.question.Action, a.question.Resource.ARN
	switch answer.Verdict {
	case reach.Yes:
		out.line("YES: %s may %s on %s", who, action, resource)
		out.line("  %s", reasonText(&answer.Reason))
	case reach.No:
		out.line("NO: %s may not %s on %s", who, action, resource)
		out.line("  %s", reasonText(&answer.Reason))
		printFailed(out, answer)
		printRemedy(out, answer)
	default:
		out.line("DEPENDS: whether %s may %s on %s depends on", who, action, resource)
		for _, c := range answer.Conditions {
			out.line("  %s", conditionText(&c))
		}
		out.line("  With nothing more than what is given: %s, %s", map[bool]string{true: "yes", false: "no"}[answer.Allowed], reasonText(&answer.Reason))
	}
	printAssumed(out, answer.Assumed)
	printNotes(out, a)
	return out.err
}

// printFailed prints the statements that would apply but for a condition.
func printFailed(out *cleanWriter, answer *reach.Answer) {
	for _, s := range answer.Failed() {
		if s.Effect != policy.Allow.String() {
			continue
		}
		for _, c := range s.Conditions {
			request := "the request has " + strings.Join(c.Request, " ")
			if c.Absent {
				request = "the request does not have it"
			}
			out.line("  %s of %s would allow, but for %s %s %s: %s", s.Statement, s.Policy, c.Operator, c.Key, list(c.Policy), request)
		}
	}
}

func printRemedy(out *cleanWriter, answer *reach.Answer) {
	e := answer.Explain()
	if e == nil || e.Remedy == nil {
		return
	}
	out.line("  To allow it: %s", e.Remedy.Where)
	if e.Remedy.Statement != "" {
		out.line("    %s", e.Remedy.Statement)
	}
}

func printAssumed(out *cleanWriter, assumed map[string][]string) {
	for _, key := range slices.Sorted(maps.Keys(assumed)) {
		value := strings.Join(assumed[key], " ")
		if len(assumed[key]) == 0 {
			value = "(none)"
		}
		out.line("Taken for granted: %s is %s", key, value)
	}
}

func printNotes(out *cleanWriter, a *asked) {
	for _, u := range a.world.Unreadable() {
		out.line("Note: left out, because it does not parse: %s", u)
	}
	for _, note := range a.notes {
		out.line("Note: %s", note)
	}
}

// reasonText is a reason with the policy and the statement.
func reasonText(r *reach.Reason) string {
	switch {
	case r.Policy == "" || r.Type == "grant":
		return r.Text
	case r.Statement == "":
		return r.Text + ": " + r.Policy
	}
	return fmt.Sprintf("%s: %s of %s", r.Text, r.Statement, r.Policy)
}

// shortReason is a reason for a table about one resource, whose own policy goes
// by a word.
func shortReason(r *reach.Reason, resource, word string) string {
	switch {
	case r.Type == "grant":
		return "grant " + r.Policy
	case r.Policy == "":
		return r.Text
	case r.Policy == resource:
		return word + ": " + r.Statement
	}
	name := r.Policy
	if i := strings.LastIndex(name, ":policy/"); i >= 0 {
		name = name[i+len(":policy/"):]
	}
	return r.Type + ": " + r.Statement + " of " + name
}

// conditionText is something that decides and is not known.
func conditionText(c *reach.Condition) string {
	switch {
	case c.Unread != "":
		return c.Unread + " (not read)"
	case c.Statement == "":
		return fmt.Sprintf("%s: %s", c.Key, c.Policy)
	case c.Operator == "":
		return fmt.Sprintf("%s: a variable in %s of %s (%s)", c.Key, c.Statement, c.Policy, c.Effect)
	}
	return fmt.Sprintf("%s: %s %s in %s of %s (%s)", c.Key, c.Operator, list(c.Values), c.Statement, c.Policy, c.Effect)
}

func list(values []string) string { return "[" + strings.Join(values, " ") + "]" }

// cleanWriter writes lines in which nothing steers a terminal: names and
// statement ids come from whoever wrote the policies. The first error stays.
type cleanWriter struct {
	w   io.Writer
	err error
}

func (c *cleanWriter) line(format string, args ...any) {
	if c.err == nil {
		_, c.err = fmt.Fprintln(c.w, clean(fmt.Sprintf(format, args...)))
	}
}

// clean puts the code point in the place of each character that cannot be
// printed.
func clean(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}
