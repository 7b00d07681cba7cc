package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTime = 20 * time.Second // until a server has to be ready
	stopTime  = 20 * time.Second // until it has to be gone
)

// child is a server that runs as a process of its own.
type child struct {
	addr    string // host:port
	account string // empty for the bare server
	started time.Time

	cmd   *exec.Cmd
	log   *tail
	first chan string   // its first line of output
	gone  chan struct{} // closed when the process has ended
	err   error         // how it ended, set before gone is closed
}

// startChild starts a server and returns when it says that it is ready. It is
// stopped when ctx ends, at the latest.
func startChild(ctx context.Context, env []string, path string, args ...string) (*child, error) {
	c, err := launch(ctx, env, path, args...)
	if err != nil {
		return nil, err
	}
	select {
	case line := <-c.first:
		var ok bool
		if c.addr, c.account, ok = parseReady(line); ok {
			return c, nil
		}
		return nil, c.fail(fmt.Errorf("first line of output is %q", line))
	case <-c.gone:
		return nil, c.fail(errors.New("server ended before it was ready"))
	case <-time.After(startTime):
		return nil, c.fail(errors.New("server is not ready in time"))
	}
}

// launch starts a server.
func launch(ctx context.Context, env []string, path string, args ...string) (*child, error) {
	c := &child{log: new(tail), gone: make(chan struct{}), first: make(chan string, 1)}
	c.cmd = exec.CommandContext(ctx, path, args...)
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stderr = c.log
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = stopTime
	out, in := io.Pipe()
	c.cmd.Stdout = in
	c.started = time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		c.first <- line
		io.Copy(io.Discard, out)
	}()
	go func() {
		c.err = c.cmd.Wait()
		in.Close()
		close(c.gone)
	}()
	return c, nil
}

// fail stops the child and adds what it logged to an error.
func (c *child) fail(err error) error {
	return fmt.Errorf("%w\n%s", errors.Join(err, c.stop()), c.log)
}

// parseReady reads a line such as
//
//	fortlet ready http://127.0.0.1:4566 account=111122223333
func parseReady(line string) (addr, account string, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 3 || fields[1] != "ready" {
		return "", "", false
	}
	addr, ok = strings.CutPrefix(fields[2], "http://")
	if len(fields) > 3 {
		account = strings.TrimPrefix(fields[3], "account=")
	}
	return addr, account, ok
}

// process is the child as /proc shows it.
func (c *child) process() process { return process(c.cmd.Process.Pid) }

// stop ends the child and waits for it, however often it is called. A server
// that ends with an error, or has to be killed, is an error.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.gone:
	case <-time.After(stopTime):
		c.cmd.Process.Kill()
		<-c.gone
		return errors.New("server did not stop and was killed")
	}
	return c.err
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if extra := t.buf.Len() - tailSize; extra > 0 {
		t.buf.Next(extra)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
