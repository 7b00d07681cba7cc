package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"
)

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// written gives the folder and the only file of a log of n records.
func written(t *testing.T, n int) (dir string, content []byte) {
	t.Helper()
	dir = t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, n)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, readFile(t, pathOf(dir, 1))
}

// TestATornLastLineIsCutOff stops the writing of the last line at every byte.
func TestATornLastLineIsCutOff(t *testing.T) {
	dir, content := written(t, 3)
	start := bytes.LastIndexByte(content[:len(content)-1], '\n') + 1
	for cut := start; cut < len(content); cut++ {
		writeFile(t, pathOf(dir, 1), content[:cut])
		torn := cut - start
		if got := verified(t, dir); got.Records != 2 || got.Torn != int64(torn) {
			t.Fatalf("cut at %d: verified %+v", cut, got)
		}
		l := openLog(t, dir, Options{})
		appendAll(t, l, 4, 4)
		if got := verified(t, dir, l.Head()); got.Torn != 0 {
			t.Fatalf("cut at %d: verified %+v", cut, got)
		}
		var names []string
		for e, err := range l.Events(Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, e.Record.EventName)
			if e.Record.EventName == "AuditLogRecovered" {
				want := fmt.Sprintf(`{"file":"audit-00000001.jsonl","bytesCut":%d}`, torn)
				if string(e.Record.ServiceEventDetails) != want {
					t.Errorf("details are %s, want %s", e.Record.ServiceEventDetails, want)
				}
			}
		}
		want := "[Encrypt AuditLogRecovered Encrypt Encrypt]"
		if torn == 0 {
			want = "[Encrypt Encrypt Encrypt]"
		}
		if got := fmt.Sprint(names); got != want {
			t.Fatalf("cut at %d: events are %s, want %s", cut, got, want)
		}
		l.Close()
	}
}

func TestALongTornLineIsCutOff(t *testing.T) {
	dir, content := written(t, 2)
	writeFile(t, pathOf(dir, 1), append(content, bytes.Repeat([]byte{0}, 5*chunk)...))
	l := openLog(t, dir, Options{})
	if got := verified(t, dir, l.Head()); got.Records != 3 || got.Torn != 0 {
		t.Errorf("verified %+v", got)
	}
}

func TestWhatACrashWhileAFileBeganLeaves(t *testing.T) {
	dir, _ := written(t, 2)
	writeFile(t, pathOf(dir, 2)+tempSuffix, []byte(`{"chain":"00`))
	l := openLog(t, dir, Options{MaxFile: 1})
	appendAll(t, l, 3, 3)
	if got := verified(t, dir, l.Head()); got.Files != 2 || got.Records != 3 {
		t.Errorf("verified %+v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir, content := written(t, 2)
	lines := bytes.SplitAfter(content, []byte{'\n'})
	change := func(line int, from, to string) []byte {
		b := bytes.Clone(content)
		changed := bytes.Replace(lines[line], []byte(from), []byte(to), 1)
		return bytes.Replace(b, lines[line], changed, 1)
	}
	for _, c := range []struct {
		name    string
		content []byte
		want    error
	}{
		{"an empty file", nil, new(CorruptError)},
		{"half a header", content[:50], new(CorruptError)},
		{"something else", []byte("hello\n"), new(CorruptError)},
		{"a record as header", lines[1], new(CorruptError)},
		{"a newer format", change(0, `"format":1`, `"format":2`), ErrNewer},
		{"a changed last record", change(2, "alejandro", "somebody1"), new(CorruptError)},
		{"a last line that is none", append(bytes.Clone(content), "{}\n"...), new(CorruptError)},
		{"an empty last line", append(bytes.Clone(content), '\n'), new(CorruptError)},
		{"a changed header and no record", bytes.Replace(lines[0], []byte(`"epoch":1`), []byte(`"epoch":2`), 1), new(CorruptError)},
	} {
		t.Run(c.name, func(t *testing.T) {
			writeFile(t, pathOf(dir, 1), c.content)
			l, err := Open(dir, Options{})
			if err == nil {
				l.Close()
				t.Fatal("opened")
			}
			var corrupt *CorruptError
			if errors.As(c.want, &corrupt) {
				if !errors.As(err, &corrupt) || corrupt.File != fileName(1) {
					t.Errorf("error is %v", err)
				}
			} else if !errors.Is(err, c.want) {
				t.Errorf("error is %v", err)
			}
			if after := readFile(t, pathOf(dir, 1)); !bytes.Equal(after, c.content) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func TestOpenFailsWithTheDisk(t *testing.T) {
	dir, _ := written(t, 1)
	fsys := newFaultFS()
	fsys.set("create", errInjected)
	if _, err := Open(t.TempDir(), Options{fs: fsys}); !errors.Is(err, errInjected) {
		t.Errorf("new log: %v", err)
	}
	content := readFile(t, pathOf(dir, 1))
	writeFile(t, pathOf(dir, 1), append(content, "torn"...))
	fsys.set("truncate", errInjected)
	if _, err := Open(dir, Options{fs: fsys}); !errors.Is(err, errInjected) {
		t.Errorf("torn log: %v", err)
	}
	writeFile(t, dir+"/file", nil)
	if _, err := Open(dir+"/file", Options{}); err == nil {
		t.Error("a file was taken for a folder")
	}
}
