package gateway

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// target is what a REST request is for.
type target struct {
	*restRoute
	labels map[string]string
}

// find finds what a request is for. The labels are there also where the path is
// known and the rest is not.
func (t *restTable) find(method, path, rawQuery string, h http.Header) (found target, err error) {
	said, err := t.read(rawQuery)
	if err != nil {
		return found, err
	}
	var refused error
	for _, p := range t.paths {
		raw, ok := p.match(path)
		if !ok {
			continue
		}
		if found.labels, err = p.labels(&raw); err != nil {
			return target{}, err
		}
		if found.restRoute, err = t.choose(p, method, said, h); err == nil {
			return found, nil
		}
		if refused == nil || len(p.methods[method]) > 0 {
			refused = err
		}
	}
	if refused == nil {
		refused = errURI()
	}
	return found, refused
}

// read reads those parameters of a query that tell operations apart, of each
// the first. All others are the operation's own, or mean nothing: SDKs name
// the operation in x-id.
func (t *restTable) read(rawQuery string) (said []parameter, err error) {
	for name, value := range parameters(rawQuery) {
		if strings.ContainsAny(name, "%+") {
			if name, err = url.QueryUnescape(name); err != nil {
				return nil, errURI()
			}
		}
		if !t.tell[name] {
			if name = http.CanonicalHeaderKey(name); !t.hoisted[name] {
				continue
			}
		}
		if has(said, name) {
			continue
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, errURI()
		}
		said = append(said, parameter{name, value})
	}
	return said, nil
}

// choose chooses among the routes of a path.
func (t *restTable) choose(p *restPath, method string, said []parameter, h http.Header) (*restRoute, error) {
	selected, err := t.selected(said)
	if err != nil {
		return nil, err
	}
	for _, r := range p.methods[method] {
		if r.takes(selected, said, h) && p.known(r, said) {
			return r, nil
		}
	}
	if err := p.misplaced(method, selected, said); err != nil {
		return nil, err
	}
	return nil, p.notAllowed(method, selected)
}

// misplaced is the answer to parameters that an object's path does not have, or
// not by themselves: S3 says so of some. (versitygw, RouterGetUploadsWithKey,
// RouterListVersionsWithKey, RouterPutPartNumberWithoutUploadId.)
func (p *restPath) misplaced(method, selected string, said []parameter) error {
	switch {
	case len(p.template) < 2:
		return nil
	case method == http.MethodGet && selected == "uploads":
		return api.Errorf("InvalidRequest", http.StatusBadRequest, "Key is not expected for the GET method ?uploads subresource")
	case method == http.MethodGet && selected == "versions":
		return api.Errorf("InvalidRequest", http.StatusBadRequest, "There is no such thing as the ?versions sub-resource for a key")
	case method == http.MethodPut && has(said, "partNumber") && !has(said, "uploadId"):
		e := api.Errorf("InvalidArgument", http.StatusBadRequest, "This operation does not accept partNumber without uploadId")
		e.Fields = map[string]any{"ArgumentName": "partNumber", "ArgumentValue": "partNumber"}
		return e
	}
	return nil
}

// selected gives the one selector of a request, "" if it has none. Two
// contradict each other; the words are S3's, as the tests of versitygw, which
// also run against AWS, have them.
func (t *restTable) selected(said []parameter) (string, error) {
	var names []string
	for _, s := range said {
		if t.selectors[s.name] {
			names = append(names, s.name)
		}
	}
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	}
	slices.Sort(names)
	e := api.Errorf("InvalidArgument", http.StatusBadRequest, "Conflicting query string parameters: %s", strings.Join(names, ", "))
	e.Fields = map[string]any{"ArgumentName": "ResourceType", "ArgumentValue": names[0]}
	return "", e
}

// takes reports whether a request has all that the route demands, and the
// route the selector that the request has: a DELETE of a bucket's ?uploads
// deletes no bucket.
func (r *restRoute) takes(selected string, said []parameter, h http.Header) bool {
	if selected != "" && !has(r.literals, selected) {
		return false
	}
	for _, l := range r.literals {
		i := slices.IndexFunc(said, func(s parameter) bool { return s.name == l.name })
		if i < 0 || l.value != "" && said[i].value != l.value {
			return false
		}
	}
	for _, name := range r.query {
		if !has(said, name) {
			return false
		}
	}
	for _, name := range r.header {
		if len(h[name]) == 0 && !has(said, name) {
			return false
		}
	}
	return true
}

// known reports whether the route knows the identifying parameters of a
// request. What an operation knows that is not built, we do not know.
func (p *restPath) known(r *restRoute, said []parameter) bool {
	for _, s := range said {
		if p.identifying[s.name] && r.built && !r.knows[s.name] {
			return false
		}
	}
	return true
}

func has(list []parameter, name string) bool {
	return slices.ContainsFunc(list, func(p parameter) bool { return p.name == name })
}

// notAllowed is the answer to a method that a path, or its sub-resource, does
// not have.
func (p *restPath) notAllowed(method, selected string) error {
	e := api.Errorf("MethodNotAllowed", http.StatusMethodNotAllowed, "The specified method is not allowed against this resource.")
	e.Fields = map[string]any{"Method": method, "ResourceType": p.resourceType(selected)}
	if allowed := p.allowed(selected); len(allowed) > 0 {
		e.Fields["Allow"] = strings.Join(allowed, ", ") // of the header
	}
	return e
}

func (p *restPath) allowed(selected string) (methods []string) {
	for _, m := range slices.Sorted(maps.Keys(p.methods)) {
		if slices.ContainsFunc(p.methods[m], func(r *restRoute) bool {
			return selected == "" && len(r.literals)+len(r.query) == 0 || selected != "" && has(r.literals, selected)
		}) {
			methods = append(methods, m)
		}
	}
	return methods
}

// resourceType is what S3 calls the resource of a path.
func (p *restPath) resourceType(selected string) string {
	switch {
	case selected != "":
		return strings.ToUpper(selected)
	case len(p.template) == 0:
		return "SERVICE"
	case len(p.template) == 1:
		return "BUCKET"
	}
	return "OBJECT"
}
