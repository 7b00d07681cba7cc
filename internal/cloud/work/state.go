package work

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// run is what is kept of a job. It goes with everything else when the cloud is
// reset; then the job counts as new after the next start.
type run struct {
	Last time.Time // when the last run that succeeded began
	Ran  bool      // there was one; else Last is when the job was new
}

var runs = store.NewTable[run]("work.run") // by the job's name

// load reads when the jobs last ran. A new one has run now, and that is kept:
// else a job of every hour would never run in a program that is restarted every
// half hour.
func (s *Scheduler) load(ctx context.Context) error {
	now, unknown := s.now(), false
	err := s.db.View(ctx, func(tx *store.Tx) error {
		for _, j := range s.jobs {
			if r := runs.Get(tx, j.Name); r != nil {
				if j.last = r.Last; r.Ran {
					j.ran = r.Last
				}
			} else {
				j.last, unknown = now, true
			}
		}
		return nil
	})
	if err != nil || !unknown {
		return err
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		for _, j := range s.jobs {
			if runs.Get(tx, j.Name) == nil {
				runs.Put(tx, j.Name, &run{Last: now})
			}
		}
		return nil
	})
}

// keep keeps when a job has run.
func (s *Scheduler) keep(ctx context.Context, name string, at time.Time) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		runs.Put(tx, name, &run{Last: at, Ran: true})
		return nil
	})
}
