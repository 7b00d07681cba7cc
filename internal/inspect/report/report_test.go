package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/rogpeppe/go-internal/txtar"
)

// scene is a file of testdata: input, and what must come of it.
type scene map[string]string

func readScene(t *testing.T, name string) scene {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	s := make(scene)
	for _, f := range archive.Files {
		s[f.Name] = string(f.Data)
	}
	return s
}

func (s scene) snapshot(t *testing.T, name string) *snapshot.Account {
	t.Helper()
	account, err := snapshot.Load(strings.NewReader(s[name]))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return account
}

func (s scene) compare(t *testing.T) *diff.Comparison {
	t.Helper()
	reference, err := diff.ReadReference([]byte(s["iam.json"]))
	if err != nil {
		t.Fatal(err)
	}
	dictionary, err := equivalence.Parse([]byte(s["equivalency_list.json"]))
	if err != nil {
		t.Fatal(err)
	}
	c, err := diff.Compare(t.Context(),
		diff.Input{Side: diff.Side{Tag: "dev", Profile: "a"}, Snapshot: s.snapshot(t, "a.json")},
		diff.Input{Side: diff.Side{Tag: "qa", Profile: "b"}, Snapshot: s.snapshot(t, "b.json")},
		diff.Options{Reference: reference, Dictionary: dictionary})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFiles: names, columns, order, quoting and line ends of the files.
func TestFiles(t *testing.T) {
	for _, name := range []string{"article", "rules"} {
		t.Run(name, func(t *testing.T) {
			s := readScene(t, name)
			folder := filepath.Join(t.TempDir(), "a", "b")
			if err := report.Write(folder, s.compare(t), false); err != nil {
				t.Fatal(err)
			}
			for file, want := range s {
				file, ok := strings.CutPrefix(file, "want/")
				if !ok || !strings.HasSuffix(file, ".csv") {
					continue
				}
				if got, want := read(t, folder, file), strings.ReplaceAll(want, "\n", "\r\n"); got != want {
					t.Errorf("%s:\n%s\nwant\n%s", file, got, want)
				}
			}
			if names := list(t, folder); len(names) != 21 {
				t.Errorf("%d files: %q", len(names), names)
			}
		})
	}
}

// TestCompat: IAMCTL's slips, and no other file than otherwise.
func TestCompat(t *testing.T) {
	s := readScene(t, "article")
	folder, plain := t.TempDir(), t.TempDir()
	if err := report.Write(folder, s.compare(t), true); err != nil {
		t.Fatal(err)
	}
	if err := report.Write(plain, s.compare(t), false); err != nil {
		t.Fatal(err)
	}
	slips := map[string]string{
		"roles_in_qa_but_not_in_qa.csv":                  "roles_in_qa_but_not_in_dev.csv",
		"service_linked_roles_in_dev_but_not_in_qa .csv": "service_linked_roles_in_dev_but_not_in_qa.csv",
	}
	names := list(t, folder)
	if len(names) != 21 {
		t.Errorf("%d files: %q", len(names), names)
	}
	for _, name := range names {
		got := read(t, folder, name)
		if strings.HasSuffix(name, "_common_role_difference_items.csv") {
			header, rest, _ := strings.Cut(got, "\r\n")
			if header != "rolename,path,trust,policyname,effect,service,action,arn" {
				t.Errorf("%s: header %s", name, header)
			}
			got = "rolename,path,policyname,policytype,effect,service,action,arn,principal\r\n" + rest
		}
		proper := name
		if slip, ok := slips[name]; ok {
			proper = slip
			delete(slips, name)
		}
		if want := read(t, plain, proper); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	if len(slips) > 0 {
		t.Errorf("files that are missing: %v", slips)
	}
}

func TestScreen(t *testing.T) {
	s := readScene(t, "article")
	r := s.compare(t).Report()
	var b strings.Builder
	if err := report.Screen(&b, r, false); err != nil {
		t.Fatal(err)
	}
	if b.String() != s["want/screen"] {
		t.Errorf("screen\n%swant\n%s", b.String(), s["want/screen"])
	}
	// IAMCTL draws a line below each row, and has the table alone.
	b.Reset()
	if err := report.Screen(&b, r, true); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "├"); n != len(r.Summary) || strings.Contains(b.String(), "deviation") {
		t.Errorf("%d lines within the table:\n%s", n, b.String())
	}
}

// TestNothingHalfFinished: when one file cannot be written, none is there.
func TestNothingHalfFinished(t *testing.T) {
	s := readScene(t, "article")
	c := s.compare(t)
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		// Root may write anywhere, but not below a file.
		parent = filepath.Join(parent, "file")
		if err := os.WriteFile(parent, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := report.Write(filepath.Join(parent, "out"), c, false); err == nil {
		t.Error("written where nothing can be")
	}
	// A tag that makes two files of one name.
	folder := t.TempDir()
	clash, err := diff.Compare(t.Context(),
		diff.Input{Side: diff.Side{Tag: "common", Profile: "a"}, Snapshot: s.snapshot(t, "a.json")},
		diff.Input{Side: diff.Side{Tag: "qa", Profile: "b"}, Snapshot: s.snapshot(t, "b.json")},
		diff.Options{Reference: new(diff.Reference)})
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Write(folder, clash, false); err == nil || !strings.Contains(err.Error(), "common_roles.csv") {
		t.Errorf("error %v, want one about common_roles.csv", err)
	}
	if names := list(t, folder); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func TestCheckTag(t *testing.T) {
	for tag, ok := range map[string]bool{"dev": true, "my dev": true, "": false, "a/b": false, `a\b`: false, " dev": false, "..": true, "a\x00": false} {
		if err := report.CheckTag(tag); (err == nil) != ok {
			t.Errorf("tag %q: %v", tag, err)
		}
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
