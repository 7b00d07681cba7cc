package main

import (
	"cmp"
	"fmt"
	"time"
)

// goal is a number that Fortlet has promised.
type goal struct {
	Name     string `json:"name"`
	Asked    string `json:"asked"`
	Measured string `json:"measured"`
	Met      bool   `json:"met"`
}

func (g goal) mark() string {
	if g.Met {
		return "met"
	}
	return "**missed**"
}

// goalConns is the number of connections at which throughput is promised.
const goalConns = 16

// setGoals compares what was measured with what was promised. What was not
// measured is left out.
func (r *report) setGoals() {
	r.rate("GetCallerIdentity", goalConns, 30_000)
	r.rate("Encrypt", goalConns, 30_000)
	r.rate("Sign", goalConns, 20_000)
	r.rate("PutObject 1 KiB", 64, 6_000)
	r.rate("GetObject 1 KiB", goalConns, 20_000)
	r.volume("PutObject 8 MiB", 500)
	r.volume("GetObject 8 MiB", 2000)
	if h := r.Huge; h != nil {
		atMost(r, fmt.Sprintf("peak memory with an object of %s", megabytes(h.Bytes)), megabytes, 200*megabyte, h.PeakRSS)
	}
	if row := r.find("GetCallerIdentity", goalConns); row != nil {
		atMost(r, "server CPU of GetCallerIdentity", perRequest, 30, row.ServerCPU)
	}
	atMost(r, "first answer, new data folder", milliseconds, 100*time.Millisecond, r.StartNew)
	atMost(r, "first answer, existing data folder", milliseconds, 40*time.Millisecond, r.StartExisting)
	atMost(r, "idle memory", megabytes, 40*megabyte, r.IdleRSS)
	if m := r.Million; m != nil {
		atMost(r, "memory after "+thousands(float64(m.Requests))+" requests", megabytes, 100*megabyte, m.IdleRSS)
	}
	atMost(r, "binary", megabytes, 40*megabyte, r.Binary)
	atMost(r, fmt.Sprintf("reset of %d resources", resetResources), milliseconds, 50*time.Millisecond, r.Reset)
}

// find is the row of an operation over a number of connections; nil when it was
// not measured.
func (r *report) find(operation string, conns int) *row {
	for i := range r.Rows {
		if r.Rows[i].Operation == operation && r.Rows[i].Connections == conns {
			return &r.Rows[i]
		}
	}
	return nil
}

func (r *report) rate(operation string, conns int, atLeast float64) {
	if row := r.find(operation, conns); row != nil {
		r.Goals = append(r.Goals, goal{
			Name:     fmt.Sprintf("%s over %d connections", operation, conns),
			Asked:    "at least " + thousands(atLeast) + "/s",
			Measured: thousands(row.PerSecond) + "/s",
			Met:      row.PerSecond >= atLeast,
		})
	}
}

// volume is the goal for large objects, at the number of connections that
// serves it best.
func (r *report) volume(operation string, atLeast float64) {
	best := 0.0
	for _, row := range r.Rows {
		if row.Operation == operation {
			best = max(best, row.Megabytes)
		}
	}
	if best > 0 {
		r.Goals = append(r.Goals, goal{operation, fmt.Sprintf("at least %s MB/s", thousands(atLeast)), thousands(best) + " MB/s", best >= atLeast})
	}
}

// atMost adds a goal for something of which less is better. Zero is what was
// not measured.
func atMost[T cmp.Ordered](r *report, name string, format func(T) string, limit, got T) {
	if got == *new(T) {
		return
	}
	r.Goals = append(r.Goals, goal{Name: name, Asked: "at most " + format(limit), Measured: format(got), Met: got <= limit})
}
