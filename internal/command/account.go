package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/spf13/cobra"
)

func newAccount(s *streams) *cobra.Command {
	return group(&cobra.Command{
		Use:   "account",
		Short: "Make and list accounts",
		Long: `Make and list the accounts of the cloud. Every account is a world of its own.
Those that are made here are in one organization, which the first account
manages; aws organizations has the rest of it.`,
	}, newAccountCreate(s), newAccountList(s))
}

func newAccountCreate(s *streams) *cobra.Command {
	var in gateway.NewAccount
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an account with a root access key",
		Long: `Make an account of the organization with a root access key. The first one makes
the organization too. Principals of the management account get into the account
by its role OrganizationAccountAccessRole, as on AWS.`,
		Example: `  fortlet account create qa
  fortlet account create qa --id 987654321098
  fortlet account create stranger --standalone
  eval "$(fortlet env --account qa)"`,
		Args: cobra.ExactArgs(1),
	}
	target := targetFlags(cmd)
	passphraseFlag(cmd, &target.passphraseFile)
	f := cmd.Flags()
	f.StringVar(&in.ID, "id", "", "account `id`, 12 digits (default a random one)")
	f.StringVar(&in.Email, "email", "", "`address` of the root user, which no other account has (default made of the id)")
	f.StringVar(&in.RoleName, "role-name", "", "`name` of the role for the management account (default OrganizationAccountAccessRole)")
	f.StringVar(&in.Unit, "ou", "", "`id` of the organizational unit to put the account under (default the root)")
	f.BoolVar(&in.Standalone, "standalone", false, "keep the account out of the organization")
	f.BoolVar(&asJSON, "json", false, "print JSON, the root access key too")
	cmd.MarkFlagsMutuallyExclusive("standalone", "ou")
	cmd.MarkFlagsMutuallyExclusive("standalone", "role-name")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in.Name = args[0]
		created, err := createAccount(cmd.Context(), target, in)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, created)
		}
		fmt.Fprintf(s.out, "%s %s\n", created.ID, created.Name)
		return nil
	}
	return cmd
}

func createAccount(ctx context.Context, t *target, in gateway.NewAccount) (*gateway.CreatedAccount, error) {
	out := new(gateway.CreatedAccount)
	client, err := t.client()
	if err != nil {
		return nil, err
	}
	if client != nil {
		return out, client.do(ctx, http.MethodPost, "accounts", in, out)
	}
	// Nothing runs: work on the folder itself.
	err = t.offline(ctx, func(f *fortlet.Fortlet) error {
		a, key, err := f.Cloud.CreateAccount(ctx, in.Spec(), cloud.Requester{Principal: cloud.RootOf(f.Account)})
		if err != nil {
			return err
		}
		*out = gateway.CreatedAccount{Account: gateway.Show(a), AccessKeyID: key.ID, SecretAccessKey: key.Secret}
		return nil
	})
	return out, err
}

func newAccountList(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the accounts",
		Example: `  fortlet account list --json`,
		Args:    cobra.NoArgs,
	}
	target := targetFlags(cmd)
	passphraseFlag(cmd, &target.passphraseFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		list, err := listAccounts(cmd.Context(), target)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, map[string]any{"accounts": list})
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tCREATED\t")
		for _, a := range list {
			note := ""
			switch {
			case a.Closed != nil:
				note = "closed"
			case a.Management:
				note = "management account"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.ID, a.Name, a.Created.Format("2006-01-02 15:04"), note)
		}
		return w.Flush()
	}
	return cmd
}

func listAccounts(ctx context.Context, t *target) ([]gateway.Account, error) {
	client, err := t.client()
	if err != nil {
		return nil, err
	}
	if client != nil {
		var out struct{ Accounts []gateway.Account }
		err := client.do(ctx, http.MethodGet, "accounts", nil, &out)
		return out.Accounts, err
	}
	list := []gateway.Account{}
	err = t.offline(ctx, func(f *fortlet.Fortlet) error {
		all, err := f.Cloud.Accounts.List(ctx)
		for _, a := range all {
			list = append(list, gateway.Show(a))
		}
		return err
	})
	return list, err
}

// offline opens the data folder of a cloud that does not run.
func (t *target) offline(ctx context.Context, work func(*fortlet.Fortlet) error) (err error) {
	if files, err := fortlet.Folder(t.data).KeyFiles().List(); err != nil || len(files) == 0 {
		return errors.Join(err, hinted{fmt.Errorf("data folder %s has no cloud", t.data), "start one with fortlet up --data " + t.data})
	}
	passphrase, err := readPassphrase(t.passphraseFile)
	if err != nil {
		return err
	}
	f, err := fortlet.Open(ctx, fortlet.Config{Dir: t.data, Passphrase: passphrase})
	if errors.Is(err, store.ErrLocked) {
		return hinted{err, "name the running cloud with --endpoint"}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return work(f)
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
