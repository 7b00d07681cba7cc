package command

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/reference/command-line.md anew")

const referencePage = "../../docs/reference/command-line.md"

// TestReferencePage compares docs/reference/command-line.md with what the
// commands say about themselves.
func TestReferencePage(t *testing.T) {
	// The default data folder depends on the machine, the page does not.
	t.Setenv("XDG_DATA_HOME", "/xdg-data-home")
	page := renderReference(newRoot(&streams{strings.NewReader(""), io.Discard, io.Discard}))
	if *update {
		if err := os.WriteFile(referencePage, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, page) {
		t.Error("docs/reference/command-line.md is not up to date: run go test ./internal/command -run ReferencePage -update")
	}
}

// TestEveryCommandExplainsItself: the page is no better than the help texts.
func TestEveryCommandExplainsItself(t *testing.T) {
	visit(newRoot(&streams{strings.NewReader(""), io.Discard, io.Discard}), func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no description", c.CommandPath())
		}
		if works(c) && c.Example == "" && c.Name() != "version" && !generated(c) {
			t.Errorf("%s has no example", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s has no description", c.CommandPath(), f.Name)
			}
		})
	})
}

const referenceIntroduction = `# Command line

Results go to stdout, everything else to stderr. Colour is used on a terminal
only, and not where NO_COLOR is set.

| exit code | |
|---:|---|
| %d | success |
| %d | failure: the command could not do its work |
| %d | wrong usage |
| %d | a check does not hold: a walkthrough failed, the audit log was changed |

Where a data folder is asked for and none is given, it is
` + "`$XDG_DATA_HOME/fortlet`" + `, or ` + "`~/.local/share/fortlet`" + ` where that variable is not set.

The commands that work on a running cloud take the one that ` + "`--data`" + ` or
` + "`--endpoint`" + ` names, or else the one of ` + "`AWS_ENDPOINT_URL`" + ` and ` + "`AWS_ACCESS_KEY_ID`" + `,
or else the one on the default data folder.

This page is generated from the commands: run
` + "`go test ./internal/command -run ReferencePage -update`" + ` after a change there.
`

func renderReference(root *cobra.Command) []byte {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	b := new(bytes.Buffer)
	fmt.Fprintf(b, referenceIntroduction, exitOK, exitFailure, exitUsage, exitCheck)
	b.WriteString("\n| command | |\n|---|---|\n")
	visit(root, func(c *cobra.Command) {
		if works(c) && !generated(c) {
			fmt.Fprintf(b, "| [%s](#%s) | %s |\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), c.Short)
		}
	})
	visit(root, func(c *cobra.Command) {
		if !generated(c) || c.Name() == "completion" {
			renderCommand(b, c)
		}
	})
	return b.Bytes()
}

func renderCommand(b *bytes.Buffer, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", c.CommandPath())
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		if strings.HasPrefix(line, "  ") {
			line = "  " + line // what the text sets off is code in Markdown
		}
		b.WriteString(line)
	}
	switch {
	case c.Name() == "completion":
		b.WriteString("\n")
		for _, shell := range c.Commands() {
			fmt.Fprintf(b, "    %s\n", shell.CommandPath())
		}
	case works(c):
		fmt.Fprintf(b, "\n    %s\n", c.UseLine())
	}
	renderFlags(b, c)
	if c.Example != "" {
		b.WriteString("\nExamples:\n\n")
		for line := range strings.Lines(c.Example) {
			b.WriteString("  " + line)
		}
		b.WriteString("\n")
	}
}

func renderFlags(b *bytes.Buffer, c *cobra.Command) {
	if !c.LocalFlags().HasAvailableFlags() {
		return
	}
	b.WriteString("\n| flag | | default |\n|---|---|---|\n")
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", strings.TrimSpace("--"+f.Name+" "+value), usage, defaultText(f))
	})
}

func defaultText(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false":
		return ""
	case defaultDataDir():
		return "`$XDG_DATA_HOME/fortlet`"
	}
	return "`" + f.DefValue + "`"
}

// visit calls do for a command and all below it, in the order of their names.
func visit(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		visit(sub, do)
	}
}

// works reports whether the command does something, other than show what is
// below it.
func works(c *cobra.Command) bool { return c.Runnable() && !c.HasSubCommands() }

// generated reports whether cobra made the command.
func generated(c *cobra.Command) bool {
	for ; c != nil; c = c.Parent() {
		if c.Name() == "completion" || c.Name() == "help" {
			return true
		}
	}
	return false
}
