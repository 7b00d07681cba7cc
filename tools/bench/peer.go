package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// peer measures versitygw, an S3 gateway on files, by the same requests. It
// encrypts nothing, knows no policies in this setting, and does not wait for
// the disk: what its figures show is what those walls cost.
func (b *bench) peer(ctx context.Context) (err error) {
	data := filepath.Join(b.dir, "peer")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	server, err := startPolled(ctx, addr, b.opts.peer,
		"--access", b.root.id, "--secret", b.root.secret, "--port", addr, "--quiet", "--keep-alive", "posix", data)
	if err != nil {
		return err
	}
	defer func() { err = b.finish(server, err) }()
	root := caller{addr, b.root}
	return b.s3(ctx, server, "versitygw ", root, root)
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// startPolled starts a server that does not say when it is ready.
func startPolled(ctx context.Context, addr, path string, args ...string) (*child, error) {
	c, err := launch(ctx, nil, path, args...)
	if err != nil {
		return nil, err
	}
	c.addr = addr
	for deadline := time.Now().Add(startTime); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			return c, conn.Close()
		} else if time.Now().After(deadline) {
			return nil, c.fail(fmt.Errorf("server is not ready in time: %w", err))
		}
	}
}
