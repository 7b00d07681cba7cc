package peer

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// A Process is an implementation that runs as a process of its own. It answers
// one request at a time.
type Process struct {
	Name string // "node"

	cmd *exec.Cmd
	mu  sync.Mutex // guards in and out: an answer belongs to the request before it
	in  io.WriteCloser
	out *bufio.Reader
}

// Names are the implementations that Start knows. It knows "cli" besides, which
// runs the aws-encryption-cli.
var Names = []string{"node", "python", "go"}

// Start starts the implementation of that name, which scripts/interop.sh has
// installed under dir. What it writes on stderr goes to stderr.
func Start(ctx context.Context, name, dir string, env []string) (*Process, error) {
	args, err := command(ctx, name, dir)
	if err != nil {
		return nil, err
	}
	p := &Process{Name: name, cmd: exec.CommandContext(ctx, args[0], args[1:]...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func command(ctx context.Context, name, dir string) ([]string, error) {
	switch name {
	case "node":
		return append(node(ctx), filepath.Join(dir, "node", "peer.mjs")), nil
	case "python", "cli":
		return []string{filepath.Join(dir, name, "bin", "python"), filepath.Join(dir, name, "peer.py")}, nil
	case "go":
		return []string{filepath.Join(dir, "go", "peer")}, nil
	}
	return nil, fmt.Errorf("no implementation %q", name)
}

// node is Node.js such that it decrypts RSA PKCS #1 v1.5, which some versions
// refuse unless told so. Others do not know that option.
func node(ctx context.Context) []string {
	const revert = "--security-revert=CVE-2023-46809"
	if exec.CommandContext(ctx, "node", revert, "-e", "0").Run() == nil {
		return []string{"node", revert}
	}
	return []string{"node"}
}

// Ask sends a request and waits for its answer. An answer that is an error is
// a [Refusal]. When ctx ends before the answer has come, so does the process.
func (p *Process) Ask(ctx context.Context, r *Request) (*Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { p.cmd.Process.Kill() })
	defer stop()
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(data, '\n')); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	line, err := p.line()
	if err != nil {
		return nil, fmt.Errorf("%s ended: %w", p.Name, cmp.Or(context.Cause(ctx), err))
	}
	var answer Response
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, fmt.Errorf("%s answers what is not JSON: %w", p.Name, err)
	}
	if answer.Error != "" {
		return nil, &Refusal{Who: p.Name, Text: answer.Error}
	}
	return &answer, nil
}

// line reads the next answer. Node.js begins with a warning about its option.
func (p *Process) line() ([]byte, error) {
	for {
		line, err := p.out.ReadBytes('\n')
		if err != nil || line[0] == '{' {
			return line, err
		}
	}
}

// Close ends the process.
func (p *Process) Close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}

// A Refusal is an implementation's word that it did not do what it was asked.
// Other errors mean that it could not be asked.
type Refusal struct {
	Who, Text string
}

func (r *Refusal) Error() string { return r.Who + ": " + r.Text }
