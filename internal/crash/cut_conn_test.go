package crash

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
)

var errCut = errors.New("the test has cut the connection")

// cutTransport is a transport whose connections are cut.
func cutTransport(next func() *cutConn) *http.Transport {
	transport := newTransport()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := next()
		c.TCPConn = conn.(*net.TCPConn)
		return c, nil
	}
	return transport
}

// cutSomewhere is a connection that is cut after a few requests.
func cutSomewhere(rnd *rand.Rand) *cutConn {
	return &cutConn{
		requests: 1 + rnd.IntN(40),
		place:    cutPlace(rnd.IntN(3)),
		part:     rnd.Float64(),
		reset:    rnd.IntN(2) == 0,
	}
}

// cutPlace is where in its last request a connection is cut.
type cutPlace int

const (
	inRequest    cutPlace = iota // a part of it is sent
	afterRequest                 // all of it is sent
	inAnswer                     // the answer has begun to come
)

// cutConn lets some requests pass and is cut in the last of them.
type cutConn struct {
	*net.TCPConn
	place cutPlace
	part  float64 // of the request
	reset bool    // without lingering the end is a reset, with it an orderly close

	// The writing goroutine's.
	requests int
	left     int // of the request under way

	awaiting atomic.Bool // the answer in which it is cut
}

// Write writes a request, which takes several writes if it is long. The first
// of them has its header.
func (c *cutConn) Write(p []byte) (int, error) {
	if c.left == 0 {
		c.requests--
		c.left = requestLength(p)
		if c.requests == 0 {
			c.begin()
		}
	}
	last := c.requests == 0 && c.place != inAnswer
	if last {
		p = p[:min(len(p), c.left)]
	}
	n, err := c.TCPConn.Write(p)
	if c.left -= n; last && c.left == 0 && err == nil {
		err = c.cut()
	}
	return n, err
}

// begin begins the last request. Of one in which it is cut, less than all is
// left.
func (c *cutConn) begin() {
	switch c.place {
	case inAnswer:
		c.awaiting.Store(true)
	case inRequest:
		// At least a byte, or the transport would send the request again.
		c.left = max(1, int(c.part*float64(c.left)))
	}
}

// ReadFrom hides that of the TCPConn, which writes past Write.
func (c *cutConn) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, r)
}

// requestLength is how long the request is whose first bytes p is.
func requestLength(p []byte) int {
	const end = "\r\n\r\n"
	header, _, whole := bytes.Cut(p, []byte(end))
	if !whole {
		panic("a header in several writes")
	}
	n := len(header) + len(end)
	if m := contentLength.FindSubmatch(header); m != nil {
		body, err := strconv.Atoi(string(m[1]))
		if err != nil {
			panic(err)
		}
		n += body
	}
	return n
}

var contentLength = regexp.MustCompile(`\r\nContent-Length: (\d+)`)

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
