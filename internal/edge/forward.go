package edge

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"sync"
)

// silent is where httputil logs: its words may hold what others sent. Whatever
// it tells is in the line of the request, by its kind.
var silent = log.New(io.Discard, "", 0)

// newProxy makes what forwards requests to an origin.
func newProxy(o *origin) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:        rewrite,
		Transport:      o.transport,
		ErrorLog:       silent,
		BufferPool:     copyBuffers{},
		ModifyResponse: func(resp *http.Response) error { return exchangeOf(resp.Request).respond(resp) },
		ErrorHandler: func(_ http.ResponseWriter, r *http.Request, err error) {
			exchangeOf(r).refuse(failure(r.Context(), err))
		},
	}
}

// forward sends the request to the origin and its answer to the client.
func (x *exchange) forward(r *http.Request) {
	x.route.proxy.ServeHTTP(&x.w, r)
}

// rewrite makes the request that the origin gets.
func rewrite(pr *httputil.ProxyRequest) {
	x, out := exchangeOf(pr.In), pr.Out
	for _, name := range forwarding {
		delete(out.Header, name)
	}
	if x.trusted {
		for _, name := range forwarding[1:4] {
			if values, ok := pr.In.Header[name]; ok {
				out.Header[name] = values
			}
		}
	}
	host, proto := out.Header["X-Forwarded-Host"], out.Header["X-Forwarded-Proto"]
	pr.SetXForwarded()
	if x.trusted && host != nil {
		out.Header["X-Forwarded-Host"] = host
	}
	if x.trusted && proto != nil {
		out.Header["X-Forwarded-Proto"] = proto
	}
	out.Header.Set(requestIDHeader, x.id)
	pr.SetURL(x.route.origin.url)
	if x.route.origin.preserveHost {
		out.Host = pr.In.Host
	}
	out.URL.RawQuery = x.query
	out.URL.ForceQuery = false
	out.Trailer = nil
	if x.body != nil {
		x.body.put(out)
	}
	if x.route.unsealer != nil {
		askPlain(out.Header)
	}
}

// put makes the sealed body that of a request.
func (b *sealedBody) put(out *http.Request) {
	out.Body, out.GetBody, out.ContentLength = nil, nil, 0
	out.TransferEncoding = nil
	delete(out.Header, "Content-Length")
	switch {
	case b.stream != nil:
		out.Body = &joined{io.MultiReader(bytes.NewReader(b.whole), b.stream), b.stream}
		out.ContentLength = -1
	case len(b.whole) > 0:
		out.ContentLength = int64(len(b.whole))
		// A connection that turns out to be closed is no reason to fail.
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.whole)), nil }
		out.Body, _ = out.GetBody()
	}
}

// joined reads on in a pipe, and closes it.
type joined struct {
	io.Reader
	io.Closer
}

// askPlain asks an origin for an answer that can be opened as a whole.
func askPlain(h http.Header) {
	h.Set("Accept-Encoding", "identity")
	// Half of a marker does not open, and what a client keeps for the next time is
	// not what the origin sent.
	for _, name := range []string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"} {
		delete(h, name)
	}
}

// copyBuffers are what answers are copied through.
type copyBuffers struct{}

var copyPool = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// Get implements httputil.BufferPool.
func (copyBuffers) Get() []byte { return copyPool.Get().(*[32 << 10]byte)[:] }

// Put implements httputil.BufferPool.
func (copyBuffers) Put(b []byte) {
	clear(b) // opened fields have been in it
	copyPool.Put((*[32 << 10]byte)(b))
}

// respond changes what the origin answered before the client gets it.
func (x *exchange) respond(resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return refuse(reasonOrigin, "the origin switched protocols")
	}
	// It would lead clients past the proxy.
	delete(resp.Header, "Alt-Svc")
	resp.Header.Set(requestIDHeader, x.id)
	if x.route.unsealer == nil {
		return nil
	}
	return x.open(resp)
}
