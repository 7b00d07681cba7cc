package gateway

import (
	"io"
	"net/http"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
)

// watch measures an exchange for somebody who keeps a log of requests, and gives
// the function that tells it, to be deferred: also of an answer that broke off
// there is something to tell.
func (g *Gateway) watch(x *exchange, watcher cloud.Watcher) (tell func()) {
	began := time.Now()
	m := &meter{ResponseWriter: x.w}
	body := &timedBody{ReadCloser: x.r.Body, last: began}
	x.w, x.r.Body = m, body
	return func() {
		if x.rest == nil || x.service != g.services.public || x.rest.labels[bucketLabel] == "" {
			return
		}
		a := x.answered()
		a.Status = m.status
		a.Wire.Sent, a.Wire.Total = m.sent, time.Since(began)
		if !m.first.IsZero() {
			a.Wire.TurnAround = m.first.Sub(body.last)
		}
		watcher(a)
	}
}

// answered is what is known of an exchange that is over, but for the measures.
func (x *exchange) answered() *cloud.Answered {
	a := &cloud.Answered{
		RequestID: x.id,
		Time:      x.now,
		Call:      x.call,
		Output:    x.output,
		Bucket:    x.rest.labels[bucketLabel],
		Key:       x.rest.labels[keyLabel],
		Version:   x.r.URL.Query().Get("versionId"),
		Received:  -1,
		Wire: &cloud.Wire{
			RemoteIP:    host(x.r.RemoteAddr),
			RequestLine: clip(x.r.Method+" "+x.r.RequestURI+" "+x.r.Proto, maxRequestLine),
			Host:        clip(x.r.Host, maxHost),
			Referer:     clip(x.r.Referer(), maxHeader),
			UserAgent:   clip(x.r.UserAgent(), maxHeader),
		},
	}
	if x.rest.restRoute != nil {
		a.Operation = x.rest.op
	}
	if x.failure != nil {
		a.Error = x.failure.Code
	}
	if p := x.rest.payload; p != nil {
		a.Received = p.Size()
	}
	if id := x.w.Header()[hostIDHeader]; len(id) > 0 {
		a.Wire.HostID = id[0]
	}
	return a
}

// hostIDHeader is spelled as S3 spells it, not in canonical form, and so it
// stands among the headers of an answer.
var hostIDHeader = "x-amz-id-2"

// maxRequestLine is how much of a request line is logged: of the longest key,
// escaped, and its query.
const maxRequestLine = 8192

// meter is a ResponseWriter that measures what is written.
type meter struct {
	http.ResponseWriter
	status int
	sent   int64
	first  time.Time // when the answer began
}

var (
	_ http.Flusher = (*meter)(nil)
	_ deadlines    = (*meter)(nil)
)

// WriteHeader implements http.ResponseWriter.
func (m *meter) WriteHeader(status int) {
	if m.status == 0 {
		m.status, m.first = status, time.Now()
	}
	m.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (m *meter) Write(p []byte) (int, error) {
	n, err := m.ResponseWriter.Write(p)
	m.sent += int64(n)
	return n, err
}

// Flush implements http.Flusher.
func (m *meter) Flush() {
	if f, ok := m.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// SetReadDeadline implements deadlines.
func (m *meter) SetReadDeadline(t time.Time) error {
	if d, ok := m.ResponseWriter.(deadlines); ok {
		return d.SetReadDeadline(t)
	}
	return nil
}

// SetWriteDeadline implements deadlines.
func (m *meter) SetWriteDeadline(t time.Time) error {
	if d, ok := m.ResponseWriter.(deadlines); ok {
		return d.SetWriteDeadline(t)
	}
	return nil
}

// timedBody is a body that knows when it was last read.
type timedBody struct {
	io.ReadCloser
	last time.Time
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.last = time.Now()
	}
	return n, err
}
