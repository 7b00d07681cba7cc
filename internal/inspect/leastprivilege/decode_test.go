package leastprivilege

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const aRecord = `{"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"},"eventTime":"2026-11-22T09:00:00Z","eventSource":"kms.amazonaws.com","eventName":"ListKeys","eventID":"e"}`

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ofAlice(t *testing.T) Query {
	t.Helper()
	s, err := NewSubject("arn:aws:iam::111122223333:user/alice", "")
	if err != nil {
		t.Fatal(err)
	}
	return Query{Subject: s}
}

func decodeAll(t *testing.T, content []byte) (n int, err error) {
	t.Helper()
	q := ofAlice(t)
	_, err = decodeLog("file.json.gz", bytes.NewReader(content), &q, func(*Record) bool { n++; return true })
	return n, err
}

func TestDecode(t *testing.T) {
	log := `{"Records":[` + aRecord + `,` + aRecord + `],"more":{"than":["that"]}}`
	for name, content := range map[string][]byte{"plain": []byte(log), "gzip": zipped(t, log), "members": append(zipped(t, log[:50]), zipped(t, log[50:])...)} {
		if n, err := decodeAll(t, content); n != 2 || err != nil {
			t.Errorf("%s: %d records, %v", name, n, err)
		}
	}
	if n, err := decodeAll(t, []byte(`{"Records":[]}`)); n != 0 || err != nil {
		t.Errorf("no records: %d, %v", n, err)
	}
}

// TestCorrupt: a log that is not whole is an error that names file and place.
// A policy made of half a log would be too small.
func TestCorrupt(t *testing.T) {
	log := `{"Records":[` + aRecord + `,` + aRecord + `]}`
	whole := zipped(t, log)
	broken := bytes.Clone(whole)
	broken[len(broken)-6]++ // in the checksum at the end
	for name, tt := range map[string]struct {
		content []byte
		offset  int64 // at least
		want    error
	}{
		"cut short":       {[]byte(log[:len(log)-30]), int64(len(aRecord)), io.ErrUnexpectedEOF},
		"gzip cut short":  {whole[:len(whole)-20], 0, io.ErrUnexpectedEOF},
		"checksum":        {broken, 0, gzip.ErrChecksum},
		"empty":           {nil, 0, io.ErrUnexpectedEOF},
		"no log":          {[]byte(`[1]`), 0, errNoRecords},
		"no records":      {[]byte(`{"digestStartTime":"x"}`), 0, errNoRecords},
		"records no list": {[]byte(`{"Records":{}}`), 0, errNoRecords},
		"no event":        {[]byte(`{"Records":[{"eventTime":"alice yesterday"}]}`), 10, nil},
		"a wrong brace":   {[]byte(`{"Records":[` + aRecord + `}]}`), int64(len(aRecord)), nil},
		"something after": {[]byte(log + `{}`), int64(len(log)), errTrailing},
		"one huge record": {[]byte(`{"Records":[{"x":"` + strings.Repeat("a", 2*maxRecord) + `"}]}`), 0, errTooLong},
	} {
		_, err := decodeAll(t, tt.content)
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || corrupt.File != "file.json.gz" || corrupt.Offset < tt.offset {
			t.Errorf("%s: %v", name, err)
		}
		if tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// endless is a log file of so many records, made while it is read.
type endless struct {
	left int
	buf  []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.buf) == 0 {
		switch {
		case e.left < 0:
			return 0, io.EOF
		case e.left == 0:
			e.buf = []byte(aRecord + "]}")
		default:
			e.buf = []byte(aRecord + ",")
		}
		e.left--
	}
	n := copy(p, e.buf)
	e.buf = e.buf[n:]
	return n, nil
}

// TestStreamed: a log is never held as a whole.
func TestStreamed(t *testing.T) {
	const records = 200_000 // some 40 MB
	q := ofAlice(t)
	n := 0
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := decodeLog("huge", io.MultiReader(strings.NewReader(`{"Records":[`), &endless{left: records - 1}), &q, func(*Record) bool {
		if n++; n == records {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
		return true
	})
	if err != nil || n != records {
		t.Fatalf("%d records, %v", n, err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2*maxRecord {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

// TestFiles: which files of a folder are read.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	log := zipped(t, `{"Records":[`+aRecord+`]}`)
	for name, content := range map[string][]byte{
		"AWSLogs/1/CloudTrail/us-east-1/2026/11/22/111122223333_CloudTrail_us-east-1_20261122T0905Z_abcdefghijklmnop.json.gz": log,
		"AWSLogs/1/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T0905Z_abcdefghijklmnop.json.gz": log,
		"AWSLogs/1/CloudTrail-Digest/us-east-1/d.json.gz":                                                                     zipped(t, `{"digestStartTime":"x"}`),
		"copied.json": []byte(`{"Records":[` + aRecord + `]}`),
		"README":      []byte("no log"),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	q := ofAlice(t)
	q.Since = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	f := &Files{Path: dir}
	n := 0
	for _, err := range f.Records(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 || f.count != (logCount{read: 2, early: 1, other: 2}) {
		t.Errorf("%d records, %+v", n, f.count)
	}
	if about := strings.Join(f.About(), "; "); !strings.Contains(about, "2 log files of ") || !strings.Contains(about, "passed over") {
		t.Error(about)
	}
	for range f.Records(t.Context(), ofAlice(t)) {
		break // who has seen enough reads no further
	}
	if f.count.read != 1 {
		t.Errorf("%+v", f.count)
	}
	for _, err := range (&Files{Path: filepath.Join(dir, "none")}).Records(t.Context(), q) {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("of a folder that is not there: %v", err)
		}
	}
}

func TestWindow(t *testing.T) {
	q := ofAlice(t)
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		since, until time.Time
		want         bool
	}{
		{at, at, true}, {at.Add(time.Second), time.Time{}, false}, {time.Time{}, at.Add(-time.Second), false}, {time.Time{}, time.Time{}, true},
	} {
		q.Since, q.Until = tt.since, tt.until
		r, err := q.Decode([]byte(aRecord))
		if err != nil || (r != nil) != tt.want {
			t.Errorf("%v to %v: %v, %v", tt.since, tt.until, r, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	other := strings.ReplaceAll(aRecord, "alice", "bob")
	log := []byte(`{"Records":[` + strings.Repeat(other+",", 9999) + aRecord + `]}`)
	s, _ := NewSubject("arn:aws:iam::111122223333:user/alice", "")
	q := Query{Subject: s}
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if _, err := decodeLog("f", bytes.NewReader(log), &q, func(*Record) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleCorruptError() {
	fmt.Println(&CorruptError{"logs/a.json.gz", 512, io.ErrUnexpectedEOF})
	// Output: logs/a.json.gz: offset 512: unexpected EOF
}
