package crash

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The root access key of every cloud here.
const (
	rootKeyID  = "AKIACRASHTESTROOT001"
	rootSecret = "crash/test/root/secret/0123456789abcdefg"
)

// patience is how long something may take that must happen. It decides when a
// broken test ends, not whether one passes.
const patience = time.Minute

// process is a fortlet up.
type process struct {
	endpoint string // empty until ready
	cmd      *exec.Cmd
	ready    chan string   // its first line, or closed
	gone     chan struct{} // closed when it has ended
	stderr   lockedBuffer
}

// launch starts fortlet up on a folder and does not wait for it.
func launch(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{ready: make(chan string, 1), gone: make(chan struct{})}
	p.cmd = exec.Command(binary, append([]string{"up", "--listen", "127.0.0.1:0", "--data", dir}, args...)...)
	p.cmd.Env = []string{
		"FORTLET_ROOT_ACCESS_KEY_ID=" + rootKeyID,
		"FORTLET_ROOT_SECRET_ACCESS_KEY=" + rootSecret,
	}
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.gone)
		lines := bufio.NewReader(stdout)
		if line, err := lines.ReadString('\n'); err == nil {
			p.ready <- line
		}
		close(p.ready)
		io.Copy(io.Discard, lines)
		p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.gone
	})
	return p
}

// start starts fortlet up and returns when it is ready.
func start(t *testing.T, dir string) *process {
	t.Helper()
	p := launch(t, dir)
	select {
	case line, ok := <-p.ready:
		fields := strings.Fields(line)
		if !ok || len(fields) != 4 || fields[1] != "ready" {
			t.Fatalf("fortlet up is not ready: %q\n%s", line, &p.stderr)
		}
		p.endpoint = fields[2]
	case <-time.After(patience):
		t.Fatalf("fortlet up is not ready in time\n%s", &p.stderr)
	}
	return p
}

// kill ends the process as a crash does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-p.gone
}

// isThere reports whether the process has not ended.
func (p *process) isThere() bool {
	select {
	case <-p.gone:
		return false
	default:
		return true
	}
}

// wait waits for the process to end by itself and gives its exit code, -1 when
// a signal ended it.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.gone:
	case <-time.After(patience):
		t.Fatalf("fortlet up does not end\n%s", &p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// terminate asks the process to end and wants it to do so well.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM\n%s", code, &p.stderr)
	}
}

// lockedBuffer may be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
