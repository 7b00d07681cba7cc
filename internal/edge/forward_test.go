package edge

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// What the origin learns of the client, and what it does not.
func TestHeadersOfTheForwardedRequest(t *testing.T) {
	forged := []string{
		"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: for=203.0.113.9",
		"X-Real-Ip: 203.0.113.9", "X_Forwarded_For: 203.0.113.9", "X_forwarded-Host: evil.example", "X-Forwarded-Prefix: /x", "X-Request-Id: 123-45-6789",
	}
	t.Run("from a stranger", func(t *testing.T) {
		w := protecting(t, person)
		resp, _ := w.do(w.request("GET", "/", "", forged...))
		got := w.origin.last(t).Header
		if got.Get("X-Forwarded-For") != "127.0.0.1" || got.Get("X-Forwarded-Proto") != "http" || !strings.HasPrefix(got.Get("X-Forwarded-Host"), "127.0.0.1:") {
			t.Errorf("the origin got %v", got)
		}
		w.origin.never(t, "203.0.113.9", "evil", "123-45-6789")
		if id := got.Get("X-Request-Id"); len(id) != 32 || resp.Header.Get("X-Request-Id") != id {
			t.Errorf("request id %q, the client's %q", id, resp.Header.Get("X-Request-Id"))
		}
	})
	t.Run("from a trusted proxy", func(t *testing.T) {
		w := protecting(t, person+"trustedProxies: [127.0.0.0/8]\n")
		w.do(w.request("GET", "/", "", forged...))
		got := w.origin.last(t).Header
		if _, ok := got["X_forwarded_for"]; ok {
			t.Errorf("the origin got %v", got)
		}
		if got.Get("X-Forwarded-For") != "203.0.113.9, 127.0.0.1" || got.Get("X-Forwarded-Proto") != "https" || got.Get("X-Forwarded-Host") != "evil.example" {
			t.Errorf("the origin got %v", got)
		}
	})
	t.Run("hop by hop", func(t *testing.T) {
		w := protecting(t, person)
		w.do(w.request("GET", "/", "", "Connection: X-Secret, keep-alive", "X-Secret: 123-45-6789", "Te: gzip;q=1", "Proxy-Authorization: Basic 123-45-6789", "Keep-Alive: 5"))
		w.origin.never(t, "123-45-6789", "Keep-Alive: 5", "gzip;q=1")
	})
	t.Run("host", func(t *testing.T) {
		w := protecting(t, person)
		r := w.request("GET", "/", "")
		r.Host = "api.example.com"
		w.do(r)
		if got := w.origin.last(t).Host; !strings.HasSuffix(w.origin.URL, got) {
			t.Errorf("the origin's host is %s", got)
		}
		w = protecting(t, strings.Replace(person, "url: ORIGIN", "url: ORIGIN, preserveHost: true", 1))
		r = w.request("GET", "/", "")
		r.Host = "api.example.com"
		w.do(r)
		if got := w.origin.last(t).Host; got != "api.example.com" {
			t.Errorf("the origin's host is %s", got)
		}
	})
}

// A hash of a body with nine unknown digits tells the digits.
func TestDigestsAreRemoved(t *testing.T) {
	w := protecting(t, person)
	names := []string{"Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "X-Amz-Content-Sha256", "X-Amz-Checksum-Crc32", "X-Amz-Sdk-Checksum-Algorithm"}
	headers := []string{isJSON}
	for _, n := range names {
		headers = append(headers, n+": hashhashhash")
	}
	w.post(alejandro, headers...)
	w.origin.never(t, "hashhashhash")
}

// The values of a form that was sent by GET are in the page's own address.
func TestOtherCopiesOfTheQuery(t *testing.T) {
	w := protecting(t, person)
	w.do(w.request("GET", "/", "", "Referer: https://example.com/form?ssn=123-45-6789", "X-Original-Uri: /form?ssn=123-45-6789", "X-Rewrite-Url: /form?ssn=123-45-6789"))
	if got := w.origin.last(t).Header.Get("Referer"); got != "https://example.com/form" {
		t.Errorf("Referer %q", got)
	}
	w.origin.never(t, "123-45-6789")
}

// A route that passes changes nothing of body and query.
func TestPass(t *testing.T) {
	w := protecting(t, routed)
	for _, body := range []string{alejandro, "", "\x00\xff", strings.Repeat("x", 3<<20)} {
		resp, _ := w.do(w.request("POST", "/upload?ssn=1;x=%zz&a", body, "Content-Type: text/plain", "Content-Encoding: br", "Content-Md5: x"))
		got := w.origin.last(t)
		if resp.StatusCode != http.StatusOK || got.body != body || got.RequestURI != "/upload?ssn=1;x=%zz&a" || got.ContentLength != int64(len(body)) {
			t.Errorf("answer %d, %s, %d bytes", resp.StatusCode, got.RequestURI, len(got.body))
		}
		if got.Header.Get("Content-Encoding") != "br" || got.Header.Get("Content-Md5") != "x" {
			t.Errorf("the origin got %v", got.Header)
		}
	}
}

// Without a body nothing is asked of its Content-Type.
func TestNoBody(t *testing.T) {
	w := protecting(t, person)
	for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS"} {
		resp, body := w.do(w.request(method, "/", ""))
		if got := w.origin.last(t); resp.StatusCode != http.StatusOK || got.Method != method || got.ContentLength != 0 {
			t.Errorf("%s: answer %d %s, the origin got %s with %d bytes", method, resp.StatusCode, body, got.Method, got.ContentLength)
		}
	}
	// Chunked, and then nothing.
	c, r := w.dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	if resp, err := http.ReadResponse(r, nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("answer %v, %v", resp, err)
	}
}

