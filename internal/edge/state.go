package edge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	"reflect"
	"slices"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// state is what a proxy does under one configuration. It does not change.
type state struct {
	config     *Config
	keys       *fieldkeys.Set
	sealing    []string // the keys that rules name
	transports []*http.Transport
	routes     map[string]routes // by listener
	byName     []*route
}

// route is a route that is ready for requests.
type route struct {
	config    *Route
	path      string // without a slash at its end
	folded    string // as foldPath has it
	origin    *origin
	proxy     *httputil.ReverseProxy
	protector *fieldcrypt.Protector // nil where requests pass
	textOnly  bool                  // all rules search running text
	unsealer  *fieldcrypt.Unsealer  // nil where responses stay sealed
	counters  *routeMetrics
	limits    *Limits
}

// newState makes a configuration work. The keys of an old state go on if they
// are the same ones, with all that is known of them: KMS may be away just now.
func (e *Edge) newState(ctx context.Context, c *Config, old *state) (*state, error) {
	s := &state{config: c, routes: map[string]routes{}, sealing: c.sealingKeys()}
	if err := e.openKeys(ctx, s, old); err != nil {
		return nil, err
	}
	origins := map[string]*origin{}
	for i := range c.Origins {
		o, err := newOrigin(c, &c.Origins[i])
		if err != nil {
			return nil, fmt.Errorf("origin %s: %w", c.Origins[i].Name, err)
		}
		origins[c.Origins[i].Name] = o
		s.transports = append(s.transports, o.transport)
	}
	for i := range c.Routes {
		r, err := e.newRoute(s, &c.Routes[i], origins)
		if err != nil {
			return nil, fmt.Errorf("route %s: %w", c.Routes[i].Name, err)
		}
		s.byName = append(s.byName, r)
	}
	for _, l := range c.Listen {
		s.routes[l.Name] = newRoutes(s.byName, l.Name)
	}
	return s, nil
}

// sealingKeys are the keys that rules in use name: without the others the proxy
// can work.
func (c *Config) sealingKeys() []string {
	keys := map[string]bool{}
	for i := range c.Routes {
		for _, name := range c.Routes[i].Protect {
			keys[c.rule(name).Key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// openKeys gives the state its keys.
func (e *Edge) openKeys(ctx context.Context, s, old *state) error {
	if old != nil && reflect.DeepEqual(old.config.Keys, s.config.Keys) && old.config.dir == s.config.dir {
		s.keys = old.keys
		// A PEM file may be new, or a key be used for the first time. What is known
		// already does for the rest.
		err := s.keys.Load(ctx, s.sealing...)
		if err != nil && s.loaded() && !s.brokenFile() {
			e.options.Log.Warn("keys not refreshed", "error", err.Error())
			return nil
		}
		return err
	}
	keys, err := fieldkeys.New(s.config.Keys, fieldkeys.Options{Dir: s.config.dir, AWS: e.options.AWS, Client: e.options.KMS})
	if err != nil {
		return err
	}
	s.keys = keys
	return keys.Load(ctx, s.sealing...)
}

// brokenFile reports whether a key is in a file that has no key any more. KMS
// comes back by itself, a file does not.
func (s *state) brokenFile() bool {
	broken := map[string]bool{}
	for _, status := range s.keys.Status() {
		broken[status.Key] = status.Err != nil
	}
	return slices.ContainsFunc(s.config.Keys, func(k fieldkeys.Key) bool {
		k.Version = cmp.Or(k.Version, 1)
		return k.PEM != "" && broken[k.Marker().String()]
	})
}

// loaded reports whether every rule has a key to seal with.
func (s *state) loaded() bool {
	for _, name := range s.sealing {
		if _, err := s.keys.Sealer(name); err != nil {
			return false
		}
	}
	return true
}

func (e *Edge) newRoute(s *state, c *Route, origins map[string]*origin) (*route, error) {
	r := &route{
		config: c, path: trimSlash(c.Path), folded: foldPath(trimSlash(c.Path)),
		origin: origins[c.Origin], limits: &s.config.Limits,
	}
	r.proxy = newProxy(r.origin)
	r.counters = e.metrics.route(c.Name, c.Protect)
	var err error
	if !c.Pass {
		if r.protector, err = s.config.protector(c, s.keys.Sealer); err != nil {
			return nil, err
		}
		r.textOnly = s.config.textOnly(c)
	}
	if c.Open != nil {
		r.unsealer = s.unsealer(c.Open)
	}
	return r, nil
}

// unsealer opens what the keys that are named have sealed.
func (s *state) unsealer(c *Open) *fieldcrypt.Unsealer {
	opener := s.keys.Opener()
	if len(c.Keys) > 0 {
		opener = &someKeys{opener, c.Keys}
	}
	return fieldcrypt.NewUnsealer(s.keys.Finder(), opener, fieldcrypt.UnsealOptions{Limits: s.config.Limits.ofFields(), Strict: c.Strict})
}

// someKeys opens what certain keys have sealed. What it does not, it does not
// even ask KMS about.
type someKeys struct {
	fieldcrypt.Opener
	keys []string
}

// Open implements fieldcrypt.Opener.
func (k *someKeys) Open(ctx context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	marker := fieldcrypt.Marker{Key: s.Key, Version: s.Version}.String()
	if !slices.Contains(k.keys, s.Key) && !slices.Contains(k.keys, marker) {
		return nil, &fieldcrypt.OpenError{Marker: marker, Reason: fieldcrypt.ErrUnknownKey}
	}
	return k.Opener.Open(ctx, s)
}

// retire lets go of the idle connections of a state that gets no new requests.
func (s *state) retire() {
	for _, t := range s.transports {
		t.CloseIdleConnections()
	}
}
