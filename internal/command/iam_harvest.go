package command

import (
	"context"
	"fmt"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/spf13/cobra"
)

type harvestOptions struct {
	output, region, baseline string
	compat                   bool
}

func newIAMHarvest(s *streams) *cobra.Command {
	var o harvestOptions
	cmd := &cobra.Command{
		Use:   "harvest PROFILE TAG",
		Short: "Write the roles of an account to a CSV file, or to a baseline",
		Long: `Write the roles of an account with their policies to TAG_PROFILE_iam_tuples.csv,
one row for each action on each resource: actions with wildcards are expanded,
and joined with the resources that their services own. The columns and rows are
those of IAMCTL.

The file goes to a folder below ~/aws-idt/output that is named after the time.
With --save-baseline the account is kept whole, users and groups too, for
fortlet iam diff --against.`,
		Example: `  fortlet iam harvest dev-profile dev
  fortlet iam harvest dev-profile dev --output rows --save-baseline dev.json`,
		Args: cobra.ExactArgs(2),
	}
	f := cmd.Flags()
	f.StringVar(&o.output, "output", "", "`folder` for the CSV file (default ~/aws-idt/output/YYYY/mm/dd/HH/MM/SS)")
	f.StringVar(&o.baseline, "save-baseline", "", "keep the account in a `file`")
	f.BoolVar(&o.compat, "iamctl-compat", false, "say what IAMCTL says")
	regionFlag(cmd, &o.region)
	asked := progressFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p := newProgress(s, "harvesting", *asked)
		defer p.end()
		return harvest(cmd.Context(), s, p, args[0], args[1], o)
	}
	return cmd
}

func harvest(ctx context.Context, s *streams, p *progress, profile, tag string, o harvestOptions) error {
	if err := report.CheckTag(tag); err != nil {
		return usageError{err}
	}
	if err := baselineFile.check(o.baseline); err != nil {
		return err
	}
	files, err := readIAMFiles(o.compat)
	if err != nil {
		return err
	}
	cfg, err := loadProfile(ctx, profile, o.region)
	if err != nil {
		return err
	}
	everything := o.baseline != ""
	account, err := readAccount(ctx, p, profile, cfg, extract.Options{Users: everything, Groups: everything})
	if err != nil {
		return err
	}
	p.end()
	folder, err := outputFolder(o.output, time.Now())
	if err != nil {
		return err
	}
	path, err := report.WriteHarvest(folder, diff.Side{Tag: tag, Profile: profile}, account, files.reference)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d roles of account %s\n", path, len(account.Roles), account.ID)
	if o.baseline == "" {
		return nil
	}
	if err := saveBaseline(o.baseline, account); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: baseline of %s\n", o.baseline, account.Taken.Format(time.RFC3339))
	return nil
}
