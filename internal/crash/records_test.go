package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// auditLog is the audit log of a folder and what is known of it.
type auditLog struct {
	dir   string
	heads []audit.Head    // its ends at earlier checks
	seen  map[string]bool // request ids of changes recorded before
}

func newAuditLog(folder string) *auditLog {
	return &auditLog{dir: filepath.Join(folder, "audit"), seen: make(map[string]bool)}
}

// change is the record of a call that has changed something.
type change struct {
	RequestID, EventName, UserAgent, ErrorCode string
	ReadOnly                                   bool
}

// verify proves that the log is whole, that its end of each earlier check is
// still part of it.
func (l *auditLog) verify(t *testing.T) {
	t.Helper()
	result, err := audit.Verify(l.dir, l.heads...)
	if err != nil {
		t.Fatal(err)
	}
	if result.Records == 0 {
		t.Error("the audit log is empty")
	}
	l.heads = append(l.heads, result.Head)
}

// changes gives the records of changes since the last time.
func (l *auditLog) changes(t *testing.T) map[string]change {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(l.dir, "audit-*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("audit files %q: %v", files, err)
	}
	found := make(map[string]change)
	for _, file := range files {
		content := must(os.ReadFile(file))(t)
		lines := bufio.NewScanner(bytes.NewReader(content))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if !bytes.Contains(lines.Bytes(), []byte(`"readOnly":false`)) {
				continue
			}
			var line struct{ Event change }
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			c := line.Event
			if c.RequestID == "" || c.ErrorCode != "" || l.seen[c.RequestID] {
				continue
			}
			if _, twice := found[c.RequestID]; twice {
				t.Errorf("two records of request %s", c.RequestID)
			}
			found[c.RequestID] = c
		}
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	for id := range found {
		l.seen[id] = true
	}
	return found
}

// check wants a record of each acknowledged change of the writers, and of no
// change that was not made. applied tells whose change in flight was made.
func (l *auditLog) check(t *testing.T, writers []*writer, applied map[*writer]bool) {
	t.Helper()
	l.verify(t)
	recorded := l.changes(t)
	for _, w := range writers {
		for id, name := range w.acknowledged {
			if c, ok := recorded[id]; !ok || c.EventName != name {
				t.Errorf("writer %d: %s was acknowledged as %s and its record is %+v", w.number, name, id, c)
			}
			delete(recorded, id)
		}
	}
	for id, c := range recorded {
		n, err := author(c)
		if err != nil || n >= len(writers) {
			t.Errorf("request %s: nobody has asked for %+v", id, c)
			continue
		}
		w := writers[n]
		if w.inFlight == nil || w.inFlight.name != c.EventName || !applied[w] {
			t.Errorf("writer %d: a record says %+v, which was not done", w.number, c)
		}
		applied[w] = false // there is one record of it at most
	}
}

// app is what newClients puts into the user agent.
func app(writer int) string { return fmt.Sprintf("writer-%d", writer) }

var appInAgent = regexp.MustCompile(`\bapp/writer-(\d+)\b`)

// author tells which writer asked for a change.
func author(c change) (int, error) {
	m := appInAgent.FindStringSubmatch(c.UserAgent)
	if m == nil {
		return 0, fmt.Errorf("user agent %q names no writer", c.UserAgent)
	}
	return strconv.Atoi(m[1])
}
