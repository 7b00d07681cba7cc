package gateway_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// TestPanic: a mistake of ours is answered as an internal failure that tells
// nothing, and its cause is logged.
func TestPanic(t *testing.T) {
	var log strings.Builder
	c := &cloud.Cloud{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: newWorld(t).now} // no credentials: a nil pointer
	if err := c.Register(&api.Service{Name: "sts", SigningName: "sts", Protocol: api.Query}); err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, Fortlet: &fortlet.Fortlet{Handler: gateway.New(c, "test")}}
	for name, r := range map[string]*http.Request{
		"AWS":     query("sts", "GetCallerIdentity"),
		"control": newRequest("POST", "/_fortlet/reset", ""),
	} {
		log.Reset()
		a := w.serve(w.as(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, "sts", r))
		if a.status != 500 || a.code != "InternalFailure" || strings.Contains(a.body, "nil") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if !strings.Contains(log.String(), a.requestID) || !strings.Contains(log.String(), "nil pointer") {
			t.Errorf("%s: log %q", name, log.String())
		}
	}
}
