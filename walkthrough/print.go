package walkthrough

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// printer shows a walkthrough to a person.
type printer struct {
	w     io.Writer
	color bool
}

const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	cyan  = "36"
)

func (p printer) style(code, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p printer) title(w Walkthrough) {
	fmt.Fprintf(p.w, "%s\n", p.style(bold, w.Name+": "+w.Title))
}

func (p printer) command(s step) {
	fmt.Fprintln(p.w)
	for _, line := range s.prose {
		fmt.Fprintf(p.w, "%s\n", line)
	}
	for i, line := range strings.Split(s.command, "\n") {
		prompt := "$ "
		if i > 0 {
			prompt = "  "
		}
		fmt.Fprintf(p.w, "%s\n", p.style(cyan, prompt+line))
	}
}

// maxOutput bounds what is shown of a command's output.
const maxOutput = 40

func (p printer) output(stdout, stderr string, took time.Duration) {
	p.lines(stdout, dim)
	p.lines(stderr, dim)
	if took > 2*time.Second {
		fmt.Fprintf(p.w, "  %s\n", p.style(dim, "took "+took.Round(100*time.Millisecond).String()))
	}
}

func (p printer) lines(text, style string) {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		if line == "" && len(lines) == 1 {
			return
		}
		if i == maxOutput {
			fmt.Fprintf(p.w, "  %s\n", p.style(style, fmt.Sprintf("… %d more lines", len(lines)-i)))
			return
		}
		fmt.Fprintf(p.w, "  %s\n", p.style(style, line))
	}
}

func (p printer) mark(ok bool) {
	if ok {
		fmt.Fprintf(p.w, "  %s\n", p.style(green, "✓"))
	} else {
		fmt.Fprintf(p.w, "  %s\n", p.style(red, "✗"))
	}
}

func (p printer) failure(text string) {
	fmt.Fprintf(p.w, "%s\n", p.style(red, text))
}
