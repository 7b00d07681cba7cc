package walkthrough

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// Options say where and how a walkthrough runs.
type Options struct {
	// Env is added to the environment: the AWS settings, ACCOUNT.
	Env map[string]string
	// Tools are further programs for the commands' PATH, by name.
	Tools map[string]string
	// Out gets the prose, each command with its output, and a mark.
	Out io.Writer
	// Color says that Out is a terminal.
	Color bool
}

// ErrFailed says that a step did not do what it must. The details are on Out.
var ErrFailed = errors.New("walkthrough failed")

// Run runs the walkthrough's steps.
func (w Walkthrough) Run(ctx context.Context, o Options) error {
	dir, err := os.MkdirTemp("", "fortlet-walk-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tools, err := makeTools(dir, o.Tools)
	if err != nil {
		return err
	}
	script, steps := compile(w.text)
	file := filepath.Join(dir, w.Name+".txtar")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return err
	}
	r := &runner{ctx: ctx, options: o, steps: steps, show: printer{o.Out, o.Color}}
	r.show.title(w)
	result := &outcome{}
	testscript.RunT(result, testscript.Params{
		Files: []string{file},
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", tools+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("AWS_PAGER", "")
			for k, v := range o.Env {
				env.Setenv(k, v)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sh": r.sh},
	})
	r.finish(result)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if result.failed {
		return fmt.Errorf("%w: %s", ErrFailed, w.Name)
	}
	return nil
}

// makeTools makes a folder of programs that go in front of the PATH. Among
// them is an aws that passes the endpoint as an option, because distributions
// still ship CLIs that do not know AWS_ENDPOINT_URL (Debian 12 has 2.9; it came
// with 2.13).
func makeTools(dir string, tools map[string]string) (string, error) {
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return "", err
	}
	for name, path := range tools {
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			return "", err
		}
	}
	aws, err := exec.LookPath("aws")
	if err != nil {
		return "", fmt.Errorf("the aws CLI is needed: %w", err)
	}
	shim := "#!/bin/sh\nexec '" + strings.ReplaceAll(aws, "'", `'\''`) + `' ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"` + "\n"
	return bin, os.WriteFile(filepath.Join(bin, "aws"), []byte(shim), 0o700)
}

// runner runs the steps of one walkthrough.
type runner struct {
	ctx     context.Context
	options Options
	steps   []step
	show    printer
	open    bool // a command has run and nothing after it has failed yet
}

// around puts a command into the shell state that the last one left, and
// keeps the state that it leaves. What that one has unset is not in the file,
// so everything goes first.
const around = `state=$WORK/.shell-state
if [ -f "$state" ]; then unset $(compgen -e); . "$state"; fi
trap 'code=$?; export -p > "$state"; exit $code' EXIT
set -e -o pipefail
`

func (r *runner) sh(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(r.ctx.Err())
	r.close()
	s := r.steps[n]
	r.show.command(s)
	start := time.Now()
	failure := ts.Exec("bash", "-c", around+s.command)
	r.show.output(ts.ReadFile("stdout"), ts.ReadFile("stderr"), time.Since(start))
	r.open = true
	switch {
	case neg && failure == nil:
		ts.Fatalf("the command succeeded and must not")
	case !neg && failure != nil:
		ts.Fatalf("the command failed: %v", failure)
	}
}

// close marks the last command as good: everything asked of it has held.
func (r *runner) close() {
	if r.open {
		r.show.mark(true)
	}
	r.open = false
}

func (r *runner) finish(result *outcome) {
	if !result.failed {
		r.close()
		return
	}
	r.show.mark(false)
	r.show.failure(result.failure())
}