// What the origin answers comes back as it is, but for what would lead clients
// past the proxy.
func TestAnswers(t *testing.T) {
	w := newWorld(t, person)
	w.origin.answer = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Alt-Svc", `h3="origin:443"`)
		rw.Header().Set("X-Of-Origin", "yes")
		rw.Header().Add("Set-Cookie", "a=1")
		rw.Header().Add("Set-Cookie", "b=2")
		rw.Header().Set("Trailer", "X-Sum")
		rw.WriteHeader(http.StatusAccepted)
		io.WriteString(rw, "#pii.1#c2VhbGVk#1.pii#")
		rw.Header().Set("X-Sum", "1")
	}
	w.start()
	resp, body := w.do(w.request("GET", "/", ""))
	if resp.StatusCode != http.StatusAccepted || body != "#pii.1#c2VhbGVk#1.pii#" || resp.Header.Get("X-Of-Origin") != "yes" ||
		!slices.Equal(resp.Header["Set-Cookie"], []string{"a=1", "b=2"}) || resp.Trailer.Get("X-Sum") != "1" {
		t.Errorf("answer %d %v %s", resp.StatusCode, resp.Header, body)
	}
	if resp.Header.Get("Alt-Svc") != "" {
		t.Error("the client is led past the proxy")
	}
}

// What goes wrong behind the proxy is told by its kind and not by its words.
func TestOriginErrors(t *testing.T) {
	const secret = "origin-internal-detail"
	for name, c := range map[string]struct {
		serve  func(http.ResponseWriter, *http.Request)
		reason string
	}{
		"garbage": {func(rw http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				panic(err)
			}
			io.WriteString(conn, secret+" is no status line\r\n\r\n")
			conn.Close()
		}, reasonOrigin},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, reasonOrigin},
		"late":     {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, reasonLate},
		"switches": {func(rw http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				panic(err)
			}
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+secret+"\r\n\r\n")
			conn.Close()
		}, reasonOrigin},
	} {
		t.Run(name, func(t *testing.T) {
			config := person
			if c.reason == reasonLate {
				config += "limits: {originTime: 100ms}\n"
			}
			w := newWorld(t, config)
			w.origin.answer = c.serve
			w.start()
			resp, body := w.post(`{"a":1}`, isJSON)
			if resp.StatusCode != statusOf[c.reason] || !strings.Contains(body, c.reason) {
				t.Errorf("answer %d %s", resp.StatusCode, body)
			}
			if strings.Contains(body+w.log.String(), secret) {
				t.Errorf("the origin's words are told: %s %s", body, w.log)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		w := protecting(t, person)
		w.origin.Close()
		resp, body := w.post(`{"a":1}`, isJSON)
		if resp.StatusCode != http.StatusBadGateway || strings.Contains(body, "127.0.0.1") {
			t.Errorf("answer %d %s", resp.StatusCode, body)
		}
		if !strings.Contains(w.log.String(), "connection refused") {
			t.Errorf("the log does not tell why: %s", w.log)
		}
	})
	// A cut answer must not look whole to the client.
	t.Run("breaks off", func(t *testing.T) {
		w := newWorld(t, person)
		w.origin.answer = func(rw http.ResponseWriter, _ *http.Request) {
			io.WriteString(rw, "half")
			http.NewResponseController(rw).Flush()
			panic(http.ErrAbortHandler)
		}
		w.start()
		resp, err := http.DefaultTransport.RoundTrip(w.request("GET", "/", ""))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err == nil {
			t.Errorf("the client saw an end after %q", body)
		}
	})
}
