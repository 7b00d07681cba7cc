package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/walkthrough"
	"github.com/spf13/cobra"
)

func newWalk(s *streams) *cobra.Command {
	var list, all, asJSON bool
	cmd := &cobra.Command{
		Use:   "walk [NAME]",
		Short: "Run an article's steps against the cloud",
		Long: `Run a walkthrough, an article's steps as a script, against the running cloud:
each command is shown with its output and a mark, the denials too.

A walkthrough runs in a new account of its own, so that it neither finds nor
leaves anything in yours. With --endpoint it runs there, with the access key in
the environment.

` + exitCodes,
		Example: `  fortlet walk --list
  fortlet walk 13
  fortlet walk --all`,
		Args: cobra.MaximumNArgs(1),
	}
	target := targetFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&list, "list", false, "list the walkthroughs")
	f.BoolVar(&all, "all", false, "run all of them")
	f.BoolVar(&asJSON, "json", false, "print the list as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case list:
			return listWalkthroughs(s, asJSON)
		case all && len(args) == 0:
			return walk(cmd.Context(), s, target, walkthrough.List())
		case len(args) == 1 && !all:
			w, err := walkthrough.Find(args[0])
			if err != nil {
				return hinted{usageError{err}, "see fortlet walk --list"}
			}
			return walk(cmd.Context(), s, target, []walkthrough.Walkthrough{w})
		}
		return hinted{usageError{errors.New("walk needs a name, --all or --list")}, "see fortlet walk --help"}
	}
	return cmd
}

func listWalkthroughs(s *streams, asJSON bool) error {
	type item struct {
		Name  string `json:"name"`
		Title string `json:"title"`
	}
	var items []item
	for _, w := range walkthrough.List() {
		items = append(items, item{w.Name, w.Title})
	}
	if asJSON {
		return printJSON(s.out, map[string]any{"walkthroughs": items})
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, i := range items {
		fmt.Fprintf(t, "%s\t%s\n", i.Name, i.Title)
	}
	return t.Flush()
}

func walk(ctx context.Context, s *streams, t *target, list []walkthrough.Walkthrough) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	if c == nil {
		return hinted{errors.New("no cloud runs on " + t.data), "start it with fortlet up, or name one with --endpoint"}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var failed []string
	for _, w := range list {
		env, err := walkEnvironment(ctx, c, w.Name)
		if err != nil {
			return err
		}
		err = w.Run(ctx, walkthrough.Options{
			Env:   env,
			Tools: map[string]string{"fortlet": self},
			Out:   s.out,
			Color: isTerminal(s.out),
		})
		if errors.Is(err, walkthrough.ErrFailed) {
			failed = append(failed, w.Name)
		} else if err != nil {
			return err
		}
		fmt.Fprintln(s.out)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed\n", len(list)-len(failed), len(failed))
	if len(failed) > 0 {
		fmt.Fprintf(s.out, "failed: %s\n", strings.Join(failed, ", "))
		return errCheck
	}
	return nil
}

// walkEnvironment gives a walkthrough an account of its own, in no organization,
// so that no policies of yours bind it, and the means to make further ones.
func walkEnvironment(ctx context.Context, c *client, name string) (map[string]string, error) {
	number, _, _ := strings.Cut(name, "-")
	account := new(gateway.CreatedAccount)
	in := gateway.NewAccount{Name: "walk-" + number + "-" + cloud.NewID()[:8], Standalone: true}
	if err := c.do(ctx, http.MethodPost, "accounts", in, account); err != nil {
		return nil, err
	}
	e := c.environment
	e.AccessKeyID, e.SecretAccessKey = account.AccessKeyID, account.SecretAccessKey
	env := map[string]string{
		"ACCOUNT":           account.ID,
		"FORTLET_ENDPOINT":  c.Endpoint,
		"MANAGEMENT_KEY_ID": c.AccessKeyID,
		"MANAGEMENT_KEY":    c.SecretAccessKey,
		"AWS_SESSION_TOKEN": "",
	}
	for _, v := range e.variables() {
		env[v[0]] = v[1]
	}
	return env, nil
}

// isTerminal reports whether out is a terminal and colour is wanted: see
// https://no-color.org.
func isTerminal(out any) bool {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
