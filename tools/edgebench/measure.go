package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"
)

// bench is the processes of a run.
type bench struct {
	options
	out                io.Writer
	origin, bare, edge *process
	dir                string
}

func measure(ctx context.Context, o options, out io.Writer) (err error) {
	b := &bench{options: o, out: out}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.begin(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d cores, %s, medians of %d × %s. Origin, proxy and load share the cores.\n\n", runtime.NumCPU(), runtime.Version(), o.rounds, o.duration)
	if err := b.table(ctx); err != nil {
		return err
	}
	if o.size > 0 {
		return b.arrays(ctx)
	}
	return nil
}

func (b *bench) begin(ctx context.Context) (err error) {
	if b.dir, err = os.MkdirTemp("", "edgebench-"); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if b.origin, err = start(ctx, self, originRole); err != nil {
		return err
	}
	if b.bare, err = start(ctx, self, bareRole, "http://"+b.origin.address); err != nil {
		return err
	}
	b.edge, err = b.startEdge(ctx)
	return err
}

func (b *bench) startEdge(ctx context.Context) (*process, error) {
	config, err := configure(b.dir, "http://"+b.origin.address)
	if err != nil {
		return nil, err
	}
	// A line per request is what operators switch off first where there are many.
	return start(ctx, b.fortlet, "edge", "--config", config, "--log-level", "warn")
}

func (b *bench) stop() error {
	var failed error
	for _, p := range []*process{b.edge, b.bare, b.origin} {
		if p != nil {
			failed = errors.Join(failed, p.stop())
		}
	}
	return errors.Join(failed, os.RemoveAll(b.dir))
}

// row is one line of the table: the request, and the same through the proxy
// without sealing.
type row struct {
	name   string
	target target
}

func (b *bench) rows(n int) []row {
	rows := []row{
		{"ReverseProxy", target{b.bare, passPath, clean(n), "0"}},
		{"pass-through", target{b.edge, passPath, clean(n), "0"}},
	}
	for _, cipher := range ciphers {
		rows = append(rows, row{cipher, target{b.edge, routePath(cipher, n), clean(n), strconv.Itoa(n)}})
	}
	return rows
}

func (b *bench) table(ctx context.Context) error {
	fmt.Fprintf(b.out, "| fields | proxy | requests/s, %d connections | of pass-through | p50 | p99 | CPU of the proxy, a request | p50, 1 connection | added to pass-through |\n", b.connections)
	fmt.Fprintln(b.out, "|--:|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, n := range counts {
		var pass, passAlone result
		for _, r := range b.rows(n) {
			if _, err := load(ctx, r.target, b.connections, b.duration/3); err != nil { // to warm up
				return err
			}
			busy, err := median(b.rounds, func() (result, error) { return load(ctx, r.target, b.connections, b.duration) })
			if err != nil {
				return err
			}
			alone, err := median(b.rounds, func() (result, error) { return load(ctx, r.target, 1, b.duration/2) })
			if err != nil {
				return err
			}
			if r.name == "pass-through" {
				pass, passAlone = busy, alone
			}
			fmt.Fprintf(b.out, "| %d | %s | %.0f | %s | %s | %s | %s | %s | %s |\n", n, r.name, busy.rate, share(busy, pass),
				micro(busy.p50), micro(busy.p99), micro(busy.cpu), micro(alone.p50), added(alone, passAlone))
		}
	}
	return nil
}

func share(r, of result) string {
	if of.rate == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*r.rate/of.rate)
}

func added(r, to result) string {
	if to.rate == 0 {
		return ""
	}
	return micro(r.p50 - to.p50)
}

func micro(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }

// arrays sends the long array with each cipher, through a new process each, whose
// peak of memory is then that of the array.
func (b *bench) arrays(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n| JSON array of %d MiB | records sealed | MB/s | peak memory of the proxy |\n|---|--:|--:|--:|\n", b.size>>20)
	for _, path := range []string{passPath, routePath("rsa", 1), routePath("envelope", 1)} {
		if err := b.array(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) array(ctx context.Context, path string) (err error) {
	edge, err := b.startEdge(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edge.stop()) }()
	rate, records, err := sendArray(ctx, edge.address, path, b.size)
	if err != nil {
		return err
	}
	peak, err := edge.peak()
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "| %s | %d | %.0f | %.1f MB |\n", path, records, rate/1e6, float64(peak)/1e6)
	return nil
}
