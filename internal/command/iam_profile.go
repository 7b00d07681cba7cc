package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/spf13/cobra"
)

// profile says which account a command reads: the named profile of the AWS
// configuration, or else what the environment says.
type profile struct{ name, region string }

// profileFlags adds --profile and --region.
func profileFlags(cmd *cobra.Command) *profile {
	p := new(profile)
	cmd.Flags().StringVar(&p.name, "profile", "", "`name` of a profile of the AWS configuration (default AWS_PROFILE, or else the environment's credentials)")
	regionFlag(cmd, &p.region)
	return p
}

// regionFlag adds --region, for commands that take their profiles as arguments.
func regionFlag(cmd *cobra.Command, region *string) {
	cmd.Flags().StringVar(region, "region", "", "`Region` whose endpoints are asked (default the profile's)")
}

// config is the configuration of the AWS SDK.
func (p *profile) config(ctx context.Context) (aws.Config, error) {
	return loadProfile(ctx, p.name, p.region)
}

// loadProfile is the configuration of a profile, "" for the default chain.
func loadProfile(ctx context.Context, name, region string) (aws.Config, error) {
	cfg, err := extract.Load(ctx, name, region, config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
		o.TokenProvider = func() (string, error) { return askMFA(os.Stdin, os.Stderr, aws.ToString(o.SerialNumber)) }
	}))
	return cfg, hintOf(err)
}

// oneQuestion lets two profiles that are read at once ask one after the other.
var oneQuestion sync.Mutex

// askMFA asks for the code that an MFA device shows, which a profile with
// mfa_serial needs to assume its role.
func askMFA(in io.Reader, out io.Writer, device string) (string, error) {
	oneQuestion.Lock()
	defer oneQuestion.Unlock()
	fmt.Fprintf(out, "MFA code of %s: ", device)
	var code string
	if _, err := fmt.Fscanln(in, &code); err != nil {
		return "", fmt.Errorf("no MFA code for %s: %w", device, err)
	}
	return code, nil
}

// readAccount takes the IAM of the account behind a configuration. Progress and
// errors are shown under the profile's name.
func readAccount(ctx context.Context, p *progress, name string, cfg aws.Config, o extract.Options) (*snapshot.Account, error) {
	name = cmp.Or(name, "account")
	o.Progress = func(now extract.Progress) { p.set(name, now.Items, now.Total) }
	account, err := extract.Account(ctx, cfg, o)
	if err != nil {
		return nil, hintOf(fmt.Errorf("%s: %w", name, err))
	}
	return account, nil
}

// hintOf shows the hint that an error of extract carries as those of commands
// are shown.
func hintOf(err error) error {
	var e *extract.Error
	if errors.As(err, &e) && e.Hint != "" {
		return hinted{err, e.Hint}
	}
	return err
}
