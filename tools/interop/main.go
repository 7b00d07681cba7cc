// Interop exchanges messages between Fortlet's esdk and the implementations of
// the AWS Encryption SDK message format that AWS publishes, in both directions,
// and writes docs/interop.md. It fails if any message does not pass, and if
// anything that is known not to work works after all.
//
//	sh scripts/interop.sh
//	go run ./tools/interop -fortlet bin/fortlet -o docs/interop.md
//
// The others run as processes of their own, see package peer. Their wrapping
// keys in AWS KMS are in a Fortlet that the run starts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

type options struct {
	fortlet, cache, out string
	peers               string
	row                 string
	all                 bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.StringVar(&o.fortlet, "fortlet", "bin/fortlet", "the `binary` whose KMS is used")
	flag.StringVar(&o.cache, "cache", ".cache/interop", "`folder` that scripts/interop.sh installed into")
	flag.StringVar(&o.out, "o", "", "`file` for the results; empty: stdout")
	flag.StringVar(&o.peers, "peers", strings.Join(everybody, ","), "implementations to exchange messages with")
	flag.StringVar(&o.row, "row", "", "only rows that contain this `text`")
	flag.BoolVar(&o.all, "all", false, "exchange messages between the others too")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	start := time.Now()
	c, err := startCloud(ctx, o.fortlet)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	rings, err := newRings(c)
	if err != nil {
		return err
	}
	everyone, stop, err := o.start(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	all := o.choose(cases(rings))
	r := newResults(all)
	if err := o.exchange(ctx, everyone, all, r); err != nil {
		return errors.Join(err, r.err())
	}
	fmt.Fprintf(os.Stderr, "interop: %d cases in %v\n", r.done, time.Since(start).Round(time.Second))
	return errors.Join(o.write(everyone, r), r.err())
}

func (o options) choose(all []testCase) (chosen []testCase) {
	for _, c := range all {
		if strings.Contains(c.row, o.row) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

func (o options) exchange(ctx context.Context, everyone []participant, all []testCase, r *results) error {
	ticker := time.NewTicker(3 * time.Second)
	defer ticker.Stop()
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range o.pairs(everyone) {
		group.Go(func() error { return p.exchange(ctx, all, r) })
	}
	ended := make(chan error, 1)
	go func() { ended <- group.Wait() }()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			r.progress(os.Stderr)
		}
	}
}

func (o options) write(everyone []participant, r *results) error {
	if o.out == "" {
		return report(os.Stdout, everyone, o.pairs(everyone), r)
	}
	f, err := os.Create(o.out)
	if err != nil {
		return err
	}
	return errors.Join(report(f, everyone, o.pairs(everyone), r), f.Close())
}
