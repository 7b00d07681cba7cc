package command

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/spf13/cobra"
)

func newIAMWhoCan(s *streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who-can ACTION [RESOURCE]",
		Short: "Tell who may do something, directly or through roles",
		Long: `Tell who may do an action on a resource: every user and role of the account, its
root user, whoever else the policy of the resource names (other accounts,
services, everybody), and whoever can become one of them by assuming roles, each
with the way and the reason.

Somebody for whom it depends on the request is listed with the conditions that
stand between. One way is shown for each principal, the shortest of those that
certainly work. Ways to permissions that are not sts:AssumeRole, such as
iam:PassRole to a service, are what fortlet iam lint looks for.

` + exitCodes,
		Example: `  fortlet iam who-can kms:Decrypt alias/app1
  fortlet iam who-can s3:GetObject s3://app1-data/report.csv --depth 5
  fortlet iam who-can s3:GetObject s3://app1-data/report.csv --direct --json
  fortlet iam who-can iam:CreateUser --snapshot baseline.json
  fortlet iam who-can kms:Decrypt alias/app1 --except root --except role/app1 --exit-code`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := newQuestionFlags(s, cmd)
	var depth int
	var direct bool
	var except []string
	cmd.Flags().IntVar(&depth, "depth", 3, "longest chain of roles to follow")
	cmd.Flags().BoolVar(&direct, "direct", false, "follow no chains of roles")
	cmd.Flags().StringArrayVar(&except, "except", nil, "`principal` that may and is not listed; may be repeated")
	cmd.Flags().BoolVar(&f.exitCode, "exit-code", false, "end with exit code 3 when somebody can, or may be able to")
	cmd.MarkFlagsMutuallyExclusive("depth", "direct")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if depth < 0 || depth > maxDepth {
			return usageError{fmt.Errorf("--depth %d: not between 0 and %d", depth, maxDepth)}
		}
		if direct {
			depth = 0
		}
		a, err := f.ask(cmd.Context(), args[0], resourceArg(args, 1))
		if err != nil {
			return err
		}
		report := a.world.WhoCan(a.question, depth)
		if err := leaveOut(a.world, report, except); err != nil {
			return err
		}
		a.notes = append(a.notes, report.Notes...)
		if f.json {
			err = printJSON(s.out, whoCanJSON(a, report, a.notes))
		} else {
			err = printWhoCan(s.out, a, report)
		}
		if err == nil && f.exitCode && len(report.Findings) > 0 {
			return errCheck
		}
		return err
	}
	return cmd
}

// maxDepth bounds chains of roles: longer ones end before anybody follows them.
const maxDepth = 100

// leaveOut takes principals off a report. Who can only become one of them stays.
func leaveOut(w *reach.World, r *reach.Report, except []string) error {
	for _, name := range except {
		p, err := w.Find(name)
		if err != nil {
			return hintOfReach(fmt.Errorf("--except: %w", err))
		}
		r.Findings = slices.DeleteFunc(r.Findings, func(f *reach.Finding) bool { return f.Principal.ARN() == p.ARN() })
	}
	return nil
}

// printWhoCan prints a report as a table.
func printWhoCan(w io.Writer, a *asked, r *reach.Report) error {
	out := &cleanWriter{w: w}
	if len(r.Findings) == 0 {
		out.line("nobody of %d principals can %s on %s", r.Asked, a.question.Action, a.question.Resource.ARN)
		printAssumed(out, r.Assumed)
		printNotes(out, a)
		return out.err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHO\tCAN\tHOW\tWHY")
	for _, f := range r.Findings {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", clean(f.Principal.Label()), f.Verdict, clean(howText(f)), clean(whyText(f, a.question.Resource.ARN)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	printSteps(out, r)
	printDepends(out, r)
	printAssumed(out, r.Assumed)
	printNotes(out, a)
	return out.err
}

// whyText is why a principal can, or the last role of its way.
func whyText(f *reach.Finding, resource string) string {
	if f.Answer.Verdict == reach.Depends {
		return "see below"
	}
	return shortReason(&f.Answer.Reason, resource, f.Answer.Reason.Type)
}

// howText is the way of a finding.
func howText(f *reach.Finding) string {
	if len(f.Path) == 0 {
		return "directly"
	}
	var roles []string
	for _, s := range f.Path {
		roles = append(roles, s.Role.Label())
	}
	return "as " + strings.Join(roles, ", then ")
}

// printSteps tells, once for each, why roles can be assumed.
func printSteps(out *cleanWriter, r *reach.Report) {
	told := make(map[string]bool)
	for _, f := range r.Findings {
		from := f.Principal
		for _, s := range f.Path {
			line := fmt.Sprintf("  %s as %s: %s", from.Label(), s.Role.Label(), shortReason(&s.Answer.Reason, s.Role.ARN(), "trust policy"))
			if s.Answer.Verdict == reach.Depends {
				line = fmt.Sprintf("  %s as %s: depends", from.Label(), s.Role.Label())
			}
			if len(told) == 0 {
				out.line("")
				out.line("Roles are assumed because:")
			}
			if !told[line] {
				told[line] = true
				out.line("%s", line)
			}
			from = s.Role
		}
	}
}

// printDepends tells what stands between.
func printDepends(out *cleanWriter, r *reach.Report) {
	first := true
	told := make(map[string]bool)
	tell := func(what string, answer *reach.Answer) {
		if answer.Verdict != reach.Depends || told[what] {
			return
		}
		told[what] = true
		if first {
			out.line("")
			out.line("What it depends on:")
			first = false
		}
		out.line("  %s", what)
		for _, c := range answer.Conditions {
			out.line("    %s", conditionText(&c))
		}
	}
	for _, f := range r.Findings {
		from := f.Principal
		for _, s := range f.Path {
			tell(from.Label()+" as "+s.Role.Label(), s.Answer)
			from = s.Role
		}
		tell(from.Label(), f.Answer)
	}
}
