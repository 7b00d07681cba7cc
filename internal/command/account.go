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
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/spf13/cobra"
)

func newAccount(s *streams) *cobra.Command {
	return group(&cobra.Command{
		Use:   "account",
		Short: "Make and list accounts",
		Long: `Make and list the accounts of the cloud. Every account is a world of its own;
all are in one organization, which the first account manages.`,
	}, newAccountCreate(s), newAccountList(s))
}

func newAccountCreate(s *streams) *cobra.Command {
	var id string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an account with a root access key",
		Example: `  fortlet account create qa
  fortlet account create qa --id 987654321098
  eval "$(fortlet env --account qa)"`,
		Args: cobra.ExactArgs(1),
	}
	target := targetFlags(cmd)
	passphraseFlag(cmd, &target.passphraseFile)
	cmd.Flags().StringVar(&id, "id", "", "account `id`, 12 digits (default a random one)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, the root access key too")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		created, err := createAccount(cmd.Context(), target, gateway.NewAccount{Name: args[0], ID: id})
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
		a, key, err := f.Cloud.CreateAccount(ctx, accounts.Spec{Name: in.Name, ID: in.ID}, cloud.Requester{Principal: cloud.RootOf(f.Account)})
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
			if a.Management {
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
