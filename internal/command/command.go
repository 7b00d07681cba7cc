// Package command is the command line: one file per command. A command is a
// function from a context and arguments to an error; Main alone decides the
// exit code.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // the command could not do its work
	exitUsage   = 2 // the command line is wrong
	exitCheck   = 3 // the command worked and what it checked does not hold: a walkthrough failed, an audit log was changed
)

const exitCodes = `Exit codes: 0 success, 1 failure, 2 wrong usage, 3 a check does not hold
(a walkthrough failed, the audit log was changed).`

// errCheck says that the command worked and that what it checked does not
// hold. What was found has been printed.
var errCheck = errors.New("check does not hold")

// hinted is an error that tells what to do next.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// usageError is a wrong command line.
type usageError struct{ error }

// streams are where a command reads and writes: results on out, all else on
// err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Main runs a command line and returns its exit code. An interrupt or SIGTERM
// ends the command's context.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(&streams{stdin, stdout, stderr})
	root.SetArgs(args)
	started := noteStart(root)
	cmd, err := root.ExecuteContextC(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if err != nil && !*started && !errors.As(err, new(usageError)) {
		err = hinted{usageError{err}, "see " + cmd.CommandPath() + " --help"}
	}
	return exitCode(stderr, err)
}

// noteStart tells whether a command has begun its work. Whatever is wrong
// before that, an unknown command or flags that exclude each other, is wrong
// with the command line.
func noteStart(cmd *cobra.Command) *bool {
	started := new(bool)
	var note func(*cobra.Command)
	note = func(c *cobra.Command) {
		if run := c.RunE; run != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				*started = true
				return run(c, args)
			}
		}
		for _, sub := range c.Commands() {
			note(sub)
		}
	}
	note(cmd)
	return started
}

func exitCode(stderr io.Writer, err error) int {
	var usage usageError
	var hint hinted
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errCheck):
		return exitCheck
	}
	fmt.Fprintf(stderr, "fortlet: %s\n", plain(err.Error()))
	if errors.As(err, &hint) {
		fmt.Fprintf(stderr, "fortlet: hint: %s\n", plain(hint.hint))
	}
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailure
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "fortlet",
		Short: "A small AWS-compatible cloud whose walls are real",
		Long: `Fortlet answers the AWS API on your machine: every request is authenticated,
authorized, encrypted and recorded as AWS does it.

` + exitCodes,
		Example: `  fortlet up                    start the cloud
  eval "$(fortlet env)"         point the aws CLI and SDKs at it
  aws sts get-caller-identity   use it
  fortlet walk 13               run an article's steps against it`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return hinted{usageError{err}, "see " + c.CommandPath() + " --help"}
	})
	root.AddCommand(
		newUp(s), newEnv(s), newAccount(s), newWalk(s), newExplain(s), newAudit(s), newIAM(s), newEdge(s), newCrypt(s), newFields(s), newWork(s), newVersion(s),
	)
	wrapArgs(root)
	return root
}

// group makes a command of those below it. By itself it shows its help; cobra
// alone would do that for an unknown command below it, too.
func group(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(below...)
	return cmd
}

// wrapArgs makes wrong arguments usage errors, as wrong flags are.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return hinted{usageError{err}, "see " + c.CommandPath() + " --help"}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgs(sub)
	}
}
