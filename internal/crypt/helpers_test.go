package crypt

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// keys gives a manager of a raw key, the same for the same name.
func keys(t *testing.T, name string) esdk.Manager {
	t.Helper()
	return esdk.NewManager(keyring(t, name))
}

func keyring(t *testing.T, name string) esdk.Keyring {
	t.Helper()
	k, err := rawkey.NewAES("test", name, fmt.Appendf(nil, "%-32.32s", name))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// job is a job in a folder, which becomes the working directory, and collects
// what it says.
type job struct {
	Job
	t      *testing.T
	said   []string
	stdout bytes.Buffer
}

func newJob(t *testing.T, mode Mode, input, output string) *job {
	j := &job{t: t}
	j.Job = Job{
		Mode: mode, Input: input, Output: output, Manager: keys(t, "ours"),
		Stdin: strings.NewReader(""), Stdout: &j.stdout,
		Warn: func(format string, args ...any) { j.said = append(j.said, fmt.Sprintf(format, args...)) },
	}
	return j
}

func (j *job) run() error { return j.Run(j.t.Context()) }

func (j *job) mustRun() *job {
	j.t.Helper()
	if err := j.run(); err != nil {
		j.t.Fatalf("%s %s: %v", j.Mode, j.Input, err)
	}
	return j
}

// mustFail wants an error that has the text.
func (j *job) mustFail(text string) error {
	j.t.Helper()
	err := j.run()
	if err == nil || !strings.Contains(err.Error(), text) {
		j.t.Errorf("%s %s to %s: error %v, want %q", j.Mode, j.Input, j.Output, err, text)
	}
	return err
}

// folder makes a new working directory with files; a name that ends in a slash
// is a folder.
func folder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			write(t, name, content)
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// list names all files below the working directory.
func list(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func wantFiles(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	if have := list(t); !slices.Equal(have, want) {
		t.Errorf("files %q, want %q", have, want)
	}
}

func wantContent(t *testing.T, name, want string) {
	t.Helper()
	if have := read(t, name); have != want {
		t.Errorf("%s has %.80q, want %.80q", name, have, want)
	}
}
