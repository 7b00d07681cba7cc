package gateway_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

const maxBody = 1 << 20 // of any request

// announced is the head of a signed create that announces a body of a length.
func (s *server) announced(length int64) *http.Request {
	r := create()
	r.ContentLength = length
	if err := s.root().signer("iam").Sign(r, sigv4.EmptyPayload, s.now()); err != nil {
		s.Fatal(err)
	}
	return r
}

const tooLarge = "The request body is larger than 1048576 bytes."

// TestOversizedBodyAnnounced: a body that says that it is too large is refused
// before any of it was sent, and not asked for.
func TestOversizedBodyAnnounced(t *testing.T) {
	s := newServer(t)
	for _, length := range []int64{maxBody + 1, 1 << 40} {
		for _, more := range []string{"", "Expect: 100-continue\r\n"} {
			r := s.announced(length)
			resp, body := s.send(head(r)+more+fmt.Sprintf("Content-Length: %d\r\n\r\n", length), r.Method)
			a := read(t, resp.StatusCode, resp.Header, body)
			if a.status != http.StatusRequestEntityTooLarge || a.code != "RequestEntityTooLargeException" || a.message != tooLarge {
				t.Errorf("%d bytes announced: %d %s", length, a.status, body)
			}
			if !resp.Close {
				t.Error("the connection stays open for the body")
			}
		}
	}
}

// TestLargestBody: a body of just the limit is read.
func TestLargestBody(t *testing.T) {
	s := newServer(t)
	r := jsonCall("ListKeys", "{}"+strings.Repeat(" ", maxBody-2))
	resp, body := s.send(s.text(s.as(s.root(), "kms", r)), "POST")
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// TestOversizedBodyShown: a body that does not say how long it is is refused
// when it gets too long, and the connection with it.
func TestOversizedBodyShown(t *testing.T) {
	s := newServer(t)
	r := s.announced(-1)
	c := s.dial()
	if _, err := io.WriteString(c, head(r)+"Transfer-Encoding: chunked\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		chunk := "10000\r\n" + strings.Repeat("a", 0x10000) + "\r\n"
		for {
			if _, err := io.WriteString(c, chunk); err != nil {
				done <- err
				return
			}
		}
	}()
	resp, body := s.receive(c, "POST")
	a := read(t, resp.StatusCode, resp.Header, body)
	if a.status != http.StatusRequestEntityTooLarge || a.code != "RequestEntityTooLargeException" || a.message != tooLarge {
		t.Errorf("%d %s", a.status, body)
	}
	if !resp.Close {
		t.Error("the connection stays open")
	}
	var timeout net.Error
	if err := <-done; errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the server goes on reading")
	}
}

// endless is a body without end that counts what was read of it.
type endless int64

func (e *endless) Read(p []byte) (int, error) { *e += endless(len(p)); return len(p), nil }
func (*endless) Close() error                 { return nil }

