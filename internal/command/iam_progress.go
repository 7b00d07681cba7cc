package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// When a progress line appears, and how often it changes: on a terminal it is
// drawn anew in its place, elsewhere each is a line of a log.
const (
	progressAfter  = 2 * time.Second
	progressRedraw = 100 * time.Millisecond
	progressLine   = 5 * time.Second
)

// progressFlag adds --progress.
func progressFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("progress", false, "tell the progress on stderr at once, also where it is no terminal")
}

// progress tells on stderr how far the parts of a work have got, in one line.
// Its methods may be called at once from several goroutines.
type progress struct {
	what     string
	terminal bool
	now      func() time.Time

	mu    sync.Mutex     // guards all below
	w     io.Writer      // nil: nobody looks, or it has ended
	parts []progressPart // in the order they were first heard of
	next  time.Time      // not to be drawn before
	drawn int            // width of the line that stands on the terminal
}

type progressPart struct {
	name        string
	done, total int
}

// newProgress begins to tell of a work, "reading". It is shown on a terminal
// once the work has taken two seconds; asked for, at once and anywhere.
func newProgress(s *streams, what string, asked bool) *progress {
	return startProgress(s.err, what, canRedraw(s.err), asked, time.Now)
}

func startProgress(w io.Writer, what string, terminal, asked bool, now func() time.Time) *progress {
	p := &progress{what: what, terminal: terminal, now: now}
	if terminal || asked {
		p.w = w
	}
	p.next = p.now()
	if !asked {
		p.next = p.next.Add(progressAfter)
	}
	return p
}

// canRedraw reports whether w is a terminal that goes back to the beginning of
// a line. isTerminal asks for colour, too, which is none of ours.
func canRedraw(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// set tells how much of a part is done, out of a total that is 0 where nobody
// knows it.
func (p *progress) set(part string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil {
		return
	}
	p.note(progressPart{part, done, total})
	now := p.now()
	if now.Before(p.next) {
		return
	}
	line := p.what + " " + strings.Join(p.texts(), ", ")
	if !p.terminal {
		p.next = now.Add(progressLine)
		fmt.Fprintln(p.w, line)
		return
	}
	p.next = now.Add(progressRedraw)
	p.redraw(line)
}

func (p *progress) note(part progressPart) {
	for i := range p.parts {
		if p.parts[i].name == part.name {
			p.parts[i] = part
			return
		}
	}
	p.parts = append(p.parts, part)
}

func (p *progress) texts() []string {
	var texts []string
	for _, part := range p.parts {
		texts = append(texts, part.text())
	}
	return texts
}

// text is "dev ######.... 60% of 6,000", or "dev 3600" without a total.
func (p progressPart) text() string {
	if p.total <= 0 {
		return fmt.Sprintf("%s %d", p.name, p.done)
	}
	const width = 10
	done := min(p.done, p.total)
	full := width * done / p.total
	bar := strings.Repeat("#", full) + strings.Repeat(".", width-full)
	return fmt.Sprintf("%s %s %3d%% of %d", p.name, bar, 100*done/p.total, p.total)
}

// redraw puts a line in the place of the last one.
func (p *progress) redraw(line string) {
	fmt.Fprintf(p.w, "\r%-*s", p.drawn, line)
	p.drawn = len(line)
}

// end takes the line off the terminal, before results or errors are written.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn > 0 {
		p.redraw("")
		fmt.Fprint(p.w, "\r")
		p.drawn = 0
	}
	p.w = nil
}
