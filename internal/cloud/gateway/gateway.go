// Package gateway is the door: HTTP comes in, and what goes on to the pipeline
// is a call of a known principal with decoded input. It finds the service and
// operation, verifies the signature, decodes, invokes and encodes. A request
// that fails on the way is answered in the words of the service it called.
//
// The services of the JSON and query protocols have one path, and a body that
// says everything (route.go). Those of the REST protocols have their parameters
// all over the request (rest.go finds the operation, restcall.go makes the
// call): some of their bodies are streams, which go through unread, some of
// their resources are open to the public, and to browsers, which ask first
// (crossorigin.go) and upload by forms (post.go).
//
// Besides the AWS API it serves Fortlet's own control plane under /_fortlet/
// (see control.go).
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/internal/cloud/wire"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// Gateway is the HTTP handler of a Fortlet.
type Gateway struct {
	cloud    *cloud.Cloud
	keys     sigv4.Keys // signing keys, which cost four hashes each
	services routes
	controls map[string]methods
	health   Health
	jobs     *work.Scheduler
	v2       bool // Signature Version 2 is accepted, by S3

	strangers, callers *room // for bodies
}

// New makes the gateway of a cloud whose services are registered.
func New(c *cloud.Cloud, version string, options ...Option) *Gateway {
	g := &Gateway{cloud: c, services: newRoutes(c.Services()), health: healthOf(c, version), v2: true,
		strangers: newRoom(roomForStrangers), callers: newRoom(roomForCallers)}
	g.controls = g.controlPlane()
	for _, o := range options {
		o(g)
	}
	return g
}

// Option changes what New makes.
type Option func(*Gateway)

// WithoutV2 refuses Signature Version 2, which some SDKs still make presigned
// URLs of S3 with.
func WithoutV2() Option { return func(g *Gateway) { g.v2 = false } }

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
	stay       stay       // of the body
	rest       *restCall  // of a REST service
	output     any        // of a call that succeeded
	failure    *api.Error // what was answered in its place
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := g.newExchange(w, r)
	defer x.stay.leave()
	if strings.HasPrefix(x.signed.Path, controlPrefix) && g.services.bucketIn(r.Host) == "" {
		g.serveControl(x)
		return
	}
	if watcher := g.cloud.Watcher(); watcher != nil {
		defer g.watch(x, watcher)()
	}
	if r.Method == http.MethodOptions && g.preflight(x) {
		return
	}
	out, err := g.serve(x)
	x.output = out
	if err != nil {
		g.fail(x, err)
		return
	}
	buf := buffers.Get().(*buffer)
	resp := wire.For(x.service.Protocol).EncodeOutput(buf[:0], x.call.Operation, out, x.id)
	g.write(x, resp)
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
		stay:   stay{in: g.strangers},
		wire:   wire.Request{Method: r.Method, Path: signed.Path, RawQuery: r.URL.RawQuery, Header: r.Header},
	}
}

// serve takes a request through the steps. Its order is the promise of the
// package: nothing about the cloud is told to, or done for, somebody whose
// signature has not been verified.
func (g *Gateway) serve(x *exchange) (out any, err error) {
	defer catch(&err)
	x.signature, err = sigv4.Parse(x.signed)
	if x.service = g.services.find(x); x.service != nil && isREST(x.service) {
		x.rest = &restCall{body: newRequestBody(x.w, x.r)}
	}
	switch {
	case err != nil && !errors.Is(err, sigv4.ErrMissing):
		return nil, err
	case x.service == nil:
		return nil, g.unknownService(x)
	case x.rest != nil:
		return g.serveREST(x)
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

// fail answers with an error.
func (g *Gateway) fail(x *exchange, err error) {
	answer := g.answer(x, err)
	svc := x.service
	if svc == nil {
		if svc = x.guess(); svc.Name == "s3" {
			x.w.Header()["Server"] = amazonS3
		}
	}
	var op *api.Operation
	if x.call != nil {
		op = x.call.Operation
	}
	x.failure = answer
	g.write(x, wire.For(svc.Protocol).EncodeError(nil, svc, op, answer, x.id))
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
