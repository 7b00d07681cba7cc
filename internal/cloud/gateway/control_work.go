package gateway

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// Job is a background job as the control plane shows it.
type Job struct {
	Name     string     `json:"name"`
	Schedule string     `json:"schedule"`
	LastRun  *time.Time `json:"lastRun,omitempty"` // when it began
	NextRun  time.Time  `json:"nextRun"`
	Running  bool       `json:"running"`
	Failures int        `json:"failures"` // in a row
	// LastError is why the last run failed, "" when it did not.
	LastError string `json:"lastError,omitempty"`
}

// WithWork gives the control plane the background jobs to show and to run.
func WithWork(jobs *work.Scheduler) Option { return func(g *Gateway) { g.jobs = jobs } }

func (g *Gateway) listWork(*controlled) (int, any, error) {
	shown := []Job{}
	if g.jobs != nil {
		for _, s := range g.jobs.Jobs() {
			shown = append(shown, showJob(&s))
		}
	}
	return http.StatusOK, map[string]any{"jobs": shown}, nil
}

func showJob(s *work.Status) Job {
	j := Job{Name: s.Name, Schedule: s.Schedule, NextRun: s.Next.UTC(), Running: s.Running, Failures: s.Failures, LastError: s.Error}
	if !s.Last.IsZero() {
		j.LastRun = new(s.Last.UTC())
	}
	return j
}

// runWork has a job run and answers when it has ended, with its error if it
// failed: whom the control plane serves has the log as well.
func (g *Gateway) runWork(c *controlled) (int, any, error) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(c.signed.Path, controlPrefix+"work/"), "/run")
	if !ok {
		return 0, nil, errUnknownPath()
	}
	if !g.hasJob(name) {
		return 0, nil, api.Errorf("NotFoundException", http.StatusNotFound, "There is no job %s.", name)
	}
	if err := g.cloud.RecordWork(name, c.requester()); err != nil {
		return 0, nil, err
	}
	c.await()
	start := time.Now()
	if err := g.jobs.Run(c.r.Context(), name); err != nil {
		return 0, nil, api.Errorf("JobFailedException", http.StatusInternalServerError, "Job %s failed: %s", name, work.Text(err)).WithCause(err)
	}
	return http.StatusOK, map[string]any{"name": name, "tookMilliseconds": time.Since(start).Milliseconds()}, nil
}

func (g *Gateway) hasJob(name string) bool {
	return g.jobs != nil && slices.ContainsFunc(g.jobs.Jobs(), func(s work.Status) bool { return s.Name == name })
}

// await lifts the time limits of the server, which are made for answers that
// come at once.
func (x *exchange) await() {
	if d, ok := x.w.(deadlines); ok {
		_, _ = d.SetReadDeadline(time.Time{}), d.SetWriteDeadline(time.Time{})
	}
}
