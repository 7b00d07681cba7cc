package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	tables "github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

type jobList struct {
	Jobs []struct {
		Name, Schedule   string
		LastRun, NextRun string
		Running          bool
		Failures         int
		LastError        string
	}
}

// withJob is a world whose only job is fn.
func withJob(t *testing.T, fn func(context.Context) error) *world {
	w := newWorld(t)
	jobs := work.New(tables.Memory(), w.now, slog.New(slog.DiscardHandler))
	jobs.Add(work.Job{Name: "test.job", Schedule: work.Every(time.Hour), Run: fn})
	if err := jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { jobs.Stop(context.Background()) })
	w.Handler = gateway.New(w.Cloud, "test", gateway.WithWork(jobs))
	return w
}

func TestWork(t *testing.T) {
	var fail error
	runs := 0
	w := withJob(t, func(context.Context) error { runs++; return fail })
	list := func() jobList { return decode[jobList](t, w.control(w.root(), "GET", "work", ""), 200) }
	if got := list().Jobs[0]; got.Name != "test.job" || got.Schedule != "every 1h" || got.LastRun != "" || got.NextRun != "2026-05-04T04:02:01Z" {
		t.Errorf("at first %+v", got)
	}
	w.advance(time.Minute)
	if got := decode[struct{ Name string }](t, w.control(w.root(), "POST", "work/test.job/run", ""), 200); got.Name != "test.job" || runs != 1 {
		t.Errorf("%+v after %d runs", got, runs)
	}
	if got := list().Jobs[0]; got.LastRun != "2026-05-04T03:03:01Z" || got.NextRun != "2026-05-04T04:03:01Z" || got.LastError != "" {
		t.Errorf("after a run %+v", got)
	}
	fail = errors.New("the disk is full")
	w.control(w.root(), "POST", "work/test.job/run", "").refused(t, 500, "JobFailedException", "Job test.job failed: the disk is full")
	if got := list().Jobs[0]; got.LastError != "the disk is full" || got.Failures != 1 {
		t.Errorf("after a failure %+v", got)
	}
	for _, path := range []string{"work/other/run", "work//run", "work/test.job%2f/run"} {
		w.control(w.root(), "POST", path, "").refused(t, 404, "NotFoundException", "There is no job")
	}
	for _, path := range []string{"work/test.job", "work/test.job/stop", "work/test.job/run/", "work/test.job/run/x", "work/run"} {
		w.control(w.root(), "POST", path, "").refused(t, 404, "UnknownOperationException", "")
	}
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
}

// A panic of a job is answered without its stack.
func TestWorkPanics(t *testing.T) {
	w := withJob(t, func(context.Context) error { panic("oh") })
	a := w.control(w.root(), "POST", "work/test.job/run", "")
	a.refused(t, 500, "JobFailedException", "Job test.job failed: panic: oh")
	if strings.Contains(a.body, ".go:") {
		t.Error(a.body)
	}
}

// limited is an answer with time limits.
type limited struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (l *limited) SetReadDeadline(t time.Time) error  { l.read = append(l.read, t); return nil }
func (l *limited) SetWriteDeadline(t time.Time) error { l.write = append(l.write, t); return nil }

// A job may take longer than a request else may; what is refused waits for
// nothing.
func TestWorkTakesItsTime(t *testing.T) {
	answer := &limited{ResponseRecorder: httptest.NewRecorder()}
	lifted := false
	w := withJob(t, func(context.Context) error {
		lifted = len(answer.read) == 1 && answer.read[0].IsZero() && len(answer.write) == 1 && answer.write[0].IsZero()
		return nil
	})
	w.Handler.ServeHTTP(answer, w.as(w.root(), "fortlet", newRequest("POST", "/_fortlet/work/test.job/run", "")))
	if answer.Code != 200 || !lifted {
		t.Errorf("%d, limits %v %v", answer.Code, answer.read, answer.write)
	}
	refused := &limited{ResponseRecorder: httptest.NewRecorder()}
	w.Handler.ServeHTTP(refused, w.as(w.account("other"), "fortlet", newRequest("POST", "/_fortlet/work/test.job/run", "")))
	if refused.Code != 403 || len(refused.read)+len(refused.write) != 0 {
		t.Errorf("%d, limits %v %v", refused.Code, refused.read, refused.write)
	}
}

// TestWorkIsForTheManager: the jobs are of the whole cloud, so only the root user
// of the management account sees and runs them. Who tries leaves a record, and so
// does who may.
func TestWorkIsForTheManager(t *testing.T) {
	runs := 0
	w := withJob(t, func(context.Context) error { runs++; return nil })
	alice := w.user("alice", everything)
	other := w.account("other")
	for _, tt := range []struct{ method, path, name string }{{"GET", "work", "ListJobs"}, {"POST", "work/test.job/run", "RunJob"}, {"POST", "work/other/run", "RunJob"}} {
		w.serve(newRequest(tt.method, "/_fortlet/"+tt.path, "")).refused(t, 400, "MissingAuthenticationTokenException", "")
		w.control(key{id: w.root().id, secret: alice.secret}, tt.method, tt.path, "").refused(t, 400, "InvalidSignatureException", noMatch)
		for message, k := range map[string]key{
			"user/alice is no root user":              alice,
			"assumed-role/r/one is no root user":      w.temporary(alice, "AssumeRole", "RoleArn", w.role("r"+asName(tt.path)), "RoleSessionName", "one"),
			"federated-user/fred is no root user":     w.temporary(w.root(), "GetFederationToken", "Name", "fred"),
			":root is no root user. Sign with a root": w.temporary(w.root(), "GetSessionToken"),
			"is not the management account.":          other,
		} {
			message = strings.Replace(message, "/r/", "/r"+asName(tt.path)+"/", 1)
			a := w.control(k, tt.method, tt.path, "")
			a.refused(t, 403, "AccessDeniedException", message)
			if r := w.recordOf(t, a.requestID); r.EventName != tt.name || r.ErrorCode != "AccessDeniedException" && r.ErrorCode != "AccessDenied" {
				t.Errorf("record %s %s", r.EventName, r.ErrorCode)
			}
		}
	}
	if runs != 0 {
		t.Errorf("%d runs", runs)
	}
	a := w.control(w.root(), "POST", "work/test.job/run", "")
	if r := w.recordOf(t, a.requestID); r.EventName != "RunJob" || r.ErrorCode != "" || string(r.RequestParameters) != `{"name":"test.job"}` {
		t.Errorf("record %+v", r)
	}
}

func asName(path string) string { return strings.NewReplacer("/", "-", ".", "-").Replace(path) }

func (w *world) recordOf(t *testing.T, request string) *audit.Record {
	t.Helper()
	e, err := w.Cloud.Audit.Find(request)
	if err != nil {
		t.Fatalf("request %s: %v", request, err)
	}
	return &e.Record
}
