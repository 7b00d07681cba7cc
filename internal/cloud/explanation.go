package cloud

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// text is the explanation for people.
func (e *Explanation) text() string {
	w := new(strings.Builder)
	fmt.Fprintf(w, "request    %s\naction     %s\nprincipal  %s\n", e.RequestID, e.Action, e.Principal)
	if e.Exempt != "" {
		fmt.Fprintf(w, "\nallowed without asking: %s\n", e.Exempt)
	}
	denied := slices.ContainsFunc(e.Decisions, isDenial)
	for _, d := range e.Decisions {
		fmt.Fprintf(w, "\n%s on %s%s\n%s: %s\n", d.Action, printable(d.Resource), via(d), verdictWords[d.Decision], d.Reason)
		if d.Policy != "" {
			fmt.Fprintf(w, "decided by %s of %s%s\n", printable(d.Sid), printable(d.Policy), attached(d.Level))
		} else if d.Level != "" {
			fmt.Fprintf(w, "decided by the policies%s\n", attached(d.Level))
		}
		if denied && !isDenial(d) {
			continue // who asks why it was denied wants to read about that
		}
		printReadings(w, d)
		printContext(w, d.Context)
		if d.Remedy != nil {
			fmt.Fprintf(w, "\nwhat would change it: %s\n", printable(d.Remedy.Where))
			printIndented(w, d.Remedy.Statement)
		}
	}
	return w.String()
}

func isDenial(d *authz.Explanation) bool { return verdictWords[d.Decision] == "DENIED" }

// via names the services through which a call came.
func via(d *authz.Explanation) string {
	services := d.Context["aws:CalledVia"]
	if len(services) == 0 {
		return ""
	}
	return ", called by " + strings.Join(services, ", ") + " for the principal"
}

// attached says where in the organization a policy is.
func attached(level string) string {
	if level == "" {
		return ""
	}
	return ", attached to " + level
}

var verdictWords = map[string]string{
	"allowed":      "ALLOWED",
	"explicitDeny": "DENIED",
	"implicitDeny": "DENIED",
}

func printReadings(w io.Writer, d *authz.Explanation) {
	if len(d.Policies) == 0 {
		fmt.Fprintln(w, "no policy applies to the request")
	}
	for _, p := range d.Policies {
		fmt.Fprintf(w, "\n  %s %s%s: %s\n", p.Type, printable(p.ID), attached(p.Level), p.Verdict)
		if p.Explanation != nil {
			printIndented(w, p.Explanation.String())
		}
	}
}

func printContext(w io.Writer, values map[string][]string) {
	fmt.Fprintln(w, "\n  condition keys")
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(w, "    %s = %s\n", printable(k), printable(strings.Join(values[k], ", ")))
	}
}

// printable quotes a text that would end the line or steer a terminal: much of
// an explanation are names and values that the caller chose.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}

func printIndented(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(w, "    %s\n", strings.TrimRight(line, "\n"))
	}
}
