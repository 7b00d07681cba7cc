package command

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/fortlet/fortlet/internal/crypt"
)

// The line on the terminal makes room for what is said, and comes back.
func TestCryptProgress(t *testing.T) {
	var out strings.Builder
	p, wait := clocked(&out, true, false)
	now := crypt.Progress{TotalFiles: 2, Bytes: 3 << 20, TotalBytes: 10 << 20}
	showCrypt(p, now)
	wait(3 * time.Second)
	showCrypt(p, now)
	wait(time.Second)
	showCrypt(p, now)
	const line = "reading files ..........   0% of 2, MiB ###.......  30% of 10"
	p.beside(func() { out.WriteString("a file was replaced\n") })
	wait(time.Second)
	showCrypt(p, crypt.Progress{TotalFiles: 2, Files: 1, Bytes: 6 << 20, TotalBytes: 10 << 20})
	want := "\r" + line + "\r" + strings.Repeat(" ", len(line)) + "\ra file was replaced\n" +
		"\rreading files #####.....  50% of 2, MiB ###.......  30% of 10"
	if got := out.String(); !strings.HasSuffix(got, want) {
		t.Errorf("drawn\n%q, want at the end\n%q", got, want)
	}
}

func TestAskOverwrite(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Yes\r\n": true, " y\n": true, "Y": true,
		"": false, "\n": false, "n\n": false, "no, yes\n": false, "ja\n": false,
	} {
		var out strings.Builder
		yes, err := askOverwrite(bufio.NewReader(strings.NewReader(answer)), &out, "a\x1b[2Jb")
		if yes != want || err != nil {
			t.Errorf("%q: %t, %v", answer, yes, err)
		}
		if !strings.HasPrefix(out.String(), `Overwrite existing output file "a\x1b[2Jb" with new contents? [y/N]: `) {
			t.Errorf("asked %q", out.String())
		}
	}
	if yes, err := askOverwrite(bufio.NewReader(iotest.ErrReader(io.ErrClosedPipe)), io.Discard, "a"); yes || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("without stdin: %t, %v", yes, err)
	}
}
