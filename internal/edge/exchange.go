package edge

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// exchange is one request and its answer.
type exchange struct {
	edge     *Edge
	state    *state
	listener string
	id       string
	start    time.Time
	route    *route // nil until it is known
	trusted  bool   // the peer is a trusted proxy
	method   string // of a closed set
	remote   string

	w answer

	// What is sealed of the request, for the proxy to forward.
	query  string
	body   *sealedBody       // nil: as it came
	stream *streaming        // of a body that is sealed on its way
	sealed fieldcrypt.Counts // by rule
	opened fieldcrypt.Report
	// failed is why it went wrong; the goroutine that finds out first says it.
	failed atomic.Pointer[Refusal]
}

// exchangeKey finds the exchange in a request's context.
type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	return r.Context().Value(exchangeKey{}).(*exchange)
}

// handler answers the requests of one listener.
type handler struct {
	edge     *Edge
	listener string
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := h.edge.state.Load()
	x := &exchange{
		edge: h.edge, state: s, listener: h.listener, id: h.edge.options.NewRequestID(),
		start: time.Now(), method: methodLabel(r.Method), remote: r.RemoteAddr,
	}
	x.w = newAnswer(w, r, s.config.Limits.StallTime)
	running := h.edge.running.Add(1)
	defer x.end(r)
	if running > int64(s.config.Limits.Concurrent) {
		x.refuse(refuse(reasonBusy, "too many requests at one time"))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), exchangeKey{}, x), s.config.Limits.TotalTime)
	defer cancel()
	r = r.WithContext(ctx)
	if err := x.serve(r); err != nil {
		x.refuse(refusalOf(ctx, err))
	}
}

// serve forwards a request, or tells why not.
func (x *exchange) serve(r *http.Request) error {
	if err := checkRequest(r); err != nil {
		return err
	}
	var err error
	if x.route, err = x.state.routes[x.listener].find(r); err != nil {
		return err
	}
	x.trusted = trusts(x.state.config.TrustedProxies, r.RemoteAddr)
	body := newClientBody(&x.w, r, x.state.config.Limits.StallTime)
	r.Body = body
	x.query = r.URL.RawQuery
	if x.route.protector == nil {
		x.forward(r)
		return nil
	}
	return x.protect(r, body)
}

// refuse answers a request that is not forwarded, or of which the origin has
// not been told the end.
func (x *exchange) refuse(why *Refusal) {
	if !x.failed.CompareAndSwap(nil, why) {
		why = x.failed.Load()
	}
	if x.w.status != 0 {
		// It is too late for another answer; a clean end would be a lie.
		panic(http.ErrAbortHandler)
	}
	why.write(&x.w, x.id)
}

// end logs and counts an exchange, whatever became of it.
func (x *exchange) end(r *http.Request) {
	x.edge.running.Add(-1)
	x.w.last()
	panicked := recover()
	if panicked != nil && panicked != http.ErrAbortHandler {
		// The value could hold anything; the stack has code alone.
		x.edge.options.Log.Error("panic", "request", x.id, "stack", string(debug.Stack()))
		x.failed.CompareAndSwap(nil, refuse(reasonInternal, "internal error"))
		panicked = http.ErrAbortHandler
	}
	if panicked != nil {
		why := refuse(reasonBroken, "the answer broke off")
		if x.w.failed || r.Context().Err() != nil {
			why = refuse(reasonGone, "the client went away")
		}
		x.failed.CompareAndSwap(nil, why)
	}
	x.report(r)
	if panicked != nil {
		panic(panicked)
	}
}

// report writes the line of the log and moves the metrics.
func (x *exchange) report(r *http.Request) {
	took := time.Since(x.start)
	route, status, reason := "", x.w.status, ""
	failed := x.failed.Load()
	if failed != nil {
		reason = failed.Reason
		if status == 0 {
			status = failed.Status
		}
	}
	if x.route != nil {
		route = x.route.config.Name
	}
	x.edge.metrics.done(x, status, reason, took)
	level := slog.LevelInfo
	if failed != nil && failed.Status >= 500 {
		level = slog.LevelWarn
	}
	log := x.edge.options.Log
	if !log.Enabled(r.Context(), level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("request", x.id), slog.String("listener", x.listener), slog.String("route", route),
		slog.String("method", x.method), slog.String("proto", r.Proto), slog.String("client", client(x.remote)),
		slog.Int("status", status), slog.Int64("bytes", x.w.written),
		slog.Duration("took", took),
	}
	if n := x.sealed.Total(); n > 0 {
		attributes = append(attributes, slog.Int("sealed", n))
	}
	if x.opened.Opened > 0 || x.opened.Sealed > 0 {
		attributes = append(attributes, slog.Int("opened", x.opened.Opened), slog.Int("leftSealed", x.opened.Sealed))
	}
	if reason != "" {
		attributes = append(attributes, slog.String("reason", reason))
	}
	if failed != nil && failed.Cause != nil {
		attributes = append(attributes, slog.String("cause", failed.Cause.Error()))
	}
	log.LogAttrs(r.Context(), level, "request", attributes...)
}

// client is the address of a peer without its port.
func client(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return ""
	}
	return host
}

// trusts reports whether a peer is one of the proxies that are believed.
func trusts(proxies []netip.Prefix, remote string) bool {
	if len(proxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(remote)
	return err == nil && slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) })
}

// methodLabel keeps strangers from growing the logs and metrics by inventing
// methods.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return "other"
}
