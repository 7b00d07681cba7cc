package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// threeFiles gives a log of three files with four records each.
func threeFiles(t *testing.T) (dir string, heads []Head) {
	t.Helper()
	dir = t.TempDir()
	l := openLog(t, dir, Options{})
	for file := range 3 {
		if file > 0 {
			l.syncing.Lock()
			l.mu.Lock()
			if err := l.begin(false); err != nil {
				t.Fatal(err)
			}
			l.mu.Unlock()
			l.syncing.Unlock()
		}
		for n := 1; n <= 4; n++ {
			appendAll(t, l, file*4+n, file*4+n)
			heads = append(heads, l.Head())
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, heads
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	return slices.DeleteFunc(strings.SplitAfter(string(readFile(t, path)), "\n"), func(s string) bool { return s == "" })
}

// expectCorrupt verifies and wants a certain line to be named.
func expectCorrupt(t *testing.T, dir string, file, line int) {
	t.Helper()
	_, err := Verify(dir)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) {
		t.Fatalf("verify: %v", err)
	}
	if corrupt.File != fileName(file) || corrupt.Line != line {
		t.Errorf("named %v, want %s:%d", corrupt, fileName(file), line)
	}
}

// TestEveryChangedByteIsFound changes each byte of the file in the middle.
func TestEveryChangedByteIsFound(t *testing.T) {
	dir, _ := threeFiles(t)
	path := pathOf(dir, 2)
	content := readFile(t, path)
	line := 1
	for i := range content {
		changed := bytes.Clone(content)
		changed[i] ^= 1
		writeFile(t, path, changed)
		want := line
		if content[i] == '\n' {
			line++ // without its end, a line swallows the next one
		}
		expectCorrupt(t, dir, 2, want)
	}
}

// TestEveryMemberIsCovered changes one member at a time in a way that leaves
// everything well formed.
func TestEveryMemberIsCovered(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	if err := l.Append(full()); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, 2, 2)
	l.Close()
	lines := linesOf(t, pathOf(dir, 1))
	members := strings.Count(lines[1], `":`)
	if members < 45 {
		t.Fatalf("only %d members", members)
	}
	for i, at := 0, 0; i < members; i++ {
		at += strings.Index(lines[1][at:], `":`) + 2
		changed := slices.Clone(lines)
		changed[1] = lines[1][:at] + " " + lines[1][at:] // the same JSON
		writeFile(t, pathOf(dir, 1), []byte(strings.Join(changed, "")))
		expectCorrupt(t, dir, 1, 2)
	}
}

func TestTamperedLines(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(lines []string) []string
		line int // that is named
	}{
		{"record removed", func(l []string) []string { return slices.Delete(l, 2, 3) }, 3},
		{"first record removed", func(l []string) []string { return slices.Delete(l, 1, 2) }, 2},
		{"records swapped", func(l []string) []string { l[2], l[3] = l[3], l[2]; return l }, 3},
		{"record duplicated", func(l []string) []string { return slices.Insert(l, 3, l[2]) }, 4},
		{"record replaced by another", func(l []string) []string { l[3] = l[1]; return l }, 4},
		{"empty line inserted", func(l []string) []string { return slices.Insert(l, 2, "\n") }, 3},
		{"junk inserted", func(l []string) []string { return slices.Insert(l, 2, "{}\n") }, 3},
		{"header removed", func(l []string) []string { return l[1:] }, 1},
		{"header moved", func(l []string) []string { l[0], l[1] = l[1], l[0]; return l }, 1},
		{"last line cut short", func(l []string) []string { l[4] = l[4][:100]; return l }, 5},
		{"last newline removed", func(l []string) []string { l[4] = strings.TrimSuffix(l[4], "\n"); return l }, 5},
		{"everything removed", func([]string) []string { return nil }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := threeFiles(t)
			lines := c.edit(linesOf(t, pathOf(dir, 2)))
			writeFile(t, pathOf(dir, 2), []byte(strings.Join(lines, "")))
			expectCorrupt(t, dir, 2, c.line)
		})
	}
}

