package edge

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// streamed has a body beyond 4 KiB sealed on its way.
const streamed = person + "limits: {buffer: 4KiB, body: 64MiB, stallTime: 10s}\n"

// people is a JSON array of n persons.
func people(n int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"ssn":"123-45-6789","n":%d}`, i)
	}
	b.WriteByte(']')
	return b.String()
}

func TestLongBodyIsSealedOnItsWay(t *testing.T) {
	w := protecting(t, streamed)
	body := people(200)
	resp, answer := w.post(body, isJSON)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %d %s", resp.StatusCode, answer)
	}
	got := w.origin.last(t)
	if got.err != nil || opened(t, got.body) != body {
		t.Errorf("the origin's body is another, error %v", got.err)
	}
	if got.ContentLength != -1 {
		t.Errorf("Content-Length %d of a body that was sealed on its way", got.ContentLength)
	}
	w.origin.never(t, "123-45-6789")
}

// An error after the first bytes have left breaks the request to the origin
// off. The origin does not see an end, the client gets the reason.
func TestErrorOnTheWay(t *testing.T) {
	for name, tail := range map[string]string{
		"malformed": `{"ssn":"123-45-6789"`,
		"duplicate": `{"ssn":"1","SSN":"123-45-6789"}]`,
		"too long":  `{"ssn":"` + strings.Repeat("1", 200) + `"}]`,
	} {
		for protocol, config := range map[string]string{
			"HTTP/1.1": streamed,
			"HTTP/2":   strings.Replace(streamed, "url: ORIGIN", "url: ORIGIN, http2: only", 1),
		} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				w := newWorld(t, config)
				w.origin.Config.Protocols = new(http.Protocols)
				w.origin.Config.Protocols.SetHTTP1(true)
				w.origin.Config.Protocols.SetUnencryptedHTTP2(true)
				w.start()
				body := strings.TrimSuffix(people(500), "]") + "," + tail
				resp, answer := w.post(body, isJSON)
				if resp.StatusCode < 400 || resp.StatusCode >= 500 || !strings.Contains(answer, `"reason"`) {
					t.Errorf("answer %d %s", resp.StatusCode, answer)
				}
				if strings.Contains(answer, "123-45") {
					t.Errorf("the answer has a value: %s", answer)
				}
				for _, got := range w.origin.end() { // none, where it broke off at once
					if got.err == nil {
						t.Error("the origin saw an end")
					}
				}
				w.origin.never(t, "123-45-6789")
			})
		}
	}
}

func TestBodyLimit(t *testing.T) {
	config := person + "limits: {body: 1KiB, buffer: 512B}\n"
	long := `{"a":"` + strings.Repeat("x", 2000) + `","ssn":"123-45-6789"}`
	t.Run("announced", func(t *testing.T) {
		w := protecting(t, config)
		resp, body := w.post(long, isJSON)
		w.refused(resp, body, reasonBody)
	})
	t.Run("found out", func(t *testing.T) {
		w := protecting(t, config)
		r := w.request("POST", "/", long, isJSON)
		r.ContentLength = -1
		resp, body := w.do(r)
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		w.origin.never(t, "123-45-6789")
		for _, r := range w.origin.end() {
			if r.err == nil {
				t.Error("the origin saw an end")
			}
		}
	})
	t.Run("just fits", func(t *testing.T) {
		w := protecting(t, config)
		fits := `{"a":"` + strings.Repeat("x", 1024-8) + `"}`
		if resp, body := w.post(fits, isJSON); resp.StatusCode != http.StatusOK {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
	})
}

// An origin may answer before it has read all; the client gets its answer, and
// nothing hangs. Over HTTP/2, where an answer is not lost with what is still
// being sent.
func TestOriginAnswersEarly(t *testing.T) {
	w := newWorld(t, strings.Replace(streamed, `:0"}`, `:0", h2c: true}`, 1))
	w.origin.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, 1<<10)
		rw.WriteHeader(http.StatusTeapot)
	})
	w.start()
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	resp, body := w.doWith(tr, w.request("POST", "/", people(20_000), isJSON))
	if resp.StatusCode != http.StatusTeapot {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	w.origin.never(t, "123-45-6789")
}

// A client that goes away takes the request to the origin with it.
func TestClientGoesAway(t *testing.T) {
	w := newWorld(t, streamed)
	began, ended := make(chan bool, 1), make(chan error, 1)
	w.origin.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		began <- true
		_, err := io.Copy(io.Discard, r.Body)
		ended <- err
	})
	w.start()
	ctx, cancel := context.WithCancel(t.Context())
	body, feed := io.Pipe()
	r := w.request("POST", "/", "", isJSON).WithContext(ctx)
	r.Body, r.ContentLength = body, -1
	go func() {
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
	}()
	io.WriteString(feed, strings.TrimSuffix(people(1000), "]"))
	<-began
	cancel()
	if err := <-ended; err == nil {
		t.Error("the origin saw an end")
	}
}

// dial opens a connection to the proxy on which anything can be said.
func (w *world) dial() (net.Conn, *bufio.Reader) {
	w.t.Helper()
	u, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	return c, bufio.NewReader(c)
}

// A client that stops amid a header or a body is not waited for.
func TestSlowClients(t *testing.T) {
	w := protecting(t, person+"limits: {headerTime: 500ms, stallTime: 500ms}\n")
	t.Run("header", func(t *testing.T) {
		t.Parallel()
		c, r := w.dial()
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nX-")
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("the connection ended with %v", err)
		}
	})
	t.Run("body", func(t *testing.T) {
		t.Parallel()
		c, r := w.dial()
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"ssn\":\"123-45-6789\"")
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		w.refused(resp, string(body), reasonTimeout)
	})
	t.Run("refused body", func(t *testing.T) {
		t.Parallel()
		c, r := w.dial()
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n12345")
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("the connection ended with %v", err)
		}
	})
}

func TestExpectContinue(t *testing.T) {
	w := protecting(t, person)
	c, r := w.dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n")
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("answer %q, %v", line, err)
	}
	io.WriteString(c, `{"ssn":"123-45-6789"}`)
	r.ReadString('\n') // the end of the 100
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %v, %v", resp, err)
	}
	if got := w.origin.last(t); got.Header.Get("Expect") != "" || !strings.Contains(got.body, "#pii.1#") {
		t.Errorf("the origin got %v %s", got.Header, got.body)
	}
	w.origin.never(t, "123-45-6789")

	// Who is refused on the header need not send the body.
	c, r = w.dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: compress\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n")
	if resp, err = http.ReadResponse(r, nil); err != nil || resp.StatusCode == http.StatusContinue {
		t.Errorf("answer %v, %v", resp, err)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	w := newWorld(t, person+"limits: {concurrent: 1}\n")
	began, release := make(chan bool), make(chan bool)
	w.origin.answer = func(http.ResponseWriter, *http.Request) { began <- true; <-release }
	w.start()
	done := make(chan bool)
	go func() {
		defer close(done)
		resp, err := http.Get(w.url + "/slow")
		if err == nil {
			resp.Body.Close()
		}
	}()
	<-began
	resp, body := w.do(w.request("GET", "/", ""))
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("answer %d %s", resp.StatusCode, body)
	}
	close(release)
	<-done
}

// The request that runs when the proxy is told to stop ends as any other.
func TestGracefulStop(t *testing.T) {
	w := newWorld(t, person)
	w.origin.Start()
	defer w.origin.Close()
	c, err := w.load()
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(t.Context(), c, w.options())
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	w.Edge, w.url = e, e.Addresses()[0]
	began, release := make(chan bool), make(chan bool)
	w.origin.answer = func(rw http.ResponseWriter, _ *http.Request) {
		began <- true
		<-release
		io.WriteString(rw, "late")
	}
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(w.url + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Wait(ctx) }()
	<-began
	stop()
	for e.unready() != "stopping" {
		time.Sleep(time.Millisecond)
	}
	close(release)
	if got := <-answer; got != "late" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Wait: %v", err)
	}
	if _, err := http.Get(w.url + "/"); err == nil {
		t.Error("a stopped proxy answers")
	}
}
