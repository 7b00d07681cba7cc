package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
)

// The roles of the processes that are started beside the proxy.
const (
	originRole = "origin"
	bareRole   = "bare"
)

// serveOrigin answers what it is sent with how many fields in it are sealed, and
// fails what has one in the clear.
func serveOrigin(ctx context.Context, out io.Writer) error {
	buffers := sync.Pool{New: func() any { return new([64 << 10]byte) }}
	return serve(ctx, out, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buffer := buffers.Get().(*[64 << 10]byte)
		defer buffers.Put(buffer)
		sealed, clear := 0, false
		kept := 0 // of what was read last: a word may lie across two reads
		for {
			n, err := r.Body.Read(buffer[kept:])
			text := buffer[:kept+n]
			clear = clear || bytes.Contains(text, []byte(secret))
			sealed += bytes.Count(text, []byte(suffix))
			if err != nil {
				break
			}
			kept = copy(buffer[:], text[len(text)-min(len(text), len(suffix)-1):])
		}
		if clear && r.URL.Path != passPath {
			http.Error(w, "in the clear", http.StatusTeapot)
			return
		}
		io.WriteString(w, strconv.Itoa(sealed))
	}))
}

// serveBare forwards everything with what net/http/httputil has.
func serveBare(ctx context.Context, out io.Writer, origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	transport.DisableCompression = true
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(pr *httputil.ProxyRequest) { pr.SetURL(u); pr.SetXForwarded() },
	}
	return serve(ctx, out, proxy)
}

func serve(ctx context.Context, out io.Writer, h http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: h}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
