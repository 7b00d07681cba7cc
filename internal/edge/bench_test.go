package edge

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRequest is the article's record through the proxy to an origin, both
// in this process: what tools/edgebench measures from outside.
func BenchmarkRequest(b *testing.B) {
	for _, row := range []struct{ name, key, route string }{
		{"pass", "{name: pii, pem: public.pem}", "pass: true"},
		{"rsa", "{name: pii, pem: public.pem}", "protect: [person]"},
		{"envelope", "{name: pii, cipher: envelope, kms: " + keyARN + ", pem: public.pem}", "protect: [person]"},
	} {
		b.Run(row.name, func(b *testing.B) {
			origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
			defer origin.Close()
			c := configOf(b, strings.NewReplacer("{name: pii, pem: public.pem}", row.key, "protect: [person]", row.route, "ORIGIN", origin.URL).Replace(person))
			e, err := New(b.Context(), c, Options{Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			if err := e.Start(); err != nil {
				b.Fatal(err)
			}
			ctx, stop := context.WithCancel(b.Context())
			defer e.Wait(ctx)
			defer stop()
			url := e.Addresses()[0]
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				resp, err := http.Post(url, "application/json", strings.NewReader(alejandro))
				if err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp, err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
}
