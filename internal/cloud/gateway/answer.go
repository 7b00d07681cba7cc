package gateway

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// write sends an answer. One whose stream fails midway ends with the
// connection, so that nobody takes a part for the whole.
func (g *Gateway) write(x *exchange, resp wire.Response) {
	if x.rest != nil {
		g.writeREST(x, resp)
		return
	}
	x.setHeader(resp.Header)
	x.w.WriteHeader(resp.Status)
	// An error here is a client that has gone away.
	_, _ = x.w.Write(resp.Body)
}

func (x *exchange) setHeader(fields []wire.Field) {
	h := x.w.Header()
	values := make([]string, len(fields))
	for i, f := range fields {
		values[i] = f.Value
		h[f.Name] = values[i : i+1 : i+1]
	}
}

// writeREST sends the answer of a REST service.
func (g *Gateway) writeREST(x *exchange, resp wire.Response) {
	if c, ok := resp.Stream.(io.Closer); ok {
		defer c.Close()
	}
	if x.rest.form != nil && resp.Status < 300 {
		resp = x.answerPost(resp)
	}
	x.askForNothing()
	x.setHeader(append(resp.Header, g.crossOrigin(x)...))
	if x.service.Name == "s3" {
		x.w.Header()["Server"] = amazonS3
	}
	later := x.settle()
	err := x.send(resp)
	if f, ok := x.w.(http.Flusher); ok && later {
		f.Flush()
		x.rest.body.drain()
	}
	if err != nil {
		g.cloud.Log.Debug("the answer broke off", "request", x.id, "cause", err)
		panic(http.ErrAbortHandler)
	}
}

// askForNothing asks a client that waits to be asked for a body that is empty.
// net/http leaves that out, but botocore, which announces empty objects so, takes
// an answer that comes unasked for that of its next request as well.
func (x *exchange) askForNothing() {
	if x.r.ContentLength == 0 && x.r.ProtoAtLeast(1, 1) && strings.EqualFold(x.r.Header.Get("Expect"), "100-continue") {
		x.w.WriteHeader(http.StatusContinue)
	}
}

// amazonS3 is what S3 says that it is.
var amazonS3 = []string{"AmazonS3"}

// send sends an answer whose header is set. The error is that of a stream.
func (x *exchange) send(resp wire.Response) error {
	out := &answerBody{w: x.w}
	if d, ok := x.w.(deadlines); ok {
		out.patience.set = d.SetWriteDeadline
	}
	// The server's limit may have passed with the request's body.
	out.patience.renew()
	silent := x.r.Method == http.MethodHead || !hasBody(resp.Status)
	if !silent && resp.Stream == nil {
		// The client shall know the end of the answer before that of the connection.
		x.w.Header()["Content-Length"] = []string{strconv.Itoa(len(resp.Body))}
	}
	x.w.WriteHeader(resp.Status)
	switch {
	case silent:
		return nil
	case resp.Stream != nil:
		return out.copy(resp.Stream)
	}
	_, _ = out.Write(resp.Body)
	return nil
}

func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// answerBody is where the body of an answer goes.
type answerBody struct {
	w        io.Writer
	patience patience
}

// maxWrite is the most that is written at once, so that a client which takes it
// slowly still shows progress.
const maxWrite = 1 << 20

// Write implements io.Writer.
func (b *answerBody) Write(p []byte) (n int, err error) {
	for {
		b.patience.renew()
		m, err := b.w.Write(p[:min(len(p), maxWrite)])
		n += m
		if p = p[m:]; err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// streamBuffer is large enough that copying costs little beside the bytes.
type streamBuffer [256 << 10]byte

var streamBuffers = sync.Pool{New: func() any { return new(streamBuffer) }}

// copy sends all of a stream.
func (b *answerBody) copy(from io.Reader) error {
	if from, ok := from.(io.WriterTo); ok {
		_, err := from.WriteTo(b)
		return err
	}
	buf := streamBuffers.Get().(*streamBuffer)
	defer streamBuffers.Put(buf)
	_, err := io.CopyBuffer(b, from, buf[:])
	return err
}

// What is read, and for how long, of a body that nobody wants.
const (
	maxDrain  = 64 << 20
	drainTime = 30 * time.Second
	// kept is how much net/http reads by itself to keep a connection.
	kept = 256 << 10
)

// settle gets what is left of a body out of the way of the answer. Most clients
// send all of it before they read, and some break off when the answer comes
// before: so it is read first, unless it is too much. Then the connection is to
// end, and settle reports whether there is something to read still after the
// answer, lest the client be cut off before it has seen it.
func (x *exchange) settle() (later bool) {
	body := x.rest.body
	switch left := body.left(); {
	case 0 <= left && left <= kept:
		return false
	case body.broken:
	case left > maxDrain, body.read == 0 && x.r.Header.Get("Expect") != "":
		// Who says that it waits to be asked may have stopped waiting.
		later = true
	default:
		if body.drain(); body.ended {
			return false
		}
	}
	x.w.Header().Set("Connection", "close")
	return later
}

// drain reads on, within bounds.
func (b *requestBody) drain() {
	b.patient = false
	if b.patience.set != nil {
		_ = b.patience.set(time.Now().Add(drainTime))
	}
	_, _ = io.CopyN(io.Discard, b, maxDrain)
}
