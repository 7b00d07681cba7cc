package edge

import (
	"net/http"
	"slices"
	"strings"
)

// routes are those of one listener: by host, the longest path first.
type routes map[string][]*route

// newRoutes sorts the routes that a listener has.
func newRoutes(all []*route, listener string) routes {
	t := routes{}
	for _, r := range all {
		if len(r.config.Listeners) > 0 && !slices.Contains(r.config.Listeners, listener) {
			continue
		}
		hosts := r.config.Hosts
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		for _, h := range hosts {
			t[h] = append(t[h], r)
		}
	}
	for _, list := range t {
		slices.SortStableFunc(list, func(a, b *route) int { return len(b.path) - len(a.path) })
	}
	return t
}

// find gives the route of a request. A path for which a server without regard
// to case, or to semicolon parameters, would see another route is refused.
func (t routes) find(r *http.Request) (*route, error) {
	path, err := checkPath(r.URL)
	if err != nil {
		return nil, refuse(reasonPath, err.Error())
	}
	host := canonicalHost(r.Host)
	if !plainHost(host) {
		return nil, refuse(reasonTarget, "the host is not a name or an address")
	}
	list := t.host(host)
	found := longest(list, path, func(r *route) string { return r.path })
	folded := longest(list, foldPath(path), func(r *route) string { return r.folded })
	switch {
	case found != folded:
		return nil, refuse(reasonPath, errAmbiguous.Error())
	case found == nil:
		return nil, refuse(reasonNoRoute, "there is no route for this host and path")
	}
	return found, nil
}

// host gives the routes of a host: those that name it, or else its domain, or
// else those for all.
func (t routes) host(host string) []*route {
	if list, ok := t[host]; ok && host != "" {
		return list
	}
	if list, ok := t[wildcard(host)]; ok {
		return list
	}
	return t[""]
}

func longest(list []*route, path string, of func(*route) string) *route {
	for _, r := range list {
		if rest, ok := strings.CutPrefix(path, of(r)); ok && (rest == "" || rest[0] == '/') {
			return r
		}
	}
	return nil
}
