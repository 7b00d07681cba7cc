package edge

import (
	"context"
	"errors"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

func (k *checker) rules() {
	names := seen{}
	for i, r := range k.config.Rules {
		if r.Name == "" {
			k.problem(errors.New("no name"), "rules", i)
		} else {
			k.once(names, r.Name, "rules", i, "name")
		}
		if !k.config.hasKey(r.Key) {
			k.problemf(at("rules", i, "key"), "there is no key %q", r.Key)
		}
		if len(r.Fields) == 0 {
			k.problem(errors.New("no fields"), "rules", i)
		}
		for j, f := range r.Fields {
			if _, err := fieldcrypt.ParseSelector(f); err != nil {
				k.problem(err, "rules", i, "fields", j)
			} else if name, ok := strings.CutPrefix(f, "header:"); ok && ours(name) {
				k.problemf(at("rules", i, "fields", j), "header %s is the proxy's own", http.CanonicalHeaderKey(name))
			}
		}
	}
}

func (k *checker) origins() {
	names := seen{}
	for i, o := range k.config.Origins {
		if o.Name == "" {
			k.problem(errors.New("no name"), "origins", i)
		} else {
			k.once(names, o.Name, "origins", i, "name")
		}
		u, err := parseOrigin(o.URL)
		if err != nil {
			k.problem(err, "origins", i, "url")
			continue
		}
		switch {
		case !slices.Contains([]string{http2Auto, http2Only, http2Off}, o.HTTP2):
			k.problemf(at("origins", i, "http2"), "%q is none of auto, only and off", o.HTTP2)
		case o.TLS != nil && u.Scheme != "https":
			k.problem(errors.New("the URL is not https"), "origins", i, "tls")
		default:
			if _, err := k.config.originTLS(o.TLS); err != nil {
				k.problem(err, "origins", i, "tls")
			}
		}
	}
}

// parseOrigin reads the URL of an origin: scheme, host and a path in front of
// all others.
func parseOrigin(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("not an http or https URL with a host")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("a URL of an origin has no user, query or fragment")
	}
	return u, nil
}

func (k *checker) routes() {
	if len(k.config.Routes) == 0 {
		k.problem(errors.New("no routes"), "routes")
	}
	names := seen{}
	for i := range k.config.Routes {
		r := &k.config.Routes[i]
		k.once(names, r.Name, "routes", i)
		if !slices.ContainsFunc(k.config.Origins, func(o Origin) bool { return o.Name == r.Origin }) {
			k.problemf(at("routes", i, "origin"), "there is no origin %q", r.Origin)
		}
		for j, name := range r.Listeners {
			if !slices.ContainsFunc(k.config.Listen, func(l Listener) bool { return l.Name == name }) {
				k.problemf(at("routes", i, "listeners", j), "there is no listener %q", name)
			}
		}
		if _, err := matchPath(r.Path); err != nil || strings.ContainsAny(r.Path, ";%?#") {
			k.problemf(at("routes", i, "path"), "%q is not a plain path", r.Path)
		}
		for j, h := range r.Hosts {
			if !validHost(h) {
				k.problemf(at("routes", i, "hosts", j), "%q is not a host name such as api.example.com or *.example.com", h)
			}
		}
		k.protection(i, r)
		k.opening(i, r)
	}
	k.overlaps()
	if len(k.problems) > 0 {
		return
	}
	for i := range k.config.Routes {
		if r := &k.config.Routes[i]; !r.Pass {
			if _, err := k.config.protector(r, noSealer); err != nil {
				k.problem(err, "routes", i)
			}
		}
	}
}

// noSealer stands in for the sealers of all keys where nothing is sealed.
func noSealer(string) (fieldcrypt.Sealer, error) { return sealsNothing{}, nil }

type sealsNothing struct{}

// Seal implements fieldcrypt.Sealer.
func (sealsNothing) Seal(context.Context, []byte, []byte, fieldcrypt.Encoding) ([]byte, error) {
	return nil, fieldcrypt.ErrSeal
}

