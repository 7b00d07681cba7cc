package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// operation is something to measure.
type operation struct {
	name    string
	message func() message
	silent  bool  // the answer has no body
	bytes   int64 // that a request moves, where megabytes are of interest
	conns   []int // in place of those asked for
}

const bareName = "bare net/http"

func (w *world) operations() []operation {
	return []operation{
		{name: "GetCallerIdentity", message: getCallerIdentity},
		{name: "Encrypt", message: func() message { return encrypt(w.encryptKey) }},
		{name: "Sign", message: func() message { return sign(w.signKey) }},
	}
}

// row is the outcome of one operation over a number of connections.
type row struct {
	Operation   string  `json:"operation"`
	Connections int     `json:"connections"`
	Requests    int     `json:"requests"`
	PerSecond   float64 `json:"requestsPerSecond"`
	Megabytes   float64 `json:"megabytesPerSecond,omitempty"` // of large objects
	OfBare      float64 `json:"ofBare"`
	P50         float64 `json:"p50Microseconds"`
	P99         float64 `json:"p99Microseconds"`
	ServerCPU   float64 `json:"serverCPUMicroseconds"` // per request
	ClientCPU   float64 `json:"clientCPUMicroseconds"` // per request
	// Others is the share of the machine's CPU time that went elsewhere
	// meanwhile. Where it is not small, the row says little.
	Others float64 `json:"others"`
}

// target is what to load and how.
type target struct {
	server *child
	name   string
	source requestSource
	bytes  int64
}

// on is the operation as a load of a server.
func (op operation) on(server *child, name string, as caller) target {
	return target{server, name, requestSource{addr: as.addr, as: as.as, messages: []func() message{op.message}, silent: op.silent}, op.bytes}
}

// throughput measures every operation at every number of connections, the bare
// server first each time, so that both have met the same machine.
func (b *bench) throughput(ctx context.Context, server, bare *child, w *world) error {
	for _, conns := range b.opts.conns {
		targets := []target{{server: bare, name: bareName, source: requestSource{addr: bare.addr, as: w.user.as, messages: []func() message{getCallerIdentity}}}}
		for _, op := range w.operations() {
			if b.opts.measures(op.name) {
				targets = append(targets, op.on(server, op.name, w.user))
			}
		}
		var bareRate float64
		for _, t := range targets {
			r, err := b.measure(ctx, t, conns)
			if err != nil {
				return fmt.Errorf("%s over %d connections: %w", t.name, conns, err)
			}
			if t.name == bareName {
				bareRate = r.PerSecond
			}
			r.OfBare = r.PerSecond / bareRate
			b.report.Rows = append(b.report.Rows, *r)
		}
	}
	return nil
}

// warmShare is the part of the measured time that goes by before it.
const warmShare = 5

func (b *bench) measure(ctx context.Context, t target, conns int) (*row, error) {
	l, err := openLoad(ctx, t.source, conns)
	if err != nil {
		return nil, err
	}
	defer l.close()
	if _, err := l.run(ctx, limit{time: b.opts.duration / warmShare}); err != nil {
		return nil, err
	}
	before, err := readUsage(t.server.process())
	if err != nil {
		return nil, err
	}
	o, err := l.run(ctx, limit{time: b.opts.duration})
	if err != nil {
		return nil, err
	}
	after, err := readUsage(t.server.process())
	if err != nil {
		return nil, err
	}
	n, used := float64(o.latencies.total), after.since(before)
	r := &row{
		Operation:   t.name,
		Connections: conns,
		Requests:    o.latencies.total,
		PerSecond:   n / o.elapsed.Seconds(),
		Megabytes:   n / o.elapsed.Seconds() * float64(t.bytes) / megabyte,
		P50:         microseconds(o.latencies.quantile(0.50)),
		P99:         microseconds(o.latencies.quantile(0.99)),
		ServerCPU:   microseconds(used.server) / n,
		ClientCPU:   microseconds(used.client) / n,
		Others:      used.others(o.elapsed),
	}
	b.progress("%-18s %3d connections: %8.0f/s, p50 %.0f µs, p99 %.0f µs, server %.1f µs, client %.1f µs, others %.0f %%",
		r.Operation, r.Connections, r.PerSecond, r.P50, r.P99, r.ServerCPU, r.ClientCPU, 100*r.Others)
	return r, nil
}

// usage is the CPU time that the two sides and the whole machine have used so
// far.
type usage struct{ server, client, machine time.Duration }

func readUsage(server process) (u usage, err error) {
	if u.server, err = server.cpu(); err != nil {
		return u, err
	}
	if u.client, err = self().cpu(); err != nil {
		return u, err
	}
	u.machine, err = busyCPU()
	return u, err
}

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.client - before.client, u.machine - before.machine}
}

// others is the share of the machine that neither side has used.
func (u usage) others(elapsed time.Duration) float64 {
	left := u.machine - u.server - u.client
	return max(0, left.Seconds()/(elapsed.Seconds()*float64(runtime.NumCPU())))
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
