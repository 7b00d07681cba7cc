package work

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that moves when it is told to.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return start.Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// counter is a job that counts its runs.
type counter struct {
	mu   sync.Mutex
	runs []time.Time
	fail error
}

func (c *counter) job(name string, on Schedule, clock *clock) Job {
	return Job{name, on, func(context.Context) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.runs = append(c.runs, clock.now())
		return c.fail
	}}
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.runs)
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// started makes a scheduler with jobs that stops with the test.
func started(t *testing.T, db *store.DB, c *clock, log *slog.Logger, jobs ...Job) *Scheduler {
	t.Helper()
	s := New(db, c.now, log)
	for _, j := range jobs {
		s.Add(j)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Scheduler) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func settle(t *testing.T, s *Scheduler) {
	t.Helper()
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func memory(t *testing.T) *store.DB {
	db := store.Memory()
	t.Cleanup(func() { db.Close() })
	return db
}

// Every run that is due happens once, as the clock moves, and several that were
// missed happen as one.
func TestRunsAreOncePerDueTime(t *testing.T) {
	c, n := new(clock), new(counter)
	s := started(t, memory(t), c, discard(), n.job("j", Every(5*time.Minute), c))
	for i, step := range []struct {
		advance time.Duration
		want    int
	}{
		{0, 0}, {4 * time.Minute, 0}, {time.Minute, 1}, {0, 1}, {5 * time.Minute, 2}, {time.Hour, 3}, {4 * time.Minute, 3}, {time.Minute, 4},
	} {
		c.advance(step.advance)
		settle(t, s)
		if n.count() != step.want {
			t.Errorf("step %d: %d runs, want %d", i, n.count(), step.want)
		}
	}
}

func TestDaily(t *testing.T) {
	c, n := new(clock), new(counter)
	s := started(t, memory(t), c, discard(), n.job("j", Daily(3*time.Hour), c))
	for range 5 * 24 {
		c.advance(time.Hour)
		settle(t, s)
	}
	if n.count() != 5 {
		t.Fatalf("%d runs in five days", n.count())
	}
	for _, at := range n.runs {
		if at.Hour() != 3 {
			t.Errorf("ran at %s", at)
		}
	}
}

func TestDailyAfter(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range []struct{ last, want string }{
		{"2026-03-01T02:59:59Z", "2026-03-01T03:00:00Z"},
		{"2026-03-01T03:00:00Z", "2026-03-02T03:00:00Z"},
		{"2026-12-31T04:00:00Z", "2027-01-01T03:00:00Z"},
		{"2026-03-01T01:00:00+02:00", "2026-03-01T03:00:00Z"}, // the day before in UTC, past three
	} {
		if got := Daily(3 * time.Hour).After(at(tt.last)); !got.Equal(at(tt.want)) {
			t.Errorf("after %s: %s, want %s", tt.last, got, tt.want)
		}
	}
}

// A schedule holds over restarts: a missed run happens once at the start, and a
// job of every hour runs in a program that is never up for an hour.
func TestSchedulesOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	c, n := new(clock), new(counter)
	up := func(advance time.Duration) {
		db, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s := New(db, c.now, discard())
		s.Add(n.job("j", Every(time.Hour), c))
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		settle(t, s)
		c.advance(advance)
		settle(t, s)
		stop(t, s)
	}
	for i, want := range []int{0, 1, 1, 2} {
		up(40 * time.Minute)
		if n.count() != want {
			t.Errorf("%d runs after %d times 40 minutes, want %d", n.count(), i+1, want)
		}
	}
	c.advance(5 * time.Hour)
	up(0)
	if n.count() != 3 {
		t.Errorf("%d runs after it was down for hours, want 3", n.count())
	}
	up(0)
	if n.count() != 3 {
		t.Errorf("%d runs after another start, want 3", n.count())
	}
}

// A run that failed is tried again after a delay that grows up to its limit, and
// its schedule goes on when it succeeds.
func TestFailuresAreRetried(t *testing.T) {
	c, n := new(clock), &counter{fail: errors.New("no")}
	var log bytes.Buffer
	s := started(t, memory(t), c, slog.New(slog.NewTextHandler(&log, nil)), n.job("j", Every(time.Hour), c))
	c.advance(time.Hour)
	settle(t, s)
	for try := 1; try <= 12; try++ {
		if n.count() != try {
			t.Fatalf("%d runs, want %d", n.count(), try)
		}
		s.mu.Lock()
		wait := s.jobs[0].retry.Sub(c.now())
		s.mu.Unlock()
		if limit := min(maxDelay, minDelay<<(try-1)); wait <= 0 || wait > limit {
			t.Fatalf("after %d failures it waits %s, want up to %s", try, wait, limit)
		}
		settle(t, s)
		if n.count() != try {
			t.Fatal("it did not wait")
		}
		c.advance(wait)
		settle(t, s)
	}
	n.mu.Lock()
	n.fail, n.runs = nil, nil
	n.mu.Unlock()
	c.advance(maxDelay)
	settle(t, s)
	c.advance(59 * time.Minute)
	settle(t, s)
	if n.count() != 1 {
		t.Errorf("%d runs after it succeeded", n.count())
	}
	if text := log.String(); !strings.Contains(text, "job=j") || !strings.Contains(text, "cause=no") {
		t.Errorf("the log says %s", text)
	}
}

// Delays are drawn from all of what they may be.
func TestDelaysAreJittered(t *testing.T) {
	low, high := 0, 0
	for range 1000 {
		switch d := delay(5); {
		case d <= 0 || d > minDelay<<4:
			t.Fatalf("delay of %s", d)
		case d < minDelay<<4/4:
			low++
		case d > minDelay<<4*3/4:
			high++
		}
	}
	if low < 150 || high < 150 { // 250 expected of each; never, unless it is broken
		t.Errorf("of 1000 delays %d are in the lowest quarter, %d in the highest", low, high)
	}
	if d := delay(1 << 30); d > maxDelay {
		t.Errorf("delay of %s", d)
	}
}

func TestPanicsAreContained(t *testing.T) {
	c, n := new(clock), new(counter)
	var log bytes.Buffer
	s := started(t, memory(t), c, slog.New(slog.NewTextHandler(&log, nil)),
		Job{"bad", Every(time.Minute), func(context.Context) error { panic("oh") }},
		n.job("good", Every(time.Minute), c))
	c.advance(time.Minute)
	settle(t, s)
	if n.count() != 1 || !strings.Contains(log.String(), "panic: oh") || !strings.Contains(log.String(), "work_test.go") {
		t.Errorf("%d runs of the other job, log %s", n.count(), log.String())
	}
}

// A job that is woken runs at once, and once more when that came during a run.
func TestWake(t *testing.T) {
	c := new(clock)
	began, goOn := make(chan int), make(chan struct{})
	var runs atomic.Int32
	s := started(t, memory(t), c, discard(), Job{"j", Every(time.Hour), func(context.Context) error {
		began <- int(runs.Add(1))
		<-goOn
		return nil
	}})
	s.Wake("j")
	<-began
	s.Wake("j")
	s.Wake("j")
	goOn <- struct{}{}
	<-began
	goOn <- struct{}{}
	settle(t, s)
	if runs.Load() != 2 {
		t.Errorf("%d runs, want 2", runs.Load())
	}
	s.Wake("nobody")
}

// A failing job that is woken does not wait.
func TestWakeEndsTheDelay(t *testing.T) {
	c, n := new(clock), &counter{fail: errors.New("no")}
	s := started(t, memory(t), c, discard(), n.job("j", Every(time.Hour), c))
	for want := 1; want <= 3; want++ {
		s.Wake("j")
		settle(t, s)
		if n.count() != want {
			t.Errorf("%d runs, want %d", n.count(), want)
		}
	}
}

// Stop ends the context of a run, waits for it, and lets nothing else begin. The
// run was not finished: it happens again.
func TestStop(t *testing.T) {
	db, c := memory(t), new(clock)
	var ended atomic.Int32
	began := make(chan struct{}, 9)
	s := started(t, db, c, discard(), Job{"j", Every(time.Hour), func(ctx context.Context) error {
		began <- struct{}{}
		<-ctx.Done()
		ended.Add(1)
		return ctx.Err()
	}})
	c.advance(time.Hour)
	s.Kick()
	<-began
	stop(t, s)
	if ended.Load() != 1 {
		t.Error("Stop did not wait")
	}
	c.advance(10 * time.Hour)
	s.Wake("j")
	settle(t, s)
	if len(began) != 0 || ended.Load() != 1 {
		t.Error("it began again")
	}

	n := new(counter)
	s = started(t, db, c, discard(), n.job("j", Every(100*time.Hour), c))
	c.advance(89 * time.Hour) // 100 since the first start
	settle(t, s)
	if n.count() != 1 {
		t.Errorf("%d runs after the restart", n.count())
	}
}

// Stop does not wait longer than it is told to.
func TestStopIsBounded(t *testing.T) {
	c := new(clock)
	began, goOn := make(chan struct{}), make(chan struct{})
	s := started(t, memory(t), c, discard(), Job{"deaf", Every(time.Hour), func(context.Context) error {
		close(began)
		<-goOn
		return nil
	}})
	s.Wake("deaf")
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(goOn)
}

// A clock that is set back does not hold up a job until its old time comes again.
func TestClockSetBack(t *testing.T) {
	c, n := new(clock), new(counter)
	s := started(t, memory(t), c, discard(), n.job("j", Every(time.Hour), c))
	c.advance(-1000 * time.Hour)
	settle(t, s)
	c.advance(time.Hour)
	settle(t, s)
	if n.count() != 1 {
		t.Errorf("%d runs", n.count())
	}
}

// The timer wakes the scheduler when a job is due, and within a minute of a jump
// of the clock that nobody has told it of.
func TestTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := store.Memory()
		defer db.Close()
		var jump atomic.Int64
		var runs []time.Duration
		begin := time.Now()
		s := New(db, func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }, discard())
		s.Add(Job{"j", Every(90 * time.Second), func(context.Context) error {
			runs = append(runs, time.Since(begin))
			return nil
		}})
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Second)
		synctest.Wait()
		if len(runs) != 2 || runs[0] != 90*time.Second || runs[1] != 180*time.Second {
			t.Errorf("ran at %v", runs)
		}
		jump.Store(int64(24 * time.Hour))
		time.Sleep(lookAtLeast)
		synctest.Wait()
		if len(runs) != 3 {
			t.Errorf("ran at %v", runs)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if len(runs) != 3 {
			t.Errorf("ran at %v", runs)
		}
	})
}

func TestMisuse(t *testing.T) {
	for name, use := range map[string]func(s *Scheduler, j Job){
		"two of a name": func(s *Scheduler, j Job) { s.Add(j); s.Add(j) },
		"after the start": func(s *Scheduler, j Job) {
			if err := s.Start(t.Context()); err == nil {
				s.Add(j)
			}
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			use(New(memory(t), new(clock).now, discard()), new(counter).job("j", Every(time.Hour), new(clock)))
		}()
	}
}
