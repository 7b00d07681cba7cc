package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/extract"
)

// tool is a command that is measured. It runs in a folder of its own, which
// has the equivalency list and the reference of fortlet iam init.
type tool struct {
	name string
	args []string
}

// extractCommand is this program as a tool: the reading of one account alone.
const extractCommand = "extract-account"

// measureCommand is this program as what runs a tool.
const measureCommand = "measure"

// askedBucket is the bucket of one of the applications.
const askedBucket = "app00042-dev"

// harvest leaves the baseline that --against compares with.
var harvest = tool{"harvest", []string{"fortlet", "iam", "harvest", "dev-profile", "dev", "--save-baseline", "dev.json"}}

var tools = []tool{
	{"read an account", []string{"", extractCommand, "dev-profile"}},
	harvest,
	{"diff", []string{"fortlet", "iam", "diff", "dev-profile", "dev", "qa-profile", "qa"}},
	{"diff --semantic", []string{"fortlet", "iam", "diff", "dev-profile", "dev", "qa-profile", "qa", "--semantic"}},
	{"diff --against", []string{"fortlet", "iam", "diff", "dev-profile", "dev", "--against", "dev.json"}},
	{"who-can", []string{"fortlet", "iam", "who-can", "s3:GetObject", "arn:aws:s3:::" + askedBucket + "/report.csv", "--profile", "dev-profile"}},
}

// result is what a run of a tool took.
type result struct {
	Wall time.Duration
	CPU  time.Duration
	RSS  int64 // bytes at the peak
}

// measure runs a tool and gives its fastest run, and the most memory of any.
func (t tool) measure(ctx context.Context, o options, env []string, dir string) (result, error) {
	var best result
	for range o.runs {
		r, err := t.once(ctx, o, env, dir)
		if err != nil {
			return result{}, err
		}
		peak := max(best.RSS, r.RSS)
		if best.Wall == 0 || r.Wall < best.Wall {
			best = r
		}
		best.RSS = peak
	}
	return best, nil
}

// once runs the tool below a process that does nothing else: for the system a
// process's peak memory begins with that of the process that started it, and
// this one holds the world.
func (t tool) once(ctx context.Context, o options, env []string, dir string) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	program := o.fortlet
	if t.args[0] == "" {
		program = self
	}
	cmd := exec.CommandContext(ctx, self, append([]string{measureCommand, program}, t.args[1:]...)...)
	cmd.Env, cmd.Dir = env, dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s", strings.Join(t.args, " "), err, &stderr)
	}
	// The rows of a large account are gigabytes.
	if err := os.RemoveAll(filepath.Join(dir, "aws-idt")); err != nil {
		return result{}, err
	}
	var r result
	return r, json.Unmarshal(stdout.Bytes(), &r)
}

// measureProcess runs a program and prints what it took as JSON.
func measureProcess(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("usage: " + measureCommand + " PROGRAM [ARGS]")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	err := cmd.Run()
	wall := time.Since(begun)
	if err != nil {
		return err
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return json.NewEncoder(os.Stdout).Encode(result{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss << 10})
}

// extractAccount reads the account of a profile and does nothing with it.
func extractAccount(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: " + extractCommand + " PROFILE")
	}
	cfg, err := extract.Load(ctx, args[0], "")
	if err != nil {
		return err
	}
	_, err = extract.Account(ctx, cfg, extract.Options{Users: true, Groups: true})
	return err
}
