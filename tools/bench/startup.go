package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// idleBeforeRSS is how long a started server is left alone before its memory
// is read.
const idleBeforeRSS = 2 * time.Second

// startOnNew measures the start on data folders that are not there yet, and
// the memory of a server that nobody uses.
func (b *bench) startOnNew(ctx context.Context) error {
	var times []time.Duration
	for i := range b.opts.starts {
		c, took, err := b.firstAnswer(ctx, fmt.Sprintf("new-%d", i))
		if err != nil {
			return err
		}
		times = append(times, took)
		if i == 0 {
			if b.report.IdleRSS, err = idleRSS(ctx, c, idleBeforeRSS); err != nil {
				return err
			}
		}
		if err := c.stop(); err != nil {
			return err
		}
	}
	b.report.StartNew = median(times)
	b.progress("start on a new data folder: %v; idle memory %s", b.report.StartNew, megabytes(b.report.IdleRSS))
	return nil
}

// startOnExisting measures the start on a data folder that is there.
func (b *bench) startOnExisting(ctx context.Context, folder string) (time.Duration, error) {
	var times []time.Duration
	for range b.opts.starts {
		c, took, err := b.firstAnswer(ctx, folder)
		if err != nil {
			return 0, err
		}
		times = append(times, took)
		if err := c.stop(); err != nil {
			return 0, err
		}
	}
	return median(times), nil
}

// firstAnswer starts Fortlet and tells how long it took from exec to the first
// answered GetCallerIdentity.
func (b *bench) firstAnswer(ctx context.Context, folder string) (*child, time.Duration, error) {
	c, err := b.up(ctx, folder)
	if err != nil {
		return nil, 0, err
	}
	if err := (caller{c.addr, b.root}).do(ctx, getCallerIdentity(), nil); err != nil {
		return nil, 0, c.fail(err)
	}
	return c, time.Since(c.started), nil
}

// up starts Fortlet on a folder under the run's own, on a free port.
func (b *bench) up(ctx context.Context, folder string) (*child, error) {
	env := []string{
		"FORTLET_ROOT_ACCESS_KEY_ID=" + b.root.id,
		"FORTLET_ROOT_SECRET_ACCESS_KEY=" + b.root.secret,
	}
	return startChild(ctx, env, b.opts.fortlet, "up", "--listen", "127.0.0.1:0", "--data", filepath.Join(b.dir, folder))
}

// idleRSS is the memory of a server after some time without requests.
func idleRSS(ctx context.Context, c *child, idle time.Duration) (int64, error) {
	select {
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-time.After(idle):
		return c.process().rss()
	}
}

func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	times = slices.Sorted(slices.Values(times))
	return times[len(times)/2]
}