// TestARemovedEnd shows what the chain alone cannot prove, and what can.
func TestARemovedEnd(t *testing.T) {
	t.Run("of a middle file", func(t *testing.T) {
		dir, _ := threeFiles(t)
		lines := linesOf(t, pathOf(dir, 2))
		writeFile(t, pathOf(dir, 2), []byte(strings.Join(lines[:4], "")))
		expectCorrupt(t, dir, 3, 1) // which does not continue anymore
	})
	t.Run("of the last file", func(t *testing.T) {
		dir, heads := threeFiles(t)
		lines := linesOf(t, pathOf(dir, 3))
		writeFile(t, pathOf(dir, 3), []byte(strings.Join(lines[:4], "")))
		verified(t, dir)
		verified(t, dir, heads[:11]...)
		if _, err := Verify(dir, heads[11]); !errors.As(err, new(*CorruptError)) {
			t.Errorf("verify with the head noted: %v", err)
		}
	})
	t.Run("the last file", func(t *testing.T) {
		dir, heads := threeFiles(t)
		if err := os.Remove(pathOf(dir, 3)); err != nil {
			t.Fatal(err)
		}
		verified(t, dir, heads[7])
		if _, err := Verify(dir, heads[8]); !errors.As(err, new(*CorruptError)) {
			t.Errorf("verify with the head noted: %v", err)
		}
	})
}

func TestTamperedFiles(t *testing.T) {
	for _, c := range []struct {
		name       string
		edit       func(dir string) error
		file, line int
	}{
		{"first removed", func(dir string) error { return os.Remove(pathOf(dir, 1)) }, 1, 0},
		{"middle removed", func(dir string) error { return os.Remove(pathOf(dir, 2)) }, 2, 0},
		{"middle removed, last renamed", func(dir string) error { return os.Rename(pathOf(dir, 3), pathOf(dir, 2)) }, 2, 1},
		{"swapped", func(dir string) error {
			temp := filepath.Join(dir, "temp")
			return errors.Join(os.Rename(pathOf(dir, 1), temp), os.Rename(pathOf(dir, 2), pathOf(dir, 1)), os.Rename(temp, pathOf(dir, 2)))
		}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := threeFiles(t)
			if err := c.edit(dir); err != nil {
				t.Fatal(err)
			}
			expectCorrupt(t, dir, c.file, c.line)
		})
	}
}

// TestAChainMadeAnew is what who holds the files can do, and why heads are
// worth keeping.
func TestAChainMadeAnew(t *testing.T) {
	dir, _ := written(t, 3)
	l := openLog(t, dir, Options{})
	head := l.Head()
	l.Close()
	if err := os.Remove(pathOf(dir, 1)); err != nil {
		t.Fatal(err)
	}
	l = openLog(t, dir, Options{})
	appendAll(t, l, 4, 9)
	verified(t, dir)
	if _, err := Verify(dir, head); !errors.As(err, new(*CorruptError)) {
		t.Errorf("verify with the head noted: %v", err)
	}
}

func TestVerifyReadsLongLines(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	for n := 1; n <= 4; n++ {
		r := numbered(n)
		r.RequestParameters = []byte(fmt.Sprintf(`"%0*d"`, n*25_000, 0))
		r.ResponseElements = r.RequestParameters
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := verified(t, dir, l.Head()); got.Records != 4 {
		t.Errorf("verified %+v", got)
	}
	expectRequests(t, l, Filter{}, "4 3 2 1")
}

func TestVerifyOfAnOpenLogSeesATruncatedFile(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, 3)
	if _, err := l.Verify(); err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, pathOf(dir, 1))
	writeFile(t, pathOf(dir, 1), []byte(strings.Join(lines[:3], "")))
	if _, err := l.Verify(); !errors.As(err, new(*CorruptError)) {
		t.Errorf("verify of a log whose end is gone: %v", err)
	}
}

func TestVerifyOfNothing(t *testing.T) {
	if got := verified(t, t.TempDir()); got != (Result{}) {
		t.Errorf("verified %+v", got)
	}
	if _, err := Verify(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("verify of a folder that is not there: %v", err)
	}
}

func TestEventsReportADamagedLine(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, 3)
	lines := linesOf(t, pathOf(dir, 1))
	lines[2] = strings.Repeat("x", len(lines[2])-1) + "\n"
	writeFile(t, pathOf(dir, 1), []byte(strings.Join(lines, "")))
	var found, damaged int
	for e, err := range l.Events(Filter{}) {
		switch {
		case errors.As(err, new(*CorruptError)):
			damaged++
		case err != nil:
			t.Fatal(err)
		default:
			found += int(e.Seq)
		}
	}
	if found != 4 || damaged != 1 {
		t.Errorf("found %d, damaged %d", found, damaged)
	}
	if e, err := l.Find("request-1"); err != nil || e.Seq != 1 {
		t.Errorf("Find behind the damage: %v, %v", e, err)
	}
}
