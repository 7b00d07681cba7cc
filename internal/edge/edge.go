// Package edge is the protecting reverse proxy: it stands before web services,
// seals the sensitive fields of every request with fieldcrypt, and forwards
// what is left. The origin never sees such a field in the clear.
//
// [Load] reads and checks a configuration; [New] makes a proxy of it,
// [Edge.Start] opens its addresses, [Edge.Wait] serves until its context ends,
// and [Edge.Reload] gives it a new configuration, as a whole or not at all.
//
// It fails closed. A request is forwarded only if all of it was understood:
// what cannot be parsed, what could be parsed in two ways, what no key seals is
// answered with an error ([Refusal]) and not forwarded. Where a body is too
// long to be held, it is sealed on its way; an error then breaks the request to
// the origin off, so that the origin never takes a beginning for the whole.
//
// What it does not protect against: an operator who routes a path around the
// rules (pass: true), fields that no rule names, values in the path of a URL,
// and an origin that colludes with somebody who may use the keys.
package edge

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// Options are what a proxy gets from outside.
type Options struct {
	// Log gets a line per request and one per event. It never holds a value, a
	// query, a path or a header of a request.
	Log *slog.Logger
	// AWS is the configuration of the clients of KMS.
	AWS aws.Config
	// KMS makes the client of a key's KMS; nil makes one of AWS.
	KMS func(region, endpoint string) fieldkeys.KMS
	// NewRequestID gives what a request is called in logs, in the answer and at
	// the origin; nil gives 16 random bytes.
	NewRequestID func() string
}

// An Edge is a running proxy. Its methods may be called by several goroutines.
type Edge struct {
	options Options
	metrics *metrics
	state   atomic.Pointer[state]
	running atomic.Int64 // requests

	reload    sync.Mutex // one reload at a time; also guards listeners
	listeners *listeners
	draining  atomic.Bool
}

// New makes a proxy of a checked configuration. It fails where a key cannot be
// had: without its keys it would only refuse.
func New(ctx context.Context, c *Config, o Options) (*Edge, error) {
	if o.NewRequestID == nil {
		o.NewRequestID = newRequestID
	}
	e := &Edge{options: o, metrics: newMetrics()}
	s, err := e.newState(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	e.state.Store(s)
	e.metrics.watch(e)
	return e, nil
}

func newRequestID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// ErrRestart says that a change of the configuration takes a restart.
var ErrRestart = errors.New("this change takes a restart")

// Reload goes over to another configuration. On an error the proxy keeps the
// one it has. Requests that run end under the configuration they began with.
func (e *Edge) Reload(ctx context.Context, c *Config) (err error) {
	e.reload.Lock()
	defer e.reload.Unlock()
	defer func() { e.metrics.reloaded(err, time.Now()) }()
	old := e.state.Load()
	s, err := e.newState(ctx, c, old)
	if err != nil {
		return err
	}
	commit := func() {}
	if e.listeners != nil {
		if commit, err = e.listeners.prepare(old.config, c); err != nil {
			return err
		}
	}
	e.state.Store(s)
	commit()
	old.retire()
	return nil
}

// RefusedReload counts a configuration that was wrong already when it was read.
func (e *Edge) RefusedReload() { e.metrics.reloaded(errors.New("wrong"), time.Now()) }

// RefreshKeys loads the public keys anew. A key that cannot be loaded stays as
// it was, and the error says which.
func (e *Edge) RefreshKeys(ctx context.Context) error {
	s := e.state.Load()
	return s.keys.Load(ctx, s.sealing...)
}
