package edge

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows. Every label comes from the configuration or
// from a list in the code, so that a stranger cannot grow them.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	sealed   *prometheus.CounterVec
	opened   *prometheus.CounterVec
	left     *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	reloadOK prometheus.Gauge
	reloadAt prometheus.Gauge
}

// routeMetrics are those of a route, found once and not for each request.
type routeMetrics struct {
	duration     prometheus.Observer
	sealed       []prometheus.Counter // by rule
	opened, left prometheus.Counter
}

const namespace = "fortlet_edge"

// buckets go from a cached answer to a long upload.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("requests_total", "Requests, by what was answered.", "route", "method", "status"),
		refused:  counter("failures_total", "Requests that were not forwarded or not answered in full, by reason.", "route", "reason"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "request_duration_seconds", Help: "From a request's header to its answer's end.", Buckets: buckets,
		}, []string{"route"}),
		sealed:   counter("fields_sealed_total", "Fields sealed in requests.", "route", "rule"),
		opened:   counter("fields_opened_total", "Fields opened in answers.", "route"),
		left:     counter("fields_left_sealed_total", "Fields of answers that did not open.", "route"),
		reloads:  counter("config_reloads_total", "Reloads of the configuration.", "result"),
		reloadOK: gauge("config_last_reload_successful", "Whether the last reload was taken."),
		reloadAt: gauge("config_last_reload_success_timestamp_seconds", "When a configuration was last taken."),
	}
	m.registry.MustRegister(m.requests, m.refused, m.duration, m.sealed, m.opened, m.left, m.reloads, m.reloadOK, m.reloadAt,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.reloadOK.Set(1)
	m.reloadAt.Set(float64(time.Now().Unix()))
	return m
}

// watch adds what is asked of the proxy when somebody looks.
func (m *metrics) watch(e *Edge) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: "requests_running", Help: "Requests that run."},
			func() float64 { return float64(e.running.Load()) }),
		&keyCollector{e},
	)
}

func (m *metrics) route(name string, rules []string) *routeMetrics {
	r := &routeMetrics{
		duration: m.duration.WithLabelValues(name),
		opened:   m.opened.WithLabelValues(name), left: m.left.WithLabelValues(name),
	}
	for _, rule := range rules {
		r.sealed = append(r.sealed, m.sealed.WithLabelValues(name, rule))
	}
	return r
}

// done counts an exchange.
func (m *metrics) done(x *exchange, status int, reason string, took time.Duration) {
	name := ""
	if x.route != nil {
		name = x.route.config.Name
		c := x.route.counters
		c.duration.Observe(took.Seconds())
		for i, n := range x.sealed {
			if n > 0 {
				c.sealed[i].Add(float64(n))
			}
		}
		c.opened.Add(float64(x.opened.Opened))
		c.left.Add(float64(x.opened.Sealed))
	}
	m.requests.WithLabelValues(name, x.method, statusClass(status)).Inc()
	if reason != "" {
		m.refused.WithLabelValues(name, reason).Inc()
	}
}

// statusClass is "2xx" of 204: origins may answer any number.
func statusClass(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}

func (m *metrics) reloaded(err error, now time.Time) {
	if err != nil {
		m.reloads.WithLabelValues("refused").Inc()
		m.reloadOK.Set(0)
		return
	}
	m.reloads.WithLabelValues("taken").Inc()
	m.reloadOK.Set(1)
	m.reloadAt.Set(float64(now.Unix()))
}

// keyCollector tells how old the public keys are.
type keyCollector struct{ edge *Edge }

var (
	keyLoaded = prometheus.NewDesc(namespace+"_key_loaded_timestamp_seconds", "When a public key was last loaded.", []string{"key"}, nil)
	keyOK     = prometheus.NewDesc(namespace+"_key_last_load_successful", "Whether a public key could be loaded when last tried.", []string{"key"}, nil)
)

// Describe implements prometheus.Collector.
func (k *keyCollector) Describe(out chan<- *prometheus.Desc) {
	out <- keyLoaded
	out <- keyOK
}

// Collect implements prometheus.Collector.
func (k *keyCollector) Collect(out chan<- prometheus.Metric) {
	for _, s := range k.edge.state.Load().keys.Status() {
		if s.Loaded.IsZero() {
			continue // of a key that only opens
		}
		ok := 1.0
		if s.Err != nil {
			ok = 0
		}
		out <- prometheus.MustNewConstMetric(keyLoaded, prometheus.GaugeValue, float64(s.Loaded.Unix()), s.Key)
		out <- prometheus.MustNewConstMetric(keyOK, prometheus.GaugeValue, ok, s.Key)
	}
}
