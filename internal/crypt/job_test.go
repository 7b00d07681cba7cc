package crypt

import (
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
)

func TestFile(t *testing.T) {
	folder(t, map[string]string{"plain": "the content"})
	newJob(t, Encrypt, "plain", "sealed").mustRun()
	if strings.Contains(read(t, "sealed"), "content") {
		t.Error("the message has the content in the clear")
	}
	newJob(t, Decrypt, "sealed", "opened").mustRun()
	wantContent(t, "opened", "the content")
	wantFiles(t, "plain", "sealed", "opened")
}

func TestPipe(t *testing.T) {
	folder(t, nil)
	content := strings.Repeat("more than a frame ", 1000)
	e := newJob(t, Encrypt, Stream, Stream)
	e.Stdin = strings.NewReader(content)
	e.mustRun()
	for _, buffer := range []bool{false, true} {
		d := newJob(t, Decrypt, Stream, Stream)
		d.Stdin, d.Buffer = strings.NewReader(e.stdout.String()), buffer
		if d.mustRun(); d.stdout.String() != content {
			t.Errorf("decrypted %d bytes, want %d", d.stdout.Len(), len(content))
		}
	}
	wantFiles(t)
}

// A tree is replicated in a folder that exists; without a suffix of one's own it
// is .encrypted and .decrypted.
// https://aws-encryption-sdk-cli.readthedocs.io/en/latest/ "Input and Output"
func TestFolder(t *testing.T) {
	folder(t, map[string]string{"in/a": "1", "in/b/c": "2", "in/b/empty/": "", "sealed/": "", "opened/": ""})
	j := newJob(t, Encrypt, "in", "sealed")
	j.Recursive = true
	j.mustRun()
	d := newJob(t, Decrypt, "sealed", "opened")
	d.Recursive = true
	d.mustRun()
	wantFiles(t, "in/a", "in/b/c", "sealed/a.encrypted", "sealed/b/c.encrypted",
		"opened/a.encrypted.decrypted", "opened/b/c.encrypted.decrypted")
	wantContent(t, "opened/b/c.encrypted.decrypted", "2")
	d = newJob(t, Decrypt, "sealed/*", "opened")
	d.Suffix = new(".txt")
	d.mustRun()
	wantContent(t, "opened/a.encrypted.txt", "1")
	if _, err := os.Stat("opened/b/c.encrypted.txt"); err == nil {
		t.Error("a folder was entered without --recursive")
	}
	if len(d.said) != 1 || !strings.Contains(d.said[0], "sealed/b is a folder, skipped") {
		t.Errorf("said %q", d.said)
	}
}

// What is no regular file is not waited for, links to folders are not followed,
// and the output is not encrypted once more.
func TestFolderOfOddThings(t *testing.T) {
	folder(t, map[string]string{"in/a": "1", "out/x": "old", "in/out/": ""})
	for name, target := range map[string]string{"in/link": "a", "in/loop": ".."} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	mkfifo(t, "in/pipe")
	j := newJob(t, Encrypt, "in", "in/out")
	j.Recursive = true
	for range 2 {
		j.mustRun()
	}
	wantFiles(t, "in/a", "in/link", "in/loop", "in/pipe", "in/out/a.encrypted", "in/out/link.encrypted", "out/x")
	want := []string{"in/loop is no regular file, skipped", "in/out is the output, skipped", "in/pipe is no regular file, skipped"}
	if said := strings.Join(j.said, "\n"); !strings.Contains(said, strings.Join(want, "\n")) {
		t.Errorf("said %q", j.said)
	}
}

// A link to a folder that is named itself is followed.
func TestFolderIsLink(t *testing.T) {
	folder(t, map[string]string{"in/a": "1", "in/b/c": "2", "out/": ""})
	if err := os.Symlink("in", "link"); err != nil {
		t.Fatal(err)
	}
	j := newJob(t, Encrypt, "link", "out")
	j.Recursive = true
	j.mustRun()
	wantFiles(t, "in/a", "in/b/c", "link", "out/a.encrypted", "out/b/c.encrypted")
	if len(j.said) > 0 {
		t.Errorf("said %q", j.said)
	}
}

