package edge

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func (w *world) ask(path string) (int, string) {
	w.t.Helper()
	resp, err := http.Get("http://" + w.AdminAddress().String() + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestAdmin(t *testing.T) {
	w := protecting(t, person+"admin: 127.0.0.1:0\n")
	w.post(alejandro, isJSON)
	w.post(alejandro, "Content-Type: text/plain")
	if status, body := w.ask("/healthz"); status != http.StatusOK || body != "alive\n" {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if status, body := w.ask("/readyz"); status != http.StatusOK || body != "ready\n" {
		t.Errorf("/readyz: %d %s", status, body)
	}
	status, body := w.ask("/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: %d", status)
	}
	for _, want := range []string{
		`fortlet_edge_requests_total{method="POST",route="/",status="2xx"} 1`,
		`fortlet_edge_requests_total{method="POST",route="/",status="4xx"} 1`,
		`fortlet_edge_failures_total{reason="media_type",route="/"} 1`,
		`fortlet_edge_fields_sealed_total{route="/",rule="person"} 6`,
		`fortlet_edge_request_duration_seconds_count{route="/"} 2`,
		`fortlet_edge_config_last_reload_successful 1`,
		`fortlet_edge_key_last_load_successful{key="pii.1"} 1`,
		`fortlet_edge_key_loaded_timestamp_seconds{key="pii.1"} `,
		"go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	if problems, err := testutil.GatherAndLint(w.metrics.registry); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if err := w.reloadWith("listen: ["); err == nil {
		t.Fatal("a broken configuration was taken")
	}
	w.RefusedReload()
	if _, body := w.ask("/metrics"); !strings.Contains(body, `fortlet_edge_config_reloads_total{result="refused"} 1`) || !strings.Contains(body, "fortlet_edge_config_last_reload_successful 0") {
		t.Error("the refused reload is not counted")
	}
	w.draining.Store(true)
	if status, body := w.ask("/readyz"); status != http.StatusServiceUnavailable || body != "stopping\n" {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if status, _ := w.ask("/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("/debug/pprof/: %d", status)
	}
	resp, err := http.Post("http://"+w.AdminAddress().String()+"/healthz", "", nil)
	if err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %v, %v", resp, err)
	}
}

// However many methods, paths, hosts and statuses strangers invent, the metrics
// do not grow.
func TestMetricsDoNotGrow(t *testing.T) {
	w := newWorld(t, routed)
	w.origin.answer = func(rw http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/s%d", &status)
		rw.WriteHeader(max(status, 200))
	}
	w.start()
	series := func() int {
		t.Helper()
		n, err := testutil.GatherAndCount(w.metrics.registry, "fortlet_edge_requests_total", "fortlet_edge_failures_total", "fortlet_edge_request_duration_seconds")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ask := func(i int) {
		r := w.request(fmt.Sprintf("INVENTED%d", i), fmt.Sprintf("/s%d", 200+i), "")
		r.Host = fmt.Sprintf("host%d", i)
		w.do(r)
		w.do(w.request(fmt.Sprintf("INVENTED%d", i), fmt.Sprintf("//s%d", 200+i), ""))
	}
	for i := range 3 {
		ask(100 * i)
	}
	before := series()
	for i := range 99 {
		ask(i)
	}
	if after := series(); after != before {
		t.Errorf("%d series have become %d", before, after)
	}
}

// No value of body, query, path, header or cookie is in a log, on any level,
// whatever becomes of the request.
func TestLogsHaveNoValues(t *testing.T) {
	w := protecting(t, routed)
	const secret = "v4lu3"
	for _, target := range []string{"/people/v4lu3?ssn=v4lu3", "/people?ssn=v4lu3;", "/open/v4lu3?x=v4lu3", "//v4lu3", "/people/%2fv4lu3"} {
		for _, body := range []string{`{"ssn":"v4lu3"}`, `{"ssn":v4lu3}`, `{"v4lu3":1,"v4lu3":2}`, "v4lu3=%zv4lu3"} {
			for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded", "v4lu3/v4lu3", "application/json; charset=v4lu3"} {
				w.do(w.request("POST", target, body, "Content-Type: "+contentType, "Cookie: a=v4lu3", "Authorization: v4lu3", "X-V4lu3: v4lu3", "User-Agent: v4lu3", "Referer: v4lu3"))
			}
		}
	}
	c, _ := w.dial()
	io.WriteString(c, "v4lu3 v4lu3 v4lu3\r\n\r\n")
	io.ReadAll(c)
	w.origin.Close()
	w.do(w.request("GET", "/people?a=v4lu3", ""))
	if log := w.log.String(); strings.Contains(strings.ToLower(log), secret) {
		t.Errorf("a value is in the log: %s", log)
	}
	if !strings.Contains(w.log.String(), `"reason":"origin_failed"`) {
		t.Error("the log does not tell the failure")
	}
}

// A panic is answered, is logged without its value, and ends nothing else.
func TestPanics(t *testing.T) {
	w := protecting(t, person)
	proxy := w.state.Load().byName[0].proxy
	rewrite := proxy.Rewrite
	proxy.Rewrite = func(pr *httputil.ProxyRequest) {
		if pr.In.URL.Path == "/panic" {
			panic("v4lu3")
		}
		rewrite(pr)
	}
	resp, err := http.DefaultTransport.RoundTrip(w.request("GET", "/panic", ""))
	if err == nil && resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("answer %d", resp.StatusCode)
	}
	if resp, body := w.do(w.request("GET", "/", "")); resp.StatusCode != http.StatusOK {
		t.Errorf("after a panic: answer %d %s", resp.StatusCode, body)
	}
	if log := w.log.String(); strings.Contains(log, "v4lu3") || !strings.Contains(log, "rewrite") && !strings.Contains(log, "stack") {
		t.Errorf("the log says %s", log)
	}
	if got := w.running.Load(); got != 0 {
		t.Errorf("%d requests run", got)
	}
}
