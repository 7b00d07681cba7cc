package gateway_test

import (
	"net/http"
	"strings"
	"testing"
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
