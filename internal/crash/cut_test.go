package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestCutConnections cuts each writer's connection somewhere in a request: in
// its headers, in its body, when all of it is sent, or in the answer.
func TestCutConnections(t *testing.T) {
	tr := newTrial(t, t.TempDir())
	for range *rounds {
		p := start(t, tr.dir)
		cut := func(w *writer) http.RoundTripper {
			transport := newTransport()
			dialer := &cutDialer{rnd: w.rnd}
			transport.DialContext = dialer.dial
			return transport
		}
		tr.write(t.Context(), p, cut, func() {})
		tr.wantNoAnswer(t)
		// The end waits for what still runs, so afterwards nothing is under way.
		p.terminate(t)
		wantNoErrors(t, p)
		p = start(t, tr.dir)
		acknowledged, made := tr.check(t, p)
		t.Logf("%d changes acknowledged, of those cut off %d made and %d not", acknowledged, made, writerCount-made)
		p.terminate(t)
		if t.Failed() {
			t.Fatalf("repeat with -crash.seed=%d", *seed)
		}
	}
}

// wantNoErrors wants the log to tell of no errors but that clients went away.
func wantNoErrors(t *testing.T, p *process) {
	t.Helper()
	for line := range strings.Lines(p.stderr.String()) {
		if strings.Contains(line, "level=ERROR") && !strings.Contains(line, context.Canceled.Error()) {
			t.Errorf("the log says %s", line)
		}
	}
}

var errCut = errors.New("the test has cut the connection")

// cutDialer dials connections that are cut after a few requests.
type cutDialer struct{ rnd *rand.Rand }

func (d *cutDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &cutConn{TCPConn: conn.(*net.TCPConn), requests: 1 + d.rnd.IntN(40)}
	c.place = cutPlace(d.rnd.IntN(3))
	c.part = d.rnd.Float64()
	// Without lingering the end is a reset, with it an orderly close.
	c.reset = d.rnd.IntN(2) == 0
	return c, nil
}

// cutPlace is where in its last request a connection is cut.
type cutPlace int

const (
	inRequest    cutPlace = iota // a part of it is sent
	afterRequest                 // all of it is sent
	inAnswer                     // the answer has begun to come
)

// cutConn lets some requests pass, each of which is one write, and is cut in
// the last of them.
type cutConn struct {
	*net.TCPConn
	requests int // the writing goroutine's
	place    cutPlace
	part     float64 // of the request
	reset    bool
	awaiting atomic.Bool // the answer in which it is cut
}

func (c *cutConn) Write(p []byte) (int, error) {
	if c.requests--; c.requests > 0 {
		return c.TCPConn.Write(p)
	}
	switch c.place {
	case inAnswer:
		c.awaiting.Store(true)
		return c.TCPConn.Write(p)
	case inRequest:
		// At least a byte, or the transport would send the request again.
		p = p[:max(1, int(c.part*float64(len(p))))]
	}
	n, err := c.TCPConn.Write(p)
	return n, errors.Join(err, c.cut())
}

func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	if c.awaiting.Load() {
		return 0, errors.Join(err, c.cut())
	}
	return n, err
}

func (c *cutConn) cut() error {
	if c.reset {
		c.SetLinger(0)
	}
	c.Close()
	return errCut
}