func TestBase64(t *testing.T) {
	folder(t, map[string]string{"plain": "the content"})
	j := newJob(t, Encrypt, "plain", "sealed.b64")
	j.Encode = true
	j.mustRun()
	message, err := base64.StdEncoding.DecodeString(read(t, "sealed.b64"))
	if err != nil {
		t.Fatal(err)
	}
	// People break it into lines.
	broken := strings.Join(strings.SplitAfter(read(t, "sealed.b64"), "A"), "\r\n \t")
	write(t, "sealed.b64", broken+"\n")
	d := newJob(t, Decrypt, "sealed.b64", "opened")
	d.Decode = true
	d.mustRun()
	wantContent(t, "opened", "the content")
	// The message itself is no base64, and base64 is no message.
	write(t, "sealed", string(message))
	d = newJob(t, Decrypt, "sealed", "none")
	d.Decode = true
	d.mustFail("illegal base64")
	write(t, "sealed.b64", base64.StdEncoding.EncodeToString(message))
	if err := newJob(t, Decrypt, "sealed.b64", "none").mustFail(""); !errors.Is(err, esdk.ErrBase64) {
		t.Errorf("error %v, want ErrBase64", err)
	}
	wantFiles(t, "plain", "sealed", "sealed.b64", "opened")
}

// Inputs and outputs that do not go together are refused before anything is
// written.
func TestPathsRefused(t *testing.T) {
	files := map[string]string{"a": "1", "b": "2", "dir/a": "3", "out/": "", "a.encrypted": "4"}
	type refused struct {
		input, output, metadata string
		ask, recursive          bool
		want                    string
	}
	for name, c := range map[string]refused{
		"no input":             {"", "x", "", false, false, "no empty names"},
		"no output":            {"a", "", "", false, false, "no empty names"},
		"missing":              {"gone", "x", "", false, false, "input gone: file does not exist"},
		"pattern of nothing":   {"gone*", "x", "", false, false, "input gone*: file does not exist"},
		"output nowhere":       {"a", "gone/x", "", false, false, "its folder does not exist"},
		"itself":               {"a", "./a", "", false, false, "is input and output"},
		"itself by a link":     {"a", "link", "", false, false, "is input and output"},
		"several to a file":    {"[ab]", "x", "", false, false, "must be a folder that exists"},
		"several to stdout":    {"[ab]", "-", "", false, false, "must be a folder that exists"},
		"folder to a file":     {"dir", "x", "", false, true, "must be one that exists"},
		"folder to stdout":     {"dir", "-", "", false, true, "must be one that exists"},
		"folder to itself":     {"dir", "dir", "", false, true, "is input and output"},
		"stdin to a folder":    {"-", "out", "", false, false, "what comes from stdin has no name"},
		"stdin cannot answer":  {"-", "b", "", true, false, "cannot answer"},
		"output is an input":   {"a*", ".", "", false, false, "a.encrypted is an input, and the output of a"},
		"two inputs, one name": {"*/a", "out", "", false, false, "would both be written to out/a.encrypted"},
		"metadata is input":    {"a", "x", "a", false, false, "is input or output"},
		"metadata is output":   {"a", "x", "./x", false, false, "is input or output"},
		"metadata in input":    {"dir", "out", "dir/m", false, true, "is in the folder dir"},
		"metadata in output":   {"dir", "out", "out/m", false, true, "is in the folder out"},
		"metadata is a folder": {"a", "x", "out", false, false, "is a folder"},
		"metadata in pattern":  {"[ab]", "out", "b", false, false, "metadata output b is input or output: b"},
		"metadata is linked":   {"dir", "out", "hard", false, true, "metadata output hard is input or output: dir/a"},
		"metadata and output":  {"a", "-", "-", false, false, "stdout cannot be output and metadata"},
		"metadata nowhere":     {"a", "x", "gone/m", false, false, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			folder(t, files)
			if err := errors.Join(os.Symlink("a", "link"), os.Link("dir/a", "hard")); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(c.input, "*/") {
				if err := os.Mkdir("other", 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, "other/a", "5")
			}
			before := list(t)
			j := newJob(t, Encrypt, c.input, c.output)
			j.Metadata, j.Recursive = c.metadata, c.recursive
			if c.ask {
				j.Existing = AskExisting
			}
			j.mustFail(c.want)
			wantFiles(t, before...)
		})
	}
}

