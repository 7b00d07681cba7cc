package work

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestJobs(t *testing.T) {
	c, n := new(clock), new(counter)
	s := started(t, memory(t), c, discard(), n.job("b", Every(5*time.Minute), c), n.job("a", Daily(3*time.Hour), c))
	list := s.Jobs()
	want := []Status{
		{Name: "b", Schedule: "every 5m", Next: start.Add(5 * time.Minute)},
		{Name: "a", Schedule: "daily at 03:00 UTC", Next: time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)},
	}
	for i := range want {
		if list[i] != want[i] {
			t.Errorf("at first %+v, want %+v", list[i], want[i])
		}
	}
	c.advance(5 * time.Minute)
	settle(t, s)
	if got := s.Jobs()[0]; !got.Last.Equal(c.now()) || !got.Next.Equal(c.now().Add(5*time.Minute)) || got.Error != "" {
		t.Errorf("after a run %+v", got)
	}
	n.mu.Lock()
	n.fail = errors.Join(errors.New("one"), errors.New("two"))
	n.mu.Unlock()
	c.advance(5 * time.Minute)
	settle(t, s)
	if got := s.Jobs()[0]; !got.Last.Equal(c.now()) || got.Next.After(c.now().Add(minDelay)) || got.Failures != 1 || got.Error != "one; two" {
		t.Errorf("after a failure %+v", got)
	}
}

// When a job last ran is known after a restart, and of a new one that it never
// did.
func TestJobsAfterRestart(t *testing.T) {
	db, c, n := memory(t), new(clock), new(counter)
	s := started(t, db, c, discard(), n.job("j", Every(time.Hour), c), n.job("new", Every(9*time.Hour), c))
	c.advance(time.Hour)
	settle(t, s)
	ran := c.now()
	stop(t, s)
	c.advance(time.Minute)
	s = started(t, db, c, discard(), n.job("j", Every(time.Hour), c), n.job("new", Every(9*time.Hour), c))
	list := s.Jobs()
	if !list[0].Last.Equal(ran) || !list[0].Next.Equal(ran.Add(time.Hour)) {
		t.Errorf("%+v", list[0])
	}
	if !list[1].Last.IsZero() || !list[1].Next.Equal(start.Add(9*time.Hour)) {
		t.Errorf("%+v", list[1])
	}
}

func TestSchedulesAsText(t *testing.T) {
	for s, want := range map[Schedule]string{
		Every(5 * time.Minute): "every 5m", Every(time.Hour): "every 1h", Every(90 * time.Second): "every 1m30s",
		Every(10 * time.Second): "every 10s", Every(90 * time.Minute): "every 1h30m",
		Daily(0): "daily at 00:00 UTC", Daily(13*time.Hour + 5*time.Minute): "daily at 13:05 UTC",
	} {
		if got := s.(interface{ String() string }).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Run gives the error of the run that it has begun, also when another one is
// under way.
func TestRun(t *testing.T) {
	c := new(clock)
	fail := errors.New("no")
	began, goOn := make(chan struct{}, 9), make(chan error)
	s := started(t, memory(t), c, discard(), Job{"j", Every(time.Hour), func(context.Context) error {
		began <- struct{}{}
		return <-goOn
	}})
	wake := func() <-chan error {
		ended, err := s.wake("j")
		if err != nil {
			t.Fatal(err)
		}
		return ended
	}
	first := wake()
	<-began
	if got := s.Jobs()[0]; !got.Running {
		t.Errorf("it does not run: %+v", got)
	}
	second, third := wake(), wake() // wait for the next one
	goOn <- fail
	if err := <-first; err != fail {
		t.Errorf("the first run: %v", err)
	}
	<-began
	goOn <- nil
	if err := errors.Join(<-second, <-third); err != nil {
		t.Errorf("the second run: %v", err)
	}
	if err := s.Run(t.Context(), "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown job: %v", err)
	}
}

// Who leaves does not end the run; who waits for one that never comes is told.
func TestRunIsLeft(t *testing.T) {
	c := new(clock)
	began, goOn := make(chan struct{}, 9), make(chan struct{})
	s := started(t, memory(t), c, discard(), Job{"j", Every(time.Hour), func(ctx context.Context) error {
		began <- struct{}{}
		select {
		case <-goOn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, "j") }()
	<-began
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("who leaves: %v", err)
	}
	close(goOn)
	settle(t, s)
	if got := s.Jobs()[0]; got.Last.IsZero() || got.Error != "" {
		t.Errorf("the run: %+v", got)
	}

	goOn = make(chan struct{})
	running, err := s.wake("j")
	if err != nil {
		t.Fatal(err)
	}
	<-began
	next, err := s.wake("j")
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	if err := <-running; !errors.Is(err, context.Canceled) {
		t.Errorf("the run that was stopped: %v", err)
	}
	if err := <-next; !errors.Is(err, ErrStopped) {
		t.Errorf("the run that never came: %v", err)
	}
	if err := s.Run(t.Context(), "j"); !errors.Is(err, ErrStopped) {
		t.Errorf("a new run: %v", err)
	}
}

// The stack of a panic is for the log.
func TestTextOfPanic(t *testing.T) {
	s := started(t, memory(t), new(clock), discard(), Job{"j", Every(time.Hour), func(context.Context) error { panic("oh") }})
	err := s.Run(t.Context(), "j")
	if Text(err) != "panic: oh" || !strings.Contains(err.Error(), "status_test.go") {
		t.Errorf("%v", err)
	}
	if got := s.Jobs()[0].Error; got != "panic: oh" {
		t.Error(got)
	}
}
