// Edgebench measures fortlet edge: requests per second and latency of the
// article's payload with 1, 6 and 18 fields sealed, with both ciphers, beside the
// same proxy passing bytes through and beside a bare httputil.ReverseProxy; and
// how much memory a JSON array takes that is longer than that.
//
//	go run ./tools/edgebench -fortlet bin/fortlet
//
// Origin, proxies and load share the machine's cores, so the rates of one run are
// to be compared with one another. The loop is closed: a connection sends its
// next request when the answer has come. The origin checks that no field reaches
// it in the clear, and that as many as asked for are sealed.
//
// It needs Linux, for /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type options struct {
	fortlet     string
	duration    time.Duration
	connections int
	rounds      int
	size        int64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "edgebench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == originRole {
		return serveOrigin(ctx, os.Stdout)
	}
	if len(args) > 0 && args[0] == bareRole {
		return serveBare(ctx, os.Stdout, args[1])
	}
	var o options
	f := flag.NewFlagSet("edgebench", flag.ContinueOnError)
	f.StringVar(&o.fortlet, "fortlet", "bin/fortlet", "the `binary`")
	f.DurationVar(&o.duration, "duration", 3*time.Second, "of each measurement")
	f.IntVar(&o.connections, "connections", 16, "at one time, for the rates")
	f.IntVar(&o.rounds, "rounds", 3, "measurements of each row; the median counts")
	f.Int64Var(&o.size, "size", 1<<30, "bytes of the long JSON array; 0 leaves it out")
	if err := f.Parse(args); err != nil {
		return err
	}
	return measure(ctx, o, out)
}
