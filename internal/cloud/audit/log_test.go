package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

// numbered is a record that tests tell by its number.
func numbered(n int) *Record {
	r := sample()
	r.EventTime = epoch.Add(time.Duration(n) * time.Second)
	r.RequestID = fmt.Sprintf("request-%d", n)
	r.EventID = fmt.Sprintf("event-%d", n)
	return r
}

func openLog(t *testing.T, dir string, opts Options) *Log {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return epoch }
	}
	if opts.fs == nil {
		opts.fs = quickFS{}
	}
	l, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func appendAll(t *testing.T, l *Log, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		if err := l.Append(numbered(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// requests gives the request ids that a filter selects, in order.
func requests(t *testing.T, l *Log, f Filter) (ids []string) {
	t.Helper()
	for e, err := range l.Events(f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.TrimPrefix(e.Record.RequestID, "request-"))
	}
	return ids
}

func expectRequests(t *testing.T, l *Log, f Filter, want string) {
	t.Helper()
	if got := strings.Join(requests(t, l, f), " "); got != want {
		t.Errorf("events are %q, want %q", got, want)
	}
}

func verified(t *testing.T, dir string, known ...Head) Result {
	t.Helper()
	result, err := Verify(dir, known...)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// everyLog runs a test on both kinds of log.
func everyLog(t *testing.T, test func(t *testing.T, l *Log)) {
	t.Run("files", func(t *testing.T) { test(t, openLog(t, t.TempDir(), Options{})) })
	t.Run("small files", func(t *testing.T) { test(t, openLog(t, t.TempDir(), Options{MaxFile: 3000})) })
	t.Run("memory", func(t *testing.T) { test(t, Memory(1000)) })
}

func TestEventsAreFoundNewestFirst(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		expectRequests(t, l, Filter{}, "")
		appendAll(t, l, 1, 7)
		expectRequests(t, l, Filter{}, "7 6 5 4 3 2 1")
		for n := 1; n <= 7; n++ {
			e, err := l.Find(fmt.Sprintf("request-%d", n))
			if err != nil || e.Seq != uint64(n) || e.Record.EventID != fmt.Sprintf("event-%d", n) {
				t.Errorf("Find %d = %+v, %v", n, e, err)
			}
		}
		if _, err := l.Find("request-8"); !errors.Is(err, ErrNotFound) {
			t.Errorf("Find of nothing: %v", err)
		}
	})
}

func TestAnEntryHoldsWhatWasAppended(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		r := full()
		r.Explanation = []byte(`{"verdict":"denied","by":["SCP"]}`)
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
		e, err := l.Find(r.RequestID)
		if err != nil {
			t.Fatal(err)
		}
		if string(e.Event) != string(appendEvent(nil, r)) {
			t.Errorf("event is %s", e.Event)
		}
		if string(e.Explanation) != string(r.Explanation) || string(e.Record.Explanation) != string(r.Explanation) {
			t.Errorf("explanation is %s", e.Explanation)
		}
		if strings.Contains(string(e.Event), "verdict") {
			t.Error("CloudTrail would show the explanation")
		}
	})
}

func TestResetHidesWhatWasBefore(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 5)
		if err := l.Reset(numbered(6)); err != nil {
			t.Fatal(err)
		}
		appendAll(t, l, 7, 8)
		expectRequests(t, l, Filter{}, "8 7 6")
		if _, err := l.Find("request-5"); !errors.Is(err, ErrNotFound) {
			t.Errorf("Find from before the reset: %v", err)
		}
		if got := l.Head().Seq; got != 8 {
			t.Errorf("numbers go on at %d, want 8", got)
		}
	})
}

func TestResetKeepsTheFilesAndTheChain(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, 5)
	before := l.Head()
	for n := 6; n <= 7; n++ {
		if err := l.Reset(numbered(n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := verified(t, dir, before, l.Head()); got.Files != 3 || got.Resets != 2 || got.Records != 7 {
		t.Errorf("verified %+v", got)
	}
	l.Close()
	l = openLog(t, dir, Options{})
	expectRequests(t, l, Filter{}, "7") // the epoch outlives the process
}

func TestFilesRotateAndTheChainGoesOn(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{MaxFile: 5000})
	appendAll(t, l, 1, 40)
	result := verified(t, dir, l.Head())
	if result.Records != 40 || result.Files < 9 || result.Files > 14 {
		t.Errorf("verified %+v", result)
	}
	for n := 1; n <= result.Files; n++ {
		info, err := os.Stat(pathOf(dir, n))
		if err != nil || info.Size() > 5000 || info.Mode() != 0o600 {
			t.Errorf("file %d: %v %v", n, info, err)
		}
	}
	l.Close()
	l = openLog(t, dir, Options{MaxFile: 5000})
	appendAll(t, l, 41, 42)
	if got := verified(t, dir, l.Head()); got.Records != 42 {
		t.Errorf("verified %+v", got)
	}
	if got := len(requests(t, l, Filter{})); got != 42 {
		t.Errorf("%d events", got)
	}
}

func TestARecordLargerThanAFileIsKept(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{MaxFile: 400})
	appendAll(t, l, 1, 3)
	if got := verified(t, dir, l.Head()); got.Records != 3 || got.Files != 3 {
		t.Errorf("verified %+v", got)
	}
}

func TestConcurrentAppendsDoNotMix(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{MaxFile: 100_000, fs: osFS{}})
	const workers, each = 16, 100
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				if err := l.Append(numbered(w*each + i)); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					if err := l.Sync(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if got := verified(t, dir, l.Head()); got.Records != workers*each {
		t.Errorf("verified %+v", got)
	}
	seen := make(map[string]bool)
	for _, id := range requests(t, l, Filter{}) {
		seen[id] = true
	}
	if len(seen) != workers*each {
		t.Errorf("%d different events", len(seen))
	}
}

