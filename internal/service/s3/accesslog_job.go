package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/work"
)

// AddJobs adds the service's background jobs to a scheduler that has not been
// started yet: lifecycle rules and access logs, which nobody writes without it.
func (s *Service) AddJobs(jobs *work.Scheduler) (err error) {
	if s.logs, err = newAccessLogs(s, jobs); err != nil {
		return err
	}
	jobs.Add(work.Job{Name: lifecycleJob, Schedule: lifecycleSchedule, Run: s.runLifecycles})
	jobs.Add(work.Job{Name: accessLogJob, Schedule: work.Every(accessLogInterval), Run: s.logs.deliver})
	return nil
}

// Close keeps the lines of access logs that wait in memory, after the jobs have
// been stopped and while the store is still open.
func (s *Service) Close(ctx context.Context) error {
	if s.logs == nil {
		return nil
	}
	return s.logs.keep(ctx)
}
