package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	// distinct is how many different requests a load cycles through.
	distinct = 2048
	// freshFor is how long signed requests are used. KMS and STS refuse them
	// after five minutes.
	freshFor = 4 * time.Minute
	// answerTime bounds the wait for a server that hangs.
	answerTime = 30 * time.Second
)

// requestSource signs the requests of a load.
type requestSource struct {
	addr     string
	as       identity
	messages []func() message // used in turn
	// silent says that the answers have no body.
	silent bool
}

func (s *requestSource) sign(now time.Time) ([]request, error) {
	requests := make([]request, distinct)
	for i := range requests {
		var err error
		if requests[i], err = s.messages[i%len(s.messages)]().signed(s.addr, s.as, now); err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// limit ends a load: after a time or a number of requests, what comes first.
// No count is no limit.
type limit struct {
	time  time.Duration
	count int
}

// load is a closed loop: every connection sends its next request when the
// answer to the one before has come.
type load struct {
	source requestSource
	conns  []*conn
}

func openLoad(ctx context.Context, source requestSource, conns int) (*load, error) {
	l := &load{source: source}
	for range conns {
		c, err := dial(ctx, source.addr)
		if err != nil {
			l.close()
			return nil, err
		}
		l.conns = append(l.conns, c)
	}
	return l, nil
}

func (l *load) close() {
	for _, c := range l.conns {
		c.Close()
	}
}

// outcome is what a load has seen.
type outcome struct {
	latencies histogram
	elapsed   time.Duration // without the time that signing took
}

// run loads the server until the limit is reached. Signing happens while the
// clock stands, and again when the signatures have become old.
func (l *load) run(ctx context.Context, until limit) (*outcome, error) {
	o := new(outcome)
	for left := until; left.time > 0 && (until.count == 0 || left.count > 0); {
		took, err := l.stretch(ctx, limit{min(left.time, freshFor), left.count}, &o.latencies)
		if err != nil {
			return nil, err
		}
		o.elapsed += took
		left = limit{until.time - o.elapsed, until.count - o.latencies.total}
	}
	return o, nil
}

// stretch runs for as long as one set of signatures is good.
func (l *load) stretch(ctx context.Context, until limit, into *histogram) (took time.Duration, err error) {
	requests, err := l.source.sign(time.Now())
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// A connection that waits for its answer notices nothing else.
	defer context.AfterFunc(ctx, l.close)()
	workers := make([]worker, len(l.conns))
	var wg sync.WaitGroup
	start := time.Now()
	for i, c := range l.conns {
		c.SetDeadline(start.Add(until.time + answerTime))
		w := &workers[i]
		*w = worker{conn: c, requests: requests, silent: l.source.silent, start: start, end: start.Add(until.time)}
		w.next = i * len(requests) / len(l.conns)
		w.quota = share(until.count, len(l.conns), i)
		wg.Go(func() {
			if err := w.loop(); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	took = time.Since(start)
	for i := range workers {
		into.merge(&workers[i].latencies)
	}
	return took, context.Cause(ctx)
}

// share splits a count over n workers; a count of zero is no limit.
func share(count, n, i int) int {
	if count == 0 {
		return -1
	}
	return (count + i) / n
}

// worker drives one connection.
type worker struct {
	conn       *conn
	requests   []request
	silent     bool
	next       int // of the requests to send
	quota      int // how many more to send, negative for no limit
	start, end time.Time
	latencies  histogram
}

// statusError is an answer that is no success. It ends the measurement: a
// server is fast at refusing.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("answer %d: %s", e.status, e.body) }

var errLength = errors.New("answer without the body that it should have, or with one that it should not")

func (w *worker) loop() error {
	for now := w.start; now.Before(w.end) && w.quota != 0; w.quota-- {
		if err := w.conn.roundTrip(w.requests[w.next]); err != nil {
			return err
		}
		switch r := &w.conn.response; {
		case r.status != http.StatusOK:
			return &statusError{r.status, string(r.body)}
		case (r.length == 0) != w.silent:
			return errLength
		}
		done := time.Now()
		w.latencies.add(done.Sub(now))
		now = done
		if w.next++; w.next == len(w.requests) {
			w.next = 0
		}
	}
	return nil
}
