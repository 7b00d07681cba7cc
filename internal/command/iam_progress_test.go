package command

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// clocked is a progress whose clock the test moves.
func clocked(w io.Writer, terminal, asked bool) (p *progress, wait func(time.Duration)) {
	now := time.Unix(0, 0)
	p = startProgress(w, "reading", terminal, asked, func() time.Time { return now })
	return p, func(d time.Duration) { now = now.Add(d) }
}

func TestProgressOnTerminal(t *testing.T) {
	var out strings.Builder
	p, wait := clocked(&out, true, false)
	p.set("dev", 0, 200)
	wait(1900 * time.Millisecond)
	p.set("dev", 100, 200)
	if out.Len() > 0 {
		t.Errorf("within two seconds: %q", &out)
	}
	wait(time.Second)
	p.set("qa", 3000, 0)
	p.set("dev", 120, 200) // too early to be drawn again
	wait(time.Second)
	p.set("dev", 250, 200) // more than was expected
	p.end()
	want := "\rreading dev #####.....  50% of 200, qa 3000" +
		"\rreading dev ########## 100% of 200, qa 3000" +
		"\r" + strings.Repeat(" ", len("reading dev ########## 100% of 200, qa 3000")) + "\r"
	if out.String() != want {
		t.Errorf("drawn\n%q, want\n%q", out.String(), want)
	}
	p.set("dev", 1, 200)
	if out.String() != want {
		t.Error("drawn after the end")
	}
}

// Asked for, it is told at once and where there is no terminal, in lines.
func TestProgressAskedFor(t *testing.T) {
	var out strings.Builder
	p, wait := clocked(&out, false, true)
	p.set("dev", 0, 0)
	wait(time.Second)
	p.set("dev", 1000, 0)
	wait(5 * time.Second)
	p.set("dev", 2000, 0)
	p.end()
	if want := "reading dev 0\nreading dev 2000\n"; out.String() != want {
		t.Errorf("told %q, want %q", out.String(), want)
	}
}

func TestProgressUnasked(t *testing.T) {
	var out strings.Builder
	p, wait := clocked(&out, false, false)
	wait(time.Hour)
	p.set("dev", 1, 2)
	p.end()
	if out.Len() > 0 {
		t.Errorf("told %q", &out)
	}
	if canRedraw(&out) || canRedraw(os.NewFile(^uintptr(0), "none")) {
		t.Error("taken for a terminal")
	}
}

// Two accounts are read at once.
func TestProgressAtOnce(t *testing.T) {
	var out strings.Builder
	p, _ := clocked(&out, true, true)
	var group sync.WaitGroup
	for _, part := range []string{"dev", "qa"} {
		group.Go(func() {
			for i := range 100 {
				p.set(part, i, 100)
			}
		})
	}
	group.Wait()
	p.end()
	if len(p.parts) != 2 || p.parts[0].done != 99 || p.parts[1].done != 99 {
		t.Errorf("parts %+v", p.parts)
	}
}
