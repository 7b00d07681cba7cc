package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	resetRounds  = 5
	resetWriters = 16
	resetUsers   = 200
	resetRoles   = 100
	resetKeys    = 100
)

// resetResources is how many resources there are at each reset.
const resetResources = resetUsers + resetRoles + resetKeys

var resetCall = message{service: "fortlet", path: "/_fortlet/reset", contentType: "application/json"}

const trustPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// reset measures how long the cloud takes to forget everything. The first
// round also forgets what the measurements before have left.
func (b *bench) reset(ctx context.Context, addr string) error {
	root := caller{addr, b.root}
	var times []time.Duration
	for range resetRounds {
		if err := fill(ctx, root); err != nil {
			return err
		}
		start := time.Now()
		if err := root.do(ctx, resetCall, nil); err != nil {
			return fmt.Errorf("reset: %w", err)
		}
		times = append(times, time.Since(start))
	}
	b.report.Reset = median(times)
	b.report.ResetFirst = times[0]
	b.progress("reset of %d resources: median %v, the first %v", resetResources, b.report.Reset, b.report.ResetFirst)
	return nil
}

// fill makes the resources that a reset then forgets.
func fill(ctx context.Context, root caller) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(resetWriters)
	add := func(m message) {
		g.Go(func() error {
			if err := root.do(ctx, m, nil); err != nil {
				return fmt.Errorf("%.40s: %w", m.body, err)
			}
			return nil
		})
	}
	for i := range resetUsers {
		add(queryCall("iam", "CreateUser", "UserName", fmt.Sprintf("user-%d", i)))
	}
	for i := range resetRoles {
		add(queryCall("iam", "CreateRole", "RoleName", fmt.Sprintf("role-%d", i), "AssumeRolePolicyDocument", trustPolicy))
	}
	for range resetKeys {
		add(kmsCall("CreateKey", map[string]any{}))
	}
	return g.Wait()
}
