// Package work runs what nobody waits for: deliveries every few minutes, a
// sweep once a day. A Job has a name, a schedule and a function; a Scheduler
// knows when each is due.
//
//	s := work.New(db, cloud.Now, log)
//	s.Add(work.Job{Name: "cloudtrail.delivery", Schedule: work.Every(5 * time.Minute), Run: deliver})
//	s.Start()
//	defer s.Stop(ctx)
//
// Jobs tells people how it goes, and Run has a job run for them at once.
//
// # What is promised
//
// When a job last ran is kept in the store, so that a schedule holds over
// restarts: what came due while the program was off runs once when it is back,
// however often it came due.
//
// A run counts when it returns nil. One that fails, panics, or is cut off by
// Stop or by the power runs again, after a delay that doubles with every failure
// up to a limit and is drawn at random below that (full jitter). So every run
// that is due happens at least once, and parts of it may happen twice: a
// function must bear that.
//
// A job never runs twice at the same time. Different jobs do.
//
// # Time
//
// Schedules follow the clock that New is given, which need not be the machine's:
// a test moves it, a machine sleeps. The scheduler therefore looks at the clock
// at least once a minute while a job is due at all, and at once after Kick. In
// between it costs a timer and nothing else, not even a goroutine.
//
// There is one scheduler per store. That several machines share the work is for
// leases, which are not here.
package work

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Job is something to be done again and again.
type Job struct {
	Name     string // unique, and lasting: the store knows the job by it
	Schedule Schedule
	// Run does it. Its context ends when the scheduler stops; then Run must
	// return soon, and will be called again after the next start.
	Run func(ctx context.Context) error
}

// ErrAgain is what a run returns that has not failed but is not done either: it
// waits for something that comes soon. It is tried again like a failed one, and
// nothing is logged.
var ErrAgain = errors.New("not done yet")

// lookAtLeast bounds how long a jump of the clock goes unnoticed.
const lookAtLeast = time.Minute

// Scheduler runs jobs when they are due.
type Scheduler struct {
	db  *store.DB
	now func() time.Time
	log *slog.Logger

	mu      sync.Mutex // guards what follows
	jobs    []*job
	timer   *time.Timer
	ctx     context.Context // of the runs; nil before Start
	cancel  context.CancelFunc
	stopped bool
	running int
	changed chan struct{} // closed and replaced whenever a run ends
}

// job is a Job with its state, which Scheduler.mu guards.
type job struct {
	Job
	last     time.Time // when it last began a run that succeeded
	failures int
	retry    time.Time // not before this, after a failure
	running  bool
	woken    bool           // run it, due or not
	waiting  []chan<- error // for the end of the run that begins next
	ran      time.Time      // when the last run began, zero before the first
	err      error          // of that run
}

// New makes a scheduler. now is the clock that schedules follow.
func New(db *store.DB, now func() time.Time, log *slog.Logger) *Scheduler {
	return &Scheduler{db: db, now: now, log: log, changed: make(chan struct{})}
}

// Add adds a job before Start. Two of one name are the programmer's mistake.
func (s *Scheduler) Add(j Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil {
		panic("work: job " + j.Name + " comes after the start")
	}
	for _, other := range s.jobs {
		if other.Name == j.Name {
			panic("work: two jobs of the name " + j.Name)
		}
	}
	s.jobs = append(s.jobs, &job{Job: j})
}

// Start begins to run jobs. What has come due since the last run begins at once;
// a job that is new begins to count now.
func (s *Scheduler) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx); err != nil {
		return err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.look()
	return nil
}

// Kick looks at the clock now. Whoever moves it calls this.
func (s *Scheduler) Kick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look()
}

// Wake has a job run now, whatever its schedule: after the run that is under
// way, if one is. It does not outlive the process, so what must not be forgotten
// also needs its place in the schedule.
func (s *Scheduler) Wake(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.Name == name {
			j.woken, j.retry = true, time.Time{}
		}
	}
	s.look()
}

// Settle kicks and waits until no job runs or is due: for tests that move the
// clock. A job that waits to be tried again is not due.
func (s *Scheduler) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		s.look()
		busy, changed := s.running > 0, s.changed
		s.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Stop ends the context of the runs under way and waits for them to return, but
// no longer than ctx lasts. No other run begins.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	return s.Settle(ctx)
}

// look begins the runs that are due and sets the timer for the next look. mu is
// held.
func (s *Scheduler) look() {
	if s.ctx == nil || s.stopped || len(s.jobs) == 0 {
		return
	}
	now := s.now()
	next := now.Add(lookAtLeast)
	for _, j := range s.jobs {
		if j.running {
			continue // its end looks again
		}
		at := j.next(now)
		if !at.After(now) {
			s.begin(j, now)
		} else if at.Before(next) {
			next = at
		}
	}
	s.setTimer(next.Sub(now))
}

func (s *Scheduler) setTimer(d time.Duration) {
	if s.timer == nil {
		s.timer = time.AfterFunc(d, s.Kick)
		return
	}
	s.timer.Reset(d)
}

// next is when a job shall run next. A last run that lies in the future was
// before the clock was set back; it counts as of now, or the job would wait
// until that time has come again.
func (j *job) next(now time.Time) time.Time {
	if j.last.After(now) {
		j.last = now
	}
	if j.woken {
		return now
	}
	at := j.Schedule.After(j.last)
	if j.retry.After(at) && !j.retry.After(now.Add(maxDelay)) {
		return j.retry
	}
	return at
}

// begin runs a job. mu is held.
func (s *Scheduler) begin(j *job, now time.Time) {
	j.running, j.woken, j.ran = true, false, now
	waiting := j.waiting
	j.waiting = nil
	s.running++
	go func() {
		err := s.run(j, now)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended(j, now, err)
		tell(waiting, err)
	}()
}

// run runs a job once and keeps that it did.
func (s *Scheduler) run(j *job, began time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicked{p, debug.Stack()}
		}
	}()
	if err := j.Run(s.ctx); err != nil {
		return err
	}
	return s.keep(s.ctx, j.Name, began)
}

// ended notes the end of a run. mu is held.
func (s *Scheduler) ended(j *job, began time.Time, err error) {
	j.running, j.err = false, err
	s.running--
	close(s.changed)
	s.changed = make(chan struct{})
	switch {
	case err == nil:
		j.last, j.failures, j.retry = began, 0, time.Time{}
	case s.ctx.Err() != nil: // cut off by Stop, which is no failure
	default:
		j.failures++
		j.retry = s.now().Add(delay(j.failures))
		if !errors.Is(err, ErrAgain) {
			s.log.Warn("background job failed", "job", j.Name, "failures", j.failures, "retry", j.retry, "cause", err)
		}
	}
	if s.stopped {
		tell(j.waiting, ErrStopped)
		j.waiting = nil
	}
	s.look()
}
