package edge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sort"
	"time"
)

// Start opens the addresses and serves. Several may not be open at once.
func (e *Edge) Start() error {
	e.reload.Lock()
	defer e.reload.Unlock()
	ls, err := e.bind(e.state.Load().config)
	if err != nil {
		return err
	}
	e.listeners = ls
	ls.serve()
	return nil
}

// Addresses are where the proxy listens, as URLs.
func (e *Edge) Addresses() []string {
	e.reload.Lock()
	defer e.reload.Unlock()
	var out []string
	for _, s := range e.listeners.open {
		scheme := "http://"
		if s.config.TLS != nil {
			scheme = "https://"
		}
		out = append(out, scheme+s.listener.Addr().String())
	}
	sort.Strings(out)
	return out
}

// AdminAddress is where operators ask, nil where nowhere.
func (e *Edge) AdminAddress() net.Addr {
	if e.listeners.admin == nil {
		return nil
	}
	return e.listeners.admin.listener.Addr()
}

// Wait serves until the context ends, and then takes no more requests and lets
// those that run end. Public keys are loaded anew from time to time.
func (e *Edge) Wait(ctx context.Context) error {
	refresh, stop := context.WithCancel(ctx)
	defer stop()
	go e.refreshKeys(refresh)
	select {
	case err := <-e.listeners.failed:
		e.stop()
		return err
	case <-ctx.Done():
		return e.stop()
	}
}

// stop ends the proxy; the admin address goes last, so that whoever asks it
// learns that the proxy is stopping.
func (e *Edge) stop() error {
	e.draining.Store(true)
	e.reload.Lock()
	defer e.reload.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), e.state.Load().config.Limits.DrainTime)
	defer cancel()
	err := e.listeners.shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%d requests were broken off: %w", e.running.Load(), err)
	}
	if admin := e.listeners.admin; admin != nil {
		admin.http.Close()
	}
	e.state.Load().retire()
	return err
}

// refreshKeys loads the public keys from time to time, many proxies at
// different times.
func (e *Edge) refreshKeys(ctx context.Context) {
	for {
		every := e.state.Load().config.Refresh
		select {
		case <-ctx.Done():
			return
		case <-time.After(every - rand.N(every/10+1)):
		}
		if err := e.RefreshKeys(ctx); err != nil && ctx.Err() == nil {
			e.options.Log.Warn("keys not refreshed, the last good ones stay", "error", err.Error())
		}
	}
}
