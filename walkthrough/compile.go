package walkthrough

import (
	"fmt"
	"strings"
)

// step is one shell command with the prose before it.
type step struct {
	prose   []string
	command string // as it is shown and run
	line    int
}

// compile turns the shell commands of a script into calls of the testscript
// command "sh", by number, and keeps every line's place, so that messages
// name the lines of the file.
func compile(text string) (script string, steps []step) {
	lines := strings.Split(text, "\n")
	var prose []string
	for i := 0; i < len(lines) && !strings.HasPrefix(lines[i], "-- "); i++ {
		line := lines[i]
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			prose = append(prose, strings.TrimPrefix(comment, " "))
			continue
		}
		call, command, ok := strings.Cut(line, "$ ")
		if !ok || call != "" && call != "! " {
			continue
		}
		s := step{prose: prose, line: i + 1}
		prose = nil
		lines[i] = fmt.Sprintf("%ssh %d", call, len(steps))
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "    ") {
			i++
			command = strings.TrimRight(command, " \\") + " \\\n" + lines[i]
			lines[i] = ""
		}
		s.command = command
		steps = append(steps, s)
	}
	return strings.Join(lines, "\n"), steps
}
