package command

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// The calls of the scripts about organizations.
func init() {
	calls["organization"] = func(ctx context.Context, cfg aws.Config, stdout io.Writer, _ []string) error {
		out, err := organizations.NewFromConfig(cfg).DescribeOrganization(ctx, nil)
		if err == nil {
			fmt.Fprintln(stdout, *out.Organization.Id, *out.Organization.MasterAccountId)
		}
		return err
	}
	// close-account EMAIL
	calls["close-account"] = func(ctx context.Context, cfg aws.Config, _ io.Writer, args []string) error {
		client := organizations.NewFromConfig(cfg)
		out, err := client.ListAccounts(ctx, nil)
		if err != nil {
			return err
		}
		for _, a := range out.Accounts {
			if *a.Email == args[0] {
				_, err = client.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: a.Id})
				return err
			}
		}
		return fmt.Errorf("no account has %s", args[0])
	}
	calls["list-roles"] = func(ctx context.Context, cfg aws.Config, stdout io.Writer, _ []string) error {
		out, err := iam.NewFromConfig(cfg).ListRoles(ctx, nil)
		if err == nil {
			for _, r := range out.Roles {
				fmt.Fprintln(stdout, *r.RoleName)
			}
		}
		return err
	}
	calls["reset"] = func(ctx context.Context, _ aws.Config, _ io.Writer, _ []string) error {
		return (&client{environmentOfProcess()}).do(ctx, http.MethodPost, "reset", nil, new(struct{}))
	}
}
