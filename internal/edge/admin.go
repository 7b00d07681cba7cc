package edge

import (
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin answers operators: /metrics, /healthz (the process is alive) and
// /readyz (it takes requests). It tells nothing secret, yet is not for the world.
func (e *Edge) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if why := e.unready(); why != "" {
			say(w, http.StatusServiceUnavailable, why+"\n")
			return
		}
		say(w, http.StatusOK, "ready\n")
	})
	return mux
}

// unready is why the proxy should get no requests, "" where it should.
func (e *Edge) unready() string {
	switch {
	case e.draining.Load():
		return "stopping"
	case !e.state.Load().loaded():
		return "a key is missing"
	}
	return ""
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // who asked is gone
}
