package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// listeners are the servers of a proxy, by address. A configuration may add and
// remove some; what changes in one that stays is its certificates.
type listeners struct {
	edge   *Edge
	failed chan error
	open   map[string]*server
	admin  *server
	ending sync.WaitGroup // servers that a reload has removed
}

// server is one listener and what serves it.
type server struct {
	config   Listener
	listener net.Listener
	http     *http.Server
	tls      atomic.Pointer[tls.Config]
}

// bind opens the addresses of a configuration.
func (e *Edge) bind(c *Config) (*listeners, error) {
	ls := &listeners{edge: e, failed: make(chan error, 1), open: map[string]*server{}}
	for _, l := range c.Listen {
		s, err := ls.bind(c, l)
		if err != nil {
			ls.close()
			return nil, err
		}
		ls.open[l.Address] = s
	}
	if c.Admin != "" {
		listener, err := net.Listen("tcp", c.Admin)
		if err != nil {
			ls.close()
			return nil, fmt.Errorf("admin: %w", err)
		}
		ls.admin = &server{config: Listener{Address: c.Admin}, listener: listener, http: ls.newHTTP(c, e.Admin())}
	}
	return ls, nil
}

func (ls *listeners) bind(c *Config, l Listener) (*server, error) {
	listener, err := net.Listen("tcp", l.Address)
	if err != nil {
		return nil, fmt.Errorf("listener %s: %w", l.Name, err)
	}
	s := &server{config: l, listener: listener, http: ls.newHTTP(c, &handler{ls.edge, l.Name})}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(l.TLS != nil)
	protocols.SetUnencryptedHTTP2(l.H2C)
	s.http.Protocols = protocols
	if l.TLS == nil {
		return s, nil
	}
	secure, err := c.listenerTLS(l)
	if err != nil {
		listener.Close()
		return nil, err
	}
	s.tls.Store(secure)
	// For each connection anew: a reload changes the certificates.
	s.http.TLSConfig = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return s.tls.Load(), nil }}
	return s, nil
}

// listenerTLS is how a listener does TLS, both protocols offered.
func (c *Config) listenerTLS(l Listener) (*tls.Config, error) {
	t, err := c.serverTLS(l.TLS)
	if err != nil {
		return nil, fmt.Errorf("listener %s: %w", l.Name, err)
	}
	t.NextProtos = []string{"h2", "http/1.1"}
	return t, nil
}

func (ls *listeners) newHTTP(c *Config, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: c.Limits.HeaderTime,
		IdleTimeout:       c.Limits.IdleTime,
		MaxHeaderBytes:    int(c.Limits.Header),
		// "OPTIONS *" has no path to be routed by.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(ls.edge.options.Log.Handler(), slog.LevelDebug),
	}
}

// serve begins to serve what is bound.
func (ls *listeners) serve() {
	for _, s := range ls.open {
		ls.run(s)
	}
	if ls.admin != nil {
		ls.run(ls.admin)
	}
}

func (ls *listeners) run(s *server) {
	go func() {
		var err error
		if s.config.TLS != nil {
			err = s.http.ServeTLS(s.listener, "", "")
		} else {
			err = s.http.Serve(s.listener)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			select {
			case ls.failed <- fmt.Errorf("listener %s: %w", s.config.Address, err):
			default:
			}
		}
	}()
}

// prepare does all of a change of configuration that can fail, and gives what
// is left to do once requests are answered under the new one.
func (ls *listeners) prepare(old, c *Config) (commit func(), err error) {
	if err := unchangeable(old, c); err != nil {
		return nil, err
	}
	added, secure := map[string]*server{}, map[*server]*tls.Config{}
	for _, l := range c.Listen {
		if err := ls.prepareOne(c, l, added, secure); err != nil {
			for _, s := range added {
				s.listener.Close()
			}
			return nil, err
		}
	}
	return func() {
		for s, t := range secure {
			s.tls.Store(t)
		}
		ls.swap(c, added)
	}, nil
}

// prepareOne opens a listener that is new, or reads the certificates of one that
// is there.
func (ls *listeners) prepareOne(c *Config, l Listener, added map[string]*server, secure map[*server]*tls.Config) error {
	s, ok := ls.open[l.Address]
	switch {
	case !ok:
		s, err := ls.bind(c, l)
		if err == nil {
			added[l.Address] = s
		}
		return err
	case l.TLS != nil:
		t, err := c.listenerTLS(l)
		secure[s] = t
		return err
	}
	return nil
}

// swap begins to serve what was added, and ends what is no longer named once its
// requests are done.
func (ls *listeners) swap(c *Config, added map[string]*server) {
	for address, s := range ls.open {
		if c.listens(address) {
			continue
		}
		delete(ls.open, address)
		ls.ending.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), c.Limits.DrainTime)
			defer cancel()
			if s.http.Shutdown(ctx) != nil {
				s.http.Close()
			}
		})
	}
	for address, s := range added {
		ls.open[address] = s
		ls.run(s)
	}
}

func (c *Config) listens(address string) bool {
	for _, l := range c.Listen {
		if l.Address == address {
			return true
		}
	}
	return false
}

// unchangeable refuses changes of what a running server cannot change.
func unchangeable(old, c *Config) error {
	a, b := old.Limits, c.Limits
	switch {
	case old.Admin != c.Admin:
		return fmt.Errorf("admin: %w", ErrRestart)
	case a.Header != b.Header || a.HeaderTime != b.HeaderTime || a.IdleTime != b.IdleTime:
		return fmt.Errorf("limits.header, headerTime and idleTime: %w", ErrRestart)
	}
	for _, l := range c.Listen {
		for _, o := range old.Listen {
			if o.Address == l.Address && (o.Name != l.Name || o.H2C != l.H2C || (o.TLS == nil) != (l.TLS == nil)) {
				return fmt.Errorf("listener %s: %w", l.Name, ErrRestart)
			}
		}
	}
	return nil
}

// shutdown lets the requests that run end, all servers at once.
func (ls *listeners) shutdown(ctx context.Context) error {
	errs := make(chan error)
	all := ls.all()
	for _, s := range all {
		go func() {
			err := s.http.Shutdown(ctx)
			if err != nil {
				s.http.Close()
			}
			errs <- err
		}()
	}
	var failed error
	for range all {
		failed = errors.Join(failed, <-errs)
	}
	ls.ending.Wait()
	return failed
}

func (ls *listeners) all() []*server {
	var all []*server
	for _, s := range ls.open {
		all = append(all, s)
	}
	return all
}

// close closes what is bound and not served.
func (ls *listeners) close() {
	for _, s := range ls.open {
		s.listener.Close()
	}
	if ls.admin != nil {
		ls.admin.listener.Close()
	}
}
