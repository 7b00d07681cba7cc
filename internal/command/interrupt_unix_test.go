//go:build unix

package command

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// interrupting is an input that ends its own program instead of coming to an end.
type interrupting struct{ forever chan struct{} }

func (i interrupting) Read([]byte) (int, error) {
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		return 0, err
	}
	<-i.forever
	return 0, io.EOF
}

// TestInterruptIsNamed: who ends a command reads that, and no word of Go.
func TestInterruptIsNamed(t *testing.T) {
	in := interrupting{make(chan struct{})}
	defer close(in.forever)
	var out, err strings.Builder
	if code := Main([]string{"fields", "find"}, in, &out, &err); code != exitFailure || err.String() != "fortlet: interrupted\n" {
		t.Errorf("exit code %d, %q", code, err.String())
	}
}
