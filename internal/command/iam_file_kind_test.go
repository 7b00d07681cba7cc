package command

import (
	"os"
	"testing"
)

// TestIAMFileKinds: a file is replaced by one of its own kind only, and nothing
// is read or written before that is known.
func TestIAMFileKinds(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayRead, mayRead)
	a.initialize()
	twice := func(flags ...string) {
		t.Helper()
		a.diff(exitOK, flags...)
		a.diff(exitOK, flags...)
	}
	twice("--html", "report.html", "--save-baseline", "base.json", "--output", "rows")
	a.write("empty", "")
	a.diff(exitOK, "--html", "empty", "--output", "rows")

	for _, flags := range [][]string{
		{"--html", "base.json"},
		{"--html", "rows"},
		{"--html", os.DevNull},
		{"--save-baseline", "report.html"},
		{"--save-baseline", "iam.json"},
	} {
		before, _ := os.ReadFile(flags[1])
		_, stderr := a.diff(exitFailure, append(flags, "--output", "never")...)
		a.wants(stderr, `^fortlet: .*(is there already and is no |is no regular file)`)
		if after, _ := os.ReadFile(flags[1]); string(after) != string(before) {
			t.Errorf("%v: the file was changed", flags)
		}
	}
	a.run(exitFailure, "iam", "harvest", "dev-profile", "dev", "--save-baseline", "iam.json", "--output", "never")
	if _, err := os.Stat("never"); err == nil {
		t.Error("rows were written")
	}
}
