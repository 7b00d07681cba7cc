package audit

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

// since reads on from a position and gives the request ids.
func since(t *testing.T, l *Log, p *Position, f Filter) string {
	t.Helper()
	var ids []string
	for e, err := range l.Since(t.Context(), p, f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.TrimPrefix(e.Record.RequestID, "request-"))
	}
	return strings.Join(ids, " ")
}

func expectSince(t *testing.T, l *Log, p *Position, f Filter, want string) {
	t.Helper()
	if got := since(t, l, p, f); got != want {
		t.Errorf("events are %q, want %q", got, want)
	}
}

func TestSinceGoesOnWhereItStopped(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		var p Position
		expectSince(t, l, &p, Filter{}, "")
		appendAll(t, l, 1, 3)
		expectSince(t, l, &p, Filter{}, "1 2 3")
		expectSince(t, l, &p, Filter{}, "")
		appendAll(t, l, 4, 6)
		for e := range l.Since(t.Context(), &p, Filter{}) {
			if e.Seq == 5 {
				break
			}
		}
		expectSince(t, l, &p, Filter{}, "6")
		if p.Seq != 6 {
			t.Errorf("the position is %+v", p)
		}
	})
}

// What a filter leaves out is behind the position too: the next reading does
// not begin with it again.
func TestSinceMovesOverWhatIsNotSelected(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 5)
		var p Position
		expectSince(t, l, &p, Filter{Account: "444455556666"}, "")
		if p.Seq != 5 {
			t.Errorf("the position is %+v", p)
		}
		expectSince(t, l, &Position{}, Filter{RequestID: "request-2"}, "2")
	})
}

func TestSinceAcrossFiles(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{MaxFile: 4 << 10}) // a few records each
	appendAll(t, l, 1, 20)
	var whole Position
	all := since(t, l, &whole, Filter{})
	if l.journal.(*disk).number < 4 || !strings.HasPrefix(all, "1 2 3") || !strings.HasSuffix(all, "19 20") {
		t.Fatalf("%d files, events %s", l.journal.(*disk).number, all)
	}
	// From every place, with the hint, without it and with a wrong one.
	var p Position
	ids := strings.Fields(all)
	for i := range ids {
		rest := strings.Join(ids[i:], " ")
		for _, from := range []Position{p, {Seq: p.Seq}, {p.Seq, p.File, p.Offset + 1}, {p.Seq, p.File + 9, 1}, {p.Seq, 1, 1 << 40}, {p.Seq, 2, p.Offset}} {
			at := from
			if got := since(t, l, &at, Filter{}); got != rest || at != whole {
				t.Fatalf("from %+v: %s up to %+v, want %s", from, got, at, rest)
			}
		}
		for range l.Since(t.Context(), &p, Filter{}) {
			break
		}
	}
	// Old files may be moved away when they are not needed anymore.
	if err := os.Remove(pathOf(dir, 1)); err != nil {
		t.Fatal(err)
	}
	if got := since(t, l, &Position{}, Filter{}); !strings.HasSuffix(all, got) || got == "" || got == all {
		t.Errorf("without the first file: %s", got)
	}
}

func TestSinceAfterARestart(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, 3)
	var p Position
	expectSince(t, l, &p, Filter{}, "1 2 3")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLog(t, dir, Options{})
	appendAll(t, l, 4, 5)
	expectSince(t, l, &p, Filter{}, "4 5")
}

func TestSinceForgetsWithAReset(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 3)
		var p Position
		for range l.Since(t.Context(), &p, Filter{}) {
			break
		}
		if err := l.Reset(numbered(4)); err != nil {
			t.Fatal(err)
		}
		appendAll(t, l, 5, 5)
		expectSince(t, l, &p, Filter{}, "4 5")
		expectSince(t, l, &Position{}, Filter{}, "4 5")
	})
}

// A record that the power could still take away is not given: the next one
// would get its number, and be taken for it.
func TestSinceGivesWhatIsOnDisk(t *testing.T) {
	l, fs := started(t)
	appendAll(t, l, 1, 2)
	before := fs.syncCount()
	var p Position
	expectSince(t, l, &p, Filter{}, "1 2")
	if fs.syncCount() == before {
		t.Error("nothing was synced")
	}
	appendAll(t, l, 3, 3)
	fs.set("sync", errInjected)
	for e, err := range l.Since(t.Context(), &p, Filter{}) {
		if e != nil || !errors.Is(err, errInjected) {
			t.Errorf("%v, %v", e, err)
		}
	}
	if p.Seq != 2 {
		t.Errorf("the position is %+v", p)
	}
}

func TestSinceEndsWithItsContext(t *testing.T) {
	everyLog(t, func(t *testing.T, l *Log) {
		appendAll(t, l, 1, 5)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var p Position
		n := 0
		for e, err := range l.Since(ctx, &p, Filter{}) {
			cancel()
			if n++; n == 1 && (e == nil || err != nil) || n == 2 && !errors.Is(err, context.Canceled) {
				t.Errorf("%v, %v", e, err)
			}
		}
		if n != 2 || p.Seq != 1 {
			t.Errorf("%d steps to %+v", n, p)
		}
	})
}

func TestSincePassesOverWhatIsBroken(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{})
	appendAll(t, l, 1, 3)
	content := readFile(t, pathOf(dir, 1))
	writeFile(t, pathOf(dir, 1), []byte(strings.Replace(string(content), `"eventVersion"`, `"eventVersion'`, 1)))
	var p Position
	var good, bad int
	for e, err := range l.Since(t.Context(), &p, Filter{}) {
		switch {
		case errors.As(err, new(*CorruptError)):
			bad++
		case e != nil:
			good++
		}
	}
	if good != 2 || bad != 1 || p.Seq != 3 {
		t.Errorf("%d good, %d bad up to %+v", good, bad, p)
	}
}

func TestSinceReadsLongLines(t *testing.T) {
	l := openLog(t, t.TempDir(), Options{})
	r := numbered(1)
	r.RequestParameters = []byte(`"` + strings.Repeat("x", 90<<10) + `"`)
	r.ResponseElements = []byte(`"` + strings.Repeat("y", 90<<10) + `"`)
	if err := l.Append(r); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, 2, 2)
	var p Position
	expectSince(t, l, &p, Filter{}, "1 2")
	if p.Offset != l.journal.(*disk).size {
		t.Errorf("the position is %+v", p)
	}
}

// BenchmarkSince reads 80,000 events of which none is selected.
func BenchmarkSince(b *testing.B) {
	l, err := Open(b.TempDir(), Options{MaxFile: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for n := range 80_000 {
		if err := l.Append(numbered(n)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		var p Position
		for _, err := range l.Since(b.Context(), &p, Filter{Account: "444455556666"}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
