package work

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Status is a job as people see it.
type Status struct {
	Name     string
	Schedule string
	Last     time.Time // when the last run began, be it that it failed; zero before the first
	Next     time.Time // when it is due or will be tried again
	Running  bool
	Failures int    // in a row
	Error    string // of the last run, "" when it succeeded
}

var (
	// ErrUnknown says that there is no job of a name.
	ErrUnknown = errors.New("no such job")
	// ErrStopped says that no job runs any more, or none yet.
	ErrStopped = errors.New("background work is stopped")
)

// Jobs are all jobs, in the order in which they were added.
func (s *Scheduler) Jobs() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	list := make([]Status, len(s.jobs))
	for i, j := range s.jobs {
		list[i] = Status{
			Name:     j.Name,
			Schedule: fmt.Sprint(j.Schedule),
			Last:     j.ran,
			Next:     j.next(now),
			Running:  j.running,
			Failures: j.failures,
		}
		if j.err != nil {
			list[i].Error = Text(j.err)
		}
	}
	return list
}

// Run has a job run now, as Wake does, waits for the end of that run and gives
// its error. A run goes on when ctx ends before it.
func (s *Scheduler) Run(ctx context.Context, name string) error {
	ended, err := s.wake(name)
	if err != nil {
		return err
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wake is Wake for somebody who waits for the end.
func (s *Scheduler) wake(name string) (ended <-chan error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || s.stopped {
		return nil, ErrStopped
	}
	for _, j := range s.jobs {
		if j.Name == name {
			done := make(chan error, 1)
			j.waiting = append(j.waiting, done)
			j.woken, j.retry = true, time.Time{}
			s.look()
			return done, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrUnknown, name)
}

// tell tells those who wait for a run how it has ended.
func tell(waiting []chan<- error, err error) {
	for _, done := range waiting {
		done <- err
	}
}

// Text is an error of a run in one line, without the stack of a panic.
func Text(err error) string {
	var p *panicked
	if errors.As(err, &p) {
		err = fmt.Errorf("panic: %v", p.value)
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// panicked is the error of a run that has panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }
