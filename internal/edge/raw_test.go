package edge

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const oneField = `{"ssn":"123-45-6789"}` // 21 bytes

// What two readers of HTTP/1.1 could take for different requests, or what is
// none, never reaches the origin in the clear. RFC 9112 section 11.2.
func TestRawRequests(t *testing.T) {
	for _, c := range []struct {
		name, request string
		status        string // that the answer begins with; "" is any but 2xx
	}{
		{"both lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n" + oneField + "\r\n0\r\n\r\n", "any"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\nContent-Length: 1\r\n\r\n" + oneField, ""},
		{"length with a sign", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: +21\r\n\r\n" + oneField, ""},
		{"gzip as transfer coding", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n15\r\n" + oneField + "\r\n0\r\n\r\n", ""},
		{"odd transfer coding", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: xchunked\r\n\r\n15\r\n" + oneField + "\r\n0\r\n\r\n", ""},
		{"blank before the colon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding : chunked\r\nContent-Length: 21\r\n\r\n" + oneField, ""},
		{"folded header", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Ssn:\r\n 123-45-6789\r\nContent-Length: 0\r\n\r\n", "any"},
		{"broken chunks", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + oneField + "\r\n0\r\n\r\n", "HTTP/1.1 400"},
		{"trailer", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-Ssn\r\n\r\n2\r\n{}\r\n0\r\nX-Ssn: 123-45-6789\r\n\r\n", "HTTP/1.1 400"},
		{"trailer unannounced", "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Ssn: 123-45-6789\r\n\r\n", "any"},
		{"CONNECT", "CONNECT people:443 HTTP/1.1\r\nHost: people:443\r\n\r\n123-45-6789", "HTTP/1.1 405"},
		{"TRACE", "TRACE / HTTP/1.1\r\nHost: x\r\nX-Ssn: 123-45-6789\r\n\r\n", "HTTP/1.1 405"},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
		{"target with a user", "GET http://123-45-6789@x/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
		{"target of another scheme", "GET ftp://x/123-45-6789 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: 123-45-6789\r\n\r\n", ""},
		{"no host", "GET / HTTP/1.1\r\n\r\n", ""},
		{"huge header", "GET / HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("123-45-6789", 10_000) + "\r\n\r\n", "HTTP/1.1 431"},
		{"a second request behind the first", "GET /?ssn=123-45-6789 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n" + oneField, "any"},
		{"Upgrade to h2c is ignored", "GET /?ssn=123-45-6789 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", "HTTP/1.1 200"},
		{"h2c at once, not asked for", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// The proxy closes the connection: a client that closes it is one that left.
			w := protecting(t, strings.Replace(person, "phone]", "phone, 'header:X-Ssn']", 1)+"limits: {headerTime: 1s, stallTime: 1s, idleTime: 1s}\n")
			conn, r := w.dial()
			io.WriteString(conn, c.request)
			answer, err := io.ReadAll(r)
			if err != nil {
				t.Logf("reading ended with %v", err)
			}
			switch {
			case c.status == "any":
			case c.status == "" && strings.HasPrefix(string(answer), "HTTP/1.1 2"):
				t.Errorf("answer %s", answer)
			case !strings.HasPrefix(string(answer), c.status):
				t.Errorf("answer %s, want %s", answer, c.status)
			}
			w.origin.never(t, "123-45-6789")
			if c.status != "any" && c.status != "HTTP/1.1 200" && w.origin.raw() != "" {
				t.Errorf("the origin received %s", w.origin.raw())
			}
		})
	}
}

// The absolute form goes by its own host, and the origin gets the path alone.
func TestAbsoluteTarget(t *testing.T) {
	w := protecting(t, routed)
	conn, r := w.dial()
	io.WriteString(conn, "GET http://api.example.com/v1?ssn=123-45-6789 HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n")
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %v, %v", resp, err)
	}
	if got := w.origin.last(t).RequestURI; !strings.HasPrefix(got, "/v1?ssn=%23pii.1%23") {
		t.Errorf("the origin got %s", got)
	}
	w.origin.never(t, "123-45-6789")
}

// On one connection, a refused request does not spoil the next.
func TestKeepAliveAfterRefusal(t *testing.T) {
	w := protecting(t, person)
	conn, r := w.dial()
	for range 3 {
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n\r\n"+oneField)
		resp, err := http.ReadResponse(r, nil)
		if err != nil || resp.StatusCode != http.StatusUnsupportedMediaType {
			t.Fatalf("answer %v, %v", resp, err)
		}
		io.Copy(io.Discard, resp.Body)
	}
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"+oneField)
	if resp, err := http.ReadResponse(r, nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("answer %v, %v", resp, err)
	}
	w.origin.never(t, "123-45-6789")
}
