package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/spf13/cobra"
)

func newWork(s *streams) *cobra.Command {
	return group(&cobra.Command{
		Use:   "work",
		Short: "Show and run background jobs",
		Long: `Show and run the background jobs of a running cloud: lifecycle rules, the
deliveries of trails and access logs. They run by themselves, in the cloud's
time; here a person need not wait. The access key must be the management
account's root key.`,
	}, newWorkList(s), newWorkRun(s))
}

func newWorkList(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the jobs: when they ran, when they will, and what went wrong",
		Example: `  fortlet work list
  fortlet work list --json`,
		Args: cobra.NoArgs,
	}
	target := targetFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := target.running()
		if err != nil {
			return err
		}
		var out struct {
			Jobs []gateway.Job `json:"jobs"`
		}
		if err := c.do(cmd.Context(), http.MethodGet, "work", nil, &out); err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, out)
		}
		return printJobs(s.out, out.Jobs)
	}
	return cmd
}

func printJobs(out io.Writer, jobs []gateway.Job) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSCHEDULE\tLAST RUN\tNEXT RUN\tLAST ERROR")
	for _, j := range jobs {
		next := inUTC(&j.NextRun)
		if j.Running {
			next = "running"
		}
		lastError := "-"
		if j.LastError != "" {
			lastError = j.LastError
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", j.Name, j.Schedule, inUTC(j.LastRun), next, lastError)
	}
	return w.Flush()
}

// inUTC shows a time, in the zone that schedules are in.
func inUTC(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func newWorkRun(s *streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run NAME",
		Short: "Run a job now and wait until it has ended",
		Long: `Run a job now, whatever its schedule, and wait until it has ended. A run that is
under way is waited for first. When the job fails, its error is printed and the
exit code is 1; the cloud tries it again by itself.`,
		Example: `  fortlet work run s3.lifecycle
  fortlet work run cloudtrail.delivery`,
		Args: cobra.ExactArgs(1),
	}
	target := targetFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := target.running()
		if err != nil {
			return err
		}
		defer patiently(s.err, args[0])()
		err = c.do(cmd.Context(), http.MethodPost, "work/"+url.PathEscape(args[0])+"/run", nil, new(struct{}))
		var answer *remoteError
		if errors.As(err, &answer) && answer.Status == http.StatusNotFound {
			return hinted{err, "see fortlet work list"}
		}
		return err
	}
	return cmd
}

// running is client for what needs a cloud that runs.
func (t *target) running() (*client, error) {
	c, err := t.client()
	if err == nil && c == nil {
		err = hinted{errors.New("no cloud runs on " + t.data), "start it with fortlet up, or name one with --endpoint"}
	}
	return c, err
}

// silence is how long a command works before it says that it does.
const silence = 2 * time.Second

// patiently tells a person who waits for a job that it still runs, until the
// function that it gives is called.
func patiently(out io.Writer, job string) (done func()) {
	ctx, cancel := context.WithCancel(context.Background())
	said := make(chan struct{})
	go func() {
		defer close(said)
		select {
		case <-time.After(silence):
			fmt.Fprintf(out, "fortlet: job %s is running\n", job)
		case <-ctx.Done():
		}
	}()
	return func() {
		cancel()
		<-said
	}
}
