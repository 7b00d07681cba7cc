package gateway_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// discard is a response writer that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }

// rewound is a body that is read again and again.
type rewound struct{ strings.Reader }

func (*rewound) Close() error { return nil }

// benchmark serves one request again and again.
func (w *world) benchmark(b *testing.B, r *http.Request, status int) {
	b.Helper()
	text := string(payload(b, r))
	body, out := new(rewound), &discard{header: http.Header{}}
	r.Body = body
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(text)
		w.Handler.ServeHTTP(out, r)
		if out.status != status {
			b.Fatal(out.status)
		}
	}
}

func BenchmarkGetCallerIdentity(b *testing.B) {
	w := newWorld(b)
	for name, k := range map[string]key{
		"user": w.user("alice", everything),
		"role": w.temporary(w.user("bob", everything), "AssumeRole", "RoleArn", w.role("r"), "RoleSessionName", "one"),
	} {
		b.Run(name, func(b *testing.B) { w.benchmark(b, w.as(k, "sts", query("sts", "GetCallerIdentity")), http.StatusOK) })
	}
}

// BenchmarkRefused: what a stranger costs.
func BenchmarkRefused(b *testing.B) {
	w := newWorld(b)
	for name, r := range map[string]*http.Request{
		"unsigned":     create(),
		"unknown key":  w.as(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, "iam", create()),
		"wrong secret": w.as(key{id: w.root().id, secret: "x"}, "iam", create()),
	} {
		b.Run(name, func(b *testing.B) { w.benchmark(b, r, http.StatusForbidden) })
	}
}

// BenchmarkBucket: what the door costs before and behind an operation on an
// object of 1 KiB.
func BenchmarkBucket(b *testing.B) {
	w := newBucketWorld(b)
	content := strings.Repeat("0123456789abcdef", 64)
	put := w.signed(w.root(), bucketRequest("PUT", "/private/k", content))
	get := w.signed(w.root(), bucketRequest("GET", "/private/k", ""))
	b.Run("put", func(b *testing.B) { w.benchmark(b, put, http.StatusOK) })
	b.Run("get", func(b *testing.B) { w.benchmark(b, get, http.StatusOK) })
}

// BenchmarkStream copies large answers to a connection.
func BenchmarkStream(b *testing.B) {
	s := newBucketServer(b)
	const size = 8 << 20
	s.body = func() (io.Reader, int64) { return zeros(size), size }
	request := s.text(s.signed(s.root(), bucketRequest("GET", "/private/k", "")))
	c := s.dial()
	c.SetDeadline(time.Time{})
	r := bufio.NewReaderSize(c, 1<<20)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := io.WriteString(c, request); err != nil {
			b.Fatal(err)
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, resp.Body); n != size {
			b.Fatal(n, err)
		}
	}
}
