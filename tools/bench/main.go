// Bench measures a whole Fortlet process: requests per second, latency, CPU,
// memory, start and reset. It prints the tables of docs/performance.md.
//
//	go run ./tools/bench -fortlet bin/fortlet
//
// It starts the binary on new data folders, in the mode that users get: every
// request is signed, authorized as an IAM user with several policies, and
// recorded; every change is on disk before it is answered. Requests are signed
// before the clock starts and sent as they are over kept connections, by as
// little client as can be had, since client and server share the machine's
// cores. A bare net/http server that checks nothing is measured beside it in
// the same run: no Go server is faster than that.
//
// The loop is closed: a connection sends its next request when the answer has
// come. So the latencies are those of a server that is as busy as so many
// clients can make it, not those under some given load.
//
// It needs Linux, for /proc.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == bareCommand {
		return serveBare(ctx, os.Stdout)
	}
	opts, err := parseOptions(args, os.Stderr)
	if err != nil {
		return err
	}
	r, err := measureAll(ctx, opts, os.Stderr)
	if err != nil {
		return err
	}
	r.markdown(os.Stdout)
	if opts.json == "" {
		return nil
	}
	return writeJSON(opts.json, r)
}

func writeJSON(path string, r *report) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// bench is one run.
type bench struct {
	opts   options
	dir    string // of all data folders
	root   identity
	report report
	log    io.Writer
}

func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(b.log, "bench: "+format+"\n", args...)
}

// The data folders that are used more than once, by name.
const (
	loadedFolder   = "loaded"   // of the server that is loaded
	existingFolder = "existing" // of the starts on a folder that is there
)

// measureAll does everything, in a folder that is gone afterwards.
func measureAll(ctx context.Context, opts options, log io.Writer) (r *report, err error) {
	// With one processor the client uses about half the CPU time that it does
	// with two, whose scheduler keeps waking one for what the other could do.
	runtime.GOMAXPROCS(1)
	dir, err := os.MkdirTemp(opts.dir, "fortlet-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{opts: opts, dir: dir, root: newRootKey(), log: log}
	b.report.Duration = opts.duration
	b.report.Machine = describe(dir, opts.fortlet)
	info, err := os.Stat(opts.fortlet)
	if err != nil {
		return nil, err
	}
	b.report.Binary = info.Size()
	if err := b.starts(ctx); err != nil {
		return nil, err
	}
	if err := b.loads(ctx); err != nil {
		return nil, err
	}
	if err := b.buckets(ctx); err != nil {
		return nil, err
	}
	if err := b.largeObject(ctx); err != nil {
		return nil, err
	}
	if err := b.afterLoads(ctx); err != nil {
		return nil, err
	}
	b.report.setGoals()
	return &b.report, nil
}
