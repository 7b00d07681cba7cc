package command

import (
	"errors"
	"strings"
	"testing"
)

// What cannot be printed is written as an escape, also where a character comes
// in pieces.
func TestPlainWriter(t *testing.T) {
	text := "role\tä│ \x1b[2J\x1b]0;title\x07 \u009b31m \r\u202eevil \x7f \U000e0001 \x9b \n"
	want := "role\tä│ \\u001b[2J\\u001b]0;title\\u0007 \\u009b31m \\u000d\\u202eevil \\u007f \\udb40\\udc01 \ufffd \n"
	var whole strings.Builder
	w := plainWriter{w: &whole}
	if n, err := w.Write([]byte(text)); n != len(text) || err != nil || whole.String() != want {
		t.Errorf("got %q (%d, %v), want %q", whole.String(), n, err, want)
	}
	var pieces strings.Builder
	w = plainWriter{w: &pieces}
	for i := range len(text) {
		if n, err := w.Write([]byte(text[i : i+1])); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if pieces.String() != want {
		t.Errorf("in pieces: %q, want %q", pieces.String(), want)
	}
}

// An error can have a name of somebody else's in it.
func TestErrorsAreCleaned(t *testing.T) {
	var out strings.Builder
	code := exitCode(&out, hinted{errors.New("role \x1b[2J\nis odd"), "see \u009b31m"})
	if want := "fortlet: role \\u001b[2J\nis odd\nfortlet: hint: see \\u009b31m\n"; code != exitFailure || out.String() != want {
		t.Errorf("%d %q, want %q", code, out.String(), want)
	}
}

// A name with line ends makes no second line.
func TestPlainLine(t *testing.T) {
	if got, want := plainLine("in/a\nfortlet: done\t\r\x1b[1m"), `in/a\u000afortlet: done\u0009\u000d\u001b[1m`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
