package command

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

type diffOptions struct {
	output, region, baseline, against, only string
	html                                    string
	dictionary                              *equivalence.Dictionary
	compat, json, exitCode, progress        bool
	serviceLinked, users, groups, semantic  bool
}

func newIAMDiff(s *streams) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff PROFILE_A TAG_A [PROFILE_B TAG_B]",
		Short: "Compare the IAM of two accounts, or of one with its past",
		Long: `Compare the roles of two accounts with all of their policies: trust, inline,
attached, boundary, and their tags and instance profiles. What the dictionary
equivalency_list.json makes equal is equal, names of roles too.

The summary goes to the screen, and 21 CSV files to a folder below
~/aws-idt/output that is named after the time. Columns and rows are those of
IAMCTL; with --iamctl-compat so are the mistakes in the header of the difference
files and in two file names. The rows cannot tell NotAction from Action, nor
conditions; the list on the screen and --json do.

With --semantic, statements that are worded differently and allow the same are
no deviation, and each real one is shown as a request that one account allows
and the other denies.

With --against there is one profile, which is compared with a baseline that
--save-baseline has kept.`,
		Example: `  fortlet iam diff dev-profile dev qa-profile qa
  fortlet iam diff dev-profile dev qa-profile qa --semantic --exit-code
  fortlet iam diff dev-profile dev qa-profile qa --only 'app1_*' --json
  fortlet iam diff dev-profile dev qa-profile qa --semantic --html report.html
  fortlet iam diff dev-profile dev --against dev.json`,
		Args: func(cmd *cobra.Command, args []string) error { return o.checkArgs(args) },
	}
	o.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p := newProgress(s, "comparing", o.progress)
		defer p.end()
		return runDiff(cmd.Context(), s, p, args, o)
	}
	return cmd
}

func (o *diffOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.output, "output", "", "`folder` for the CSV files (default ~/aws-idt/output/YYYY/mm/dd/HH/MM/SS)")
	f.BoolVar(&o.compat, "iamctl-compat", false, "print and name what IAMCTL does, its mistakes too")
	f.BoolVar(&o.json, "json", false, "print the whole report as JSON")
	f.StringVar(&o.html, "html", "", "write the report as one HTML page to a `file`")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there are differences")
	f.BoolVar(&o.serviceLinked, "service-linked", true, "compare the roles that services own, too")
	f.BoolVar(&o.users, "users", false, "compare users, too")
	f.BoolVar(&o.groups, "groups", false, "compare groups, too")
	f.StringVar(&o.only, "only", "", "compare names alone that fit a shell `pattern`, before or after the dictionary")
	f.BoolVar(&o.semantic, "semantic", false, "compare what is allowed, not how it is worded")
	f.StringVar(&o.baseline, "save-baseline", "", "keep the first account in a `file`")
	f.StringVar(&o.against, "against", "", "compare with the baseline in a `file`")
	regionFlag(cmd, &o.region)
	f.BoolVar(&o.progress, "progress", false, "tell the progress on stderr at once, also where it is no terminal")
}

// checkArgs wants one profile and tag with --against, and two without.
func (o *diffOptions) checkArgs(args []string) error {
	switch {
	case o.against != "" && len(args) != 2:
		return fmt.Errorf("with --against it takes PROFILE TAG, not %d arguments", len(args))
	case o.against == "" && len(args) != 4:
		return fmt.Errorf("it takes PROFILE_A TAG_A PROFILE_B TAG_B, not %d arguments", len(args))
	}
	return nil
}

// check refuses what could not be written or compared.
func (o *diffOptions) check(tagA, tagB string) error {
	if err := errors.Join(report.CheckTag(tagA), report.CheckTag(tagB)); err != nil {
		return err
	}
	if tagA == tagB {
		return fmt.Errorf("both sides have the tag %q", tagA)
	}
	if _, err := path.Match(o.only, ""); err != nil {
		return fmt.Errorf("--only %q: %w", o.only, err)
	}
	return nil
}

// baselineTag is what the files call the other side of --against.
const baselineTag = "baseline"

func runDiff(ctx context.Context, s *streams, p *progress, args []string, o diffOptions) error {
	a := diff.Input{Side: diff.Side{Profile: args[0], Tag: args[1]}}
	b := diff.Input{Side: diff.Side{Profile: baselineTag, Tag: baselineTag, Baseline: o.against}}
	if o.against == "" {
		b.Side = diff.Side{Profile: args[2], Tag: args[3]}
	}
	if err := o.check(a.Tag, b.Tag); err != nil {
		return usageError{err}
	}
	if err := errors.Join(baselineFile.check(o.baseline), htmlFile.check(o.html)); err != nil {
		return err
	}
	files, err := readIAMFiles(o.compat)
	if err != nil {
		return err
	}
	if err := o.read(ctx, p, &a, &b); err != nil {
		return err
	}
	c, err := diff.Compare(ctx, a, b, diff.Options{
		Dictionary: files.dictionary, Reference: files.reference,
		SkipServiceLinked: !o.serviceLinked, Users: o.users, Groups: o.groups, Only: o.only,
		Semantic: o.semantic, Progress: p.set,
	})
	if err != nil {
		return err
	}
	p.end()
	o.dictionary = files.dictionary
	return o.finish(s, c, a)
}

// read reads both sides at once.
func (o *diffOptions) read(ctx context.Context, p *progress, a, b *diff.Input) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, in := range []*diff.Input{a, b} {
		g.Go(func() (err error) {
			if in.Baseline != "" {
				in.Snapshot, err = loadBaseline(in.Baseline)
			} else {
				in.Snapshot, err = o.readProfile(ctx, p, in.Side)
			}
			if err == nil {
				in.Account, in.Taken = in.Snapshot.ID, in.Snapshot.Taken
			}
			return err
		})
	}
	return g.Wait()
}

// readProfile reads an account, whole if it is to be kept.
func (o *diffOptions) readProfile(ctx context.Context, p *progress, s diff.Side) (*snapshot.Account, error) {
	cfg, err := loadProfile(ctx, s.Profile, o.region)
	if err != nil {
		return nil, err
	}
	keep := o.baseline != ""
	return readAccount(ctx, p, s.Profile, cfg, extract.Options{Users: o.users || keep, Groups: o.groups || keep})
}

// finish writes what was found.
func (o *diffOptions) finish(s *streams, c *diff.Comparison, a diff.Input) (err error) {
	r := c.Report()
	if r.Folder, err = outputFolder(o.output, time.Now()); err != nil {
		return err
	}
	if err := report.Write(r.Folder, c, o.compat); err != nil {
		return err
	}
	if o.baseline != "" {
		if err := saveBaseline(o.baseline, a.Snapshot); err != nil {
			return err
		}
	}
	if err := o.writeHTML(r); err != nil {
		return err
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(s.err, "fortlet: %s\n", plain(warning))
	}
	if err := o.print(s, r); err != nil {
		return err
	}
	if o.exitCode && r.Different {
		return errCheck
	}
	return nil
}

func (o *diffOptions) print(s *streams, r *diff.Report) error {
	if o.json {
		return printJSON(s.out, r)
	}
	return report.Screen(s.out, r, o.compat)
}
