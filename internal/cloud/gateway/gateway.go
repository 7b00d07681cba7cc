// Package gateway is the door: HTTP comes in, and what goes on to the pipeline
// is a call of a known principal with decoded input. It finds the service and
// operation, verifies the signature, decodes, invokes and encodes. A request
// that fails on the way is answered in the words of the service it called.
//
// Besides the AWS API it serves Fortlet's own control plane under /_fortlet/
// (see control.go).
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// Gateway is the HTTP handler of a Fortlet.
type Gateway struct {
	cloud    *cloud.Cloud
	keys     sigv4.Keys // signing keys, which cost four hashes each
	services routes
	controls map[string]methods
	health   Health
}

// New makes the gateway of a cloud whose services are registered.
func New(c *cloud.Cloud, version string) *Gateway {
	g := &Gateway{cloud: c, services: newRoutes(c.Services()), health: healthOf(c, version)}
	g.controls = g.controlPlane()
	return g
}

// exchange is one request and what is known of it so far. Each step fills in
// what the next one needs.
type exchange struct {
	w   http.ResponseWriter
	r   *http.Request
	id  string
	now time.Time

	wire       wire.Request
	signed     *sigv4.Request
	signature  *sigv4.Signature
	service    *api.Service
	credential *credentials.Credential
	call       *cloud.Call
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := g.newExchange(w, r)
	if strings.HasPrefix(x.signed.Path, controlPrefix) {
		g.serveControl(x)
		return
	}
	out, err := g.serve(x)
	if err != nil {
		g.fail(x, err)
		return
	}
	buf := buffers.Get().(*buffer)
	resp := wire.For(x.service.Protocol).EncodeOutput(buf[:0], x.call.Operation, out, x.id)
	x.write(resp)
	clear(buf[:min(len(resp.Body), len(buf))]) // the answer may be a secret
	buffers.Put(buf)
	g.logRequest(x, nil)
}

func (g *Gateway) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	signed := sigv4.FromHTTP(r)
	return &exchange{
		w:      w,
		r:      r,
		id:     cloud.NewID(),
		now:    g.cloud.Now(),
		signed: signed,
		wire:   wire.Request{Method: r.Method, Path: signed.Path, RawQuery: r.URL.RawQuery, Header: r.Header},
	}
}

// serve takes a request through the steps. Its order is the promise of the
// package: nothing about the cloud is told to, or done for, somebody whose
// signature has not been verified.
func (g *Gateway) serve(x *exchange) (out any, err error) {
	defer catch(&err)
	if x.signature, err = sigv4.Parse(x.signed); err != nil && !errors.Is(err, sigv4.ErrMissing) {
		x.service = g.services.find(x)
		return nil, err
	}
	if x.service = g.services.find(x); x.service == nil {
		return nil, g.unknownService(x)
	}
	if err := g.authenticate(x); err != nil {
		return nil, err
	}
	op, err := g.operation(x)
	if op == nil {
		return nil, err
	}
	x.call = g.newCall(x, op)
	if err == nil {
		err = g.decode(x)
	}
	if err != nil {
		return nil, g.cloud.Refuse(x.r.Context(), x.call, g.answer(x, err))
	}
	return g.cloud.Invoke(x.r.Context(), x.call)
}

// decode reads the input of a call that the caller may make.
func (g *Gateway) decode(x *exchange) (err error) {
	if err := x.mayCall(x.call.Operation); err != nil {
		return err
	}
	x.call.Input, err = wire.For(x.service.Protocol).Decode(x.call.Operation, &x.wire)
	return err
}

// catch turns a panic of ours into an error, so that it is answered and logged
// as one. To be deferred.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

func (g *Gateway) newCall(x *exchange, op *api.Operation) *cloud.Call {
	call := &cloud.Call{
		ID:        x.id,
		Cloud:     g.cloud,
		Operation: op,
		Host:      clip(x.r.Host, maxHost),
		Size:      len(x.wire.Body) + len(x.wire.RawQuery),
	}
	call.Scope = authz.Scope{
		Authorizer:      g.cloud.Authorizer,
		Principal:       x.credential.Principal,
		Region:          x.region(),
		Time:            x.now,
		SourceIP:        host(x.r.RemoteAddr),
		SecureTransport: x.r.TLS != nil,
		UserAgent:       clip(x.r.UserAgent(), maxHeader),
		Referer:         clip(x.r.Referer(), maxHeader),
	}
	return call
}

// The longest headers that a call is remembered with. A text is cut where
// CloudTrail cuts it, and no host has a name of more than 253 bytes, before its
// port.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
const (
	maxHeader = 1024
	maxHost   = 253 + len(":65535")
)

// clip cuts a header. What is left is a copy: a part of the text would keep all
// of it in memory.
func clip(s string, longest int) string {
	if len(s) <= longest {
		return s
	}
	return strings.Clone(s[:longest])
}

// globalRegion is the Region in which AWS signs and records the calls of
// global services.
const globalRegion = "us-east-1"

func (x *exchange) region() string {
	if x.service.Global {
		return globalRegion
	}
	// A copy, as in clip: it is a part of the Authorization header.
	return strings.Clone(x.signature.Region)
}

func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}

// fail answers with an error.
func (g *Gateway) fail(x *exchange, err error) {
	answer := g.answer(x, err)
	svc := x.service
	if svc == nil {
		svc = x.guess()
	}
	var op *api.Operation
	if x.call != nil {
		op = x.call.Operation
	}
	x.write(wire.For(svc.Protocol).EncodeError(nil, svc, op, answer, x.id))
	g.logRequest(x, answer)
}

// answer is the AWS error for whatever went wrong.
func (g *Gateway) answer(x *exchange, err error) *api.Error {
	var known *api.Error
	if errors.As(err, &known) {
		return known
	}
	svc := x.service
	if svc == nil {
		svc = x.guess()
	}
	a := sigv4.Answer(svc.Protocol, svc.Name, err)
	if a.Status >= http.StatusInternalServerError {
		g.cloud.Log.Error("internal failure", "request", x.id, "cause", err)
	}
	return a
}

func (x *exchange) write(resp wire.Response) {
	h := x.w.Header()
	values := make([]string, len(resp.Header))
	for i, f := range resp.Header {
		values[i] = f.Value
		h[f.Name] = values[i : i+1 : i+1]
	}
	x.w.WriteHeader(resp.Status)
	// An error here is a client that has gone away.
	_, _ = x.w.Write(resp.Body)
}

// buffer has room for most answers; larger ones grow out of it.
type buffer [4096]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// logRequest writes the one line that the log keeps of a request.
func (g *Gateway) logRequest(x *exchange, failure *api.Error) {
	if !g.cloud.Log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("request", x.id)}
	if x.call != nil {
		attrs = append(attrs,
			slog.String("action", x.call.Operation.Action()),
			slog.String("principal", x.call.Principal.Describe()))
	}
	if failure != nil {
		attrs = append(attrs, slog.String("error", failure.Code), slog.Int("status", failure.Status))
	}
	attrs = append(attrs, slog.Duration("took", g.cloud.Now().Sub(x.now)))
	g.cloud.Log.LogAttrs(context.Background(), slog.LevelDebug, "request", attrs...)
}