// protection checks what a route does with requests.
func (k *checker) protection(i int, r *Route) {
	if r.Pass == (len(r.Protect) > 0) {
		k.problem(errors.New("one of protect and pass: true is needed"), "routes", i)
	}
	if r.Pass && (len(r.Accept) > 0 || len(r.Other) > 0) {
		k.problem(errors.New("what passes is not looked at: accept and other say nothing"), "routes", i)
	}
	for j, name := range r.Protect {
		if !slices.ContainsFunc(k.config.Rules, func(rule fieldkeys.Rule) bool { return rule.Name == name }) {
			k.problemf(at("routes", i, "protect", j), "there is no rule %q", name)
		}
		if slices.Index(r.Protect, name) < j {
			k.problemf(at("routes", i, "protect", j), "%q is there twice", name)
		}
	}
	for j, m := range r.Accept {
		if t, p, err := mime.ParseMediaType(m); err != nil || len(p) > 0 || !strings.Contains(t, "/") || strings.Contains(t, "*") || t != m {
			k.problemf(at("routes", i, "accept", j), "%q is not a media type such as application/json", m)
		}
	}
	for j, m := range r.Other {
		if !validRange(m) {
			k.problemf(at("routes", i, "other", j), "%q is not a media type or range such as image/*", m)
		}
	}
}

func (k *checker) opening(i int, r *Route) {
	if r.Open == nil {
		return
	}
	for j, name := range r.Open.Keys {
		if !k.config.hasKey(name) {
			k.problemf(at("routes", i, "open", "keys", j), "there is no key %q", name)
		}
	}
	if len(k.config.Keys) == 0 {
		k.problem(errors.New("there are no keys"), "routes", i, "open")
	}
	if one, other, ok := k.config.renamable(r.Open.Keys); ok {
		k.problemf(at("routes", i, "open", "keys"), "%s is the same key of KMS as %s: who renames a marker of the one has it opened as the other", other, one)
	}
}

// renamable finds a key that is opened and one that is not, which are the same
// to KMS. The rsa cipher does not bind a ciphertext to its marker's key.
func (c *Config) renamable(opened []string) (one, other string, ok bool) {
	if len(opened) == 0 {
		return "", "", false
	}
	names := func(k *fieldkeys.Key) bool {
		return slices.Contains(opened, k.Name) || slices.Contains(opened, k.Marker().String())
	}
	for i := range c.Keys {
		for j := range c.Keys {
			a, b := &c.Keys[i], &c.Keys[j]
			if names(a) && !names(b) && a.KMS != "" && a.KMS == b.KMS && a.Cipher != fieldkeys.Envelope && b.Cipher != fieldkeys.Envelope {
				return a.Marker().String(), b.Marker().String(), true
			}
		}
	}
	return "", "", false
}

// overlaps finds routes of which one could never be reached.
func (k *checker) overlaps() {
	taken := map[string]int{}
	for i := range k.config.Routes {
		for key := range k.config.reached(&k.config.Routes[i]) {
			other, ok := taken[key]
			if ok && other != i {
				k.problemf(at("routes", i), "it has a host and path of route %q, and a listener: give each route listeners of its own", k.config.Routes[other].Name)
				break
			}
			taken[key] = i
		}
	}
}

// reached are the listener, host and path that lead to a route, as one text
// each, in the order of the configuration.
func (c *Config) reached(r *Route) iter.Seq[string] {
	listeners, hosts := r.Listeners, r.Hosts
	if len(listeners) == 0 {
		for _, l := range c.Listen {
			listeners = append(listeners, l.Name)
		}
	}
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	return func(yield func(string) bool) {
		for _, l := range listeners {
			for _, h := range hosts {
				if !yield(l + "\n" + canonicalHost(h) + "\n" + foldPath(trimSlash(r.Path))) {
					return
				}
			}
		}
	}
}
