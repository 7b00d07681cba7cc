package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestMain makes the test binary a bare server, as main does with the program.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

func newTestLoad(t *testing.T, addr string, conns int) *load {
	t.Helper()
	source := requestSource{addr: addr, as: identity{"AKIAIOSFODNN7EXAMPLE", "secret"}, messages: []func() message{getCallerIdentity}}
	l, err := openLoad(t.Context(), source, conns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

func newTestServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestLoadCounts: the server has seen exactly the requests that the load says
// it made, however unevenly they divide.
func TestLoadCounts(t *testing.T) {
	var seen atomic.Int64
	addr := newTestServer(t, func(w http.ResponseWriter, _ *http.Request) {
		seen.Add(1)
		w.Write([]byte("x"))
	})
	for _, count := range []int{1, 7, 1000} {
		seen.Store(0)
		o, err := newTestLoad(t, addr, 3).run(t.Context(), limit{time.Minute, count})
		if err != nil {
			t.Fatal(err)
		}
		if o.latencies.total != count || seen.Load() != int64(count) || o.elapsed <= 0 {
			t.Errorf("of %d requests, %d were made and %d arrived, in %v", count, o.latencies.total, seen.Load(), o.elapsed)
		}
	}
}

func TestLoadEndsByTime(t *testing.T) {
	addr := newTestServer(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("x")) })
	o, err := newTestLoad(t, addr, 2).run(t.Context(), limit{time: 20 * time.Millisecond})
	if err != nil || o.elapsed < 20*time.Millisecond || o.latencies.total == 0 {
		t.Errorf("run = %+v, %v", o, err)
	}
}

// TestLoadFails: one answer that is no success, among many that are, ends the
// load with its text.
func TestLoadFails(t *testing.T) {
	var seen atomic.Int64
	addr := newTestServer(t, func(w http.ResponseWriter, _ *http.Request) {
		if seen.Add(1) == 100 {
			http.Error(w, "Throttling", http.StatusBadRequest)
			return
		}
		w.Write([]byte("x"))
	})
	_, err := newTestLoad(t, addr, 4).run(t.Context(), limit{time: time.Minute})
	var status *statusError
	if !errors.As(err, &status) || status.status != http.StatusBadRequest || !strings.Contains(status.body, "Throttling") {
		t.Errorf("run = %v", err)
	}
}

func TestLoadRefusesEmptyAnswers(t *testing.T) {
	addr := newTestServer(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := newTestLoad(t, addr, 1).run(t.Context(), limit{time: time.Minute}); err != errLength {
		t.Errorf("run = %v, want %v", err, errLength)
	}
}

// TestLoadIsInterrupted while every connection waits for an answer.
func TestLoadIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	reason := errors.New("interrupted")
	addr := newTestServer(t, func(_ http.ResponseWriter, r *http.Request) {
		interrupt(reason)
		// The server notices that the client has gone once the body is read.
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	if _, err := newTestLoad(t, addr, 2).run(ctx, limit{time: time.Minute}); err != reason {
		t.Errorf("run = %v, want %v", err, reason)
	}
}

// TestBareServer runs the bare server as the benchmark does, in a process of
// its own.
func TestBareServer(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := startChild(t.Context(), nil, self, bareCommand)
	if err != nil {
		t.Fatal(err)
	}
	defer c.stop()
	o, err := newTestLoad(t, c.addr, 3).run(t.Context(), limit{time.Minute, 100})
	if err != nil || o.latencies.total != 100 {
		t.Errorf("run = %+v, %v", o, err)
	}
	if err := c.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := c.stop(); err != nil {
		t.Errorf("second stop: %v", err)
	}
}

func TestChildThatIsNoServer(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	_, err = startChild(t.Context(), nil, self, "-no-such-flag")
	if err == nil || !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("error %v does not show what the child logged", err)
	}
}

func TestParseReady(t *testing.T) {
	addr, account, ok := parseReady("fortlet ready http://127.0.0.1:4566 account=111122223333\n")
	if addr != "127.0.0.1:4566" || account != "111122223333" || !ok {
		t.Errorf("%q, %q, %v", addr, account, ok)
	}
	for _, line := range []string{"", "fortlet ready", "fortlet started http://x", "fortlet ready https://x"} {
		if _, _, ok := parseReady(line); ok {
			t.Errorf("%q is taken for ready", line)
		}
	}
}
