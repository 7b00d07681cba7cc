// Esdkbench measures esdk beside plain AES-256-GCM of Go's standard library and
// beside the AWS Encryption SDKs for JavaScript, Python and Go, in one run. It
// prints the tables of docs/performance.md.
//
//	sh scripts/interop.sh
//	go run ./tools/esdkbench
//
// The others run as processes of their own, see tools/interop/peer, one after
// the other, and take the time themselves: neither their start nor the way to
// them counts. Each number is the best of several rounds; what is compared
// takes turns in each round, so that a slow minute of the machine meets all.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

type options struct {
	size, peerSize int64 // bytes of a long message
	count          int   // of short messages
	rounds         int
	cache, peers   string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.Int64Var(&o.size, "size", 1<<30, "`bytes` of the message that esdk encrypts and decrypts")
	flag.Int64Var(&o.peerSize, "peer-size", 64<<20, "`bytes` of the others' messages, which they hold in memory")
	flag.IntVar(&o.count, "count", 100_000, "`number` of short messages; the others get a fiftieth")
	flag.IntVar(&o.rounds, "rounds", 3, "`number` of rounds, the best of which counts")
	flag.StringVar(&o.cache, "cache", ".cache/interop", "`folder` that scripts/interop.sh installed into")
	flag.StringVar(&o.peers, "peers", strings.Join(peer.Names, ","), "whom to measure beside; empty: nobody")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "esdkbench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	others, err := startOthers(ctx, o)
	if err != nil {
		return err
	}
	defer others.close()
	b := &bench{options: o, others: others}
	fmt.Printf("%s, %d cores. Messages of %s, the others' of %s; best of %d rounds.\n", runtime.Version(), runtime.NumCPU(), mega(o.size), mega(o.peerSize), o.rounds)
	if err := b.streams(ctx); err != nil {
		return err
	}
	return b.shortMessages(ctx)
}

// bench is one run.
type bench struct {
	options
	others *others
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "esdkbench: "+format+"\n", args...)
}

func mega(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// manager wraps data keys with a raw AES key, which costs next to nothing.
func manager() (esdk.Manager, error) {
	k, err := newKeyring()
	if err != nil {
		return nil, err
	}
	return esdk.NewManager(k), nil
}