func TestReadingWhileWriting(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 50)
		n := 50
		for e, err := range l.Events(Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Seq != uint64(n) {
				t.Fatalf("event %d, want %d", e.Seq, n)
			}
			n--
			appendAll(t, l, 1000, 1000) // not part of this reading
		}
		if n != 0 {
			t.Errorf("%d events are missing", n)
		}
		if _, err := l.Verify(); err != nil {
			t.Error(err)
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	l := Memory(3)
	appendAll(t, l, 1, 10)
	expectRequests(t, l, Filter{}, "10 9 8")
	appendAll(t, l, 11, 11)
	expectRequests(t, l, Filter{Before: 10}, "9")
	if err := l.Sync(t.Context()); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := Memory(0).Append(numbered(1)); err != nil {
		t.Error(err)
	}
}

// TestMemoryIsBoundedByLength: long records push old ones out of memory.
func TestMemoryIsBoundedByLength(t *testing.T) {
	l := Memory(10_000)
	long := []byte(`"` + strings.Repeat("x", maxParameters-2) + `"`)
	const records = 2 * maxMemory / maxParameters
	for n := range records {
		r := numbered(n + 1)
		r.RequestParameters = long
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	ids := requests(t, l, Filter{})
	if n := len(ids); n > maxMemory/maxParameters || n < maxMemory/maxParameters/2 || ids[0] != fmt.Sprint(records) {
		t.Errorf("%d records of %d bytes are kept, the newest %s; want at most %d bytes, with the newest", n, len(long), ids[0], maxMemory)
	}
	if err := l.Reset(numbered(records + 1)); err != nil {
		t.Fatal(err)
	}
	expectRequests(t, l, Filter{}, fmt.Sprint(records+1))
}

func TestAClosedLogRefuses(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 1)
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"Append": l.Append(numbered(2)), "Sync": l.Sync(t.Context()), "Reset": l.Reset(numbered(3)),
		} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAFullDiskLeavesTheLogWhole(t *testing.T) {
	for _, room := range []int64{0, 1, 75, 700} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			dir, fsys := t.TempDir(), newFaultFS()
			l := openLog(t, dir, Options{fs: fsys})
			appendAll(t, l, 1, 3)
			head := l.Head()
			fsys.setRoom(room)
			if err := l.Append(numbered(4)); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("Append on a full disk: %v", err)
			}
			if l.Head() != head {
				t.Error("the chain moved on without its record")
			}
			if got := verified(t, dir, head); got.Torn != 0 || got.Records != 3 {
				t.Errorf("verified %+v", got)
			}
			fsys.setRoom(-1)
			appendAll(t, l, 5, 6)
			verified(t, dir, head, l.Head())
			expectRequests(t, l, Filter{}, "6 5 3 2 1")
		})
	}
}

func TestAFailedRepairIsTriedAgain(t *testing.T) {
	dir, fsys := t.TempDir(), newFaultFS()
	l := openLog(t, dir, Options{fs: fsys})
	appendAll(t, l, 1, 1)
	fsys.setRoom(500)
	fsys.set("truncate", errInjected)
	if err := l.Append(numbered(2)); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	fsys.setRoom(-1)
	for name, err := range map[string]error{"Append": l.Append(numbered(3)), "Reset": l.Reset(numbered(4))} {
		if !errors.Is(err, errInjected) {
			t.Errorf("%s after a part of a line that could not be cut off: %v", name, err)
		}
	}
	fsys.set("truncate", nil)
	appendAll(t, l, 5, 5)
	if got := verified(t, dir, l.Head()); got.Torn != 0 || got.Records != 2 {
		t.Errorf("verified %+v", got)
	}
}

func TestAFailedNewFileLeavesTheLogWhole(t *testing.T) {
	for _, op := range []string{"create", "write", "rename", "syncDir"} {
		t.Run(op, func(t *testing.T) {
			dir, fsys := t.TempDir(), newFaultFS()
			l := openLog(t, dir, Options{fs: fsys})
			appendAll(t, l, 1, 3)
			fsys.set(op, errInjected)
			if err := l.Reset(numbered(4)); !errors.Is(err, errInjected) {
				t.Fatal(err)
			}
			fsys.set(op, nil)
			appendAll(t, l, 5, 5)
			if got := verified(t, dir, l.Head()); got.Files != 1 || got.Records != 4 {
				t.Errorf("verified %+v", got)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+tempSuffix)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if err := l.Reset(numbered(6)); err != nil {
				t.Fatal(err)
			}
			expectRequests(t, l, Filter{}, "6")
			verified(t, dir, l.Head())
		})
	}
}

func TestAFailedSyncEndsTheLog(t *testing.T) {
	dir, fsys := t.TempDir(), newFaultFS()
	l := openLog(t, dir, Options{fs: fsys})
	appendAll(t, l, 1, 1)
	fsys.set("sync", errInjected)
	if err := l.Sync(t.Context()); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	fsys.set("sync", nil)
	// A second fsync would say that all is well, whether or not it is.
	for name, err := range map[string]error{
		"Append": l.Append(numbered(2)), "Sync": l.Sync(t.Context()), "Reset": l.Reset(numbered(3)),
	} {
		if !errors.Is(err, errInjected) {
			t.Errorf("%s after a failed sync: %v", name, err)
		}
	}
	if err := l.Close(); !errors.Is(err, errInjected) {
		t.Errorf("Close after a failed sync: %v", err)
	}
}