// TestOversizedBodyMemory: little more than the limit is read or held.
func TestOversizedBodyMemory(t *testing.T) {
	s := newServer(t)
	r := s.announced(-1)
	body := new(endless)
	r.Body, r.ContentLength = body, -1
	allocated := allocating(func() {
		if a := s.serve(r); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
	if *body > 2*maxBody {
		t.Errorf("%d bytes were read", *body)
	}
	if allocated > 8*maxBody { // a slice that grows to the limit, all copies counted
		t.Errorf("%d bytes were allocated", allocated)
	}
}

// TestPromisedBody: who announces much and sends little gets little memory.
func TestPromisedBody(t *testing.T) {
	s := newServer(t)
	r := s.announced(maxBody)
	setBody(r, "Action=CreateUser")
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(r.Body, cut{})), maxBody
	allocated := allocating(func() {
		if a := s.serve(r); a.status != http.StatusBadRequest || a.code != "RequestAbortedException" {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
	if allocated > maxBody/4 {
		t.Errorf("%d bytes were allocated", allocated)
	}
}

// cut is the end of a body that was to be longer.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func allocating(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// untouchable is a body that must not be read.
type untouchable struct{ testing.TB }

func (u untouchable) Read([]byte) (int, error) {
	u.Error("the body is read")
	return 0, io.EOF
}

func (untouchable) Close() error { return nil }

// TestStrangersBody: the body of somebody who is not known is not read, but
// for a short one without a signature, which may ask for an operation that AWS
// takes from anyone.
func TestStrangersBody(t *testing.T) {
	w := newWorld(t)
	unknown := w.as(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, "iam", create())
	long := create()
	long.ContentLength = 64<<10 + 1
	endless := create()
	endless.ContentLength = -1
	for _, r := range []*http.Request{long, endless, createKey(), unknown, newRequest("POST", "/_fortlet/reset", "x"), newRequest("GET", "/_fortlet/health", "x")} {
		r.Body = untouchable{t}
		w.serve(r)
	}
}

// TestAnonymousOperations: what AWS takes unsigned and Fortlet does not build is
// refused by name.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
func TestAnonymousOperations(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"} {
		if a := w.serve(query("sts", name)); a.status != http.StatusNotImplemented || a.code != "NotImplemented" || !strings.Contains(a.message, "sts:"+name) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.serve(query("sts", "AssumeRole")); a.code != "MissingAuthenticationToken" {
		t.Errorf("AssumeRole: %d %s", a.status, a.body)
	}
}

// TestBrokenBody sends bodies that are not what their head says.
func TestBrokenBody(t *testing.T) {
	s := newServer(t)
	before := s.state()
	whole := s.text(s.as(s.root(), "iam", create()))
	for name, test := range map[string]struct {
		text string
		code string
	}{
		"short":       {whole[:len(whole)-1], "RequestAbortedException"},
		"none":        {head(s.announced(100)) + "Content-Length: 100\r\n\r\n", "RequestAbortedException"},
		"short chunk": {head(s.announced(-1)) + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", "RequestAbortedException"},
		"no chunk":    {head(s.announced(-1)) + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "MalformedHttpRequestException"},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.dial()
			if _, err := io.WriteString(c, test.text); err != nil {
				t.Fatal(err)
			}
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			resp, body := s.receive(c, "POST")
			if a := read(t, resp.StatusCode, resp.Header, body); a.status != http.StatusBadRequest || a.code != test.code {
				t.Errorf("%d %s", a.status, body)
			}
		})
	}
	if s.state() != before {
		t.Error("the state has changed")
	}
}

// TestNoHTTP sends what net/http refuses before it is a request. Its answers
// have no request id, as those of the load balancers before AWS's services.
func TestNoHTTP(t *testing.T) {
	s := newServer(t)
	before := s.state()
	valid := s.text(s.as(s.root(), "iam", create()))
	add := func(line string) string { return strings.Replace(valid, "\r\n", "\r\n"+line+"\r\n", 1) }
	for name, test := range map[string]struct {
		text   string
		status int
	}{
		"no HTTP":                  {"hello\r\n\r\n", 400},
		"other version":            {strings.Replace(valid, "HTTP/1.1", "HTTP/3.0", 1), 505},
		"second host":              {add("Host: 127.0.0.1:4566"), 400},
		"no host":                  {strings.Replace(valid, "Host:", "X-Host:", 1), 400},
		"second, other length":     {add("Content-Length: 1"), 400},
		"negative length":          {strings.Replace(valid, "Content-Length: ", "Content-Length: -", 1), 400},
		"space before colon":       {add("X-Amz-Extra : 1"), 400},
		"no name":                  {add(": 1"), 400},
		"NUL in a value":           {add("X-Amz-Extra: \x00"), 400},
		"unknown coding":           {add("Transfer-Encoding: gzip"), 501},
		"two codings":              {add("Transfer-Encoding: chunked, chunked"), 501},
		"headers of 200 kB":        {add("X-Amz-Extra: " + strings.Repeat("a", 200<<10)), 431},
		"malformed escape in path": {strings.Replace(valid, "POST /", "POST /%zz", 1), 400},
	} {
		t.Run(name, func(t *testing.T) {
			if resp, body := s.send(test.text, "POST"); resp.StatusCode != test.status {
				t.Errorf("%d %s, want %d", resp.StatusCode, body, test.status)
			}
		})
	}
	if s.state() != before {
		t.Error("the state has changed")
	}
}

// TestSmuggledLength: of a request with both forms of length only the one that
// net/http takes can be what was signed, and that is not the one in the header.
func TestSmuggledLength(t *testing.T) {
	s := newServer(t)
	r := s.as(s.root(), "iam", create())
	body := string(payload(s, r))
	text := head(r) + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), len(body), body)
	resp, got := s.send(text, "POST")
	if a := read(t, resp.StatusCode, resp.Header, got); a.status != 400 || a.code != "IncompleteSignature" {
		t.Errorf("%d %s", a.status, got)
	}
}
