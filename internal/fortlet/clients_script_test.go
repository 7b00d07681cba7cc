package fortlet_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// TestScripts runs what users of the aws CLI and of boto3 type, each script
// against a cloud of its own. A script skips itself where its program is not
// installed. Besides testscript's there are the commands
//
//	random FILE SIZE    writes a file of random bytes
//
// and the condition [boto3]. The cloud of a script whose name ends in -no-sigv2
// refuses Signature Version 2.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Files:     []string{file},
				Setup:     func(env *testscript.Env) error { return setUpScript(t, env, name) },
				Condition: scriptCondition,
				Cmds:      map[string]func(*testscript.TestScript, bool, []string){"random": scriptRandom},
			})
		})
	}
}

func setUpScript(t *testing.T, env *testscript.Env, name string) error {
	var options []fortlettest.Option
	if strings.HasSuffix(name, "-no-sigv2") {
		options = append(options, func(c *fortlet.Config) { c.NoSigV2 = true })
	}
	for k, v := range fortlettest.New(t, options...).Environment() {
		env.Setenv(k, v)
	}
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("AWS_PAGER", "")
	env.Setenv("PYTHONWARNINGS", "ignore")
	bin := filepath.Join(env.WorkDir, ".bin")
	env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
	return writeCLI(bin)
}

// writeCLI puts an aws before the one that is installed, which passes the
// endpoint as an option: CLIs before 2.13, as of Debian 12, do not know
// AWS_ENDPOINT_URL.
func writeCLI(dir string) error {
	aws, err := exec.LookPath("aws")
	if err != nil {
		return nil // the scripts see that
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("#!/bin/sh\nexec '%s' --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n", aws)
	return os.WriteFile(filepath.Join(dir, "aws"), []byte(text), 0o700)
}

func scriptCondition(name string) (bool, error) {
	if name == "boto3" {
		return exec.Command("python3", "-c", "import boto3").Run() == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

func scriptRandom(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: random FILE SIZE")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), randomBytes(n), 0o600))
}
