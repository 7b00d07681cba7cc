package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// server is a world behind a listener, with the limit of fortlet up on
// headers.
type server struct {
	*world
	addr string
}

func newServer(tb testing.TB) *server {
	tb.Helper()
	w := newWorld(tb)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &http.Server{Handler: w.Handler, MaxHeaderBytes: 128 << 10}
	go s.Serve(l)
	tb.Cleanup(func() { s.Close() })
	return &server{w, l.Addr().String()}
}

// dial opens a connection. The deadline only keeps a broken server from
// blocking the test.
func (s *server) dial() net.Conn {
	s.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// send sends bytes and reads one answer. What the server does not want to
// read, it need not.
func (s *server) send(raw, method string) (*http.Response, []byte) {
	s.Helper()
	c := s.dial()
	go io.WriteString(c, raw)
	return s.receive(c, method)
}

func (s *server) receive(c net.Conn, method string) (*http.Response, []byte) {
	s.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		s.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return resp, body
}

// text is a request as it goes over the wire.
func (s *server) text(r *http.Request) string {
	s.Helper()
	body := payload(s, r)
	return head(r) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// head is a request up to the fields that tell the length of its body.
func head(r *http.Request) string {
	var b strings.Builder
	target := r.RequestURI
	if before, _, _ := strings.Cut(target, "?"); r.URL.RawQuery != "" {
		target = before + "?" + r.URL.RawQuery
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, target, r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	return b.String()
}