// What is appended to must not be read.
func TestInputIsStdout(t *testing.T) {
	folder(t, map[string]string{"in/a": "1", "in/b": "2", "out/": ""})
	f, err := os.OpenFile("in/b", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	j := newJob(t, Encrypt, "in/b", Stream)
	j.Stdout = f
	j.mustFail("input in/b is stdout")
	j = newJob(t, Encrypt, "in", "out")
	j.Stdout, j.Recursive, j.Metadata = f, true, Stream
	j.mustFail("input in/b is stdout")
	wantContent(t, "in/b", "2")
	j = newJob(t, Encrypt, "in/a", Stream)
	j.Stdout = f
	j.mustRun()
}

// A name that looks like a pattern is a name first.
func TestNameLikeAPattern(t *testing.T) {
	folder(t, map[string]string{"a[1]": "brackets", "a1": "none"})
	newJob(t, Encrypt, "a[1]", "sealed").mustRun()
	d := newJob(t, Decrypt, "sealed", Stream).mustRun()
	if d.stdout.String() != "brackets" {
		t.Errorf("encrypted %q", d.stdout.String())
	}
}

func TestExisting(t *testing.T) {
	folder(t, map[string]string{"plain": "new", "old": "old"})
	j := newJob(t, Encrypt, "plain", "old")
	j.Existing = KeepExisting
	j.mustRun()
	wantContent(t, "old", "old")
	for _, yes := range []bool{false, true} {
		asked := ""
		j := newJob(t, Encrypt, "plain", "old")
		j.Existing = AskExisting
		j.Ask = func(file string) (bool, error) { asked = file; return yes, nil }
		j.mustRun()
		if asked != "old" || (read(t, "old") == "old") == yes {
			t.Errorf("asked about %q; answered %t, and it has %.10q", asked, yes, read(t, "old"))
		}
	}
	// Nobody is asked about what is not there.
	j = newJob(t, Encrypt, "plain", "fresh")
	j.Existing = AskExisting
	j.mustRun()
	j = newJob(t, Encrypt, "plain", "fresh").mustRun()
	if len(j.said) != 1 || j.said[0] != "fresh was replaced" {
		t.Errorf("said %q", j.said)
	}
	// An error of the question ends it.
	j = newJob(t, Encrypt, "plain", "old")
	j.Existing = AskExisting
	j.Ask = func(string) (bool, error) { return true, io.ErrUnexpectedEOF }
	j.mustFail("unexpected EOF")
}

// The file that is made has the permissions of the one that it is made of; one
// that is replaced keeps its own.
func TestPermissions(t *testing.T) {
	folder(t, map[string]string{"secret": "1", "public": "2"})
	chmod := func(name string, perm os.FileMode) {
		if err := os.Chmod(name, perm); err != nil {
			t.Fatal(err)
		}
	}
	want := func(name string, perm os.FileMode) {
		t.Helper()
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != perm {
			t.Errorf("%s has mode %v (%v), want %v", name, info.Mode().Perm(), err, perm)
		}
	}
	chmod("secret", 0o600)
	newJob(t, Encrypt, "secret", "sealed").mustRun()
	want("sealed", 0o600)
	newJob(t, Decrypt, "sealed", "public").mustRun()
	want("public", 0o644)
	chmod("secret", 0o755)
	newJob(t, Encrypt, "secret", "new").mustRun()
	want("new", 0o644)

	// What is replaced stays as open as it was, whatever the umask.
	chmod("public", 0o666)
	newJob(t, Decrypt, "sealed", "public").mustRun()
	want("public", 0o666)

	// Folders too are no more open than those of the input.
	if err := errors.Join(os.MkdirAll("in/closed/inner", 0o755), os.Mkdir("out", 0o755)); err != nil {
		t.Fatal(err)
	}
	write(t, "in/closed/inner/file", "3")
	chmod("in/closed", 0o500)
	j := newJob(t, Encrypt, "in", "out")
	j.Recursive = true
	j.mustRun()
	want("out/closed", 0o700)
	want("out/closed/inner", 0o755)
	chmod("in/closed", 0o700) // so that the test can be cleared away
}

// The content of a link goes where it points to, and the link stays.
func TestOutputIsLink(t *testing.T) {
	folder(t, map[string]string{"plain": "1", "far/target": "old"})
	for _, c := range [][2]string{{"far/target", "link"}, {"far/none", "dangling"}} {
		if err := os.Symlink(c[0], c[1]); err != nil {
			t.Fatal(err)
		}
		newJob(t, Encrypt, "plain", c[1]).mustRun()
		if link, err := os.Readlink(c[1]); err != nil || link != c[0] {
			t.Errorf("%s is no link any more: %v", c[1], err)
		}
		newJob(t, Decrypt, c[0], filepath.Base(c[0])).mustRun()
		wantContent(t, filepath.Base(c[0]), "1")
	}
}
