package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
)

// newRootKey chooses the root access key of the clouds of this run.
func newRootKey() identity {
	return identity{"AKIA" + rand.Text()[:16], rand.Text() + rand.Text()[:14]}
}

// starts measures how a Fortlet begins, before anything else has warmed up or
// filled the machine.
func (b *bench) starts(ctx context.Context) (err error) {
	if b.opts.starts == 0 {
		return nil
	}
	if err := b.startOnNew(ctx); err != nil {
		return err
	}
	if err := b.makeExisting(ctx); err != nil {
		return err
	}
	b.report.StartExisting, err = b.startOnExisting(ctx, existingFolder)
	b.progress("start on an existing data folder: %v", b.report.StartExisting)
	return err
}

// makeExisting makes a data folder with some resources.
func (b *bench) makeExisting(ctx context.Context) error {
	c, err := b.up(ctx, existingFolder)
	if err != nil {
		return err
	}
	if _, err := newWorld(ctx, c.addr, c.account, b.root); err != nil {
		return c.fail(err)
	}
	return c.stop()
}

// loads measures one server under all the loads, one after the other.
func (b *bench) loads(ctx context.Context) (err error) {
	if slices.Equal(b.opts.ops, []string{s3Name}) {
		return nil
	}
	server, err := b.up(ctx, loadedFolder)
	if err != nil {
		return err
	}
	defer func() { err = b.finish(server, err) }()
	w, err := newWorld(ctx, server.addr, server.account, b.root)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bare, err := startChild(ctx, nil, self, bareCommand)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	b.progress("Fortlet is process %d, the bare server %d", server.process(), bare.process())
	if err := b.throughput(ctx, server, bare, w); err != nil {
		return err
	}
	if b.opts.million == 0 {
		return nil
	}
	return b.million(ctx, server, loadedFolder, w)
}

// buckets measures S3 on a new Fortlet, and on the peer beside it.
func (b *bench) buckets(ctx context.Context) (err error) {
	if !b.opts.measures(s3Name) {
		return nil
	}
	if b.opts.peer != "" {
		if err := b.peer(ctx); err != nil {
			return err
		}
	}
	server, err := b.up(ctx, "buckets")
	if err != nil {
		return err
	}
	defer func() { err = b.finish(server, err) }()
	w, err := newWorld(ctx, server.addr, server.account, b.root)
	if err != nil {
		return err
	}
	return b.s3(ctx, server, "", w.root, w.user)
}

// largeObject measures what a very large object takes of a Fortlet that has done
// nothing else.
func (b *bench) largeObject(ctx context.Context) (err error) {
	if b.opts.huge == 0 || !b.opts.measures(s3Name) {
		return nil
	}
	server, err := b.up(ctx, "huge")
	if err != nil {
		return err
	}
	defer func() { err = b.finish(server, err) }()
	root := caller{server.addr, b.root}
	if err := root.do(ctx, makeBucket, nil); err != nil {
		return fmt.Errorf("CreateBucket: %w", err)
	}
	return b.huge(ctx, server, root)
}

// afterLoads measures what the loads make of later starts and of a reset.
func (b *bench) afterLoads(ctx context.Context) (err error) {
	if slices.Equal(b.opts.ops, []string{s3Name}) {
		return nil
	}
	if b.opts.starts > 0 {
		if b.report.StartLoaded, err = b.startOnExisting(ctx, loadedFolder); err != nil {
			return err
		}
		b.progress("start on the loaded data folder: %v", b.report.StartLoaded)
	}
	server, err := b.up(ctx, loadedFolder)
	if err != nil {
		return err
	}
	defer func() { err = b.finish(server, err) }()
	return b.reset(ctx, server.addr)
}

// finish stops a server at the end of its measurements.
func (b *bench) finish(server *child, err error) error {
	if err != nil {
		return server.fail(err)
	}
	return server.stop()
}
