package command

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// How listprofiles --check asks: of several profiles at once, and of each for
// no longer than somebody waits for a list.
const (
	checksAtOnce = 8
	checkTimeout = 20 * time.Second
	checkTries   = 2
)

func newIAMListProfiles(s *streams) *cobra.Command {
	var check, asJSON bool
	cmd := &cobra.Command{
		Use:   "listprofiles",
		Short: "List the profiles of the AWS configuration",
		Long: `List the named profiles of the AWS configuration and credentials files, with
their Region and where their credentials come from. With --check each is asked
whose it is (sts:GetCallerIdentity, which needs no permission); the exit code is
3 when one of them does not answer.`,
		Example: `  fortlet iam listprofiles
  fortlet iam listprofiles --check`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&check, "check", false, "ask each profile for its account")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		profiles, err := extract.Profiles(cmd.Context())
		if err != nil {
			return hintOf(err)
		}
		list := make([]listedProfile, len(profiles))
		for i, p := range profiles {
			list[i] = showProfile(p)
		}
		if check {
			checkProfiles(cmd.Context(), list)
		}
		if err := printProfiles(s, list, check, asJSON); err != nil {
			return err
		}
		for _, p := range list {
			if check && p.Error != "" {
				return errCheck
			}
		}
		return nil
	}
	return cmd
}

// listedProfile is a profile as it is shown.
type listedProfile struct {
	Name        string `json:"profile"`
	Region      string `json:"region,omitempty"`
	Endpoint    string `json:"endpoint,omitempty"`
	Credentials string `json:"credentials,omitempty"`
	Account     string `json:"account,omitempty"`
	ARN         string `json:"arn,omitempty"`
	Error       string `json:"error,omitempty"`
}

func showProfile(p extract.Profile) listedProfile {
	shown := listedProfile{Name: p.Name, Region: p.Region, Endpoint: p.Endpoint, Credentials: p.Credentials}
	if p.Err != nil {
		shown.Error = p.Err.Error()
	}
	return shown
}

// checkProfiles fills in whose the profiles are, or why that is not known.
func checkProfiles(ctx context.Context, list []listedProfile) {
	var group errgroup.Group
	group.SetLimit(checksAtOnce)
	for i := range list {
		if list[i].Error != "" {
			continue
		}
		group.Go(func() error {
			who, err := checkProfile(ctx, list[i].Name)
			if err != nil {
				list[i].Error = err.Error()
			}
			list[i].Account, list[i].ARN = who.Account, who.ARN
			return nil
		})
	}
	group.Wait() // none fails: what goes wrong is shown beside the profile
}

func checkProfile(ctx context.Context, name string) (extract.Identity, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	cfg, err := extract.Load(ctx, name, "")
	if err != nil {
		return extract.Identity{}, err
	}
	cfg.RetryMaxAttempts = checkTries
	return extract.Identify(ctx, cfg)
}

func printProfiles(s *streams, list []listedProfile, checked, asJSON bool) error {
	if asJSON {
		return printJSON(s.out, map[string]any{"profiles": list})
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	header := "PROFILE\tREGION\tCREDENTIALS"
	if checked {
		header += "\tACCOUNT\tPRINCIPAL"
	}
	fmt.Fprintln(w, header)
	for _, p := range list {
		if checked {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Name, cmp.Or(p.Region, "-"), cmp.Or(p.Credentials, "-"), cmp.Or(p.Account, "-"), cmp.Or(p.ARN, p.Error))
		} else {
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.Name, cmp.Or(p.Region, "-"), cmp.Or(p.Credentials, p.Error, "-"))
		}
	}
	return w.Flush()
}
